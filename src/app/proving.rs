//! Proofs from stored tiles: they cost one statement and a few rows, whatever the size of the log.

use audit::log::{
    hash::Hash,
    proof,
    tile::{TileId, Tiles, needed_for_consistency, needed_for_inclusion},
};

use crate::{
    error::Error,
    store::{Tx, log},
};

/// RFC 6962 §2.1.1 audit path of a line in the log of this size, which may be smaller than today's.
pub(super) async fn inclusion(tx: &mut Tx, log_id: i64, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
    let tiles = tiles(tx, log_id, needed_for_inclusion(index, size)).await?;
    proof::inclusion(&tiles, index, size).map_err(Error::broken)
}

/// RFC 6962 §2.1.2 proof that the log of the first size, at least 1, is the beginning of the log of the second.
pub(super) async fn consistency(tx: &mut Tx, log_id: i64, from: u64, to: u64) -> Result<Vec<Hash>, Error> {
    let tiles = tiles(tx, log_id, needed_for_consistency(from, to)).await?;
    proof::consistency(&tiles, from, to).map_err(Error::broken)
}

async fn tiles(tx: &mut Tx, log_id: i64, needed: Vec<TileId>) -> Result<Tiles, Error> {
    let mut tiles = Tiles::default();
    // A tile that is missing is missed by the proof.
    for (id, hashes) in log::tiles(tx, log_id, &needed).await? {
        tiles.insert(id, &hashes).map_err(Error::broken)?;
    }
    Ok(tiles)
}
