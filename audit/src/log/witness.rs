//! C2SP tlog-witness: the messages of add-checkpoint, for the log that asks and for the witness that answers.

pub mod decision;

use std::{fmt, str::FromStr};

use super::{
    checkpoint::Checkpoint,
    hash::Hash,
    note::{Note, NoteSignature},
};

/// Most hashes of a consistency proof in a request.
pub const MAX_PROOF: usize = 63;
/// Longest text of a checkpoint in a request, in bytes: a witness keeps what it is shown. A log needs some hundred.
pub const MAX_CHECKPOINT: usize = 4096;
/// Media type of an answer that only says how large the witness knows the log.
pub const SIZE_TYPE: &str = "text/x.tlog.size";
/// Most cosignatures in one answer that are read.
const MAX_COSIGNATURES: usize = 64;

/// "Here is my new head, and the proof that it goes on from the one that you have."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the head that the witness cosigned last; 0 if none.
    pub old: u64,
    /// RFC 6962 consistency proof from there.
    pub proof: Vec<Hash>,
    /// The signed head.
    pub checkpoint: Note,
}

/// Bytes that are not a message of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageFault {
    /// Not a request.
    #[error(
        "a request must be `old SIZE`, at most 63 lines of base64, an empty line, and a signed checkpoint of at most 4096 bytes"
    )]
    Request,
    /// Not an answer with cosignatures.
    #[error("an answer must be 1 to 64 lines `— NAME SIGNATURE`")]
    Cosignatures,
    /// Not an answer with a size.
    #[error("an answer must be one number in decimal and a line feed")]
    Size,
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = MessageFault;

    fn from_str(text: &str) -> Result<Self, MessageFault> {
        let parsed = parse(text).ok_or(MessageFault::Request)?;
        if parsed.proof.len() > MAX_PROOF || parsed.to_string() != text {
            return Err(MessageFault::Request);
        }
        Ok(parsed)
    }
}

fn parse(text: &str) -> Option<AddCheckpoint> {
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    let old = lines.next()?.strip_prefix("old ")?.parse().ok()?;
    let proof: Option<Vec<_>> = lines.take(MAX_PROOF + 1).map(Hash::from_base64).collect();
    let checkpoint: Note = checkpoint.parse().ok().filter(|note: &Note| note.text.len() <= MAX_CHECKPOINT)?;
    Checkpoint::extended(&checkpoint.text).ok()?;
    Some(AddCheckpoint { old, proof: proof?, checkpoint })
}

/// The witness's answer when it cosigned.
#[must_use]
pub fn print_cosignatures(signatures: &[NoteSignature]) -> String {
    signatures.iter().map(|signature| format!("{signature}\n")).collect()
}

/// Reads an answer with cosignatures, which are still to be verified.
///
/// # Errors
/// [`MessageFault::Cosignatures`].
pub fn parse_cosignatures(text: &str) -> Result<Vec<NoteSignature>, MessageFault> {
    let lines = text.strip_suffix('\n').ok_or(MessageFault::Cosignatures)?.split('\n');
    let read: Result<Vec<NoteSignature>, _> = lines.take(MAX_COSIGNATURES + 1).map(str::parse).collect();
    read.ok().filter(|read| read.len() <= MAX_COSIGNATURES).ok_or(MessageFault::Cosignatures)
}

/// The witness's answer when it knows the log at another size than the request's `old`.
#[must_use]
pub fn print_size(size: u64) -> String {
    format!("{size}\n")
}

/// Reads the size that a witness knows.
///
/// # Errors
/// [`MessageFault::Size`].
pub fn parse_size(text: &str) -> Result<u64, MessageFault> {
    let size = text.strip_suffix('\n').and_then(|size| size.parse().ok());
    size.filter(|size| print_size(*size) == text).ok_or(MessageFault::Size)
}
