//! The promises: what was accepted of which credential, and by when it will be in the log. It knows no person.
//!
//! They lie in segments, one after the other, and new ones come into the last one alone: a tree of all of them would have nearly every
//! new row change a page of its own. Of a segment that is full a filter is kept, which tells whether it may hold a credential's.

use sqlx::QueryBuilder;

use super::db::{
    MOST_ASKED, Rows as _, Tx,
    Value::{Bytes, Int},
    db, insert_new,
};
use crate::error::Error;

/// A promise: this ballot will be in the log by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Ed25519 public key that cast it.
    pub credential: [u8; 32],
    /// Its version.
    pub version: u32,
    /// SHA-256 of the ballot.
    pub hash: [u8; 32],
    /// Unix second, a full hour.
    pub in_log_by: i64,
}

/// What one segment holds of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Ed25519 public key.
    pub credential: [u8; 32],
    /// The highest version that was accepted.
    pub highest: u32,
    /// The promise for the version that was asked about.
    pub promise: Option<Accepted>,
}

/// A question: what this segment holds of this credential, and of this version of its ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Number of the segment, from 0.
    pub segment: i64,
    /// Ed25519 public key.
    pub credential: [u8; 32],
    /// The version.
    pub version: u32,
}

/// What was promised before, where anything was; of one question, perhaps several times the same.
///
/// # Errors
/// [`Error::Database`].
pub async fn earlier(tx: &mut Tx, round_id: i64, asked: &[Asked]) -> Result<Vec<Earlier>, Error> {
    type Row = (Vec<u8>, i64, Option<i64>, Option<Vec<u8>>, Option<i64>);
    const HIGHEST: &str = "SELECT max(version) FROM accepted_ballots WHERE segment = asked.segment AND credential = asked.credential AND round_id = ";
    const HASH: &str = "SELECT hash FROM accepted_ballots WHERE segment = asked.segment AND credential = asked.credential AND version = asked.version AND round_id = ";
    const TIME: &str = "SELECT in_log_by FROM accepted_ballots WHERE segment = asked.segment AND credential = asked.credential AND version = asked.version AND round_id = ";
    let mut rows: Vec<Row> = Vec::new();
    db!(tx, |conn: D| {
        for chunk in asked.chunks(MOST_ASKED) {
            let mut query = QueryBuilder::<D>::new("WITH asked (segment, credential, version) AS (");
            D::push_rows(&mut query, chunk, |Asked { segment, credential, version }| {
                [Int(*segment), Bytes(credential), Int(i64::from(*version))]
            });
            // Most cast once: of them no row comes back.
            query.push(") SELECT * FROM (SELECT credential, version");
            for (name, value) in [("highest", HIGHEST), ("hash", HASH), ("in_log_by", TIME)] {
                query.push(", (").push(value).push_bind(round_id).push(") AS ").push(name);
            }
            query.push(" FROM asked) AS found WHERE highest IS NOT NULL");
            rows.extend(query.build_query_as::<Row>().fetch_all(&mut *conn).await?);
        }
    });
    let earlier = |(credential, version, highest, hash, in_log_by): Row| {
        let (credential, version) = (credential.try_into().ok()?, version.try_into().ok()?);
        let promise =
            |hash: Vec<u8>| Some(Accepted { credential, version, hash: hash.try_into().ok()?, in_log_by: in_log_by? });
        let promise = match hash {
            Some(hash) => Some(promise(hash)?),
            None => None,
        };
        Some(Earlier { credential, highest: highest?.try_into().ok()?, promise })
    };
    let rows: Option<Vec<_>> = rows.into_iter().map(earlier).collect();
    rows.ok_or_else(|| Error::broken("a row of accepted_ballots has another shape"))
}

/// Keeps promises in a segment.
///
/// # Errors
/// [`Error::Database`]; that or [`Error::Broken`] when a version is in this segment already.
pub async fn insert(tx: &mut Tx, round_id: i64, segment: i64, promises: &[Accepted]) -> Result<(), Error> {
    const PROMISES: &str = "INSERT INTO accepted_ballots (round_id, segment, credential, version, hash, in_log_by) ";
    db!(tx, |conn: D| {
        insert_new::<D, _, 6>(conn, PROMISES, promises, |Accepted { credential, version, hash, in_log_by }| {
            let (round, version) = (Int(round_id), Int(i64::from(*version)));
            [round, Int(segment), Bytes(credential), version, Bytes(hash), Int(*in_log_by)]
        })
        .await
    })
}

/// The last segment that holds a promise, and whether a filter of it was kept, so that nothing comes into it any more.
///
/// # Errors
/// [`Error::Database`].
pub async fn last(tx: &mut Tx, round_id: i64) -> Result<Option<(i64, bool)>, Error> {
    let (last, filters): (Option<i64>, i64) = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT max(segment), (SELECT count(*) FROM promise_filters WHERE round_id = $1 AND segment =
                 (SELECT max(segment) FROM accepted_ballots WHERE round_id = $1))
             FROM accepted_ballots WHERE round_id = $1",
        );
        select.bind(round_id).fetch_one(conn).await?
    });
    Ok(last.map(|last| (last, filters > 0)))
}

/// How many promises a segment holds, as far as they are not more than so many.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx, round_id: i64, segment: i64, most: u32) -> Result<usize, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT count(*) FROM
             (SELECT round_id FROM accepted_ballots WHERE round_id = $1 AND segment = $2 LIMIT $3) AS found",
        );
        let count: i64 = select.bind(round_id).bind(segment).bind(i64::from(most)).fetch_one(conn).await?;
        usize::try_from(count).map_err(Error::broken)
    })
}

