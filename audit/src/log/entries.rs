//! C2SP tlog-tiles: entry bundles, the leaves of a log themselves, each behind its length in 16 bits.

use super::{hash, hash::Hash, line::MAX_LEAF, tile::WIDTH};

/// What is not an entry bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntriesFault {
    /// None, or more than a tile has.
    #[error("a bundle must have 1 to 256 entries, not {0}")]
    Count(usize),
    /// An entry whose length does not fit into 16 bits.
    #[error("entry {0} is longer than 65535 bytes")]
    Long(usize),
    /// The bytes end inside an entry.
    #[error("byte {0}: the bundle ends inside an entry")]
    Cut(usize),
}

/// The bundle of these leaves.
///
/// # Errors
/// [`EntriesFault::Count`], [`EntriesFault::Long`].
pub fn print<L: AsRef<[u8]>>(leaves: &[L]) -> Result<Vec<u8>, EntriesFault> {
    count(leaves.len())?;
    let mut bytes = Vec::with_capacity(leaves.iter().map(|leaf| 2 + leaf.as_ref().len()).sum());
    for (place, leaf) in leaves.iter().map(AsRef::as_ref).enumerate() {
        let len = u16::try_from(leaf.len()).map_err(|_| EntriesFault::Long(place))?;
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(leaf);
    }
    Ok(bytes)
}

/// The leaves of a bundle, in their order. What is parsed prints as the same bytes.
///
/// # Errors
/// [`EntriesFault::Count`], [`EntriesFault::Cut`].
pub fn parse(bytes: &[u8]) -> Result<Vec<&[u8]>, EntriesFault> {
    let (mut leaves, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let cut = EntriesFault::Cut(bytes.len() - rest.len());
        let (len, after) = rest.split_first_chunk::<2>().ok_or(cut)?;
        let (leaf, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*len))).ok_or(cut)?;
        leaves.push(leaf);
        count(leaves.len())?;
        rest = after;
    }
    count(leaves.len())?;
    Ok(leaves)
}

/// The hashes that stand in the tile of level 0 beside this bundle.
///
/// # Errors
/// As [`parse`].
pub fn hashes(bytes: &[u8]) -> Result<Vec<Hash>, EntriesFault> {
    Ok(parse(bytes)?.into_iter().map(hash::leaf).collect())
}

/// Most bytes that a bundle can have.
pub const MAX_BYTES: usize = WIDTH as usize * (2 + MAX_LEAF);

fn count(entries: usize) -> Result<(), EntriesFault> {
    if (1..=WIDTH as usize).contains(&entries) { Ok(()) } else { Err(EntriesFault::Count(entries)) }
}
