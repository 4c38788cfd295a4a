//! C2SP tlog-checkpoint: the signed head of a log.
//!
//! Extension lines, which the specification allows and advises against, are refused: no auditor could check them.

use std::{fmt, str::FromStr};

use super::{
    hash::Hash,
    note::{Note, NoteFault, Signer, VerifierKey},
};

/// Name, size and root of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Root of the tree.
    pub root: Hash,
    /// Lines in the log.
    pub size: u64,
}

/// What is wrong with a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// The note around it.
    #[error("{0}")]
    Note(#[from] NoteFault),
    /// The text is not origin, size and root, each on its line.
    #[error("a checkpoint must be three lines: origin, size in decimal, root in base64; extension lines are not taken")]
    Form,
    /// Another log's head under this log's key.
    #[error("the checkpoint's first line is not the name of the key that signed it")]
    Origin,
}

impl Checkpoint {
    /// A head.
    #[must_use]
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self { origin: origin.to_owned(), root, size }
    }

    /// The signed note.
    #[must_use]
    pub fn sign(&self, signer: &Signer) -> String {
        signer.sign(&self.to_string()).to_string()
    }

    /// Reads the head of any log from a note's text, and its extension lines, which nothing proves.
    ///
    /// # Errors
    /// [`CheckpointFault::Form`].
    pub fn extended(text: &str) -> Result<(Self, Vec<&str>), CheckpointFault> {
        let mut ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let head = ends.nth(2).ok_or(CheckpointFault::Form)?;
        let extensions: Vec<_> = text[head..].split_inclusive('\n').collect();
        let is_line = |line: &str| line.len() > 1 && line.ends_with('\n');
        if !extensions.iter().all(|line| is_line(line)) {
            return Err(CheckpointFault::Form);
        }
        let extensions = extensions.into_iter().map(|line| line.trim_end_matches('\n')).collect();
        Ok((text[..head].parse()?, extensions))
    }

    /// Reads a note and checks that the key signed it, and that the key's name is the log's: the signature does not
    /// cover the name, so a key that signs for two logs would else speak for the one in the words of the other.
    ///
    /// # Errors
    /// [`CheckpointFault`].
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, CheckpointFault> {
        let note: Note = note.parse()?;
        note.verify(key)?;
        let checkpoint: Self = note.text.parse()?;
        if checkpoint.origin == key.name { Ok(checkpoint) } else { Err(CheckpointFault::Origin) }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointFault;

    fn from_str(text: &str) -> Result<Self, CheckpointFault> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointFault::Form);
        };
        let size = size.parse().map_err(|_| CheckpointFault::Form)?;
        let root = Hash::from_base64(root).ok_or(CheckpointFault::Form)?;
        let checkpoint = Self::new(origin, size, root);
        if origin.is_empty() || checkpoint.to_string() != text {
            return Err(CheckpointFault::Form);
        }
        Ok(checkpoint)
    }
}
