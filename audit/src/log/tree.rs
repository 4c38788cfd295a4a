//! The growing edge of a Merkle tree: the roots of its complete subtrees, which are all that a follower must keep.

use super::hash::{Hash, empty, node};

/// A compact range from leaf 0: as many hashes as the size has binary ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    // Roots of complete subtrees, the largest (leftmost) first.
    roots: Vec<Hash>,
}

/// The hashes given for a right edge are not as many as its size has complete subtrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {} complete subtrees at its right edge, not {given}", size.count_ones())]
pub struct EdgeFault {
    /// Leaves.
    pub size: u64,
    /// Hashes that were given.
    pub given: usize,
}

impl Frontier {
    /// The empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on after `size` leaves, from what [`Frontier::right_edge`] returned then.
    ///
    /// # Errors
    /// [`EdgeFault`] when there are not as many hashes as subtrees. Wrong hashes show only in the root.
    pub fn from_right_edge(size: u64, roots: Vec<Hash>) -> Result<Self, EdgeFault> {
        if roots.len() != size.count_ones() as usize {
            return Err(EdgeFault { size, given: roots.len() });
        }
        Ok(Self { size, roots })
    }

    /// Roots of the complete subtrees, the largest (leftmost) first.
    #[must_use]
    pub fn right_edge(&self) -> &[Hash] {
        &self.roots
    }

    /// Adds a leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut root = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node(&left, &root);
            }
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// RFC 6962 Merkle tree hash of the leaves so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            None => empty(),
            Some(last) => roots.fold(*last, |right, left| node(left, &right)),
        }
    }
}
