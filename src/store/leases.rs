//! Leases: which node does a piece of work that must not be done by several, and until when it may.

use super::db::{Tx, db};
use crate::error::Error;

/// Takes a lease that is free, over, or the node's own; false when another node has it. Times are Unix seconds.
///
/// # Errors
/// [`Error::Database`].
pub async fn take(tx: &mut Tx, name: &str, node: &str, (now, until): (i64, i64)) -> Result<bool, Error> {
    db!(tx, |conn| {
        let upsert = sqlx::query(
            "INSERT INTO leases (name, node, until) VALUES ($1, $2, $4)
             ON CONFLICT (name) DO UPDATE SET node = excluded.node, until = excluded.until
             WHERE leases.node = $2 OR leases.until < $3 OR leases.until > $4",
        );
        let upsert = upsert.bind(name).bind(node).bind(now).bind(until);
        Ok(upsert.execute(conn).await?.rows_affected() == 1)
    })
}

/// Gives a lease back before its time.
///
/// # Errors
/// [`Error::Database`].
pub async fn give_back(tx: &mut Tx, name: &str, node: &str) -> Result<(), Error> {
    db!(tx, |conn| {
        let delete = sqlx::query("DELETE FROM leases WHERE name = $1 AND node = $2");
        delete.bind(name).bind(node).execute(conn).await?;
        Ok(())
    })
}

/// Gives back all that a node has, when it stops.
///
/// # Errors
/// [`Error::Database`].
pub async fn give_all_back(tx: &mut Tx, node: &str) -> Result<(), Error> {
    db!(tx, |conn| {
        sqlx::query("DELETE FROM leases WHERE node = $1").bind(node).execute(conn).await?;
        Ok(())
    })
}
