//! An election as the outcome of a round, with its steps; and the outcome as an election again, for those who explain it.

use std::collections::{BTreeMap, HashMap};

use super::{Outcome, Standing, Tie};
use crate::{
    election::{Broken, Election, State, Step},
    exact::Exact,
    ladder::{Rung, Seed},
    methods::{Procedure, spending},
    rules::{Rules, TieRule},
    select,
};

impl Outcome {
    /// What an election of these rules came to, with the ballots that were invalid. Where the method goes by an order, the
    /// winners are chosen from it here in the same way as under every other method of a round.
    pub(crate) fn of_election(
        rules: &Rules,
        election: Election,
        invalid: BTreeMap<String, u64>,
        seed: Option<Seed>,
    ) -> Self {
        let id = |at: &u16| rules.territories[usize::from(*at)].id.clone();
        let place = |(at, rank): (&u16, u32)| Standing {
            id: id(at),
            mean: None,
            median: None,
            rank,
            score: election.scores.get(usize::from(*at)).cloned(),
            selected: false,
            votes: election.votes[usize::from(*at)],
            why: None,
        };
        let mut standings: Vec<Standing> = election.order.iter().zip(1..).map(place).collect();
        let winners: Vec<String> = election.winners.iter().map(id).collect();
        match rules.method {
            Procedure::EqualShares(..) | Procedure::Knapsack | Procedure::Phragmen => {
                select::bought(rules, &mut standings, &winners, election.spent);
            }
            Procedure::MeekStv | Procedure::ScottishStv => select::elected(&mut standings, &winners),
            _ => drop(select::select(rules, &mut standings)),
        }
        let tie = |broken: Broken| Tie {
            decisive: broken.decisive,
            order: broken.order.iter().map(id).collect(),
            round: broken.round,
            rules: broken.rungs.iter().filter_map(rule).collect(),
            score: None,
        };
        Self {
            ballots: election.ballots + invalid.values().sum::<u64>(),
            blank: election.blank,
            invalid,
            needed: None,
            pairwise: election.pairwise,
            rounds: Vec::new(),
            seed,
            spent: election.spent,
            standings,
            steps: election.steps.into_iter().filter(Step::is_in_outcome).collect(),
            ties: election.ties.into_iter().map(tie).collect(),
            winners,
        }
    }

    /// What too few ballots came to: of so many valid ones, and of these so many blank, nothing was counted.
    pub(crate) fn void(
        needed: u64,
        (valid, blank): (u64, u64),
        invalid: BTreeMap<String, u64>,
        seed: Option<Seed>,
    ) -> Self {
        Self {
            ballots: valid + invalid.values().sum::<u64>(),
            blank,
            invalid,
            needed: Some(needed),
            pairwise: None,
            rounds: Vec::new(),
            seed,
            spent: None,
            standings: Vec::new(),
            steps: Vec::new(),
            ties: Vec::new(),
            winners: Vec::new(),
        }
    }

    /// The election that this outcome tells of, for [`explain`](crate::explain); `places` has each territory alone.
    #[must_use]
    pub fn election(&self, rules: &Rules) -> Election {
        let positions: HashMap<&str, u16> =
            rules.territories.iter().map(|territory| territory.id.as_str()).zip(0..).collect();
        let at = |id: &String| positions.get(id.as_str()).copied();
        let order: Vec<u16> = self.standings.iter().filter_map(|standing| at(&standing.id)).collect();
        let standings: HashMap<&str, &Standing> =
            self.standings.iter().map(|standing| (standing.id.as_str(), standing)).collect();
        let standing = |id: &String| standings.get(id.as_str());
        let candidates: Vec<String> = rules.territories.iter().map(|territory| territory.id.clone()).collect();
        let scores: Option<Vec<Exact>> = candidates.iter().map(|id| standing(id)?.score.clone()).collect();
        let votes = candidates.iter().map(|id| standing(id).map_or(0, |standing| standing.votes)).collect();
        let tie = |tie: &Tie| Broken {
            decisive: tie.decisive,
            order: tie.order.iter().filter_map(at).collect(),
            round: tie.round,
            rungs: tie.rules.iter().map(rung).collect(),
        };
        let mut election = Election {
            ballots: self.ballots - self.invalid.values().sum::<u64>(),
            blank: self.blank,
            method: rules.method.to_string(),
            missed: Vec::new(),
            pairwise: self.pairwise.clone(),
            places: order.iter().map(|at| vec![*at]).collect(),
            order,
            scores: scores.unwrap_or_default(),
            spent: self.spent,
            state: self.needed.map_or(State::Decided, |needed| State::Void { needed }),
            steps: self.steps.clone(),
            ties: self.ties.iter().map(tie).collect(),
            votes,
            winners: self.winners.iter().filter_map(at).collect(),
            candidates,
        };
        election.missed =
            spending::missed(&rules.winners, &rules.territories, &rules.limits_by_position(), rules.method, &election);
        election
    }
}

/// The rung of an election's ladder that a rule of the round is.
pub(crate) fn rung(rule: &TieRule) -> Rung {
    match rule {
        TieRule::Application => Rung::Application,
        TieRule::Backwards => Rung::Backwards,
        TieRule::Forwards => Rung::Forwards,
        TieRule::Lots => Rung::Lots,
        TieRule::Registration => Rung::Registration,
    }
}

/// The rule of the round that a rung is; a round does not wait for lots by hand.
pub(crate) fn rule(rung: &Rung) -> Option<TieRule> {
    match rung {
        Rung::Application => Some(TieRule::Application),
        Rung::Backwards => Some(TieRule::Backwards),
        Rung::ByHand => None,
        Rung::Forwards => Some(TieRule::Forwards),
        Rung::Lots => Some(TieRule::Lots),
        Rung::Registration => Some(TieRule::Registration),
    }
}
