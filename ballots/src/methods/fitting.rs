//! Which method fits what: kinds of ballots, numbers of territories, and ways to choose winners. Everything that can be decided
//! before there is a ballot, in one place for drafting a round and for counting a file.

use super::{
    CountFault, Procedure,
    equal_shares::{Completion, MOST_RAISED_BUDGET},
    kemeny, knapsack,
    positional::Scale,
    score::Measure,
};
use crate::{
    election::Contest,
    pairwise,
    rules::{Kind, Winners},
};

/// Most territories of a round whose outcome tells every step: with more, that might not fit into a line of the log, and
/// exact fractions would grow too long.
pub const MOST_IN_STEPS: u16 = 256;
/// The same for the plain run-off, which tells the votes in each of its rounds, and names all who are equal there.
pub const MOST_IN_ROUNDS: u16 = 256;

impl Procedure {
    /// Methods that can count ballots of this kind.
    #[must_use]
    pub fn fitting(kind: &Kind) -> Vec<Self> {
        Self::all().into_iter().filter(|method| method.fits(kind)).collect()
    }

    /// Methods that can count these ballots, whatever else is in them, and find such winners.
    #[must_use]
    pub fn fitting_contest(contest: &Contest<'_>) -> Vec<Self> {
        let (profile, winners) = (contest.profile, contest.winners);
        let fits = |method: &Self| {
            method.suits(profile.kind(), contest.candidates(), winners).is_ok()
                && !(profile.has_equal_places() && method.needs_order())
                && !(*method == Self::ChooseOne && profile.longest() > 1)
        };
        Self::all().into_iter().filter(fits).collect()
    }

    /// Whether rankings with equal places say nothing to it.
    const fn needs_order(self) -> bool {
        let moves_papers =
            matches!(self, Self::Coombs | Self::InstantRunoff { .. } | Self::MeekStv | Self::ScottishStv);
        moves_papers || self.spends()
    }

    /// Whether it can count ballots of this kind.
    #[must_use]
    pub const fn fits(&self, kind: &Kind) -> bool {
        match self {
            Self::ChooseOne | Self::Approval | Self::Phragmen => matches!(kind, Kind::Approval { .. }),
            Self::EqualShares(..) | Self::Greedy | Self::Knapsack => true,
            Self::Points => matches!(kind, Kind::Points { .. }),
            Self::Borda(_) | Self::Bucklin | Self::Coombs | Self::InstantRunoff { .. } => {
                matches!(kind, Kind::Ranked { .. })
            }
            Self::MeekStv | Self::ScottishStv => matches!(kind, Kind::Ranked { .. }),
            // Marks order the candidates too.
            Self::Copeland | Self::Kemeny | Self::Minimax(_) | Self::RankedPairs(_) | Self::Schulze(_) => {
                matches!(kind, Kind::Ranked { .. } | Kind::Score { .. })
            }
            Self::MajorityJudgement | Self::Score(_) | Self::Star => matches!(kind, Kind::Score { .. }),
        }
    }

    /// Whether it spends a budget, and can do nothing without one.
    #[must_use]
    pub const fn spends(&self) -> bool {
        matches!(self, Self::EqualShares(..) | Self::Greedy | Self::Knapsack | Self::Phragmen)
    }

    /// Whether it reads nothing of these ballots but how often each candidate got each mark, so that the ballots themselves
    /// need not be kept ([`MarkCounts`](crate::profile::MarkCounts)).
    #[must_use]
    pub const fn reads_marks_alone(&self, kind: &Kind) -> bool {
        let by_marks = matches!(
            self,
            Self::Approval
                | Self::ChooseOne
                | Self::Greedy
                | Self::Knapsack
                | Self::MajorityJudgement
                | Self::Points
                | Self::Score(_)
        );
        by_marks && !matches!(kind, Kind::Ranked { .. })
    }

    /// Whether more of its score is better and may have a minimum.
    const fn takes_minimum(self) -> bool {
        self.spends()
            || matches!(
                self,
                Self::Approval | Self::Borda(_) | Self::ChooseOne | Self::Points | Self::Score(_) | Self::Star
            )
    }

    /// Whether it goes down a list, and so can stop at what is too dear.
    #[must_use]
    pub const fn stops(self) -> bool {
        !matches!(self, Self::EqualShares(..) | Self::Knapsack)
    }

