//! The chain: each line names its index and the hash of the line before it.

use serde::Serialize;

use super::{
    hash::{self, Hash},
    line::Line,
    tree::Frontier,
};

/// The end of a log, to append to or to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    size: u64,
    last: Hash,
    tree: Frontier,
}

/// A line that does not continue the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// Another index than the next.
    #[error("index: the line says {given}, its place is {expected}")]
    Index {
        /// The line's index.
        given: u64,
        /// Its place.
        expected: u64,
    },
    /// Another line before it.
    #[error("previous: the line names {given}, the line before it has {expected}")]
    Previous {
        /// The hash in the line.
        given: Hash,
        /// The hash of the line before.
        expected: Hash,
    },
}

impl Default for Chain {
    fn default() -> Self {
        Self { size: 0, last: Hash::ZERO, tree: Frontier::new() }
    }
}

impl Chain {
    /// Goes on after a log of this size whose last line has this leaf hash. Its root is not known to the chain then.
    #[must_use]
    pub fn resume(size: u64, last: Hash) -> Self {
        Self { size, last, tree: Frontier::new() }
    }

    /// Makes the next line and returns its bytes and leaf hash.
    pub fn append<E: Serialize>(&mut self, event: &E) -> (Vec<u8>, Hash) {
        let bytes = Line { event, index: self.size, previous: self.last }.to_bytes();
        (bytes.clone(), self.advance(&bytes))
    }

    /// Takes the next line of a log from its beginning.
    ///
    /// # Errors
    /// [`ChainFault`] when the line does not continue the chain.
    pub fn follow(&mut self, index: u64, previous: &Hash, bytes: &[u8]) -> Result<(), ChainFault> {
        if index != self.size {
            return Err(ChainFault::Index { given: index, expected: self.size });
        }
        if *previous != self.last {
            return Err(ChainFault::Previous { given: *previous, expected: self.last });
        }
        self.advance(bytes);
        Ok(())
    }

    fn advance(&mut self, bytes: &[u8]) -> Hash {
        self.last = hash::leaf(bytes);
        self.tree.push(self.last);
        self.size += 1;
        self.last
    }

    /// Lines so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Leaf hash of the last line; zeros before the first.
    #[must_use]
    pub fn last(&self) -> Hash {
        self.last
    }

    /// Root of the tree of the lines followed from the beginning.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.root()
    }
}
