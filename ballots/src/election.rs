//! An election counted by any method: the question, the steps that explain the answer, and the answer. Its JSON is canonical.

use serde::{Deserialize, Serialize};

use crate::{
    exact::Exact,
    ladder::{Ladder, Rung, Waiting},
    methods::spending::Missed,
    money::Money,
    pairwise::{Pairwise, Strength},
    patience::Patience,
    profile::Profile,
    rules::{Territory, Winners},
};

mod turnout;

pub use turnout::Turnout;

/// What is to be counted, and under which conditions.
#[derive(Debug, Clone, Copy)]
pub struct Contest<'a> {
    /// The ballots.
    pub profile: &'a Profile,
    /// The candidates, as the ballots number them.
    pub territories: &'a [Territory],
    /// Who wins.
    pub winners: &'a Winners,
    /// How equals are told apart.
    pub ladder: &'a Ladder,
    /// What must be reached for the election to be valid, if anything.
    pub turnout: Option<Turnout>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Election {
    /// Ballots counted, blank ones too.
    pub ballots: u64,
    /// Ballots that name nobody.
    pub blank: u64,
    /// Ids of the candidates; everywhere else they stand as their place in this list, from 0.
    pub candidates: Vec<String>,
    /// Name of the method, with its options.
    pub method: String,
    /// What the budget was not spent on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<Missed>,
    /// Candidates in order, the best first, ties resolved; empty when the count waits or the election is void.
    pub order: Vec<u16>,
    /// The matrix of pairs, for methods that read one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<Pairwise>,
    /// The same as `order`, with those together whom the method itself does not tell apart.
    pub places: Vec<Vec<u16>>,
    /// Score of each candidate under the method, where it gives one.
    pub scores: Vec<Exact>,
    /// What the winners cost, when there is a budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<Money>,
    /// Whether there is an answer.
    pub state: State,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// Every tie and how the ladder resolved it.
    pub ties: Vec<Broken>,
    /// Ballots that name each candidate.
    pub votes: Vec<u64>,
    /// The winners, the best first.
    pub winners: Vec<u16>,
}

/// Whether an election has an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has.
    Decided,
    /// Too few voted.
    Void {
        /// Ballots that were needed.
        needed: u64,
    },
    /// The commission must draw lots first; count again with the drawn order among the ladder's `entered`.
    Waits(Waiting),
}

/// A tie that was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    /// Whether it decided who won, or inside a count by rounds what happened next.
    pub decisive: bool,
    /// The candidates, the best first.
    pub order: Vec<u16>,
    /// The round in which it arose, from 1, in a count by rounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// The rungs that were needed; none where the order was left open because it decided nothing.
    pub rungs: Vec<Rung>,
}

