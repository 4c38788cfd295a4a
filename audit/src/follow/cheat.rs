//! What a follower may catch a log at, and the evidence for it.

use serde::Serialize;

use crate::log::{checkpoint::CheckpointFault, hash::Hash};

/// What a log did that an honest one never does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cheat {
    /// The head is not signed by the log's key, or speaks for another log.
    #[error("bad signature: {0}")]
    BadSignature(#[from] CheckpointFault),
    /// The log is shorter than it was.
    #[error("rolled back: the log had {from} lines, now its head has {to}")]
    RolledBack {
        /// Lines before.
        from: u64,
        /// Lines now.
        to: u64,
    },
    /// Two signed heads that no one log can have.
    #[error("split: at {size} lines one head has the root {ours}, the other {theirs}")]
    Split {
        /// Size at which they differ.
        size: u64,
        /// Root there of the head that was known before.
        ours: Hash,
        /// Root there of the other head.
        theirs: Hash,
    },
    /// What the head commits to is not given, or something else is.
    #[error("withheld: {path}: {reason}")]
    Withheld {
        /// Path below the log's address.
        path: String,
        /// What came instead.
        reason: String,
        /// Whether something came that does not fit; false when nothing came, which may pass.
        given: bool,
    },
    /// A line that may not stand where it stands.
    #[error("against the rules: line {index}: {reason}")]
    Violation {
        /// Index of the line, from 0.
        index: u64,
        /// The line's bytes.
        line: Vec<u8>,
        /// Which rule.
        reason: String,
    },
}

impl Cheat {
    /// A stable name for programs.
    #[must_use]
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::BadSignature(_) => "bad-signature",
            Self::RolledBack { .. } => "rolled-back",
            Self::Split { .. } => "split",
            Self::Withheld { .. } => "withheld",
            Self::Violation { .. } => "violation",
        }
    }

    /// Whether asking again may still clear it up: nothing came, or what came was no head at all.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        use crate::log::note::NoteFault;
        matches!(
            self,
            Self::Withheld { given: false, .. }
                | Self::BadSignature(CheckpointFault::Form | CheckpointFault::Note(NoteFault::Form))
        )
    }
}

/// A cheat, with the signed notes that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What was done.
    pub cheat: Cheat,
    /// The head that was known before, a signed note; none when this is the first.
    pub before: Option<String>,
    /// The head that shows it, as it came.
    pub after: String,
}

/// What a reader of evidence gets beside the notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Stable name.
    pub cheat: &'static str,
    /// In words.
    pub what: String,
}

impl Evidence {
    /// Name and words.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts { cheat: self.cheat.slug(), what: self.cheat.to_string() }
    }
}

/// Why a step went no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Halt {
    Cheat(Cheat),
    Trouble(String),
}

impl From<Cheat> for Halt {
    fn from(cheat: Cheat) -> Self {
        Self::Cheat(cheat)
    }
}
