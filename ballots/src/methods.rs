//! Every method of counting, a file each: what it is called, which ballots it counts, and the count itself.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{
    election::{Contest, Election, Ranking, Record, State},
    ladder::{LadderFault, Waiting},
    rules::Kind,
    winning,
};
use equal_shares::{Completion, Satisfaction};
use spending::{Limit, Purse};

pub mod approval;
pub mod equal_shares;
mod greedy;
pub mod knapsack;
mod phragmen;
pub mod positional;
pub mod spending;
mod supports;

/// A method with its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Procedure {
    /// One mark a ballot.
    ChooseOne,
    /// Any marks.
    Approval,
    /// Points handed out.
    Points,
    /// Points for places.
    Borda(positional::Scale),
    /// Equal shares of the budget.
    EqualShares(Satisfaction, Completion),
    /// By score, as long as the money lasts.
    Greedy,
    /// The greatest sum of scores that the budget pays for.
    Knapsack,
    /// Sequential Phragmén with money.
    Phragmen,
}

/// Why an election cannot be counted so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountFault {
    /// The method does not fit the ballots.
    #[error("method: {method} cannot count {kind} ballots; what can: {}", names(.fitting))]
    Kind {
        /// The method.
        method: Procedure,
        /// The ballots' kind.
        kind: &'static str,
        /// Methods that fit it.
        fitting: Vec<Procedure>,
    },
    /// A ranking has equal places, which the method cannot read.
    #[error("method: {0} cannot count rankings with equal places")]
    EqualPlaces(Procedure),
    /// More than one mark, where the method takes one.
    #[error("method: choose-one cannot count ballots with more than one mark")]
    SeveralMarks,
    /// Too many candidates.
    #[error("method: {method} counts at most {most} candidates, not {given}: {reason}")]
    Candidates {
        /// The method.
        method: Procedure,
        /// How many there are.
        given: u16,
        /// How many there may be.
        most: u16,
        /// Why no more.
        reason: &'static str,
    },
    /// Territories and ballots are not of one election.
    #[error("there are {territories} territories, but the ballots number {candidates}")]
    Territories {
        /// Territories given.
        territories: usize,
        /// Candidates of the profile.
        candidates: u16,
    },
    /// The method spends a budget, but seats are to be filled.
    #[error("method: {0} spends a budget; it cannot fill seats")]
    Budget(Procedure),
    /// A cost is missing or not above zero.
    #[error("territories: {0} needs a cost above zero, because winners must fit into a budget")]
    Cost(String),
    /// A number would not fit.
    #[error("the numbers are too large to be counted exactly: {0}")]
    Overflow(&'static str),
    /// The method fills seats and knows no budget.
    #[error("method: {0} fills seats; it cannot spend a budget")]
    Seats(Procedure),
    /// The method knows no limits between candidates.
    #[error("method: {0} knows no groups and no candidates that exclude each other")]
    Limits(Procedure),
    /// The ladder cannot be used.
    #[error(transparent)]
    Ladder(#[from] LadderFault),
}

/// Why a method stops without a ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// It cannot count this at all.
    Fault(CountFault),
    /// It waits for lots drawn by hand.
    Waits(Waiting),
}

impl From<Waiting> for Halt {
    fn from(waiting: Waiting) -> Self {
        Self::Waits(waiting)
    }
}

impl From<CountFault> for Halt {
    fn from(fault: CountFault) -> Self {
        Self::Fault(fault)
    }
}

/// Name of each method.
const NAMES: &[(Procedure, &str)] = &[
    (Procedure::ChooseOne, "choose-one"),
    (Procedure::Approval, "approval"),
    (Procedure::Points, "points"),
    (Procedure::Borda(positional::Scale::OwnLength), "borda"),
    (Procedure::Borda(positional::Scale::FixedLength), "borda-fixed"),
    (Procedure::Borda(positional::Scale::Dowdall), "dowdall"),
    (Procedure::Greedy, "greedy"),
    (Procedure::EqualShares(Satisfaction::Cost, Completion::None), "equal-shares"),
    (Procedure::EqualShares(Satisfaction::Cost, Completion::Add1), "equal-shares-add1"),
    (Procedure::EqualShares(Satisfaction::Cost, Completion::Add1u), "equal-shares-add1u"),
    (Procedure::EqualShares(Satisfaction::Cost, Completion::Greedy), "equal-shares-greedy"),
    (Procedure::EqualShares(Satisfaction::Units, Completion::None), "equal-shares-units"),
    (Procedure::EqualShares(Satisfaction::Units, Completion::Add1), "equal-shares-units-add1"),
    (Procedure::EqualShares(Satisfaction::Units, Completion::Add1u), "equal-shares-units-add1u"),
    (Procedure::EqualShares(Satisfaction::Units, Completion::Greedy), "equal-shares-units-greedy"),
    (Procedure::Phragmen, "phragmen"),
    (Procedure::Knapsack, "knapsack"),
];

