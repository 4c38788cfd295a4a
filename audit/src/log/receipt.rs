//! C2SP tlog-proof: a receipt that a line stands in a log, which can be checked offline.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    checkpoint::{Checkpoint, CheckpointFault},
    hash::{self, Hash},
    note::VerifierKey,
    proof::{ProofFault, verify_inclusion},
};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2^64 leaves has no longer path.
const MAX_PATH: usize = 64;

/// Where a leaf stands, its path, and the signed head that the path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// The signed note.
    pub checkpoint: String,
    /// Data of the application's own, if any; not proved by anything, and nothing is printed when it is empty.
    pub extra: Option<Vec<u8>>,
    /// Index of the leaf.
    pub index: u64,
    /// RFC 6962 audit path.
    pub proof: Vec<Hash>,
}

/// What is wrong with a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// The text is not a tlog-proof.
    #[error("the text is not a c2sp.org/tlog-proof@v1")]
    Form,
    /// The head is not signed by the log.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointFault),
    /// The path does not lead from the leaf to the head.
    #[error("{0}")]
    Proof(#[from] ProofFault),
}

impl TlogProof {
    /// Checks signature and path for a leaf's bytes (for a line of a round, [`super::line::leaf`] of it), and returns the head.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn verify(&self, leaf: &[u8], key: &VerifierKey) -> Result<Checkpoint, ReceiptFault> {
        let head = Checkpoint::open(&self.checkpoint, key)?;
        verify_inclusion(hash::leaf(leaf), self.index, head.size, &self.proof, head.root)?;
        Ok(head)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = self.extra.as_ref().filter(|extra| !extra.is_empty()) {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = ReceiptFault;

    fn from_str(text: &str) -> Result<Self, ReceiptFault> {
        let parsed = parse(text).ok_or(ReceiptFault::Form)?;
        if parsed.proof.len() > MAX_PATH || parsed.to_string() != text {
            return Err(ReceiptFault::Form);
        }
        Ok(parsed)
    }
}

fn parse(text: &str) -> Option<TlogProof> {
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.lines().peekable();
    (lines.next()? == HEADER).then_some(())?;
    let extra = match lines.peek()?.strip_prefix("extra ") {
        Some(extra) => {
            let extra = STANDARD.decode(extra).ok()?;
            lines.next();
            // An empty `extra` line is never printed, so the comparison with the print refuses it.
            Some(extra)
        }
        None => None,
    };
    let index = lines.next()?.strip_prefix("index ")?.parse().ok()?;
    let proof: Option<Vec<_>> = lines.map(Hash::from_base64).collect();
    Some(TlogProof { checkpoint: checkpoint.to_owned(), extra, index, proof: proof? })
}
