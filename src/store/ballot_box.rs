//! The ballot box: the urn of ballots that wait for the log. It knows no person.

use super::{
    ballot_lines,
    db::{
        Locking, Tx,
        Value::{Bytes, Int},
        db, insert_new,
    },
};
use crate::error::Error;

/// A ballot that waits.
#[derive(Clone, PartialEq, Eq)]
pub struct Waiting {
    /// SHA-256 of the ballot.
    pub hash: [u8; 32],
    /// The ballot.
    pub envelope: Vec<u8>,
    /// Unix second by which it was promised to be in the log.
    pub in_log_by: i64,
}

type WaitingRow = (Vec<u8>, Vec<u8>, i64);

/// Sorts after every hash.
const PAST_ALL: &[u8] = &[u8::MAX; 33];

/// Gives a round that is published its urn; it may have it.
///
/// # Errors
/// [`Error::Database`].
pub async fn found(tx: &mut Tx, round_id: i64) -> Result<(), Error> {
    db!(tx, |conn| {
        let insert = sqlx::query("INSERT INTO urns (round_id) VALUES ($1) ON CONFLICT (round_id) DO NOTHING");
        insert.bind(round_id).execute(conn).await?;
        Ok(())
    })
}

/// Makes this transaction the only one that puts ballots into the urn, until it ends; and keeps those out that would end or interrupt the
/// voting. Who locks the log too does so before. Returns the segment into which promises come ([`promises`](super::promises)).
///
/// # Errors
/// [`Error::Database`].
pub async fn lock(tx: &mut Tx, round_id: i64) -> Result<i64, Error> {
    const LOCK: Locking = Locking {
        plain: "SELECT segment FROM urns WHERE round_id = $1",
        locking: "SELECT segment FROM urns WHERE round_id = $1 FOR UPDATE",
    };
    if let Some(segment) = tx.locked(LOCK, round_id).await? {
        return Ok(segment);
    }
    // A node that knows no urns published it.
    found(tx, round_id).await?;
    Ok(tx.locked(LOCK, round_id).await?.unwrap_or_default())
}

/// The segment into which promises come, at this moment.
///
/// # Errors
/// [`Error::Database`].
pub async fn segment(tx: &mut Tx, round_id: i64) -> Result<i64, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT segment FROM urns WHERE round_id = $1");
        Ok(select.bind(round_id).fetch_optional(conn).await?.unwrap_or_default())
    })
}

/// From here on promises come into this segment. The urn is locked.
///
/// # Errors
/// [`Error::Database`].
pub async fn begin_segment(tx: &mut Tx, round_id: i64, segment: i64) -> Result<(), Error> {
    db!(tx, |conn| {
        let update = sqlx::query("UPDATE urns SET segment = $2 WHERE round_id = $1");
        update.bind(round_id).bind(segment).execute(conn).await?;
        Ok(())
    })
}

/// Puts ballots into the urn: hash, ballot, and the Unix second by which each was promised to be in the log.
///
/// # Errors
/// [`Error::Database`]; that or [`Error::Broken`] when a hash is there already.
pub async fn insert(tx: &mut Tx, round_id: i64, ballots: &[([u8; 32], &[u8], i64)]) -> Result<(), Error> {
    const URN: &str = "INSERT INTO waiting_ballots (round_id, hash, envelope, in_log_by) ";
    db!(tx, |conn: D| {
        insert_new::<D, _, 4>(conn, URN, ballots, |(hash, envelope, in_log_by)| {
            [Int(round_id), Bytes(hash), Bytes(envelope), Int(*in_log_by)]
        })
        .await
    })
}

/// How many ballots wait in the urn, as far as they are not more than so many.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx, round_id: i64, most: u32) -> Result<usize, Error> {
    db!(tx, |conn| {
        let select =
            "SELECT count(*) FROM (SELECT round_id FROM waiting_ballots WHERE round_id = $1 LIMIT $2) AS found";
        let count: i64 = sqlx::query_scalar(select).bind(round_id).bind(i64::from(most)).fetch_one(conn).await?;
        usize::try_from(count).map_err(Error::broken)
    })
}

