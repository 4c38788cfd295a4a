//! Cosignatures of witnesses, and the heads that they stand under: kept for good, for receipts lead to heads of any size.

use sqlx::QueryBuilder;

use super::db::{Tx, db};
use crate::error::Error;

/// Cosigned heads among which the best is sought when none has the quorum, the newest first.
const LOOK_BACK: i64 = 256;

/// What a witness put under a head.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Cosigned {
    /// The witness's verifier key, a C2SP vkey.
    pub witness: String,
    /// Unix second in the cosignature.
    pub at: i64,
    /// The signature line of the note, with its line feed.
    pub line: String,
}

/// Keeps a cosignature and the head that it stands under. Of two by one witness under one head the later stays.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert(
    tx: &mut Tx,
    log_id: i64,
    (size, checkpoint): (u64, &str),
    cosigned: &Cosigned,
) -> Result<(), Error> {
    db!(tx, |conn| {
        let head = sqlx::query(
            "INSERT INTO cosigned_heads (log_id, size, checkpoint) VALUES ($1, $2, $3)
             ON CONFLICT (log_id, size) DO NOTHING",
        );
        head.bind(log_id).bind(size.cast_signed()).bind(checkpoint).execute(&mut *conn).await?;
        let line = sqlx::query(
            "INSERT INTO cosignatures (log_id, size, witness, at, line) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (log_id, size, witness) DO UPDATE SET at = excluded.at, line = excluded.line",
        );
        let line = line.bind(log_id).bind(size.cast_signed()).bind(&cosigned.witness);
        line.bind(cosigned.at).bind(&cosigned.line).execute(conn).await?;
        Ok(())
    })
}

/// The largest size of the log that a witness cosigned, and when.
///
/// # Errors
/// [`Error::Database`].
pub async fn last(tx: &mut Tx, log_id: i64, witness: &str) -> Result<Option<(u64, i64)>, Error> {
    let row: Option<(i64, i64)> = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT size, at FROM cosignatures WHERE log_id = $1 AND witness = $2 ORDER BY size DESC LIMIT 1",
        );
        select.bind(log_id).bind(witness).fetch_optional(conn).await?
    });
    Ok(row.map(|(size, at)| (size.unsigned_abs(), at)))
}

/// Every cosignature under the head of exactly this size, by key.
///
/// # Errors
/// [`Error::Database`].
pub async fn under(tx: &mut Tx, log_id: i64, size: u64) -> Result<Vec<Cosigned>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT witness, at, line FROM cosignatures WHERE log_id = $1 AND size = $2 ORDER BY witness",
        );
        Ok(select.bind(log_id).bind(size.cast_signed()).fetch_all(conn).await?)
    })
}

/// Which heads are sought.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// Index of a line that the head must cover.
    pub covers: u64,
    /// The witnesses that count; none named: all do.
    pub of: &'a [String],
}

/// The newest cosigned head that covers the line and that at least so many of the witnesses cosigned.
///
/// # Errors
/// [`Error::Database`].
pub async fn newest(
    tx: &mut Tx,
    log_id: i64,
    sought: Sought<'_>,
    at_least: u16,
) -> Result<Option<(u64, String)>, Error> {
    db!(tx, |conn: D| {
        let mut query = QueryBuilder::<D>::new("SELECT size FROM cosignatures WHERE log_id = ");
        query.push_bind(log_id).push(" AND size > ").push_bind(sought.covers.cast_signed());
        of(&mut query, sought.of);
        query.push(" GROUP BY size HAVING count(*) >= ").push_bind(i64::from(at_least));
        query.push(" ORDER BY size DESC LIMIT 1");
        let size: Option<i64> = query.build_query_scalar().fetch_optional(&mut *conn).await?;
        let Some(size) = size else { return Ok(None) };
        let head = sqlx::query_scalar("SELECT checkpoint FROM cosigned_heads WHERE log_id = $1 AND size = $2");
        let head: String = head.bind(log_id).bind(size).fetch_one(conn).await?;
        Ok(Some((size.unsigned_abs(), head)))
    })
}

/// The most of the witnesses that cosigned one head which covers the line, looking back over so many heads; 0 without any.
///
/// # Errors
/// [`Error::Database`].
pub async fn most(tx: &mut Tx, log_id: i64, sought: Sought<'_>) -> Result<u16, Error> {
    let most: Option<i64> = db!(tx, |conn: D| {
        let mut query = QueryBuilder::<D>::new(
            "SELECT max(signed) FROM (SELECT count(*) AS signed FROM cosignatures WHERE log_id = ",
        );
        query.push_bind(log_id).push(" AND size > ").push_bind(sought.covers.cast_signed());
        of(&mut query, sought.of);
        query.push(" GROUP BY size ORDER BY size DESC LIMIT ").push_bind(LOOK_BACK).push(") AS recent");
        query.build_query_scalar().fetch_one(conn).await?
    });
    Ok(most.and_then(|most| u16::try_from(most).ok()).unwrap_or(0))
}

fn of<D: sqlx::Database>(query: &mut QueryBuilder<D>, witnesses: &[String])
where
    String: sqlx::Type<D> + for<'q> sqlx::Encode<'q, D>,
{
    if witnesses.is_empty() {
        return;
    }
    query.push(" AND witness IN (");
    let mut list = query.separated(", ");
    for witness in witnesses {
        list.push_bind(witness.clone());
    }
    query.push(")");
}
