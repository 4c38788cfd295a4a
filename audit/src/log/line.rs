//! One line of a log: JSON that has just one spelling, so that its hash is the event's.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::hash::Hash;

/// An event with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line<E> {
    /// What happened.
    pub event: E,
    /// Place in the log, from 0.
    pub index: u64,
    /// Leaf hash of the line before; zeros before the first.
    pub previous: Hash,
}

/// Why bytes are not a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Not JSON of the log's vocabulary.
    #[error("byte {column}: {reason}")]
    Json {
        /// Place in the line, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The same event, spelled otherwise: spaces, order of keys, escapes.
    #[error("byte {column}: the line is not in canonical form (RFC 8785)")]
    Spelling {
        /// Place in the line, from 1.
        column: usize,
    },
}

impl<E: Serialize> Line<E> {
    /// The line's exact bytes, without a line end.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("events have string keys and integers only, so they always serialise")
    }
}

impl<E: Serialize + DeserializeOwned> Line<E> {
    /// Reads a line, accepting only what [`Line::to_bytes`] prints.
    ///
    /// # Errors
    /// [`LineFault`] with the place.
    pub fn parse(bytes: &[u8]) -> Result<Self, LineFault> {
        let line: Self = serde_json::from_slice(bytes).map_err(|fault| {
            let text = fault.to_string();
            let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason).to_owned();
            LineFault::Json { column: place(bytes, &fault), reason }
        })?;
        let printed = line.to_bytes();
        if printed != bytes {
            let same = printed.iter().zip(bytes).take_while(|(printed, given)| printed == given).count();
            return Err(LineFault::Spelling { column: same + 1 });
        }
        Ok(line)
    }
}

/// Place of a fault from the first byte on. The parser counts columns from the last line feed, which a line must not have.
fn place(bytes: &[u8], fault: &serde_json::Error) -> usize {
    let mut feeds = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = fault.line().checked_sub(2).and_then(|skip| feeds.nth(skip)).unwrap_or(0);
    start + fault.column()
}
