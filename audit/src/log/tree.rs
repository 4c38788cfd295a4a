//! The growing edge of a Merkle tree: the roots of its complete subtrees, which are all that a follower must keep.

use super::hash::{Hash, empty, node};

/// A compact range from leaf 0: as many hashes as the size has binary ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    // Roots of complete subtrees, the largest (leftmost) first.
    roots: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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
