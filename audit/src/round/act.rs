//! Who did what to a round: acts of officials, and which of them need a second person.

use serde::{Deserialize, Serialize};

/// An act that no official may do alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Ends the round for good, without a result.
    Annul,
    /// Ends the voting before its time.
    Close,
    /// Starts the voting before its time.
    Open,
}

/// On whose word a step was taken. Names are staff handles such as `official-1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum By {
    /// The round's own timetable.
    Schedule,
    /// An official proposed it and a commission member confirmed it.
    Two {
        /// Handle of the commission member.
        confirmed: String,
        /// Handle of the official.
        proposed: String,
    },
}

/// An act that waits for a commission member's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// What is proposed.
    pub act: Act,
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// Why, in the official's words.
    pub reason: String,
}
