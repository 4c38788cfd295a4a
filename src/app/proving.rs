//! Proofs from stored tiles: they cost one statement and a few rows, whatever the size of the log.

use audit::log::{
    hash::Hash,
    proof,
    tile::{Tiles, needed_for_consistency, needed_for_inclusion},
};

use super::tiles::Full;
use crate::{
    error::Error,
    store::{Tx, log},
};

/// RFC 6962 §2.1.1 audit path of a line in the log of this size, which may be smaller than today's. Tiles that are full are the same
/// for ever, so those of many receipts come from memory.
pub(super) async fn inclusion(
    full: &Full,
    tx: &mut Tx,
    log_id: i64,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, Error> {
    let (mut tiles, mut missing) = (Tiles::default(), Vec::new());
    for id in needed_for_inclusion(index, size) {
        match full.hashes(log_id, id) {
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
