//! Positions of projects by their ids, which are looked up several times for each ballot: found by a short, keyed hash.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher, RandomState},
};

use super::Project;

/// Most letters of an id that fits into one number.
const SHORT: usize = 8;

/// Positions by id.
#[derive(Debug)]
pub(super) struct Ids {
    short: HashMap<u64, u16, Keyed>,
    long: HashMap<Box<str>, u16>,
}

impl Ids {
    pub(super) fn new(projects: &[Project]) -> Self {
        let mut ids = Self { short: HashMap::with_hasher(Keyed::random()), long: HashMap::new() };
        for (project, at) in projects.iter().zip(0..) {
            match word(&project.id) {
                Some(word) => ids.short.insert(word, at),
                None => ids.long.insert(project.id.as_str().into(), at),
            };
        }
        ids
    }

    /// Position of each id between commas, in order; or the first that there is no project of.
    pub(super) fn list<'a>(&self, text: &'a str, found: &mut Vec<u16>) -> Result<(), &'a str> {
        let bytes = text.as_bytes();
        let (mut from, mut word) = (0, 0);
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b',' {
                found.push(self.get(&text[from..at], word)?);
                (from, word) = (at + 1, 0);
            } else {
                word = word << 8 | u64::from(*byte);
            }
        }
        if !bytes.is_empty() {
            found.push(self.get(&text[from..], word)?);
        }
        Ok(())
    }

    /// The position of an id whose last eight letters are this number.
    fn get<'a>(&self, item: &'a str, last: u64) -> Result<u16, &'a str> {
        let id = super::trimmed(item);
        let is_plain = id.len() == item.len() && id.len() <= SHORT && !id.starts_with('\0');
        let found = match is_plain {
            true => self.short.get(&last),
            false => word(id).map_or_else(|| self.long.get(id), |word| self.short.get(&word)),
        };
        found.copied().ok_or(id)
    }
}

/// A short id as a number, each of which stands for one id: no id begins with a byte of nought.
fn word(id: &str) -> Option<u64> {
    let is_short = id.len() <= SHORT && !id.starts_with('\0');
    is_short.then(|| id.bytes().fold(0, |word, byte| word << 8 | u64::from(byte)))
}

/// Makes hashers with a key that no file can know, so that none can fill one bucket on purpose.
#[derive(Debug, Clone, Copy)]
struct Keyed(u64);

impl Keyed {
    fn random() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Keyed {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

/// Multiplies a number into 128 bits and folds the halves, as wyhash does (Wang Yi 2019): a fraction of the time of the
/// standard library's hash.
struct Folded(u64);

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
