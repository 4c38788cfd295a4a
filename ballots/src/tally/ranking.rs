//! Territories in order: by score, with ties resolved by the ladder.

use std::{cmp::Reverse, collections::BTreeMap};

use super::OtherRules;
use crate::{
    exact::Exact,
    ladder::Ladder,
    outcome::{RunoffRound, Standing, Tie, rule},
    rules::{Rules, TieRule},
};

/// Territories in order, before winners are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ranking {
    pub(crate) standings: Vec<Standing>,
    pub(crate) ties: Vec<Tie>,
    pub(crate) rounds: Vec<RunoffRound>,
}

/// Orders territories by score, the highest first, and resolves ties by the ladder.
pub(crate) fn by_score(rules: &Rules, ladder: &Ladder, votes: &[u64], scores: &[u64]) -> Ranking {
    let mut groups: BTreeMap<Reverse<u64>, Vec<u16>> = BTreeMap::new();
    for (score, at) in scores.iter().zip(0u16..) {
        groups.entry(Reverse(*score)).or_default().push(at);
    }
    let (mut standings, mut ties) = (Vec::with_capacity(scores.len()), Vec::new());
    for (Reverse(score), mut tied) in groups {
        let used = line_up(rules, ladder, &mut tied, &[]);
        if tied.len() > 1 {
            ties.push(Tie {
                round: None,
                decisive: false,
                order: ids(rules, &tied),
                rules: used,
                score: Some(score.into()),
            });
        }
        for at in tied {
            let rank = standings.len() as u32 + 1;
            standings.push(standing(rules, at, rank, score, votes[usize::from(at)]));
        }
    }
    Ranking { standings, ties, rounds: Vec::new() }
}

/// Sorts equals, the best first, and returns the rungs that told two of them apart. `past` holds the rounds so far.
pub(crate) fn line_up(rules: &Rules, ladder: &Ladder, tied: &mut [u16], past: &[Vec<Exact>]) -> Vec<TieRule> {
    // A round's ladder has no lots by hand, so there is nothing to wait for.
    let used = ladder.resolve(&rules.territories, tied, past).unwrap_or_default();
    used.iter().filter_map(rule).collect()
}

/// A territory in its place; whether it wins is decided later.
pub(crate) fn standing(rules: &Rules, at: u16, rank: u32, score: u64, votes: u64) -> Standing {
    let id = rules.territories[usize::from(at)].id.clone();
    Standing { id, mean: None, median: None, rank, score: Some(score.into()), selected: false, votes, why: None }
}

/// Ids of territories.
pub(crate) fn ids(rules: &Rules, positions: &[u16]) -> Vec<String> {
    positions.iter().map(|at| rules.territories[usize::from(*at)].id.clone()).collect()
}

/// Adds sums place by place; of as many places, or nothing is added.
pub(crate) fn add_all(sums: &mut [u64], other: &[u64]) -> Result<(), OtherRules> {
    if sums.len() != other.len() {
        return Err(OtherRules);
    }
    sums.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
    Ok(())
}
