//! Logs: heads, lines and tiles. The head's row is the lock of a log's writers; lines are inserted and never touched again.

use audit::log::{
    hash::Hash,
    line::{self, MAX_LEAF},
    tile::{Growth, TileId, right_edge},
};
use sqlx::QueryBuilder;

use super::db::{
    Rows as _, Tx,
    Value::{Bytes, Int},
    db, insert_new, most_rows,
};
use crate::error::Error;

/// The head of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Lines in the log.
    pub size: u64,
    /// Leaf hash of the last line.
    pub last_leaf: Hash,
    /// Signed checkpoint of this size.
    pub checkpoint: String,
    /// JSON of what the lines add up to.
    pub state: String,
}

/// Creates an empty log and returns its number.
///
/// # Errors
/// [`Error::Database`], also when the origin is taken.
pub async fn create(tx: &mut Tx, origin: &str) -> Result<i64, Error> {
    db!(tx, |conn| {
        let insert = sqlx::query_scalar(
            "INSERT INTO logs (origin, size, last_leaf, checkpoint, state) VALUES ($1, 0, $2, '', 'null') RETURNING id",
        );
        Ok(insert.bind(origin).bind(Hash::ZERO.as_bytes().to_vec()).fetch_one(conn).await?)
    })
}

/// The log with this origin.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, origin: &str) -> Result<Option<i64>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT id FROM logs WHERE origin = $1");
        Ok(select.bind(origin).fetch_optional(conn).await?)
    })
}

/// Makes this transaction the only one that writes what depends on the log, until it ends: lines and credentials of a round wait for each
/// other on the head's row, whichever node they come through. Ballots on their way into the urn have
/// [a lock of their own](super::ballot_box::lock).
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] when there is no such log.
pub async fn lock(tx: &mut Tx, log_id: i64) -> Result<(), Error> {
    let is_there = tx.lock("SELECT id FROM logs WHERE id = $1 FOR UPDATE", log_id).await?;
    if is_there { Ok(()) } else { Err(Error::broken("the log to be written is not in the database")) }
}

/// Makes this transaction the only one that founds a log, until it ends.
///
/// # Errors
/// [`Error::Database`].
pub async fn lock_founding(tx: &mut Tx) -> Result<(), Error> {
    tx.lock_table("LOCK TABLE logs IN SHARE ROW EXCLUSIVE MODE").await
}

/// The head of a log.
///
/// # Errors
/// [`Error::Database`].
pub async fn head(tx: &mut Tx, log_id: i64) -> Result<Head, Error> {
    let (size, last_leaf, checkpoint, state): (i64, Vec<u8>, String, String) = db!(tx, |conn| {
        let select = sqlx::query_as("SELECT size, last_leaf, checkpoint, state FROM logs WHERE id = $1");
        select.bind(log_id).fetch_one(conn).await?
    });
    let last_leaf: [u8; 32] = last_leaf.try_into().map_err(|_| Error::broken("a log's last leaf has 32 bytes"))?;
    Ok(Head { size: size.unsigned_abs(), last_leaf: Hash::from(last_leaf), checkpoint, state })
}

/// JSON of what the lines of a log add up to.
///
/// # Errors
/// [`Error::Database`].
pub async fn state(tx: &mut Tx, log_id: i64) -> Result<String, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT state FROM logs WHERE id = $1");
        Ok(select.bind(log_id).fetch_one(conn).await?)
    })
}

/// Size and signed checkpoint of a log, without what its lines add up to.
///
/// # Errors
/// [`Error::Database`].
pub async fn checkpoint(tx: &mut Tx, log_id: i64) -> Result<(u64, String), Error> {
    let (size, checkpoint): (i64, String) = db!(tx, |conn| {
        let select = sqlx::query_as("SELECT size, checkpoint FROM logs WHERE id = $1");
        select.bind(log_id).fetch_one(conn).await?
    });
    Ok((size.unsigned_abs(), checkpoint))
}

/// Number and size of every log.
///
/// # Errors
/// [`Error::Database`].
pub async fn sizes(tx: &mut Tx) -> Result<Vec<(i64, u64)>, Error> {
    let rows: Vec<(i64, i64)> = db!(tx, |conn| sqlx::query_as("SELECT id, size FROM logs").fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(id, size)| (id, size.unsigned_abs())).collect())
}