/// Something that happened in a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A round begins with these votes.
    Counted {
        /// Ballots, or parts of them, that support nobody.
        exhausted: Exact,
        /// What elects, where the method has a quota.
        #[serde(skip_serializing_if = "Option::is_none")]
        quota: Option<Exact>,
        /// Round, from 1.
        round: u32,
        /// Votes of each candidate.
        votes: Vec<Exact>,
    },
    /// These are elected.
    Elected {
        /// Candidates, the best first.
        candidates: Vec<u16>,
        /// Round, from 1.
        round: u32,
    },
    /// These go out.
    Eliminated {
        /// Candidates.
        candidates: Vec<u16>,
        /// Round, from 1.
        round: u32,
    },
    /// Two go into the last comparison (STAR).
    Finalists {
        /// Ballots that mark neither of them higher.
        equal: u64,
        /// The two, the higher score first.
        pair: [u16; 2],
        /// Ballots that mark the first, and the second, higher.
        preferred: [u64; 2],
    },
    /// What part of each vote every candidate keeps (Meek).
    Kept {
        /// Keep factor of each candidate.
        factors: Vec<Exact>,
        /// Round, from 1.
        round: u32,
    },
    /// Last places (Coombs).
    LastPlaces {
        /// Round, from 1.
        round: u32,
        /// Of each candidate.
        votes: Vec<Exact>,
    },
    /// A victory is kept (ranked pairs).
    Locked {
        /// Who loses.
        loser: u16,
        /// How strongly.
        strength: u64,
        /// Who wins.
        winner: u16,
    },
    /// Median marks (majority judgement).
    Medians {
        /// Of each candidate, the lower middle mark.
        grades: Vec<u32>,
    },
    /// Later middle marks that put one of two with equal medians before the other (majority judgement); not in a round's outcome.
    MiddleMarks {
        /// Who comes first.
        better: u16,
        /// The first middle marks that differ: of the better one, and of the other.
        marks: [u32; 2],
        /// Who comes next.
        other: u16,
        /// How many marks each had lost by then.
        taken: u64,
    },
    /// The best orders (Kemeny).
    Optimal {
        /// Ballots that disagree with the order, over all pairs.
        distance: u64,
        /// Who stands first in some best order.
        first: Vec<u16>,
    },
    /// Strongest paths (Schulze), by row.
    Paths {
        /// How strength is measured.
        by: Strength,
        /// For each candidate, the strongest path to each other.
        rows: Vec<Vec<u64>>,
    },
    /// Something is bought.
    Purchased {
        /// What.
        candidate: u16,
        /// What it costs.
        cost: Money,
        /// The most that one supporter pays for a unit of satisfaction, or the load, where the method has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        price: Option<Exact>,
        /// Who support and can pay.
        #[serde(skip_serializing_if = "Option::is_none")]
        supporters: Option<u64>,
    },
    /// Voters' shares were raised (equal shares); not in a round's outcome.
    Raised {
        /// What each voter has in the end, in units of currency.
        share: Exact,
        /// How often.
        times: u32,
    },
    /// A victory is passed over, because it would close a circle (ranked pairs).
    Skipped {
        /// Who loses.
        loser: u16,
        /// How strongly.
        strength: u64,
        /// Who wins.
        winner: u16,
    },
    /// Votes move.
    Transferred {
        /// From whom.
        from: u16,
        /// Votes that support nobody from here on.
        lost: Exact,
        /// Round, from 1: the one at whose end they move.
        round: u32,
        /// To whom, and how many.
        to: Vec<(u16, Exact)>,
    },
}

impl Step {
    /// Whether a round's outcome holds such steps. It holds those that the protocol names; the others only help to explain.
    #[must_use]
    pub const fn is_in_outcome(&self) -> bool {
        !matches!(self, Self::MiddleMarks { .. } | Self::Raised { .. })
    }
}

/// What a method finds, before the winners are chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranking {
    /// As [`Election::order`].
    pub order: Vec<u16>,
    /// As [`Election::places`].
    pub places: Vec<Vec<u16>>,
    /// As [`Election::scores`].
    pub scores: Vec<Exact>,
    /// The winners, where the method itself says who they are.
    pub winners: Option<Vec<u16>>,
}

/// What a method writes down while it counts; it is kept also when the count must wait. And whether it is to go on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Asked in long counts.
    pub patience: Patience,
    /// As [`Election::pairwise`].
    pub pairwise: Option<Pairwise>,
    /// As [`Election::steps`].
    pub steps: Vec<Step>,
    /// As [`Election::ties`].
    pub ties: Vec<Broken>,
}