/// The text names no method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no method {given:?}; there are: {}", names(&Procedure::all()))]
pub struct ProcedureFault {
    given: String,
}

fn names(methods: &[Procedure]) -> String {
    methods.iter().map(Procedure::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Procedure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES.iter().find(|(method, _)| method == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for Procedure {
    type Err = ProcedureFault;

    fn from_str(text: &str) -> Result<Self, ProcedureFault> {
        let found = NAMES.iter().find(|(_, name)| *name == text).map(|(method, _)| *method);
        found.ok_or_else(|| ProcedureFault { given: text.to_owned() })
    }
}

impl Serialize for Procedure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Procedure {
    /// Every method.
    #[must_use]
    pub fn all() -> Vec<Self> {
        NAMES.iter().map(|(method, _)| *method).collect()
    }

    /// Methods that can count ballots of this kind.
    #[must_use]
    pub fn fitting(kind: &Kind) -> Vec<Self> {
        Self::all().into_iter().filter(|method| method.fits(kind)).collect()
    }

    /// Whether it can count ballots of this kind.
    #[must_use]
    pub const fn fits(&self, kind: &Kind) -> bool {
        match self {
            Self::ChooseOne | Self::Approval | Self::Phragmen => matches!(kind, Kind::Approval { .. }),
            Self::EqualShares(..) | Self::Greedy | Self::Knapsack => true,
            Self::Points => matches!(kind, Kind::Points { .. }),
            Self::Borda(_) => matches!(kind, Kind::Ranked { .. }),
        }
    }

    /// Whether it spends a budget, and can do nothing without one.
    #[must_use]
    pub const fn spends(&self) -> bool {
        matches!(self, Self::EqualShares(..) | Self::Greedy | Self::Knapsack | Self::Phragmen)
    }

    fn rank(self, contest: &Contest<'_>, limits: &[Limit], record: &mut Record) -> Result<Ranking, Halt> {
        let purse = || Purse::new(contest, self, limits);
        match self {
            Self::EqualShares(satisfaction, completion) => {
                equal_shares::count(contest, &purse()?, (satisfaction, completion), record)
            }
            Self::Greedy => greedy::count(contest, &purse()?, record),
            Self::Knapsack => knapsack::count(contest, &purse()?, record),
            Self::Phragmen => phragmen::count(contest, &purse()?, record),
            Self::Approval => approval::approval(contest, record),
            Self::Borda(scale) => positional::count(contest, scale, record),
            Self::ChooseOne => approval::choose_one(contest, record),
            Self::Points => approval::points(contest, record),
        }
    }

    fn check(self, contest: &Contest<'_>) -> Result<(), CountFault> {
        let (kind, candidates) = (contest.profile.kind(), contest.candidates());
        if !self.fits(kind) {
            return Err(CountFault::Kind { method: self, kind: kind.name(), fitting: Self::fitting(kind) });
        }
        let territories = contest.territories.len();
        if territories != usize::from(candidates) {
            return Err(CountFault::Territories { territories, candidates });
        }
        contest.ladder.check().map_err(CountFault::from)
    }
}

/// Counts an election.
///
/// # Errors
/// A [`CountFault`] when the method does not fit; a count that waits for lots, or is void, is an [`Election`] that says so.
pub fn count(contest: &Contest<'_>, method: Procedure) -> Result<Election, CountFault> {
    count_within(contest, &[], method)
}

/// Counts an election in which some candidates limit each other, by a method that spends a budget.
///
/// # Errors
/// As [`count`]; [`CountFault::Limits`] when there are limits and the method knows none.
pub fn count_within(contest: &Contest<'_>, limits: &[Limit], method: Procedure) -> Result<Election, CountFault> {
    method.check(contest)?;
    if !limits.is_empty() && !method.spends() {
        return Err(CountFault::Limits(method));
    }
    let profile = contest.profile;
    let mut record = Record::default();
    let void = contest.turnout.and_then(|turnout| winning::missed(turnout, profile.ballots()));
    let ranked = match void {
        Some(needed) => Err(State::Void { needed }),
        None => match method.rank(contest, limits, &mut record) {
            Ok(ranking) => Ok(ranking),
            Err(Halt::Fault(fault)) => return Err(fault),
            Err(Halt::Waits(waiting)) => Err(State::Waits(waiting)),
        },
    };
    let mut election = Election {
        ballots: profile.ballots(),
        blank: profile.blank(),
        candidates: contest.territories.iter().map(|territory| territory.id.clone()).collect(),
        method: method.to_string(),
        order: Vec::new(),
        pairwise: record.pairwise,
        places: Vec::new(),
        scores: Vec::new(),
        spent: None,
        state: State::Decided,
        steps: record.steps,
        ties: record.ties,
        votes: profile.votes(),
        winners: Vec::new(),
    };
    match ranked {
        Ok(ranking) => winning::choose(contest, &mut election, ranking),
        Err(state) => election.state = state,
    }
    Ok(election)
}
