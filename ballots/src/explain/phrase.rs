//! Everything that an explanation may say, before it has a language.

use super::{Language, english, russian};
use crate::ladder::Rung;

/// A candidate's name with a number beside it.
pub(super) type Counted = (String, String);

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phrase {
    Ballots {
        method: String,
        ballots: u64,
        blank: u64,
    },
    Votes {
        round: u32,
        votes: Vec<Counted>,
        exhausted: Option<String>,
        quota: Option<String>,
    },
    Elected {
        round: u32,
        names: Vec<String>,
    },
    Eliminated {
        round: u32,
        names: Vec<String>,
    },
    Moved {
        from: String,
        to: Vec<Counted>,
        lost: Option<String>,
    },
    LastPlaces {
        votes: Vec<Counted>,
    },
    Keep {
        factors: Vec<Counted>,
    },
    Finalists {
        pair: [String; 2],
        preferred: [u64; 2],
        equal: u64,
    },
    Locked {
        winner: String,
        loser: String,
        strength: u64,
    },
    Skipped {
        winner: String,
        loser: String,
        strength: u64,
    },
    Medians {
        grades: Vec<Counted>,
    },
    Path {
        better: String,
        other: String,
        there: u64,
        back: u64,
    },
    Optimal {
        distance: u64,
    },
    /// Bought by its supporters; each pays at most the price, where the method has one.
    Bought {
        name: String,
        cost: String,
        price: Option<String>,
        supporters: Option<u64>,
    },
    /// Bought by its supporters, who then have paid so much each for all that was bought so far.
    Shared {
        name: String,
        cost: String,
        supporters: u64,
        mean: String,
        load: String,
    },
    /// Bought with money that the voters' shares left.
    Completed {
        name: String,
        cost: String,
    },
    /// Voters' shares were raised; how often and to how much, where that is known.
    Raised {
        known: Option<(u32, String)>,
    },
    NotPaid {
        left: String,
        costs: Vec<Counted>,
    },
    Below {
        minimum: u64,
        scores: Vec<Counted>,
    },
    Barred {
        name: String,
        by: Vec<String>,
    },
    AfterStop {
        names: Vec<String>,
    },
    Unsupported {
        names: Vec<String>,
    },
    SharesShort {
        names: Vec<String>,
    },
    Reserve {
        names: Vec<String>,
    },
    /// Of two with one middle mark, the next middle marks that differ, after so many were taken out of each; if known.
    LaterMarks {
        better: String,
        other: String,
        grade: u32,
        known: Option<(u64, [u32; 2])>,
    },
    Pair {
        better: String,
        other: String,
        more: u64,
        less: u64,
    },
    Scores {
        scores: Vec<Counted>,
    },
    Tie {
        names: Vec<String>,
        round: Option<u32>,
        rungs: Vec<Rung>,
        decisive: bool,
    },
    Void {
        needed: u64,
        ballots: u64,
    },
    Waits {
        names: Vec<String>,
    },
    Winners {
        names: Vec<String>,
        spent: Option<String>,
    },
}

impl Phrase {
    /// Takes the names of the same sentence about others in; whether it did.
    pub(super) fn takes_in(&mut self, next: &mut Self) -> bool {
        match (self, next) {
            (Self::NotPaid { left, costs }, Self::NotPaid { left: same, costs: more }) if left == same => {
                costs.append(more)
            }
            (Self::Below { scores, .. }, Self::Below { scores: more, .. }) => scores.append(more),
            (Self::AfterStop { names }, Self::AfterStop { names: more })
            | (Self::Unsupported { names }, Self::Unsupported { names: more })
            | (Self::SharesShort { names }, Self::SharesShort { names: more }) => names.append(more),
            _ => return false,
        }
        true
    }
}

/// Headings and labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    AfterStop,
    Barred,
    BelowMinimum,
    ByRest,
    ByShares,
    Candidate,
    Carried,
    Cost,
    Exhausted,
    LaterMarks,
    MostPaid,
    NoVotes,
    Others,
    Outcome,
    Payers,
    Place,
    Reserve,
    Round,
    Score,
    SharesShort,
    TooDear,
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
