//! The register of issued credentials: pseudonyms by step, sorted inside each step, with no times.
//!
//! A line is `STEP PSEUDONYM\n`: the step's number from 1, a space, 64 lower-case hexadecimal digits. The hash in a
//! register event is SHA-256 over the hash of the step before (32 zero bytes for the first) and the step's lines, so
//! that a step costs what it adds.

use sha2::{Digest, Sha256};

use crate::log::hash::Hash;

/// Bytes of one line's text, for a step and a pseudonym.
#[must_use]
pub fn line(step: u64, pseudonym: &[u8; 32]) -> String {
    format!("{step} {}\n", Hash::from(*pseudonym))
}

/// The hash of a step in the making.
#[derive(Debug, Clone)]
pub struct StepHash(Sha256);

impl StepHash {
    /// Starts the step after the one with this hash.
    #[must_use]
    pub fn after(previous: &Hash) -> Self {
        Self(Sha256::new_with_prefix(previous.as_bytes()))
    }

    /// Adds one line, with its line end.
    pub fn add(&mut self, line: &str) {
        self.0.update(line.as_bytes());
    }

    /// The step's hash.
    #[must_use]
    pub fn finish(self) -> Hash {
        Hash::from(<[u8; 32]>::from(self.0.finalize()))
    }
}

/// The hash of a step that adds these pseudonyms, which must be sorted.
#[must_use]
pub fn step_hash<'a>(previous: &Hash, step: u64, pseudonyms: impl IntoIterator<Item = &'a [u8; 32]>) -> Hash {
    let mut hash = StepHash::after(previous);
    pseudonyms.into_iter().for_each(|pseudonym| hash.add(&line(step, pseudonym)));
    hash.finish()
}
