//! In which line of the log each ballot stands.
//!
//! A tree in the order of hashes would have to change another page for nearly every ballot. So ballots lie in *runs*, each sorted by
//! hash and never changed: a batch brings one, and several are merged into a longer one from time to time (O'Neil et al., *The
//! Log-Structured Merge-Tree*, Acta Informatica 33, 1996). A run is cut into chunks of one page. A run that is being written, or was
//! merged into another, does not count.

use std::ops::RangeInclusive;

use super::db::{
    Tx,
    Value::{Bytes, Int},
    db, insert_new,
};
use crate::error::Error;

/// Ballots in a chunk: with their number, their hash and the like a row fits a page of SQLite.
pub const CHUNK: usize = 80;
/// Bytes of a ballot in a chunk: its hash, its line and its time, big-endian, so that chunks are sorted as bytes are.
const ENTRY: usize = 32 + 8 + 8;

/// A ballot that the log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lined {
    /// SHA-256 of the ballot.
    pub hash: [u8; 32],
    /// Index of its line.
    pub line: u64,
    /// Unix second by which the first ballot of its batch was promised to be in the log.
    pub in_log_by: i64,
}

/// A run of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Its number: of a batch the index of its first ballot's line, of others below zero.
    pub number: i64,
    /// How often its ballots were merged; below zero it does not count.
    pub level: i64,
    /// How many they are.
    pub ballots: u64,
}

impl Lined {
    fn bytes(&self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        bytes[..32].copy_from_slice(&self.hash);
        bytes[32..40].copy_from_slice(&self.line.to_be_bytes());
        bytes[40..].copy_from_slice(&self.in_log_by.to_be_bytes());
        bytes
    }

    fn of(bytes: &[u8; ENTRY]) -> Option<Self> {
        let (hash, rest) = bytes.split_first_chunk()?;
        let (line, in_log_by) = rest.split_first_chunk()?;
        let in_log_by = i64::from_be_bytes(in_log_by.try_into().ok()?);
        Some(Self { hash: *hash, line: u64::from_be_bytes(*line), in_log_by })
    }
}

/// Notes the lines of one batch, sorted by hash.
///
/// # Errors
/// [`Error::Database`]; that or [`Error::Broken`] when they are there already.
pub async fn add(tx: &mut Tx, round_id: i64, lines: &[Lined]) -> Result<(), Error> {
    let Some(number) = lines.iter().map(|ballot| ballot.line).min() else { return Ok(()) };
    let run = Run { number: number.cast_signed(), level: 0, ballots: lines.len() as u64 };
    write(tx, round_id, run.number, lines).await?;
    list(tx, round_id, run).await
}

/// Writes the next part of a run, sorted by hash, and returns of how many chunks it is.
///
/// # Errors
/// [`Error::Database`].
pub async fn write(tx: &mut Tx, round_id: i64, run: i64, lines: &[Lined]) -> Result<u64, Error> {
    const CHUNKS: &str = "INSERT INTO line_chunks (round_id, run, first_hash, entries) ";
    let entries = |chunk: &[Lined]| Some((chunk.first()?.hash, chunk.iter().flat_map(Lined::bytes).collect()));
    let chunks: Vec<([u8; 32], Vec<u8>)> = lines.chunks(CHUNK).filter_map(entries).collect();
    db!(tx, |conn: D| {
        insert_new::<D, _, 4>(conn, CHUNKS, &chunks, |(first_hash, entries)| {
            [Int(round_id), Int(run), Bytes(first_hash), Bytes(entries)]
        })
        .await
    })?;
    Ok(chunks.len() as u64)
}

/// Puts a run into the list.
///
/// # Errors
/// [`Error::Database`], also when it is there already.
pub async fn list(tx: &mut Tx, round_id: i64, run: Run) -> Result<(), Error> {
    db!(tx, |conn| {
        let insert = sqlx::query("INSERT INTO line_runs (round_id, run, level, ballots) VALUES ($1, $2, $3, $4)");
        let insert = insert.bind(round_id).bind(run.number).bind(run.level).bind(run.ballots.cast_signed());
        insert.execute(conn).await?;
        Ok(())
    })
}

/// Takes a run out of the list; false when it is not there as it is given.
///
/// # Errors
/// [`Error::Database`].
pub async fn unlist(tx: &mut Tx, round_id: i64, run: Run) -> Result<bool, Error> {
    db!(tx, |conn| {
        let delete = sqlx::query("DELETE FROM line_runs WHERE round_id = $1 AND run = $2 AND level = $3");
        let delete = delete.bind(round_id).bind(run.number).bind(run.level);
        Ok(delete.execute(conn).await?.rows_affected() == 1)
    })
}

/// Puts a run that does not count back where it was, so that nobody clears it away meanwhile; false when somebody has.
///
/// # Errors
/// [`Error::Database`].
pub async fn keep(tx: &mut Tx, round_id: i64, run: Run) -> Result<bool, Error> {
    let is_there = unlist(tx, round_id, run).await?;
    if is_there {
        list(tx, round_id, run).await?;
    }
    Ok(is_there)
}

