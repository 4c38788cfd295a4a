//! The root that a tree had when it was smaller, from tiles of the larger tree that vouch for it.

use super::{
    hash::{Hash, empty},
    proof::{Part, ProofFault, fold, range, split},
    tile::{Hashes, TileId, subtrees, tile_of, tiles_of},
};

/// Two roots that were computed from the same hashes. If `new` is the root that somebody signed, `old` is the root that
/// their tree had at the smaller size: any other would be a collision of SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roots {
    /// At the smaller size.
    pub old: Hash,
    /// At the larger size.
    pub new: Hash,
}

/// How the larger tree is put together from complete subtrees, such that those of the smaller tree are among them.
enum Shape {
    Part(Part),
    Node(Box<Shape>, Box<Shape>),
}

impl Shape {
    /// The shape of leaves `from..to`, cut at `old` if that lies inside.
    fn of(from: u64, to: u64, old: u64) -> Self {
        if old <= from || to <= old {
            return Self::Part(range(from, to));
        }
        let middle = from + split(to - from);
        Self::Node(Box::new(Self::of(from, middle, old)), Box::new(Self::of(middle, to, old)))
    }

    fn parts(self, found: &mut Vec<(u32, u64)>) {
        match self {
            Self::Part(part) => found.extend(part),
            Self::Node(left, right) => {
                left.parts(found);
                right.parts(found);
            }
        }
    }

    fn root(&self, hashes: &impl Hashes) -> Result<Hash, ProofFault> {
        match self {
            Self::Part(part) => fold(hashes, part),
            Self::Node(left, right) => Ok(super::hash::node(&left.root(hashes)?, &right.root(hashes)?)),
        }
    }
}

/// The tiles of the larger tree that [`roots`] looks into.
#[must_use]
pub fn needed(old: u64, new: u64) -> Vec<TileId> {
    let mut parts = Vec::new();
    if old <= new {
        Shape::of(0, new, old).parts(&mut parts);
    }
    tiles_of(parts.into_iter())
}

/// Both roots, from the hashes of the larger tree.
///
/// # Errors
/// [`ProofFault::Range`], [`ProofFault::Missing`].
pub fn roots(hashes: &impl Hashes, old: u64, new: u64) -> Result<Roots, ProofFault> {
    if old > new {
        return Err(ProofFault::Range(old, new));
    }
    let whole = |size: u64| if size == 0 { Ok(empty()) } else { fold(hashes, &subtrees(size).collect()) };
    let new = if new == 0 { empty() } else { Shape::of(0, new, old).root(hashes)? };
    Ok(Roots { old: whole(old)?, new })
}

/// The hashes that a tile has in a tree of this size: 1 to 256, or none.
#[must_use]
pub fn width(id: TileId, size: u64) -> u64 {
    let hashes = size.checked_shr(8 * u32::from(id.level)).unwrap_or(0);
    hashes.saturating_sub(id.index.saturating_mul(super::tile::WIDTH)).min(super::tile::WIDTH)
}

/// The tile of level 0 that holds the leaf at this index.
#[must_use]
pub fn leaf_tile(index: u64) -> TileId {
    tile_of(0, index)
}
