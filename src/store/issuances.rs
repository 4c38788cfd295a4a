//! Credentials issued: to which pseudonym, for which blinded message, reported in which step. Never when.

use std::collections::HashMap;

use super::db::{Tx, db, insert_new};
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

/// Of these people, those who have a credential, with the hash of their blinded message.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, round_id: i64, people: &[[u8; 32]]) -> Result<HashMap<Vec<u8>, Vec<u8>>, Error> {
    let hash = "SELECT blinded_hash FROM issuances WHERE pseudonym = asked.key AND round_id = ";
    tx.values_of(people, hash, round_id).await
}

/// Marks people as issued.
///
/// # Errors
/// [`Error::Database`]; that or [`Error::Broken`] when one of them has a credential.
pub async fn insert(tx: &mut Tx, round_id: i64, issuances: &[Issuance]) -> Result<(), Error> {
    insert_in(tx, round_id, issuances, UNREPORTED).await
}

async fn insert_in(tx: &mut Tx, round_id: i64, issuances: &[Issuance], step: i64) -> Result<(), Error> {
    const ISSUED: &str = "INSERT INTO issuances (round_id, pseudonym, blinded_hash, step) ";
    db!(tx, |conn: D| {
        insert_new::<D, _>(conn, (ISSUED, 4), issuances, |mut row, issuance| {
            row.push_bind(round_id)
                .push_bind(issuance.pseudonym.to_vec())
                .push_bind(issuance.blinded_hash.to_vec())
                .push_bind(step);
        })
        .await
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
    insert_in(tx, round_id, &rows, step.cast_signed()).await?;
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
