//! Every method of counting, a file each: what it is called, which ballots it counts, and the count itself.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{
    election::{Contest, Election, Ranking, Record, State},
    ladder::Waiting,
    pairwise::{Pairwise, Strength},
    patience::Patience,
    winning,
};
use equal_shares::{Completion, Satisfaction};
use fault::names;
use spending::{Limit, Purse};

pub use fault::CountFault;

pub mod approval;
pub mod bucklin;
pub mod coombs;
pub mod copeland;
pub mod equal_shares;
pub(crate) mod fault;
mod fitting;
mod greedy;
pub mod instant_runoff;
pub mod kemeny;
pub mod knapsack;
pub mod majority_judgement;
pub mod meek_stv;
pub mod minimax;
mod phragmen;
mod piles;
pub mod positional;
pub mod ranked_pairs;
pub mod schulze;
pub mod score;
pub mod scottish_stv;
pub mod spending;
pub mod star;
mod supports;
mod tree;

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
    /// Majority by more and more places.
    Bucklin,
    /// Most last places go out.
    Coombs,
    /// Victories in pairs.
    Copeland,
    /// Fewest first places go out.
    InstantRunoff {
        /// Whether those who cannot pass the next one go out together.
        batches: bool,
    },
    /// The order with least disagreement.
    Kemeny,
    /// Median marks.
    MajorityJudgement,
    /// Single transferable vote with keep factors.
    MeekStv,
    /// Mildest worst defeat.
    Minimax(Strength),
    /// Strongest victories first.
    RankedPairs(Strength),
    /// Strongest paths.
    Schulze(Strength),
    /// Marks added up.
    Score(score::Measure),
    /// Single transferable vote with five decimals.
    ScottishStv,
    /// The better of the two with most marks.
    Star,
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
    (Procedure::InstantRunoff { batches: false }, "instant-runoff"),
    (Procedure::InstantRunoff { batches: true }, "instant-runoff-batches"),
    (Procedure::Coombs, "coombs"),
    (Procedure::Bucklin, "bucklin"),
    (Procedure::Copeland, "copeland"),
    (Procedure::Minimax(Strength::WinningVotes), "minimax"),
    (Procedure::Minimax(Strength::Margins), "minimax-margins"),
    (Procedure::RankedPairs(Strength::Margins), "ranked-pairs"),
    (Procedure::RankedPairs(Strength::WinningVotes), "ranked-pairs-winning-votes"),
    (Procedure::Schulze(Strength::WinningVotes), "schulze"),
    (Procedure::Schulze(Strength::Margins), "schulze-margins"),
    (Procedure::Kemeny, "kemeny"),
    (Procedure::ScottishStv, "stv-scottish"),
    (Procedure::MeekStv, "stv-meek"),
    (Procedure::Score(score::Measure::Sum), "score"),
    (Procedure::Score(score::Measure::Mean), "score-mean"),
    (Procedure::Score(score::Measure::MeanBlanksZero), "score-mean-blanks-zero"),
    (Procedure::MajorityJudgement, "majority-judgement"),
    (Procedure::Star, "star"),
];

/// The text names no method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no method {given:?}; there are: {}", names(&Procedure::all()))]
pub struct ProcedureFault {
    given: String,
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

impl<'de> Deserialize<'de> for Procedure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for Procedure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Procedure {
    /// Every method.
    #[must_use]
    pub fn all() -> Vec<Self> {
        NAMES.iter().map(|(method, _)| *method).collect()
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
            Self::Bucklin => bucklin::count(contest, record),
            Self::Coombs => coombs::count(contest, record),
            Self::Copeland => copeland::count(contest, record),
            Self::InstantRunoff { batches } => instant_runoff::count(contest, batches, record),
            Self::Kemeny => kemeny::count(contest, record),
            Self::MajorityJudgement => majority_judgement::count(contest, record),
            Self::MeekStv => meek_stv::count(contest, record),
            Self::Minimax(by) => minimax::count(contest, by, record),
            Self::RankedPairs(by) => ranked_pairs::count(contest, by, record),
            Self::Schulze(by) => schulze::count(contest, by, record),
            Self::Score(measure) => score::count(contest, measure, record),
            Self::ScottishStv => scottish_stv::count(contest, record),
            Self::Star => star::count(contest, record),
            Self::ChooseOne => approval::choose_one(contest, record),
            Self::Points => approval::points(contest, record),
        }
    }

    fn check(self, contest: &Contest<'_>) -> Result<(), CountFault> {
        let candidates = contest.candidates();
        self.suits(contest.profile.kind(), candidates, contest.winners)?;
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
    count_patiently(contest, limits, method, &Patience::default())
}

/// As [`count_within`], as long as it is wanted.
///
/// # Errors
/// Also [`CountFault::GivenUp`].
pub(crate) fn count_patiently(
    contest: &Contest<'_>,
    limits: &[Limit],
    method: Procedure,
    patience: &Patience,
) -> Result<Election, CountFault> {
    method.check(contest)?;
    if !limits.is_empty() && !method.spends() {
        return Err(CountFault::Limits(method));
    }
    let profile = contest.profile;
    let mut record = Record { patience: patience.clone(), ..Record::default() };
    let void = contest.turnout.and_then(|turnout| turnout.missed(profile.ballots()));
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
        missed: Vec::new(),
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
        Ok(ranking) => {
            winning::choose(contest, &mut election, ranking);
            election.missed = spending::missed(contest.winners, contest.territories, limits, method, &election);
        }
        Err(state) => election.state = state,
    }
    Ok(election)
}

/// The matrix of pairs, if there are not too many.
fn pairs(contest: &Contest<'_>, method: Procedure) -> Result<Pairwise, CountFault> {
    method.counts_so_many(contest.candidates())?;
    Ok(Pairwise::new(contest.profile))
}

/// Places by a partial order: first those whom nobody precedes, then those whom only these precede, and so on.
fn undefeated(candidates: u16, precedes: impl Fn(u16, u16) -> bool) -> Vec<Vec<u16>> {
    let mut left: Vec<u16> = (0..candidates).collect();
    let mut above: Vec<usize> =
        left.iter().map(|at| left.iter().filter(|other| precedes(**other, *at)).count()).collect();
    let mut places = Vec::new();
    while !left.is_empty() {
        let (place, rest): (Vec<u16>, Vec<u16>) = left.iter().partition(|at| above[usize::from(**at)] == 0);
        if place.is_empty() {
            // Cannot happen in an order without circles; whoever gave another gets them all as equals.
            places.push(rest);
            break;
        }
        for at in &rest {
            above[usize::from(*at)] -= place.iter().filter(|before| precedes(**before, *at)).count();
        }
        places.push(place);
        left = rest;
    }
    places
}
