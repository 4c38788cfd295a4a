//! File formats of other people's votes: each read strictly, with the line and reason of every fault, and written.

use std::collections::BTreeMap;

use crate::{
    money::Money,
    profile::{Profile, ProfileFault},
    rules::{Overflow, Territory, Winners},
};

pub mod blt;
mod bounded;
pub mod cvr;
pub mod pabulib;
mod parts;
pub mod preflib;
pub mod sheet;

pub use parts::{Parts, PartsFault};

/// What is wrong with a file, and in which line (from 1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct FormatFault {
    /// Line in the file, from 1; the line after the last when something is missing at the end.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// Something that a format has no spelling for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{format} cannot be written: {reason}")]
pub struct Unwritable {
    /// Name of the format.
    pub format: &'static str,
    /// What it cannot hold.
    pub reason: String,
}

/// What every format comes down to when its ballots are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// Money to spend, where the file says it.
    pub budget: Option<Money>,
    /// Ballots that break the file's own rules, by reason; they are not among the others.
    pub invalid: BTreeMap<String, u64>,
    /// The ballots.
    pub profile: Profile,
    /// Seats, where the file says it.
    pub seats: Option<u16>,
    /// What is voted on, as the ballots number it.
    pub territories: Vec<Territory>,
    /// What it is called, if anything.
    pub title: String,
}

impl Poll {
    /// Winners as the file has them: its seats, else its budget (what does not fit is passed over), else one.
    #[must_use]
    pub fn winners(&self) -> Winners {
        match (self.seats, self.budget) {
            (None, Some(budget)) => Winners::Budget { budget, minimum: None, overflow: Overflow::Skip },
            (seats, _) => Winners::Top { minimum: None, seats: seats.unwrap_or(1) },
        }
    }
}

impl FormatFault {
    pub(crate) fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }

    /// Ballots that cannot go into one profile.
    pub(crate) fn profile(line: usize, fault: &ProfileFault) -> Self {
        Self::new(line, fault.to_string())
    }
}

/// Choices with these names, numbered from 1; the number is also the id.
pub(crate) fn numbered(names: &[String]) -> Vec<Territory> {
    let territory = |(name, number): (&String, u32)| Territory {
        id: number.to_string(),
        number,
        title: if name.trim().is_empty() { number.to_string() } else { name.clone() },
        ..Territory::default()
    };
    names.iter().zip(1..).map(territory).collect()
}
