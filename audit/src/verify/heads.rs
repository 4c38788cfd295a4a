//! Heads that somebody kept, on paper or in a file: the bundle's log must have had each of them when it was as long.

use std::{collections::BTreeMap, str::FromStr};

use super::{CheckName, Failure, Report, bundle::LOG, bundle_files::failure, lines::Read};
use crate::log::{
    checkpoint::{Checkpoint, CheckpointFault},
    hash::Hash,
    note::{Note, NoteFault, VerifierKey},
    short::{HeadCode, HeadCodeFault},
};

/// A head of the log that was seen earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownHead {
    /// Its code, as newspapers and walls have it.
    Paper(HeadCode),
    /// The signed note.
    Signed {
        /// The note, with its line ends.
        note: String,
        /// What is signed.
        head: Checkpoint,
    },
}

/// Why a text is no head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownHeadFault {
    /// No code.
    #[error(transparent)]
    Code(#[from] HeadCodeFault),
    /// No signed note.
    #[error("the signed head: {0}")]
    Note(#[from] NoteFault),
    /// Not the note of a head.
    #[error("the signed head: {0}")]
    Checkpoint(#[from] CheckpointFault),
}

impl FromStr for KnownHead {
    type Err = KnownHeadFault;

    /// Reads a signed note, which has an empty line, or else a code.
    fn from_str(text: &str) -> Result<Self, KnownHeadFault> {
        if !text.contains("\n\n") {
            return Ok(Self::Paper(text.parse()?));
        }
        let head = text.parse::<Note>()?.text.parse()?;
        Ok(Self::Signed { note: text.to_owned(), head })
    }
}

impl KnownHead {
    /// Lines that the log had.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Paper(code) => code.size(),
            Self::Signed { head, .. } => head.size,
        }
    }

    /// Why this log never had the head, if it did not: `root` is of its first lines, as many as the head has.
    fn differs(&self, read: &Read, root: Hash) -> Option<String> {
        let rules = &read.round.rules;
        let ours = Checkpoint::new(&rules.origin, self.size(), root);
        match self {
            Self::Paper(code) => {
                let found = HeadCode::of(&ours);
                (found != *code).then(|| format!("the head on paper is {code}, these lines give {found}"))
            }
            Self::Signed { note, head } => {
                let key = rules.log_key.parse::<VerifierKey>().map_err(|fault| fault.to_string());
                match key.and_then(|key| Checkpoint::open(note, &key).map_err(|fault| fault.to_string())) {
                    Err(fault) => Some(format!("the head that was kept is not one of this log's key: {fault}")),
                    Ok(_) if *head == ours => None,
                    Ok(_) => {
                        Some(format!("the head that was kept has the root {}, these lines give {root}", head.root))
                    }
                }
            }
        }
    }
}

/// The roots that the log had at the sizes of known heads.
#[derive(Debug)]
pub(super) struct Roots(BTreeMap<u64, Option<Hash>>);

impl Roots {
    pub(super) fn of(heads: &[KnownHead]) -> Self {
        Self(heads.iter().map(|head| (head.size(), None)).collect())
    }

    /// Takes note of the log at this size, if a head has it.
    pub(super) fn note(&mut self, size: u64, root: impl FnOnce() -> Hash) {
        if let Some(noted) = self.0.get_mut(&size) {
            *noted = Some(root());
        }
    }
}

/// Compares each head with the log as it was then; nothing is reported where nobody kept one.
pub(super) fn check(heads: &[KnownHead], read: &Read, report: &mut Report) {
    if heads.is_empty() {
        return;
    }
    let fault = heads.iter().find_map(|head| compare(head, read).err());
    let hold = heads.iter().filter(|head| compare(head, read).is_ok()).count();
    report.record(CheckName::Heads, hold as u64, fault);
}

fn compare(head: &KnownHead, read: &Read) -> Result<(), Failure> {
    let size = head.size();
    let Some(root) = read.roots.0.get(&size).copied().flatten() else {
        let reason = format!("a head of {size} lines was seen, and this log has {}", read.chain.size());
        return Err(failure(LOG, None, reason));
    };
    head.differs(read, root).map_or(Ok(()), |reason| Err(failure(LOG, Some(size).filter(|size| *size > 0), reason)))
}