    /// Whether it counts votes round after round, so that earlier rounds can break a tie in a later one.
    #[must_use]
    pub const fn counts_by_rounds(self) -> bool {
        matches!(self, Self::Coombs | Self::InstantRunoff { .. } | Self::MeekStv | Self::ScottishStv)
    }

    /// Whether it is counted as the ballots come, from what they add up to; every other method gets the ballots at the end,
    /// and its outcome tells how they were counted.
    #[must_use]
    pub const fn adds_up(self) -> bool {
        matches!(
            self,
            Self::Approval
                | Self::Borda(Scale::OwnLength)
                | Self::InstantRunoff { batches: false }
                | Self::Points
                | Self::Score(Measure::Sum)
        )
    }

    /// Whether its outcome holds steps, pairs or fractions of many territories.
    const fn tells_steps(self) -> bool {
        match self {
            Self::Approval | Self::ChooseOne | Self::Points | Self::Score(_) | Self::Star | Self::Greedy => false,
            // Its steps have a form of their own.
            Self::InstantRunoff { batches } => batches,
            Self::Borda(scale) => matches!(scale, Scale::Dowdall),
            _ => true,
        }
    }

    /// Most territories that it counts, and why no more.
    const fn most(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Kemeny => Some((
                kemeny::MOST,
                "the best order is found by trying every set of them, and their number doubles with each",
            )),
            Self::Knapsack => Some((knapsack::MOST_CANDIDATES, "the best selection would take too long to find")),
            Self::Copeland | Self::Minimax(_) | Self::RankedPairs(_) | Self::Schulze(_) => {
                Some((pairwise::MOST_CANDIDATES, "every pair of them is compared"))
            }
            _ => None,
        }
    }

    /// Most territories in a round, whose count must come to an end whatever the ballots are.
    const fn most_in_round(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Kemeny => self.most(),
            Self::Knapsack => {
                Some((knapsack::MOST_CERTAIN, "with more it is not certain that the best selection can be found"))
            }
            Self::InstantRunoff { batches: false } => {
                Some((MOST_IN_ROUNDS, "the votes of every round of the count must fit into one line of the log"))
            }
            _ if self.tells_steps() => {
                Some((MOST_IN_STEPS, "every step of the count must fit into one line of the log"))
            }
            _ => None,
        }
    }

    fn at_most(self, given: u16, bound: Option<(u16, &'static str)>) -> Result<(), CountFault> {
        match bound {
            Some((most, reason)) if given > most => Err(CountFault::Candidates { method: self, given, most, reason }),
            _ => Ok(()),
        }
    }

    /// Checks that there are not too many candidates.
    pub(crate) fn counts_so_many(self, given: u16) -> Result<(), CountFault> {
        self.at_most(given, self.most())
    }

    /// Checks what can be known before there are ballots.
    pub(crate) fn suits(self, kind: &Kind, candidates: u16, winners: &Winners) -> Result<(), CountFault> {
        if !self.fits(kind) {
            return Err(CountFault::Kind { method: self, kind: kind.name(), fitting: Self::fitting(kind) });
        }
        let (minimum, is_budget) = match winners {
            Winners::Top { minimum, .. } => (minimum, false),
            Winners::Budget { minimum, .. } => (minimum, true),
        };
        // In a run-off the score is the votes that one had at the end, as in a round's outcome.
        if minimum.is_some() && !self.takes_minimum() && !matches!(self, Self::InstantRunoff { .. }) {
            return Err(CountFault::Minimum(self));
        }
        if is_budget && matches!(self, Self::MeekStv | Self::ScottishStv) {
            return Err(CountFault::Seats(self));
        }
        if !is_budget && self.spends() {
            return Err(CountFault::Budget(self));
        }
        if let (Self::EqualShares(satisfaction, completion), Winners::Budget { budget, .. }) = (self, winners)
            && completion.raises()
            && *budget > MOST_RAISED_BUDGET
        {
            let instead = Self::EqualShares(satisfaction, Completion::Greedy);
            return Err(CountFault::Raises { method: self, given: *budget, most: MOST_RAISED_BUDGET, instead });
        }
        self.counts_so_many(candidates)
    }

    /// Checks that a round can be counted so, whatever its ballots will be.
    pub(crate) fn suits_round(self, kind: &Kind, territories: u16, winners: &Winners) -> Result<(), CountFault> {
        self.suits(kind, territories, winners)?;
        if self == Self::ChooseOne && *kind != (Kind::Approval { max: 1 }) {
            return Err(CountFault::SeveralMarks);
        }
        self.at_most(territories, self.most_in_round())
    }
}
