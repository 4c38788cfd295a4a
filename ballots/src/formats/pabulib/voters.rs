//! Voters who stand in a file twice, found though their names are not kept.
//!
//! Of each ballot 8 bytes are kept, a hash of the voter's name. Names whose hashes are equal may be equal: the file is read once
//! more for those alone. So nobody is refused for a hash that two names share, and no name that stands twice is missed.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::formats::FormatFault;

/// A hash of each voter's name.
#[derive(Debug, Default)]
pub(super) struct Voters(Vec<u64>);

/// Hashes that stand twice, and the lines of the names that have them, as far as they were seen: each name by its SHA-256, so that
/// long names take no more room.
#[derive(Debug, Clone)]
pub(super) struct Doubles {
    hashes: HashSet<u64>,
    lines: HashMap<[u8; 32], usize>,
}

impl Voters {
    pub(super) fn add(&mut self, voter_id: &str) {
        self.0.push(hash(voter_id));
    }

    /// How many ballots there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Those who may stand twice, if any may.
    pub(super) fn doubles(mut self) -> Option<Doubles> {
        self.leave_crowded();
        self.0.sort_unstable();
        let hashes: HashSet<u64> = self.0.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        (!hashes.is_empty()).then(|| Doubles { hashes, lines: HashMap::new() })
    }

    /// Lets go of every hash that is alone in its place among at least sixteen for each, as nearly all are: to sort them too would
    /// take a good part of the time that reading takes.
    fn leave_crowded(&mut self) {
        let places = (self.0.len() * 16).next_power_of_two().max(64);
        let place = |hash: u64| {
            let place = hash as usize & (places - 1);
            (place / 64, 1_u64 << (place % 64))
        };
        let (mut taken, mut shared) = (vec![0_u64; places / 64], vec![0_u64; places / 64]);
        for hash in &self.0 {
            let (word, bit) = place(*hash);
            shared[word] |= taken[word] & bit;
            taken[word] |= bit;
        }
        self.0.retain(|hash| {
            let (word, bit) = place(*hash);
            shared[word] & bit != 0
        });
    }
}

impl Doubles {
    /// Takes the names in the order of the file, and refuses the first that was there before.
    pub(super) fn see(&mut self, voter_id: &str, line: usize) -> Result<(), FormatFault> {
        if !self.hashes.contains(&hash(voter_id)) {
            return Ok(());
        }
        match self.lines.insert(Sha256::digest(voter_id).into(), line) {
            Some(first) => {
                Err(FormatFault::new(line, format!("voter_id {voter_id} stands there twice: first in line {first}")))
            }
            None => Ok(()),
        }
    }
}

/// Eight letters at a time, multiplied into what was there. Whoever makes many names with one hash, or a
/// file in which everybody stands twice, has them read twice, and some 60 bytes of each kept meanwhile.
fn hash(voter_id: &str) -> u64 {
    const ODD: u128 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let wide = u128::from(hash ^ word) * ODD;
        wide as u64 ^ (wide >> 64) as u64
    };
    let (words, rest) = voter_id.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(voter_id.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(hash, rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests;
