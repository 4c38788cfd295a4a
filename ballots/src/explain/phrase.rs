//! Everything that an explanation may say, before it has a language.

use super::{Language, english, russian};
use crate::ladder::Rung;

/// A candidate's name with a number beside it.
pub(super) type Counted = (String, String);

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phrase {
    Ballots { method: String, ballots: u64, blank: u64 },
    Votes { round: u32, votes: Vec<Counted>, exhausted: Option<String>, quota: Option<String> },
    Elected { round: u32, names: Vec<String> },
    Eliminated { round: u32, names: Vec<String> },
    Moved { from: String, to: Vec<Counted>, lost: Option<String> },
    LastPlaces { votes: Vec<Counted> },
    Keep { factors: Vec<Counted> },
    Finalists { pair: [String; 2], preferred: [u64; 2], equal: u64 },
    Locked { winner: String, loser: String, strength: u64 },
    Skipped { winner: String, loser: String, strength: u64 },
    Medians { grades: Vec<Counted> },
    Path { better: String, other: String, there: u64, back: u64 },
    Optimal { distance: u64 },
    Bought { name: String, cost: String, price: Option<String>, supporters: Option<u64> },
    Pair { better: String, other: String, more: u64, less: u64 },
    Scores { scores: Vec<Counted> },
    Tie { names: Vec<String>, round: Option<u32>, rungs: Vec<Rung>, decisive: bool },
    Void { needed: u64, ballots: u64 },
    Waits { names: Vec<String> },
    Winners { names: Vec<String>, spent: Option<String> },
}

/// Headings and labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Candidate,
    Exhausted,
    Others,
    Outcome,
    Place,
    Round,
    Score,
    Votes,
    Won,
}

impl Language {
    pub(super) fn say(self, phrase: &Phrase) -> String {
        match self {
            Self::English => english::say(phrase),
            Self::Russian => russian::say(phrase),
        }
    }

    pub(super) fn label(self, label: Label) -> &'static str {
        match self {
            Self::English => english::label(label),
            Self::Russian => russian::label(label),
        }
    }
}

/// `A 5, B 3`.
pub(super) fn listed(counted: &[Counted]) -> String {
    counted.iter().map(|(name, number)| format!("{name}\u{a0}\u{2014} {number}")).collect::<Vec<_>>().join(", ")
}