/// How many credentials' ballots wait in the urn. The credential stands at bytes 34 to 65 of a ballot.
///
/// # Errors
/// [`Error::Database`].
pub async fn waiting(tx: &mut Tx, round_id: i64) -> Result<u64, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT count(DISTINCT substr(envelope, 34, 32)) FROM waiting_ballots WHERE round_id = $1",
        );
        let count: i64 = select.bind(round_id).fetch_one(conn).await?;
        Ok(count.unsigned_abs())
    })
}

/// The earliest time by which a ballot in the urn was promised to be in the log.
///
/// # Errors
/// [`Error::Database`].
pub async fn earliest(tx: &mut Tx, round_id: i64) -> Result<Option<i64>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT min(in_log_by) FROM waiting_ballots WHERE round_id = $1");
        Ok(select.bind(round_id).fetch_one(conn).await?)
    })
}

/// Whether ballots of so many credentials wait: one may have many versions there, and a batch of those with a single other ballot
/// would single it out. Unlike [`waiting`] it looks at the whole urn only where that holds few ballots, or those of a few credentials.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_full(tx: &mut Tx, round_id: i64, at_least: u32) -> Result<bool, Error> {
    let (at_least, mut looked) = (i64::from(at_least), i64::from(at_least));
    loop {
        let (rows, credentials): (i64, i64) = db!(tx, |conn| {
            let select = sqlx::query_as(
                "SELECT count(*), count(DISTINCT credential) FROM
                 (SELECT substr(envelope, 34, 32) AS credential FROM waiting_ballots WHERE round_id = $1 LIMIT $2) AS found",
            );
            select.bind(round_id).bind(looked).fetch_one(conn).await?
        });
        if credentials >= at_least || rows < looked {
            return Ok(credentials >= at_least);
        }
        looked = looked.saturating_mul(8);
    }
}

/// Takes up to `limit` ballots out of the urn, after this hash and sorted by hash: an order that tells nothing of when they came.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a hash has another length.
pub async fn take(tx: &mut Tx, round_id: i64, after: Option<[u8; 32]>, limit: u32) -> Result<Vec<Waiting>, Error> {
    let rows: Vec<WaitingRow> = db!(tx, |conn| {
        let delete = sqlx::query_as(
            "DELETE FROM waiting_ballots WHERE round_id = $1 AND hash > $2 AND hash <= COALESCE(
                 (SELECT hash FROM waiting_ballots WHERE round_id = $1 AND hash > $2 ORDER BY hash LIMIT 1 OFFSET $3), $4)
             RETURNING hash, envelope, in_log_by",
        );
        let delete = delete.bind(round_id).bind(after.map_or_else(Vec::new, Vec::from));
        delete.bind(i64::from(limit) - 1).bind(PAST_ALL).fetch_all(conn).await?
    });
    let mut ballots = waiting_of(rows)?;
    ballots.sort_unstable_by_key(|ballot| ballot.hash);
    Ok(ballots)
}

/// Puts into the urn again what this transaction took out.
///
/// # Errors
/// [`Error::Database`]; that or [`Error::Broken`] when a hash is there already.
pub async fn put_back(tx: &mut Tx, round_id: i64, ballots: &[Waiting]) -> Result<(), Error> {
    let ballots: Vec<_> =
        ballots.iter().map(|ballot| (ballot.hash, ballot.envelope.as_slice(), ballot.in_log_by)).collect();
    insert(tx, round_id, &ballots).await
}

/// Up to `limit` ballots that wait, by hash, after this hash; they stay where they are.
///
/// # Errors
/// [`Error::Database`].
pub async fn look(tx: &mut Tx, round_id: i64, after: Option<[u8; 32]>, limit: u32) -> Result<Vec<Waiting>, Error> {
    let rows: Vec<WaitingRow> = db!(tx, |conn| {
        let select = sqlx::query_as(
            "SELECT hash, envelope, in_log_by FROM waiting_ballots WHERE round_id = $1 AND hash > $2 ORDER BY hash LIMIT $3",
        );
        let after = after.map_or_else(Vec::new, Vec::from);
        select.bind(round_id).bind(after).bind(i64::from(limit)).fetch_all(conn).await?
    });
    waiting_of(rows)
}