/// Moves the head of a log from one size to a larger one.
///
/// # Errors
/// [`Error::Broken`] when somebody else moved it meanwhile.
pub async fn move_head(tx: &mut Tx, log_id: i64, from: u64, to: &Head) -> Result<(), Error> {
    db!(tx, |conn| {
        let update = sqlx::query(
            "UPDATE logs SET size = $3, last_leaf = $4, checkpoint = $5, state = $6 WHERE id = $1 AND size = $2",
        );
        let update = update.bind(log_id).bind(from.cast_signed()).bind(to.size.cast_signed());
        let update = update.bind(to.last_leaf.as_bytes().to_vec()).bind(&to.checkpoint).bind(&to.state);
        match update.execute(conn).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::broken("the log grew under another writer's hands")),
        }
    })
}

const LINES: &str = "INSERT INTO log_lines (log_id, line_index, line) ";

/// Adds lines, the first of which has this index.
///
/// # Errors
/// [`Error::Database`]; that or [`Error::Broken`] when a line of that index exists.
pub async fn insert_lines(tx: &mut Tx, log_id: i64, first: u64, lines: &[Vec<u8>]) -> Result<(), Error> {
    db!(tx, |conn: D| {
        let indexed: Vec<(i64, &Vec<u8>)> = (first.cast_signed()..).zip(lines).collect();
        insert_new::<D, _, 3>(conn, LINES, &indexed, |(index, line)| [Int(log_id), Int(*index), Bytes(line)]).await?;
        for (index, line) in (first..).zip(lines).filter(|(_, line)| line.len() > MAX_LEAF) {
            let event = line::event(line).ok_or_else(|| Error::broken("a line has no event"))?;
            let insert = sqlx::query(
                "INSERT INTO long_lines (log_id, event, line_index) VALUES ($1, $2, $3) ON CONFLICT (log_id, event) DO NOTHING",
            );
            let insert = insert.bind(log_id).bind(line::event_hash(event).as_bytes().to_vec());
            insert.bind(index.cast_signed()).execute(&mut *conn).await?;
        }
        Ok(())
    })
}

/// A line whose leaf is its short form, by the SHA-256 of its event.
///
/// # Errors
/// [`Error::Database`].
pub async fn long_line(tx: &mut Tx, log_id: i64, event: &Hash) -> Result<Option<Vec<u8>>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT line FROM log_lines WHERE log_id = $1
             AND line_index = (SELECT line_index FROM long_lines WHERE log_id = $1 AND event = $2)",
        );
        Ok(select.bind(log_id).bind(event.as_bytes().to_vec()).fetch_optional(conn).await?)
    })
}

/// Up to `limit` lines, the first of which has this index.
///
/// # Errors
/// [`Error::Database`].
pub async fn lines(tx: &mut Tx, log_id: i64, first: u64, limit: u32) -> Result<Vec<Vec<u8>>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar(
            "SELECT line FROM log_lines WHERE log_id = $1 AND line_index >= $2 ORDER BY line_index LIMIT $3",
        );
        Ok(select.bind(log_id).bind(first.cast_signed()).bind(i64::from(limit)).fetch_all(conn).await?)
    })
}

/// The hashes of a tile, 32 bytes each; a partial tile has fewer than 256.
///
/// # Errors
/// [`Error::Database`].
pub async fn tile(tx: &mut Tx, log_id: i64, id: TileId) -> Result<Option<Vec<u8>>, Error> {
    db!(tx, |conn| {
        let select =
            sqlx::query_scalar("SELECT hashes FROM log_tiles WHERE log_id = $1 AND level = $2 AND tile_index = $3");
        let select = select.bind(log_id).bind(i64::from(id.level)).bind(id.index.cast_signed());
        Ok(select.fetch_optional(conn).await?)
    })
}

/// The hashes of several tiles, in one statement, whatever their number: a proof needs a tile or two of each level, and a
/// statement for each would cost more than reading it. Tiles that are not there are left out.
///
/// # Errors
/// [`Error::Database`].
pub async fn tiles(tx: &mut Tx, log_id: i64, ids: &[TileId]) -> Result<Vec<(TileId, Vec<u8>)>, Error> {
    Ok(line_and_tiles(tx, log_id, None, ids).await?.1)
}