impl Contest<'_> {
    /// How many candidates there are.
    #[must_use]
    pub fn candidates(&self) -> u16 {
        self.profile.candidates()
    }

    /// How many win at most: under a budget, all that the money pays for.
    #[must_use]
    pub fn seats(&self) -> usize {
        match self.winners {
            Winners::Top { seats, .. } => usize::from(*seats),
            Winners::Budget { .. } => usize::from(self.candidates()),
        }
    }

    /// Puts equals into order by the ladder and writes the tie down; `past` holds the rounds so far.
    ///
    /// # Errors
    /// [`Waiting`] when lots must be drawn by hand first.
    pub fn break_tie(
        &self,
        record: &mut Record,
        tied: &mut [u16],
        round: Option<u32>,
        past: &[Vec<Exact>],
    ) -> Result<(), Waiting> {
        if tied.len() > 1 {
            let resolved = self.ladder.resolve(self.territories, tied, past);
            let rungs = resolved.map_err(|waiting| Waiting { round, ..waiting })?;
            record.ties.push(Broken { decisive: round.is_some(), order: tied.to_vec(), round, rungs });
        }
        Ok(())
    }

    /// As [`Self::break_tie`]; but a tie that does not matter is left in the order of the list rather than wait.
    ///
    /// # Errors
    /// [`Waiting`] when lots must be drawn by hand first, and it matters.
    pub fn settle(
        &self,
        record: &mut Record,
        tied: &mut [u16],
        round: Option<u32>,
        past: &[Vec<Exact>],
        matters: bool,
    ) -> Result<(), Waiting> {
        let broken = self.break_tie(record, tied, round, past);
        if broken.is_err() && !matters {
            tied.sort_unstable();
            record.ties.push(Broken { decisive: false, order: tied.to_vec(), round, rungs: Vec::new() });
            return Ok(());
        }
        broken
    }

    /// Puts candidates who share a fate into order by a key, the highest first. Ties are written down, but decide nothing, so no
    /// lots by hand are waited for.
    pub(crate) fn line_up<K: Ord + Clone>(
        &self,
        record: &mut Record,
        candidates: impl IntoIterator<Item = u16>,
        key: impl Fn(u16) -> K,
        round: u32,
        past: &[Vec<Exact>],
    ) -> Vec<u16> {
        let mut order = Vec::new();
        for mut tied in crate::ladder::groups(candidates, key) {
            if tied.len() > 1 {
                // Where the ladder stops, the order is that of the list, and no rung is named.
                let resolved = self.ladder.resolve(self.territories, &mut tied, past);
                let rungs = resolved.unwrap_or_else(|waiting| {
                    tied.clone_from(&waiting.tied);
                    Vec::new()
                });
                record.ties.push(Broken { decisive: false, order: tied.clone(), round: Some(round), rungs });
            }
            order.extend(tied);
        }
        order
    }

    /// Puts places into one order. A tie that cannot change who wins is left in the order of the list rather than wait.
    ///
    /// # Errors
    /// [`Waiting`] when a tie at the edge of the seats must be drawn by hand first.
    pub fn order(&self, record: &mut Record, places: &[Vec<u16>]) -> Result<Vec<u16>, Waiting> {
        let mut order = Vec::with_capacity(usize::from(self.candidates()));
        for place in places {
            let mut tied = place.clone();
            let (first, last) = (order.len(), order.len() + tied.len());
            let edge = matches!(self.winners, Winners::Budget { .. }) || (first..last).contains(&self.seats());
            self.settle(record, &mut tied, None, &[], edge && first < self.seats())?;
            order.extend(tied);
        }
        Ok(order)
    }

    /// Ranks by a key, the highest first.
    ///
    /// # Errors
    /// [`Waiting`] when a tie must be drawn by hand first.
    pub fn rank<K: Ord + Clone>(&self, record: &mut Record, key: impl Fn(u16) -> K) -> Result<Ranking, Waiting> {
        let places = crate::ladder::groups(0..self.candidates(), key);
        let order = self.order(record, &places)?;
        Ok(Ranking { order, places, ..Ranking::default() })
    }

    /// Ranks by score.
    ///
    /// # Errors
    /// [`Waiting`] when a tie must be drawn by hand first.
    pub fn rank_by_score(&self, record: &mut Record, scores: Vec<Exact>) -> Result<Ranking, Waiting> {
        let ranking = self.rank(record, |at| scores[usize::from(at)].clone())?;
        Ok(Ranking { scores, ..ranking })
    }
}
