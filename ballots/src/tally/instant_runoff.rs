//! Instant run-off: each ballot supports its first territory that is still in; the last by support goes out, again and again.
//!
//! The order of going out, backwards, is the ranking, so that several seats and budgets can be filled from it. When several
//! are last, the one that the ladder puts last goes out (the alternative vote, W. R. Ware 1871).

use std::collections::BTreeMap;

use super::{
    OtherRules,
    ranking::{Ranking, add_all, ids, line_up, standing},
};
use crate::{
    choice::Choice,
    exact::Exact,
    ladder::Ladder,
    outcome::{RunoffRound, Tie},
    rules::Rules,
};

/// Different rankings and how often each was cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Runoff {
    votes: Vec<u64>,
    rankings: BTreeMap<Vec<u16>, u64>,
}

/// Where the territories are while they go out.
struct Race<'a> {
    rules: &'a Rules,
    ladder: &'a Ladder,
    still_in: Vec<bool>,
    past: Vec<Vec<Exact>>,
    ranking: Ranking,
}

impl Runoff {
    pub(crate) fn new(territories: usize) -> Self {
        Self { votes: vec![0; territories], rankings: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, choice: &Choice) {
        if let Choice::Ranked(marks) = choice {
            marks.iter().for_each(|at| self.votes[usize::from(*at)] += 1);
            *self.rankings.entry(marks.clone()).or_default() += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: Self) -> Result<(), OtherRules> {
        add_all(&mut self.votes, &other.votes)?;
        for (ranking, count) in other.rankings {
            *self.rankings.entry(ranking).or_default() += count;
        }
        Ok(())
    }

    pub(crate) fn rank(&self, rules: &Rules, ladder: &Ladder) -> Ranking {
        let empty = Ranking { standings: Vec::new(), ties: Vec::new(), rounds: Vec::new() };
        let mut race = Race { rules, ladder, still_in: vec![true; self.votes.len()], past: Vec::new(), ranking: empty };
        while race.still_in.iter().any(|still| *still) {
            let (counts, exhausted) = self.count(&race.still_in);
            race.eliminate(&counts, exhausted, &self.votes);
        }
        race.ranking.standings.reverse();
        race.ranking
    }

    /// First places among the territories that are in, and ballots that support none of them.
    fn count(&self, still_in: &[bool]) -> (Vec<u64>, u64) {
        let (mut counts, mut exhausted) = (vec![0; still_in.len()], 0);
        for (ranking, count) in &self.rankings {
            match ranking.iter().find(|at| still_in[usize::from(**at)]) {
                Some(at) => counts[usize::from(*at)] += count,
                None => exhausted += count,
            }
        }
        (counts, exhausted)
    }
}

impl Race<'_> {
    fn eliminate(&mut self, counts: &[u64], exhausted: u64, votes: &[u64]) {
        let remaining: Vec<u16> = (0u16..).zip(&self.still_in).filter(|(_, still)| **still).map(|(at, _)| at).collect();
        let least = remaining.iter().map(|at| counts[usize::from(*at)]).min().unwrap_or(0);
        let mut last: Vec<u16> = remaining.iter().copied().filter(|at| counts[usize::from(*at)] == least).collect();
        let used = line_up(self.rules, self.ladder, &mut last, &self.past);
        self.past.push(counts.iter().copied().map(Exact::from).collect());
        let round = self.ranking.rounds.len() as u32 + 1;
        if last.len() > 1 {
            let order = ids(self.rules, &last);
            self.ranking.ties.push(Tie {
                round: Some(round),
                decisive: true,
                order,
                rules: used,
                score: Some(least.into()),
            });
        }
        let Some(out) = last.pop() else { return };
        self.still_in[usize::from(out)] = false;
        let rank = remaining.len() as u32;
        self.ranking.standings.push(standing(self.rules, out, rank, least, votes[usize::from(out)]));
        let name = |at: &u16| self.rules.territories[usize::from(*at)].id.clone();
        self.ranking.rounds.push(RunoffRound {
            counts: remaining.iter().map(|at| (name(at), counts[usize::from(*at)])).collect(),
            eliminated: (rank > 1).then(|| name(&out)),
            exhausted,
        });
    }
}
