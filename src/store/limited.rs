//! What was asked for often lately, where several nodes share a database: when each place is as good as new again. Who asked, and for
//! what, does not stand here, and times are as coarse as the limit's own pace.

use super::db::{Tx, db};
use crate::error::Error;

/// Counts one more request, unless that is more than so many at once; false where it is. Times are in steps, in each of which
/// one request is forgotten. What lies further ahead than twice the limit was counted by a clock that was wrong, and is forgotten too.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx, operation: &str, place: i64, now: i64, most: i64) -> Result<bool, Error> {
    db!(tx, |conn| {
        let upsert = sqlx::query(
            "INSERT INTO limited (operation, place, until) VALUES ($1, $2, $3 + 1)
             ON CONFLICT (operation, place) DO UPDATE
             SET until = CASE WHEN limited.until > $3 AND limited.until < $3 + $4 THEN limited.until ELSE $3 END + 1
             WHERE limited.until < $3 + $4 OR limited.until > $3 + 2 * $4",
        );
        let upsert = upsert.bind(operation).bind(place).bind(now).bind(most);
        Ok(upsert.execute(conn).await?.rows_affected() == 1)
    })
}

/// Forgets the places of an operation that are as good as new.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(tx: &mut Tx, operation: &str, now: i64, most: i64) -> Result<(), Error> {
    db!(tx, |conn| {
        let delete = sqlx::query("DELETE FROM limited WHERE operation = $1 AND (until <= $2 OR until > $2 + 2 * $3)");
        delete.bind(operation).bind(now).bind(most).execute(conn).await?;
        Ok(())
    })
}
