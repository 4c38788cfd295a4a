//! How many must vote for an election to have an answer.

use serde::{Deserialize, Serialize};

/// The least turnout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turnout {
    /// People who may vote.
    pub eligible: u64,
    /// Ballots, blank ones too, that are needed of each thousand people, rounded up.
    pub per_mille: u16,
}

impl Turnout {
    /// Ballots that are needed.
    #[must_use]
    pub fn needed(&self) -> u64 {
        let needed = (u128::from(self.eligible) * u128::from(self.per_mille)).div_ceil(1000);
        // A share above the whole can never be reached; whatever it comes to is then what is needed.
        u64::try_from(needed).unwrap_or(u64::MAX)
    }

    /// Ballots that are needed, if there are fewer.
    pub(crate) fn missed(self, ballots: u64) -> Option<u64> {
        Some(self.needed()).filter(|needed| ballots < *needed)
    }
}
