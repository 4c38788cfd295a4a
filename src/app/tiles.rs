//! A log as C2SP tlog-tiles has it: hashes, leaves and events, for anybody who checks it and trusts no answer of ours.

use audit::log::{
    entries,
    hash::Hash,
    line,
    path::TilePath,
    tile::{TileId, WIDTH},
};
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};

use super::{App, logs::OpenLog};
use crate::{
    domain::Refusal,
    error::Error,
    packing::{Compression, pack},
    store::{Tx, log},
};

/// Most bytes of tiles in memory.
const MOST_BYTES: u64 = 64 << 20;
/// About as many tiles of hashes as that is.
const MOST_TILES: usize = 8 << 10;
/// Bytes of one hash.
const HASH: usize = 32;

/// Full tiles, which never change: by log, path, and whether they are packed with gzip.
pub(super) struct Full(Cache<(i64, TilePath, bool), Bytes, Length>);

/// A tile weighs what it is long, and something for its place.
#[derive(Debug, Clone)]
struct Length;

impl Weighter<(i64, TilePath, bool), Bytes> for Length {
    fn weight(&self, key: &(i64, TilePath, bool), tile: &Bytes) -> u64 {
        (size_of_val(key) + tile.len()) as u64
    }
}

impl Full {
    /// The hashes of a full tile, if they are in memory.
    pub(super) fn hashes(&self, log_id: i64, id: TileId) -> Option<Bytes> {
        self.0.get(&(log_id, TilePath::Hashes(id, WIDTH), false))
    }

    /// Keeps the hashes of a tile in memory, if it is full.
    pub(super) fn keep(&self, log_id: i64, id: TileId, hashes: Vec<u8>) {
        if hashes.len() == WIDTH as usize * HASH {
            self.0.insert((log_id, TilePath::Hashes(id, WIDTH), false), hashes.into());
        }
    }
}

impl Default for Full {
    fn default() -> Self {
        Self(Cache::with_weighter(MOST_TILES, MOST_BYTES, Length))
    }
}

impl std::fmt::Debug for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Full({} tiles)", self.0.len())
    }
}

/// The bytes of a tile, packed with gzip if that is wanted and the tile is one of leaves: hashes do not get shorter.
///
/// # Errors
/// [`Refusal::NotInLog`] when the log does not reach so far.
pub async fn tile(app: &App, log: &OpenLog, path: TilePath, packed: bool) -> Result<Bytes, Error> {
    let packed = packed && matches!(path, TilePath::Entries(..));
    let full = match path {
        TilePath::Hashes(id, _) => TilePath::Hashes(id, WIDTH),
        TilePath::Entries(index, _) => TilePath::Entries(index, WIDTH),
    };
    let width = usize::try_from(path.width()).map_err(Error::broken)?;
    match (path, app.tiles.0.get(&(log.id, full, packed))) {
        (TilePath::Hashes(..), Some(tile)) => return cut(&tile, width),
        (TilePath::Entries(..), Some(tile)) if path == full => return Ok(tile),
        _ => {}
    }
    let mut tx = app.db.ask().await?;
    let (whole, asked) = match path {
        TilePath::Hashes(id, _) => {
            let tile = hashes(&mut tx, log.id, id).await?;
            (tile.len() == WIDTH as usize * HASH, cut(&tile, width)?)
        }
        TilePath::Entries(index, width) => (path == full, leaves(&mut tx, log.id, index, width).await?),
    };
    drop(tx);
    let asked = if packed { pack(asked, Compression::fast()).await? } else { asked };
    if whole && path == full {
        app.tiles.0.insert((log.id, full, packed), asked.clone());
    }
    Ok(asked)
}

/// The first hashes of a tile.
fn cut(tile: &Bytes, width: usize) -> Result<Bytes, Error> {
    if width * HASH <= tile.len() { Ok(tile.slice(..width * HASH)) } else { Err(Refusal::NotInLog.into()) }
}

async fn hashes(tx: &mut Tx, log_id: i64, id: TileId) -> Result<Bytes, Error> {
    let tile = log::tile(tx, log_id, id).await?;
    Ok(tile.ok_or(Refusal::NotInLog)?.into())
}

async fn leaves(tx: &mut Tx, log_id: i64, index: u64, width: u64) -> Result<Bytes, Error> {
    let first = index.checked_mul(WIDTH).filter(|first| i64::try_from(*first).is_ok()).ok_or(Refusal::NotInLog)?;
    let lines = log::lines(tx, log_id, first, u32::try_from(width).map_err(Error::broken)?).await?;
    if (lines.len() as u64) < width {
        return Err(Refusal::NotInLog.into());
    }
    let leaves: Vec<_> = lines.iter().map(|line| line::leaf(line)).collect();
    Ok(entries::print(&leaves).map_err(Error::broken)?.into())
}

/// The canonical JSON of an event whose line is too long for a leaf, by its SHA-256.
///
/// # Errors
/// [`Refusal::NotInLog`].
pub async fn event(app: &App, log: &OpenLog, hash: &Hash) -> Result<Bytes, Error> {
    let line = log::long_line(&mut app.db.ask().await?, log.id, hash).await?.ok_or(Refusal::NotInLog)?;
    let line = Bytes::from(line);
    let event = line::event(&line).ok_or_else(|| Error::broken("a line has no event"))?;
    Ok(line.slice_ref(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_by_bytes() {
        let full = Full::default();
        let tile = Bytes::from(vec![7; 64 << 10]);
        for index in 0..3_000 {
            full.0.insert((1, TilePath::Entries(index, WIDTH), false), tile.clone());
        }
        assert!(full.0.weight() <= MOST_BYTES && full.0.len() > 500, "{} bytes, {full:?}", full.0.weight());
    }
}