/// The next credentials of a segment after this one, in their order, at most so many. They come in one value, for each row of an answer
/// is copied and handed from thread to thread by itself.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when one has another length.
pub async fn credentials(
    tx: &mut Tx,
    round_id: i64,
    segment: i64,
    after: Option<[u8; 32]>,
    limit: u32,
) -> Result<Vec<[u8; 32]>, Error> {
    type Together = (Option<Vec<u8>>, Option<i64>, Option<i64>);
    let (together, shortest, longest): Together = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT string_agg(credential, $5 ORDER BY credential),
                 CAST(min(length(credential)) AS BIGINT), CAST(max(length(credential)) AS BIGINT)
             FROM (SELECT credential FROM accepted_ballots
                 WHERE round_id = $1 AND segment = $2 AND credential > $3 ORDER BY credential LIMIT $4) AS found",
        );
        let select = select.bind(round_id).bind(segment).bind(after.map_or_else(Vec::new, Vec::from));
        select.bind(i64::from(limit)).bind(Vec::<u8>::new()).fetch_one(conn).await?
    });
    let Some(together) = together else { return Ok(Vec::new()) };
    let (credentials, rest) = together.as_chunks::<32>();
    if !rest.is_empty() || (shortest, longest) != (Some(32), Some(32)) {
        return Err(Error::broken("a credential among the promises has another length"));
    }
    let mut credentials = credentials.to_vec();
    // One with several versions comes several times.
    credentials.dedup();
    Ok(credentials)
}

/// The next promises of a segment after this credential's version, in their order, at most so many.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when one has another shape.
pub async fn next(
    tx: &mut Tx,
    round_id: i64,
    segment: i64,
    after: Option<([u8; 32], u32)>,
    limit: u32,
) -> Result<Vec<Accepted>, Error> {
    let (credential, version) = after.map_or((Vec::new(), -1), |(key, version)| (key.to_vec(), i64::from(version)));
    let rows: Vec<(Vec<u8>, i64, Vec<u8>, i64)> = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT credential, version, hash, in_log_by FROM accepted_ballots
             WHERE round_id = $1 AND segment = $2 AND (credential, version) > ($3, $4)
             ORDER BY credential, version LIMIT $5",
        );
        let select = select.bind(round_id).bind(segment).bind(credential).bind(version);
        select.bind(i64::from(limit)).fetch_all(conn).await?
    });
    let accepted = |(credential, version, hash, in_log_by): (Vec<u8>, i64, Vec<u8>, i64)| {
        let (credential, version, hash) =
            (credential.try_into().ok()?, version.try_into().ok()?, hash.try_into().ok()?);
        Some(Accepted { credential, version, hash, in_log_by })
    };
    let rows: Option<Vec<_>> = rows.into_iter().map(accepted).collect();
    rows.ok_or_else(|| Error::broken("a row of accepted_ballots has another shape"))
}

/// Keeps the filter of a segment that is full; another node may have.
///
/// # Errors
/// [`Error::Database`].
pub async fn keep_filter(tx: &mut Tx, round_id: i64, segment: i64, filter: &[u8]) -> Result<(), Error> {
    db!(tx, |conn| {
        let insert = sqlx::query(
            "INSERT INTO promise_filters (round_id, segment, filter) VALUES ($1, $2, $3)
             ON CONFLICT (round_id, segment) DO NOTHING",
        );
        insert.bind(round_id).bind(segment).bind(filter).execute(conn).await?;
        Ok(())
    })
}

/// The filter that was kept of a segment, if one was.
///
/// # Errors
/// [`Error::Database`].
pub async fn filter(tx: &mut Tx, round_id: i64, segment: i64) -> Result<Option<Vec<u8>>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT filter FROM promise_filters WHERE round_id = $1 AND segment = $2");
        Ok(select.bind(round_id).bind(segment).fetch_optional(conn).await?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    const fn promise(number: u8, version: u32) -> Accepted {
        Accepted { credential: [number; 32], version, hash: [number; 32], in_log_by: 0 }
    }

    #[tokio::test]
    async fn each_credential_of_a_segment_comes_once_and_one_of_another_length_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        // Zero bytes and bytes that are no text, too.
        let promises = [(0, 1), (0, 2), (9, 1), (200, 1), (200, 2), (200, 3), (255, 1)].map(|(n, v)| promise(n, v));
        insert(&mut tx, 1, 0, &promises).await.unwrap();
        insert(&mut tx, 1, 1, &[promise(7, 1)]).await.unwrap();
        let all = [0, 9, 200, 255].map(|number| [number; 32]);
        assert_eq!(credentials(&mut tx, 1, 0, None, 100).await.unwrap(), all);
        let (mut found, mut after) = (Vec::new(), None);
        while let Some(last) = credentials(&mut tx, 1, 0, after, 2).await.unwrap().last().copied() {
            found.extend(credentials(&mut tx, 1, 0, after, 2).await.unwrap());
            after = Some(last);
        }
        assert_eq!(found, all, "wherever a block ends");
        db!(&mut tx, |conn| {
            for length in [31, 33] {
                let insert = sqlx::query(
                    "INSERT INTO accepted_ballots (round_id, segment, credential, version, hash, in_log_by) VALUES (1, 2, $1, 1, $2, 0)",
                );
                insert.bind(vec![0_u8; length]).bind(vec![0_u8; 32]).execute(&mut *conn).await.unwrap();
            }
        });
        assert!(
            matches!(credentials(&mut tx, 1, 2, None, 100).await, Err(Error::Broken(_))),
            "together they are 64 bytes"
        );
    }
}