/// All runs, from the least merged to the most; those that do not count come first.
///
/// # Errors
/// [`Error::Database`].
pub async fn runs(tx: &mut Tx, round_id: i64) -> Result<Vec<Run>, Error> {
    let rows: Vec<(i64, i64, i64)> = db!(tx, |conn| {
        let select = "SELECT run, level, ballots FROM line_runs WHERE round_id = $1 ORDER BY level, run";
        sqlx::query_as(select).bind(round_id).fetch_all(conn).await?
    });
    let run = |(number, level, ballots): (i64, i64, i64)| Run { number, level, ballots: ballots.unsigned_abs() };
    Ok(rows.into_iter().map(run).collect())
}

/// How many chunks a run has.
///
/// # Errors
/// [`Error::Database`].
pub async fn chunks(tx: &mut Tx, round_id: i64, run: i64) -> Result<u64, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT count(*) FROM line_chunks WHERE round_id = $1 AND run = $2");
        let count: i64 = select.bind(round_id).bind(run).fetch_one(conn).await?;
        Ok(count.unsigned_abs())
    })
}

/// Deletes up to so many chunks of a run, and returns how many that were.
///
/// # Errors
/// [`Error::Database`].
pub async fn clear(tx: &mut Tx, round_id: i64, run: i64, most: u32) -> Result<u64, Error> {
    db!(tx, |conn| {
        let first = "SELECT first_hash FROM line_chunks WHERE round_id = $1 AND run = $2 ORDER BY first_hash LIMIT $3";
        let first = sqlx::query_scalar(first).bind(round_id).bind(run).bind(i64::from(most));
        let first: Vec<Vec<u8>> = first.fetch_all(&mut *conn).await?;
        let Some(last) = first.last() else { return Ok(0) };
        let delete = sqlx::query("DELETE FROM line_chunks WHERE round_id = $1 AND run = $2 AND first_hash <= $3");
        Ok(delete.bind(round_id).bind(run).bind(last).execute(conn).await?.rows_affected())
    })
}

/// The next ballots of a run, of at most so many chunks, after the ballot with this hash.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a chunk is damaged.
pub async fn next(
    tx: &mut Tx,
    round_id: i64,
    run: i64,
    after: Option<[u8; 32]>,
    most: u32,
) -> Result<Vec<Lined>, Error> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT first_hash, entries FROM line_chunks WHERE round_id = $1 AND run = $2 AND first_hash > $3 ORDER BY first_hash LIMIT $4",
        );
        let after = after.map_or_else(Vec::new, Vec::from);
        select.bind(round_id).bind(run).bind(after).bind(i64::from(most)).fetch_all(conn).await?
    });
    let mut ballots: Vec<Lined> = Vec::with_capacity(rows.len() * CHUNK);
    for (first_hash, entries) in rows {
        let chunk = read(&entries)?;
        // Whoever reads on after the last one must come to an end, and what is merged must be in order.
        let is_next = ballots.last().is_none_or(|last| last.hash[..] < first_hash[..]);
        if !is_next || chunk.first().is_none_or(|first| first.hash[..] != first_hash[..]) {
            return Err(damaged());
        }
        ballots.extend(chunk);
    }
    Ok(ballots)
}

/// Ballots whose hashes lie between two, both included; at most two of them, to tell one from several.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a chunk is damaged.
pub async fn between(tx: &mut Tx, round_id: i64, hashes: RangeInclusive<[u8; 32]>) -> Result<Vec<Lined>, Error> {
    let (least, most) = (hashes.start().to_vec(), hashes.end().to_vec());
    // Of each run the chunk that the least would be in, and what begins after it; of those two are enough, for each has a ballot there.
    let rows: Vec<Option<Vec<u8>>> = db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT (SELECT entries FROM line_chunks WHERE round_id = $1 AND run = line_runs.run AND first_hash <= $2
                     ORDER BY first_hash DESC LIMIT 1) AS entries FROM line_runs WHERE round_id = $1 AND level >= 0
             UNION ALL SELECT * FROM (SELECT entries FROM line_chunks WHERE round_id = $1
                 AND run IN (SELECT run FROM line_runs WHERE round_id = $1 AND level >= 0)
                 AND first_hash > $2 AND first_hash <= $3 LIMIT 2) AS later",
        );
        select.bind(round_id).bind(least).bind(most).fetch_all(conn).await?
    });
    let mut found = Vec::new();
    for chunk in rows.into_iter().flatten() {
        let chunk = read(&chunk)?;
        let from = chunk.partition_point(|ballot| ballot.hash < *hashes.start());
        found.extend(chunk.into_iter().skip(from).take_while(|ballot| ballot.hash <= *hashes.end()));
    }
    found.truncate(2);
    Ok(found)
}

/// What stands in a chunk: ballots in the order of their hashes.
fn read(chunk: &[u8]) -> Result<Vec<Lined>, Error> {
    let (entries, rest) = chunk.as_chunks::<ENTRY>();
    let ballots: Option<Vec<_>> = entries.iter().map(Lined::of).collect();
    let is_right = |ballots: &Vec<Lined>| rest.is_empty() && ballots.is_sorted_by(|one, next| one.hash < next.hash);
    ballots.filter(is_right).ok_or_else(damaged)
}

fn damaged() -> Error {
    Error::broken("the database is damaged: the list of ballots' lines is not in the order of their hashes")
}
