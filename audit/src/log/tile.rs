//! C2SP tlog-tiles: the tree cut into tiles of 256 hashes, which never change once they are full.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    hash::{Hash, empty, node},
    path::TilePath,
};

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;
/// Binary levels that one tile covers.
const HEIGHT: u32 = 8;

/// Names a tile: level 0 holds leaf hashes, level 1 the roots of 256 leaves each, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Tile level.
    pub level: u8,
    /// Place in its level, from 0.
    pub index: u64,
}

/// Tiles that do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileFault {
    /// A tile is not 1 to 256 hashes of 32 bytes.
    #[error("tile {level}/{index} is not 1 to 256 hashes of 32 bytes")]
    Length {
        /// Tile level.
        level: u8,
        /// Place in its level.
        index: u64,
    },
}

impl TileId {
    /// The C2SP path below the log: `tile/LEVEL/INDEX`, with `.p/WIDTH` for a partial tile.
    #[must_use]
    pub fn path(&self, width: u64) -> String {
        TilePath::Hashes(*self, width).to_string()
    }
}

/// Roots of complete subtrees: `level` is binary, 0 for leaves.
pub trait Hashes {
    /// The root of leaves `index << level` up to `(index + 1) << level`, if it is at hand.
    fn hash(&self, level: u32, index: u64) -> Option<Hash>;
}

/// Some tiles of a log, in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tiles(BTreeMap<TileId, Vec<Hash>>);

impl Tiles {
    /// Adds a tile from its bytes.
    ///
    /// # Errors
    /// [`TileFault::Length`].
    pub fn insert(&mut self, id: TileId, bytes: &[u8]) -> Result<(), TileFault> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if hashes.is_empty() || hashes.len() as u64 > WIDTH || !rest.is_empty() {
            return Err(TileFault::Length { level: id.level, index: id.index });
        }
        self.0.insert(id, hashes.iter().copied().map(Hash::from).collect());
        Ok(())
    }
}

impl Hashes for Tiles {
    fn hash(&self, level: u32, index: u64) -> Option<Hash> {
        let below = level % HEIGHT;
        let first = index << below;
        let id = TileId { level: u8::try_from(level / HEIGHT).ok()?, index: first / WIDTH };
        let start = usize::try_from(first % WIDTH).ok()?;
        let mut hashes = self.0.get(&id)?.get(start..start + (1 << below))?.to_vec();
        while hashes.len() > 1 {
            hashes = hashes.chunks_exact(2).map(|pair| node(&pair[0], &pair[1])).collect();
        }
        hashes.pop()
    }
}

/// Complete subtrees that make up a tree of this size, from the left: binary level and place in it.
pub(super) fn subtrees(size: u64) -> impl DoubleEndedIterator<Item = (u32, u64)> {
    (0..u64::BITS).rev().filter(move |level| size >> level & 1 == 1).map(move |level| (level, (size >> level) - 1))
}

/// The tile that holds a subtree's root, or the hashes that it is computed from.
pub(super) fn tile_of(level: u32, index: u64) -> TileId {
    let first = index << (level % HEIGHT);
    TileId { level: (level / HEIGHT) as u8, index: first / WIDTH }
}

/// The tiles at the right edge of a tree of this size, full or partial: what an appender must read.
#[must_use]
pub fn right_edge(size: u64) -> Vec<TileId> {
    let tiles: BTreeSet<_> = subtrees(size).map(|(level, index)| tile_of(level, index)).collect();
    tiles.into_iter().collect()
}

/// The tiles that an inclusion proof is made from.
#[must_use]
pub fn needed_for_inclusion(index: u64, size: u64) -> Vec<TileId> {
    tiles_of(super::proof::inclusion_nodes(index, size).into_iter().flatten())
}

/// The tiles that a consistency proof is made from.
#[must_use]
pub fn needed_for_consistency(old: u64, new: u64) -> Vec<TileId> {
    tiles_of(super::proof::consistency_nodes(old, new).into_iter().flatten())
}

pub(super) fn tiles_of(nodes: impl Iterator<Item = (u32, u64)>) -> Vec<TileId> {
    let tiles: BTreeSet<_> = nodes.map(|(level, index)| tile_of(level, index)).collect();
    tiles.into_iter().collect()
}

/// A log that grows, tile by tile. It costs what is appended and a few tiles, whatever the size.
#[derive(Debug, Clone)]
pub struct Growth {
    size: u64,
    edge: Tiles,
}

impl Growth {
    /// A log of this size, whose [`right_edge`] is to be inserted.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Self { size, edge: Tiles::default() }
    }

    /// Adds a tile of the right edge.
    ///
    /// # Errors
    /// [`TileFault::Length`].
    pub fn insert(&mut self, id: TileId, bytes: &[u8]) -> Result<(), TileFault> {
        self.edge.insert(id, bytes)
    }

    /// Appends leaf hashes and returns the tiles that changed, each with all its hashes.
    pub fn append(&mut self, leaves: &[Hash]) -> Vec<(TileId, Vec<u8>)> {
        let mut changed = BTreeSet::new();
        for leaf in leaves {
            self.push(0, self.size, *leaf, &mut changed);
            self.size += 1;
        }
        let bytes = |id: &TileId| self.edge.0[id].iter().flat_map(|hash| *hash.as_bytes()).collect();
        let tiles = changed.iter().map(|id| (*id, bytes(id))).collect();
        let keep: BTreeSet<_> = right_edge(self.size).into_iter().collect();
        self.edge.0.retain(|id, _| keep.contains(id));
        tiles
    }

    /// Puts a hash in its place; a tile that is full puts its root one tile level up.
    fn push(&mut self, level: u8, place: u64, hash: Hash, changed: &mut BTreeSet<TileId>) {
        let id = TileId { level, index: place / WIDTH };
        let tile = self.edge.0.entry(id).or_default();
        tile.push(hash);
        let full = tile.len() as u64 == WIDTH;
        changed.insert(id);
        if full && let Some(root) = self.edge.hash(u32::from(level + 1) * HEIGHT, id.index).or_else(|| self.root_of(id))
        {
            self.push(level + 1, id.index, root, changed);
        }
    }

    fn root_of(&self, id: TileId) -> Option<Hash> {
        let mut hashes = self.edge.0.get(&id)?.clone();
        while hashes.len() > 1 {
            hashes = hashes.chunks_exact(2).map(|pair| node(&pair[0], &pair[1])).collect();
        }
        hashes.pop()
    }

    /// RFC 6962 Merkle tree hash.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = subtrees(self.size).rev().filter_map(|(level, index)| self.edge.hash(level, index));
        match roots.next() {
            None => empty(),
            Some(last) => roots.fold(last, |right, left| node(&left, &right)),
        }
    }
}
