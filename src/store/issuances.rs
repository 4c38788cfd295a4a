//! Credentials issued: to which pseudonym, for which blinded message, reported in which step. Never when.

use std::collections::HashMap;

use super::db::{
    Tx,
    Value::{self, Bytes, Int},
    db, insert_missing, insert_new,
};
use crate::error::Error;

/// Step of a credential that no register line covers yet.
const UNREPORTED: i64 = 0;

/// Who gets a credential, and the SHA-256 of the message that was signed for them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Issuance {
    /// The person.
    pub pseudonym: [u8; 32],
    /// SHA-256 of the blinded message.
    pub blinded_hash: [u8; 32],
}

impl Issuance {
    fn row(&self, round_id: i64, step: i64) -> [Value<'_>; 4] {
        [Int(round_id), Bytes(&self.pseudonym), Bytes(&self.blinded_hash), Int(step)]
    }
}

/// Of these people, those who have a credential, with the hash of their blinded message.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, round_id: i64, people: &[[u8; 32]]) -> Result<HashMap<Vec<u8>, Vec<u8>>, Error> {
    let hash = "SELECT blinded_hash FROM issuances WHERE pseudonym = asked.key AND round_id = ";
    tx.values_of(people, hash, round_id).await
}

const ISSUED: &str = "INSERT INTO issuances (round_id, pseudonym, blinded_hash, step) ";

/// Marks those of these people as issued who are not, each for the message that comes first, and returns how many that were.
///
/// # Errors
/// [`Error::Database`].
pub async fn issue(tx: &mut Tx, round_id: i64, issuances: &[Issuance]) -> Result<u64, Error> {
    db!(tx, |conn: D| {
        insert_missing::<D, _, 4>(conn, ISSUED, issuances, |issuance| issuance.row(round_id, UNREPORTED)).await
    })
}

/// Whether no register line covers so many credentials yet. It looks at no more than these.
///
/// # Errors
/// [`Error::Database`].
pub async fn wait(tx: &mut Tx, round_id: i64, at_least: u32) -> Result<bool, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT step FROM issuances WHERE round_id = $1 AND step = $2 LIMIT $3) AS found",
        );
        let select = select.bind(round_id).bind(UNREPORTED).bind(i64::from(at_least));
        let count: i64 = select.fetch_one(conn).await?;
        Ok(count >= i64::from(at_least))
    })
}

/// Puts the unreported ones into a step and returns its pseudonyms, sorted. Their rows are written anew in this order, for
/// PostgreSQL keeps rows in the order in which they came, which nobody may learn.
///
/// # Errors
/// [`Error::Database`].
pub async fn report(tx: &mut Tx, round_id: i64, step: u64) -> Result<Vec<[u8; 32]>, Error> {
    tx.overwrites(true).await?;
    let rows: Vec<(Vec<u8>, Vec<u8>)> = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT pseudonym, blinded_hash FROM issuances WHERE round_id = $1 AND step = $2 ORDER BY pseudonym",
        );
        let rows = select.bind(round_id).bind(UNREPORTED).fetch_all(&mut *conn).await?;
        let delete = sqlx::query("DELETE FROM issuances WHERE round_id = $1 AND step = $2");
        delete.bind(round_id).bind(UNREPORTED).execute(&mut *conn).await?;
        rows
    });
    tx.overwrites(false).await?;
    let issuance = |(pseudonym, hash): (Vec<u8>, Vec<u8>)| {
        Some(Issuance { pseudonym: pseudonym.try_into().ok()?, blinded_hash: hash.try_into().ok()? })
    };
    let rows: Option<Vec<Issuance>> = rows.into_iter().map(issuance).collect();
    let rows = rows.ok_or_else(|| Error::broken("a row of issuances has another shape"))?;
    let step = step.cast_signed();
    db!(tx, |conn: D| insert_new::<D, _, 4>(conn, ISSUED, &rows, |row| row.row(round_id, step)).await?);
    Ok(rows.into_iter().map(|row| row.pseudonym).collect())
}

/// The pseudonyms of a step, sorted.
///
/// # Errors
/// [`Error::Database`].
pub async fn step_of(tx: &mut Tx, round_id: i64, step: u64) -> Result<Vec<[u8; 32]>, Error> {
    let rows: Vec<Vec<u8>> = db!(tx, |conn| {
        let select =
            sqlx::query_scalar("SELECT pseudonym FROM issuances WHERE round_id = $1 AND step = $2 ORDER BY pseudonym");
        select.bind(round_id).bind(step.cast_signed()).fetch_all(conn).await?
    });
    let pseudonym = |row: Vec<u8>| row.try_into().map_err(|_| Error::broken("a pseudonym has another length"));
    rows.into_iter().map(pseudonym).collect()
}

/// How many steps were reported.
///
/// # Errors
/// [`Error::Database`].
pub async fn steps(tx: &mut Tx, round_id: i64) -> Result<u64, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT COALESCE(MAX(step), 0) FROM issuances WHERE round_id = $1");
        let last: i64 = select.bind(round_id).fetch_one(conn).await?;
        Ok(last.unsigned_abs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{rounds, testing};

    #[tokio::test]
    async fn whoever_is_issued_keeps_the_first_message_also_of_several_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let asks = |person: u8, message: u8| Issuance { pseudonym: [person; 32], blinded_hash: [message; 32] };
        let mut tx = db.write().await.unwrap();
        for slug in ["one", "two"] {
            assert!(rounds::save_draft(&mut tx, slug, "{}", 0, 1).await.unwrap());
        }
        assert_eq!(issue(&mut tx, 1, &[asks(1, 10), asks(2, 20), asks(1, 11)]).await.unwrap(), 2);
        assert_eq!(issue(&mut tx, 1, &[asks(2, 20), asks(2, 21), asks(3, 30)]).await.unwrap(), 1);
        assert_eq!(issue(&mut tx, 2, &[asks(1, 11)]).await.unwrap(), 1, "another round");
        tx.commit().await.unwrap();
        let mut tx = db.ask_in_turn().await.unwrap();
        let issued = of(&mut tx, 1, &[[1; 32], [2; 32], [3; 32], [4; 32]]).await.unwrap();
        let mut issued: Vec<_> = issued.into_iter().map(|(person, message)| (person[0], message[0])).collect();
        issued.sort_unstable();
        assert_eq!(issued, [(1, 10), (2, 20), (3, 30)]);
        tx.commit().await.unwrap();
        let mut tx = db.write().await.unwrap();
        assert_eq!(report(&mut tx, 1, 1).await.unwrap(), [[1; 32], [2; 32], [3; 32]], "the line is free again");
    }
}
