//! The chain: each line names its index and the hash of the line before it.

use serde::Serialize;

use super::{
    hash::{self, Hash},
    line::{self, Line},
    tree::Frontier,
};

/// The end of a log, to append to or to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    size: u64,
    last: Hash,
    // A writer that keeps tiles has the tree there, and resumes without one.
    tree: Option<Frontier>,
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
        Self { size: 0, last: Hash::ZERO, tree: Some(Frontier::new()) }
    }
}

impl Chain {
    /// The beginning of a log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on after a log of this size whose last line has this leaf hash, without its tree.
    #[must_use]
    pub fn resume(size: u64, last: Hash) -> Self {
        Self { size, last, tree: None }
    }

    /// Goes on after the log with this tree, whose last line has this leaf hash.
    #[must_use]
    pub fn resume_with_tree(last: Hash, tree: Frontier) -> Self {
        Self { size: tree.size(), last, tree: Some(tree) }
    }

    /// Makes the next line and returns its bytes and leaf hash.
    pub fn append<E: Serialize>(&mut self, event: &E) -> (Vec<u8>, Hash) {
        let bytes = Line { event, index: self.size, previous: self.last }.to_bytes();
        let leaf = self.advance(&bytes);
        (bytes, leaf)
    }

    /// Takes the next line of a log: `index` and `previous` as the line has them, `bytes` the whole line.
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
        self.last = hash::leaf(&line::leaf(bytes));
        if let Some(tree) = &mut self.tree {
            tree.push(self.last);
        }
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

    /// Root of the tree of all lines; [`Hash::ZERO`], which is no tree's root, after [`Chain::resume`].
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.as_ref().map_or(Hash::ZERO, Frontier::root)
    }
}
