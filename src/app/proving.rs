//! Proofs from stored tiles: they cost one statement and a few rows, whatever the size of the log.

use audit::log::{
    checkpoint::Checkpoint,
    hash::Hash,
    proof::{self, verify_inclusion},
    tile::{Tiles, needed_for_consistency, needed_for_inclusion},
};

use super::tiles::Full;
use crate::{
    error::Error,
    store::{Tx, log},
};

/// RFC 6962 §2.1.1 audit path of the line with this leaf under a head, which may be older than today's. Tiles that are full are the same
/// for ever, so those of many receipts come from memory. Only a database that was replaced while this process runs has others: then the
/// path does not lead to the head, and all tiles are read anew.
pub(super) async fn inclusion(
    full: &Full,
    tx: &mut Tx,
    log_id: i64,
    (index, leaf): (u64, Hash),
    head: &Checkpoint,
) -> Result<Vec<Hash>, Error> {
    let path = from_tiles(full, true, tx, log_id, index, head.size).await?;
    if verify_inclusion(leaf, index, head.size, &path, head.root).is_ok() {
        return Ok(path);
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
) -> Result<Vec<Hash>, Error> {
    let (mut tiles, mut missing) = (Tiles::default(), Vec::new());
    for id in needed_for_inclusion(index, size) {
        match full.hashes(log_id, id).filter(|_| memory_will_do) {
            Some(hashes) => tiles.insert(id, &hashes).map_err(Error::broken)?,
            None => missing.push(id),
        }
    }
    for (id, hashes) in log::tiles(tx, log_id, &missing).await? {
        tiles.insert(id, &hashes).map_err(Error::broken)?;
        full.keep(log_id, id, hashes);
    }
    proof::inclusion(&tiles, index, size).map_err(Error::broken)
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
    use audit::log::{
        hash::leaf,
        tile::{Growth, TileId, WIDTH},
    };

    use super::*;
    use crate::store::Db;

    /// A log of so many lines in a database, as far as proofs need it.
    async fn grown(folder: &std::path::Path, lines: u64) -> (Db, Checkpoint) {
        let db = Db::open(&folder.join("veche.db")).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let log_id = log::create(&mut tx, "one").await.unwrap();
        let mut growth = Growth::new(0);
        let leaves: Vec<_> = (0..lines).map(line).collect();
        log::put_tiles(&mut tx, log_id, &growth.append(&leaves)).await.unwrap();
        tx.commit().await.unwrap();
        (db, Checkpoint::new("one", lines, growth.root()))
    }

    fn line(index: u64) -> Hash {
        leaf(&index.to_be_bytes())
    }

    /// The path of a line, which must lead to the head.
    async fn proved(full: &Full, db: &Db, index: u64, head: &Checkpoint) {
        let path = inclusion(full, &mut db.read().await.unwrap(), 1, (index, line(index)), head).await.unwrap();
        assert_eq!(verify_inclusion(line(index), index, head.size, &path, head.root), Ok(()), "{index}");
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
        assert_eq!(full.hashes(1, id).unwrap()[..32], *line(0).as_bytes(), "the right one is kept now");
    }
}
