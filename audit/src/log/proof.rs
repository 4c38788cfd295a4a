//! Inclusion and consistency proofs: RFC 6962 §2.1.1 and §2.1.2, checked as RFC 9162 §2.1.3.2 and §2.1.4.2 say.

use super::{
    hash::{Hash, node},
    tile::{Hashes, subtrees},
};

/// Why a proof cannot be made, or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// There is no such leaf, or no such size.
    #[error("leaf or size {0} does not lie in a tree of {1} leaves, from which the proof is asked")]
    Range(u64, u64),
    /// A hash that the proof is made from is not at hand.
    #[error("the hash at level {0}, place {1} is missing")]
    Missing(u32, u64),
    /// The proof has too few or too many hashes.
    #[error("the proof has {0} hashes, which is not what these sizes ask for")]
    Length(usize),
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// One hash of a proof: the complete subtrees that it is folded from, from the left.
pub(super) type Part = Vec<(u32, u64)>;

/// The complete subtrees that make up leaves `from..to`; `from` must be a multiple of the range's power of two.
pub(super) fn range(from: u64, to: u64) -> Part {
    let first = |level: u32| from >> level;
    subtrees(to - from).map(|(level, index)| (level, first(level) + index)).collect()
}

/// Largest power of two smaller than the number of leaves.
pub(super) fn split(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

/// PATH(m, D[from:to]) of RFC 6962 §2.1.1, as subtrees.
fn path(index: u64, from: u64, to: u64, parts: &mut Vec<Part>) {
    if to - from <= 1 {
        return;
    }
    let middle = from + split(to - from);
    if index < middle {
        path(index, from, middle, parts);
        parts.push(range(middle, to));
    } else {
        path(index, middle, to, parts);
        parts.push(range(from, middle));
    }
}

/// SUBPROOF(m, D[from:to], b) of RFC 6962 §2.1.2, as subtrees.
fn subproof(old: u64, from: u64, to: u64, whole: bool, parts: &mut Vec<Part>) {
    if old == to {
        if !whole {
            parts.push(range(from, to));
        }
        return;
    }
    let middle = from + split(to - from);
    if old <= middle {
        subproof(old, from, middle, whole, parts);
        parts.push(range(middle, to));
    } else {
        subproof(old, middle, to, false, parts);
        parts.push(range(from, middle));
    }
}

pub(super) fn inclusion_nodes(index: u64, size: u64) -> Vec<Part> {
    let mut parts = Vec::new();
    if index < size {
        path(index, 0, size, &mut parts);
    }
    parts
}

pub(super) fn consistency_nodes(old: u64, new: u64) -> Vec<Part> {
    let mut parts = Vec::new();
    if 0 < old && old < new {
        subproof(old, 0, new, true, &mut parts);
    }
    parts
}

pub(super) fn fold(hashes: &impl Hashes, part: &Part) -> Result<Hash, ProofFault> {
    let mut folded: Option<Hash> = None;
    for (level, index) in part.iter().rev() {
        let left = hashes.hash(*level, *index).ok_or(ProofFault::Missing(*level, *index))?;
        folded = Some(folded.map_or(left, |right| node(&left, &right)));
    }
    folded.ok_or(ProofFault::Missing(0, 0))
}

/// Proves that the tree of this size has its leaf at `index`.
///
/// # Errors
/// [`ProofFault::Range`], [`ProofFault::Missing`].
pub fn inclusion(hashes: &impl Hashes, index: u64, size: u64) -> Result<Vec<Hash>, ProofFault> {
    if index >= size {
        return Err(ProofFault::Range(index, size));
    }
    inclusion_nodes(index, size).iter().map(|part| fold(hashes, part)).collect()
}

/// Proves that the tree of size `old` is the beginning of the tree of size `new`.
///
/// # Errors
/// [`ProofFault::Range`], [`ProofFault::Missing`].
pub fn consistency(hashes: &impl Hashes, old: u64, new: u64) -> Result<Vec<Hash>, ProofFault> {
    if old == 0 || old > new {
        return Err(ProofFault::Range(old, new));
    }
    consistency_nodes(old, new).iter().map(|part| fold(hashes, part)).collect()
}

/// Checks that a tree of this size and root has the leaf at `index`.
///
/// # Errors
/// [`ProofFault`].
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: Hash) -> Result<(), ProofFault> {
    if index >= size {
        return Err(ProofFault::Range(index, size));
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofFault::Length(proof.len()));
        }
        if place & 1 == 1 || place == last {
            hash = node(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    ends(last, hash == root, proof)
}

/// Checks that the first tree is the beginning of the second.
///
/// # Errors
/// [`ProofFault`].
pub fn verify_consistency(
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofFault> {
    if old == 0 || old > new {
        return Err(ProofFault::Range(old, new));
    }
    if old == new {
        let same = old_root == new_root;
        return if proof.is_empty() { ends(0, same, proof) } else { Err(ProofFault::Length(proof.len())) };
    }
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut rest = proof.iter();
    // A tree whose size is a power of two is itself a node of the new tree, so its root is not repeated in the proof.
    let first = if old.is_power_of_two() { Some(&old_root) } else { rest.next() };
    let first = *first.ok_or(ProofFault::Length(proof.len()))?;
    let (mut from_old, mut from_new) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofFault::Length(proof.len()));
        }
        if place & 1 == 1 || place == last {
            from_old = node(sibling, &from_old);
            from_new = node(sibling, &from_new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node(&from_new, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    ends(last, from_old == old_root && from_new == new_root, proof)
}

fn ends(last: u64, roots: bool, proof: &[Hash]) -> Result<(), ProofFault> {
    match (last, roots) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofFault::Root),
        _ => Err(ProofFault::Length(proof.len())),
    }
}
