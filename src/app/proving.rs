//! Proofs from stored tiles: they cost one statement and a few rows, whatever the size of the log.

use audit::log::{
    checkpoint::Checkpoint,
    hash::{Hash, leaf},
    line,
    proof::{self, verify_inclusion},
    tile::{Tiles, needed_for_consistency, needed_for_inclusion},
};

use super::tiles::Full;
use crate::{
    error::Error,
    store::{Tx, log},
};

/// A line with its RFC 6962 §2.1.1 audit path.
pub(super) type Proved = (Vec<u8>, Vec<Hash>);

/// The line of this index, and its audit path under a head, which may be older than today's. Tiles that are full are the same for ever,
/// so those of many receipts come from memory. Only a database that was replaced while this process runs has others: then the path does
/// not lead to the head, and all tiles are read anew.
pub(super) async fn inclusion(
    full: &Full,
    tx: &mut Tx,
    log_id: i64,
    index: u64,
    head: &Checkpoint,
) -> Result<Proved, Error> {
    let (line, path) = from_tiles(full, true, tx, log_id, index, head.size).await?;
    let leaf = leaf(&line::leaf(&line));
    if verify_inclusion(leaf, index, head.size, &path, head.root).is_ok() {
        return Ok((line, path));
    }
    from_tiles(full, false, tx, log_id, index, head.size).await
}

/// The path from tiles in memory, if those will do, and from the database's, which are kept.
async fn from_tiles(
    full: &Full,
    memory_will_do: bool,
    tx: &mut Tx,
    log_id: i64,
    index: u64,
    size: u64,
) -> Result<Proved, Error> {
    let (mut tiles, mut missing) = (Tiles::default(), Vec::new());
    for id in needed_for_inclusion(index, size) {
        match full.hashes(log_id, id).filter(|_| memory_will_do) {
            Some(hashes) => tiles.insert(id, &hashes).map_err(Error::broken)?,
            None => missing.push(id),
        }
    }
    let (line, stored) = log::line_and_tiles(tx, log_id, Some(index), &missing).await?;
    for (id, hashes) in stored {
        tiles.insert(id, &hashes).map_err(Error::broken)?;
        full.keep(log_id, id, hashes);
    }
    let line = line.ok_or_else(|| Error::broken("a line of the log is missing"))?;
    Ok((line, proof::inclusion(&tiles, index, size).map_err(Error::broken)?))
}

/// RFC 6962 §2.1.2 proof that the log of the first size, at least 1, is the beginning of the log of the second. It says what the
/// database holds now, whatever was in memory.
pub(super) async fn consistency(tx: &mut Tx, log_id: i64, from: u64, to: u64) -> Result<Vec<Hash>, Error> {
    let mut tiles = Tiles::default();
    // A tile that is missing is missed by the proof.
    for (id, hashes) in log::tiles(tx, log_id, &needed_for_consistency(from, to)).await? {
        tiles.insert(id, &hashes).map_err(Error::broken)?;
    }
    proof::consistency(&tiles, from, to).map_err(Error::broken)
}

#[cfg(test)]
mod tests {
    use audit::log::tile::{Growth, TileId, WIDTH};

    use super::*;
    use crate::store::{Db, testing};

    /// A log of so many lines in a database, as far as proofs need it.
    async fn grown(folder: &std::path::Path, size: u64) -> (Db, Checkpoint) {
        let db = testing::db(folder).await;
        let mut tx = db.write().await.unwrap();
        let log_id = log::create(&mut tx, "one").await.unwrap();
        let mut growth = Growth::new(0);
        let lines: Vec<_> = (0..size).map(|index: u64| index.to_string().into_bytes()).collect();
        log::insert_lines(&mut tx, log_id, 0, &lines).await.unwrap();
        let leaves: Vec<_> = lines.iter().map(|line| leaf(&line::leaf(line))).collect();
        log::put_tiles(&mut tx, log_id, &growth.append(&leaves)).await.unwrap();
        tx.commit().await.unwrap();
        (db, Checkpoint::new("one", size, growth.root()))
    }

    /// The path of a line, which must lead to the head.
    async fn proved(full: &Full, db: &Db, index: u64, head: &Checkpoint) {
        let (line, path) = inclusion(full, &mut db.read().await.unwrap(), 1, index, head).await.unwrap();
        assert_eq!(line, index.to_string().into_bytes());
        assert_eq!(verify_inclusion(leaf(&line), index, head.size, &path, head.root), Ok(()), "{index}");
    }

    #[tokio::test]
    async fn full_tiles_are_kept_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let (db, head) = grown(folder.path(), 700).await;
        let full = Full::default();
        for index in [0, 255, 256, 511, 512, 699, 0] {
            proved(&full, &db, index, &head).await;
        }
        let kept = |level, index| full.hashes(1, TileId { level, index }).map(|hashes| hashes.len() as u64 / 32);
        assert_eq!([kept(0, 0), kept(0, 1), kept(0, 2), kept(1, 0)], [Some(WIDTH), Some(WIDTH), None, None]);
    }

    /// What is in memory may be of a database that another has replaced.
    #[tokio::test]
    async fn tiles_of_another_log_are_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (db, head) = grown(folder.path(), 300).await;
        let (full, id) = (Full::default(), TileId { level: 0, index: 0 });
        full.keep(1, id, vec![7; WIDTH as usize * 32]);
        proved(&full, &db, 3, &head).await;
        assert_eq!(full.hashes(1, id).unwrap()[..32], *leaf(b"0").as_bytes(), "the right one is kept now");
    }
}
