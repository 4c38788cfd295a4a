//! Ballots and credentials by full hour: a projection of the log's batches and register steps, for pictures.

use super::db::{Tx, db};
use crate::error::Error;

/// What came into the log under one full hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// Unix second at which it begins.
    pub hour: i64,
    /// Ballots, replaced ones included.
    pub ballots: u64,
    /// Credentials that register steps reported.
    pub credentials: u64,
}

/// Adds to an hour.
///
/// # Errors
/// [`Error::Database`].
pub async fn add(tx: &mut Tx, round_id: i64, more: Hour) -> Result<(), Error> {
    db!(tx, |conn| {
        let upsert = sqlx::query(
            "INSERT INTO turnout (round_id, hour, ballots, credentials) VALUES ($1, $2, $3, $4)
             ON CONFLICT (round_id, hour) DO UPDATE
             SET ballots = turnout.ballots + excluded.ballots, credentials = turnout.credentials + excluded.credentials",
        );
        let upsert = upsert.bind(round_id).bind(more.hour);
        upsert.bind(more.ballots.cast_signed()).bind(more.credentials.cast_signed()).execute(conn).await?;
        Ok(())
    })
}

/// Every hour of a round, in order.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx, round_id: i64) -> Result<Vec<Hour>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_as("SELECT hour, ballots, credentials FROM turnout WHERE round_id = $1 ORDER BY hour");
        let rows: Vec<(i64, i64, i64)> = select.bind(round_id).fetch_all(conn).await?;
        let hour = |(hour, ballots, credentials): (i64, i64, i64)| Hour {
            hour,
            ballots: ballots.unsigned_abs(),
            credentials: credentials.unsigned_abs(),
        };
        Ok(rows.into_iter().map(hour).collect())
    })
}