/// The line of this index, if one is asked for and there is one, and tiles, in the same statement.
///
/// # Errors
/// [`Error::Database`].
pub async fn line_and_tiles(
    tx: &mut Tx,
    log_id: i64,
    line: Option<u64>,
    ids: &[TileId],
) -> Result<(Option<Vec<u8>>, Vec<(TileId, Vec<u8>)>), Error> {
    if line.is_none() && ids.is_empty() {
        return Ok((None, Vec::new()));
    }
    let mut rows: Vec<(i64, i64, Vec<u8>)> = db!(tx, |conn: D| {
        let mut query = QueryBuilder::<D>::new("");
        let mut parts = query.separated(" UNION ALL ");
        if let Some(index) = line {
            parts.push("SELECT CAST(-1 AS BIGINT), line_index, line FROM log_lines WHERE log_id = ");
            parts.push_bind_unseparated(log_id);
            parts.push_unseparated(" AND line_index = ").push_bind_unseparated(index.cast_signed());
        }
        for id in ids {
            // Each tile by its whole key, which every planner looks up in the index.
            parts.push("SELECT level, tile_index, hashes FROM log_tiles WHERE log_id = ").push_bind_unseparated(log_id);
            parts.push_unseparated(" AND level = ").push_bind_unseparated(i64::from(id.level));
            parts.push_unseparated(" AND tile_index = ").push_bind_unseparated(id.index.cast_signed());
        }
        query.build_query_as().fetch_all(conn).await?
    });
    let lines: Vec<_> = rows.extract_if(.., |(level, ..)| *level < 0).collect();
    let tile = |(level, index, hashes): (i64, i64, Vec<u8>)| {
        let level = level.try_into().map_err(|_| Error::broken("a tile's level is small"))?;
        Ok((TileId { level, index: index.unsigned_abs() }, hashes))
    };
    let tiles: Result<Vec<_>, Error> = rows.into_iter().map(tile).collect();
    Ok((lines.into_iter().next().map(|(.., line)| line), tiles?))
}

/// The tree of a log's first lines, so many of them, from a few tiles: to append to, or for its root.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] when a tile is not there, or not what it should be.
pub async fn growth(tx: &mut Tx, log_id: i64, size: u64) -> Result<Growth, Error> {
    let mut growth = Growth::new(size);
    let edge = right_edge(size);
    let stored = tiles(tx, log_id, &edge).await?;
    if stored.len() < edge.len() {
        return Err(Error::broken("a tile of the log is missing"));
    }
    for (id, hashes) in stored {
        growth.insert(id, &hashes).map_err(Error::broken)?;
    }
    Ok(growth)
}

/// Stores tiles; a partial one is replaced as it grows.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_tiles(tx: &mut Tx, log_id: i64, tiles: &[(TileId, Vec<u8>)]) -> Result<(), Error> {
    db!(tx, |conn: D| {
        for chunk in tiles.chunks(most_rows(4)) {
            let mut query = QueryBuilder::<D>::new("INSERT INTO log_tiles (log_id, level, tile_index, hashes) ");
            D::push_rows(&mut query, chunk, |(id, hashes)| {
                [Int(log_id), Int(i64::from(id.level)), Int(id.index.cast_signed()), Bytes(hashes)]
            });
            query.push(" ON CONFLICT (log_id, level, tile_index) DO UPDATE SET hashes = excluded.hashes");
            query.build().execute(&mut *conn).await?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    #[tokio::test]
    async fn tiles_come_together_and_only_those_that_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        let id = |level, index| TileId { level, index };
        let (log, other) = (create(&mut tx, "one").await.unwrap(), create(&mut tx, "two").await.unwrap());
        let stored: Vec<_> = (0..5).map(|index| (id(0, index), vec![index as u8; 32])).collect();
        put_tiles(&mut tx, log, &stored).await.unwrap();
        put_tiles(&mut tx, log, &[(id(1, 0), vec![10; 64])]).await.unwrap();
        put_tiles(&mut tx, other, &[(id(0, 0), vec![99; 32])]).await.unwrap();
        let mut found = tiles(&mut tx, log, &[id(0, 3), id(1, 0), id(0, 0), id(2, 0)]).await.unwrap();
        found.sort();
        assert_eq!(found, [(id(0, 0), vec![0; 32]), (id(0, 3), vec![3; 32]), (id(1, 0), vec![10; 64])]);
        assert_eq!(tiles(&mut tx, log, &[]).await.unwrap(), []);
    }
}