fn waiting_of(rows: Vec<WaitingRow>) -> Result<Vec<Waiting>, Error> {
    let waiting =
        |(hash, envelope, in_log_by): WaitingRow| Some(Waiting { hash: hash.try_into().ok()?, envelope, in_log_by });
    let rows: Option<Vec<_>> = rows.into_iter().map(waiting).collect();
    rows.ok_or_else(|| Error::broken("a hash in the urn has another length"))
}

/// Where a ballot is: in which line of the log, or promised by when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the log.
    Line {
        /// Index of its line.
        index: u64,
        /// Unix second by which the first ballot of its batch was promised to be there.
        in_log_by: i64,
    },
    /// In the urn, promised to be in the log by this Unix second.
    Urn(i64),
}

/// Hashes of accepted ballots that lie between two, both included; at most two of them, to tell one from several.
///
/// # Errors
/// [`Error::Database`].
pub async fn between(tx: &mut Tx, round_id: i64, least: &[u8; 32], most: &[u8; 32]) -> Result<Vec<[u8; 32]>, Error> {
    let lined = ballot_lines::between(tx, round_id, *least..=*most).await?;
    let rows: Vec<Vec<u8>> = db!(tx, |conn| {
        let select = "SELECT hash FROM waiting_ballots WHERE round_id = $1 AND hash BETWEEN $2 AND $3 LIMIT 2";
        sqlx::query_scalar(select).bind(round_id).bind(least.to_vec()).bind(most.to_vec()).fetch_all(conn).await?
    });
    let waiting: Result<Vec<_>, _> = rows.into_iter().map(<[u8; 32]>::try_from).collect();
    let waiting = waiting.map_err(|_| Error::broken("a hash in the ballot box has another length"))?;
    Ok(lined.into_iter().map(|ballot| ballot.hash).chain(waiting).take(2).collect())
}

/// Where the ballot with this hash is, if it was accepted.
///
/// # Errors
/// [`Error::Database`].
pub async fn place(tx: &mut Tx, round_id: i64, hash: &[u8; 32]) -> Result<Option<Place>, Error> {
    if let Some(ballot) = ballot_lines::between(tx, round_id, *hash..=*hash).await?.first() {
        return Ok(Some(Place::Line { index: ballot.line, in_log_by: ballot.in_log_by }));
    }
    db!(tx, |conn| {
        let urn = sqlx::query_scalar("SELECT in_log_by FROM waiting_ballots WHERE round_id = $1 AND hash = $2");
        let urn: Option<i64> = urn.bind(round_id).bind(hash.to_vec()).fetch_optional(conn).await?;
        Ok(urn.map(Place::Urn))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    fn ballot(number: u8) -> ([u8; 32], &'static [u8], i64) {
        ([number; 32], &[7; 100], 3600)
    }

    /// SQLite does not take back half a statement alone, so the transaction must.
    #[tokio::test]
    async fn of_a_statement_that_fails_half_way_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        insert(&mut tx, 1, &[ballot(1)]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.write().await.unwrap();
        insert(&mut tx, 1, &[ballot(2)]).await.unwrap();
        let twice = [ballot(3), ballot(4), ballot(1), ballot(5)];
        let refused = insert(&mut tx, 1, &twice).await.expect_err("one is there already");
        assert!(matches!(refused, Error::Broken(_) | Error::Database(sqlx::Error::Database(_))), "{refused}");
        drop(tx);
        let mut tx = db.write().await.unwrap();
        let found = look(&mut tx, 1, None, 10).await.unwrap();
        assert_eq!(found.iter().map(|waiting| waiting.hash[0]).collect::<Vec<_>>(), [1]);
        insert(&mut tx, 1, &[ballot(2)]).await.unwrap();
        tx.commit().await.unwrap();
    }
}
