//! One line of a log: JSON that has just one spelling, so that its hash is the event's.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::hash::Hash;

/// Longest line, in bytes with its line end; the longest that a service writes is the count of a large round.
pub const LONGEST: usize = 16 * 1024 * 1024;
/// Longest leaf, in bytes: C2SP tlog-tiles writes an entry's length in 16 bits.
pub const MAX_LEAF: usize = u16::MAX as usize;
/// What stands before the event in every line.
const HEAD: &str = r#"{"event":"#;
/// What stands between the event and the index.
const INDEX: &[u8] = br#","index":"#;
/// Longest part of a line after its event: names, marks, 20 digits of the index, 64 of the hash.
const MAX_TAIL: usize = INDEX.len() + 20 + r#","previous":""}"#.len() + 64;

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

/// What stands for the event in the short form of a long line. No event of a log is named `sha256`, so a short form is
/// never taken for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventHash {
    /// SHA-256 of the event's canonical JSON.
    pub sha256: Hash,
}

/// The leaf that a line is in the tree: the line itself, or of a line longer than [`MAX_LEAF`] its short form, which names
/// the event by its hash. Long bytes that have not the shape of a line are left as they are: no reader takes them.
#[must_use]
pub fn leaf(line: &[u8]) -> Cow<'_, [u8]> {
    if line.len() <= MAX_LEAF {
        return Cow::Borrowed(line);
    }
    let short = event(line).zip(place_of(line)).map(|(event, (index, previous))| {
        let event = EventHash { sha256: event_hash(event) };
        Line { event, index, previous }.to_bytes()
    });
    short.map_or(Cow::Borrowed(line), Cow::Owned)
}

/// The bytes of a line's event, as they stand in the line.
#[must_use]
pub fn event(line: &[u8]) -> Option<&[u8]> {
    line.get(..tail(line)?)?.strip_prefix(HEAD.as_bytes())
}

/// SHA-256 of an event's bytes.
#[must_use]
pub fn event_hash(event: &[u8]) -> Hash {
    Hash::from(<[u8; 32]>::from(Sha256::digest(event)))
}

/// The event's hash, if a leaf is the short form of a long line.
#[must_use]
pub fn shortened(leaf: &[u8]) -> Option<Hash> {
    Line::<EventHash>::parse(leaf).ok().map(|line| line.event.sha256)
}

/// The whole line, from its short form and the event's bytes; nothing when they do not belong together, or when the whole
/// line would not have been shortened.
#[must_use]
pub fn whole(short: &[u8], event: &[u8]) -> Option<Vec<u8>> {
    let named = shortened(short)?;
    let line = [HEAD.as_bytes(), event, short.get(tail(short)?..)?].concat();
    (event_hash(event) == named && line.len() > MAX_LEAF && *leaf(&line) == *short).then_some(line)
}

/// Where the event of a line ends. The index and the hash after it are the last of the line, so nothing that the event
/// holds can be taken for them.
fn tail(line: &[u8]) -> Option<usize> {
    let from = line.len().saturating_sub(MAX_TAIL);
    let at = line[from..].windows(INDEX.len()).rposition(|window| window == INDEX)?;
    Some(from + at)
}

/// Index and hash of the line before, read from the end of a line.
fn place_of(line: &[u8]) -> Option<(u64, Hash)> {
    let rest = [HEAD.as_bytes(), b"0", line.get(tail(line)?..)?].concat();
    let line = Line::<u8>::parse(&rest).ok()?;
    Some((line.index, line.previous))
}

/// Place of a fault from the first byte on. The parser counts columns from the last line feed, which a line must not have.
fn place(bytes: &[u8], fault: &serde_json::Error) -> usize {
    let mut feeds = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = fault.line().checked_sub(2).and_then(|skip| feeds.nth(skip)).unwrap_or(0);
    start + fault.column()
}
