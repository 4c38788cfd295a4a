//! Credentials that people left for their other devices, sealed under letters that never come here: in two parts, and in no order of arrival.

use super::db::{Tx, db};
use crate::error::Error;

/// Step of a copy that came after the register's last step.
const FRESH: i64 = 0;

/// Keeps the copy of a person, sealed under the letter whose code has this keyed hash, instead of any earlier one.
///
/// It is cut in two, for SQLite puts a row of more than 1002 bytes partly on a page of its own, and those pages are taken in the order in
/// which they are needed: they would tell for ever who came after whom, however often the rows are written anew.
///
/// # Errors
/// [`Error::Database`].
pub async fn save(
    tx: &mut Tx,
    round_id: i64,
    pseudonym: &[u8; 32],
    code_hash: &[u8],
    backup: &[u8],
) -> Result<(), Error> {
    forget(tx, round_id, pseudonym).await?;
    let (first, second) = backup.split_at(backup.len() / 2);
    db!(tx, |conn| {
        let insert = sqlx::query(
            "INSERT INTO backups (round_id, step, pseudonym, part, code_hash, bytes)
             VALUES ($1, $2, $3, 0, $4, $5), ($1, $2, $3, 1, $4, $6)
             ON CONFLICT (round_id, step, pseudonym, part) DO UPDATE
             SET code_hash = excluded.code_hash, bytes = excluded.bytes",
        );
        let insert = insert.bind(round_id).bind(FRESH).bind(pseudonym.to_vec());
        insert.bind(code_hash).bind(first).bind(second).execute(conn).await?;
        Ok(())
    })
}

/// Forgets the copy of a person.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(tx: &mut Tx, round_id: i64, pseudonym: &[u8; 32]) -> Result<(), Error> {
    db!(tx, |conn| {
        let delete = sqlx::query("DELETE FROM backups WHERE round_id = $1 AND pseudonym = $2");
        delete.bind(round_id).bind(pseudonym.to_vec()).execute(conn).await?;
        Ok(())
    })
}

/// The copy of a person, if it was sealed under the letter whose code has this keyed hash.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, round_id: i64, pseudonym: &[u8; 32], code_hash: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let parts: Vec<Vec<u8>> = db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT bytes FROM backups WHERE round_id = $1 AND pseudonym = $2 AND code_hash = $3 ORDER BY part",
        );
        select.bind(round_id).bind(pseudonym.to_vec()).bind(code_hash).fetch_all(conn).await?
    });
    match parts.len() {
        0 => Ok(None),
        2 => Ok(Some(parts.concat())),
        _ => Err(Error::broken("a saved credential is there in part only")),
    }
}

/// Writes those that came since the step before anew, in the order of their pseudonyms: with a step of the register it is gone in which
/// order people came. Nobody saves one meanwhile, so that none is written anew and left behind as well.
///
/// # Errors
/// [`Error::Database`].
pub async fn write_anew(tx: &mut Tx, round_id: i64, step: u64) -> Result<(), Error> {
    tx.lock_table("LOCK TABLE backups IN SHARE ROW EXCLUSIVE MODE").await?;
    tx.overwrites(true).await?;
    db!(tx, |conn| {
        let copy = sqlx::query(
            "INSERT INTO backups (round_id, step, pseudonym, part, code_hash, bytes)
             SELECT round_id, $3, pseudonym, part, code_hash, bytes FROM backups
             WHERE round_id = $1 AND step = $2 ORDER BY pseudonym, part",
        );
        copy.bind(round_id).bind(FRESH).bind(step.cast_signed()).execute(&mut *conn).await?;
        let delete = sqlx::query("DELETE FROM backups WHERE round_id = $1 AND step = $2");
        delete.bind(round_id).bind(FRESH).execute(conn).await?;
    });
    tx.overwrites(false).await
}
