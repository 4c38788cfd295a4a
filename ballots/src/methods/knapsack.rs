//! The knapsack optimum: of all selections that the budget pays for, one with the greatest sum of scores.
//!
//! For small rounds only, because the problem is NP-hard. All selections that are not beaten by a cheaper one of at least the
//! same score are kept, candidate by candidate (G. L. Nemhauser and Z. Ullmann, Discrete dynamic programming and capital
//! allocation, Management Science 15, 1969); as a voting rule: A. Talmon and P. Faliszewski, AAAI 2019. Of equal sums the
//! cheaper wins, then the selection that holds the better candidate by the ladder where two differ first.

use std::collections::BTreeMap;

use crate::{
    election::{Contest, Ranking, Record, Step},
    methods::{
        CountFault, Halt, Procedure,
        spending::{Purse, Room},
        supports::Supports,
    },
};

/// Most candidates.
pub const MOST_CANDIDATES: u16 = 100;
/// Most selections kept at a time.
pub const MOST_SELECTIONS: usize = 200_000;
/// Most limits of a round: every selection has what it used of each, and there may be 131072 selections at a time.
pub const MOST_LIMITS: usize = 8;
/// Most candidates of whom all selections together are no more than these.
pub const MOST_CERTAIN: u16 = MOST_SELECTIONS.ilog2() as u16;

/// A selection that may still become the best.
#[derive(Clone)]
struct Selection<'a> {
    cost: u64,
    score: u128,
    /// A bit for each candidate, the higher the better it stands on the ladder: of two, the greater holds the better one.
    chosen: u128,
    room: Room<'a>,
}

/// Counts.
///
/// # Errors
/// [`CountFault::Candidates`] or [`CountFault::Overflow`] past the stated size; [`Halt::Waits`] when lots must be drawn first.
pub(super) fn count(contest: &Contest<'_>, purse: &Purse<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let given = contest.candidates();
    Procedure::Knapsack.counts_so_many(given)?;
    let supports = Supports::new(contest.profile, Procedure::Knapsack)?;
    let mut ladder: Vec<u16> = (0..given).collect();
    contest.ladder.resolve(contest.territories, &mut ladder, &[])?;
    let empty = Selection { cost: 0, score: 0, chosen: 0, room: Room::new(purse.limits) };
    let mut kept = vec![empty];
    for (candidate, bit) in ladder.iter().copied().zip((0..given).rev()) {
        let score = supports.scores[usize::from(candidate)];
        if score == 0 || !purse.reaches(score) {
            continue;
        }
        let cost = purse.costs[usize::from(candidate)];
        let with = kept.iter().filter_map(|selection| selection.with((candidate, bit), cost, score, purse.budget));
        let with: Vec<_> = with.collect();
        kept = unbeaten(with.into_iter().chain(kept).collect());
        if kept.len() > MOST_SELECTIONS {
            return Err(CountFault::Overflow("the knapsack needs more than 200000 selections at a time").into());
        }
    }
    let best = kept.into_iter().reduce(|best, other| if other.is_better(&best) { other } else { best });
    let chosen = best.map_or(0, |selection| selection.chosen);
    let bits = (0..given).rev().map(|bit| chosen >> bit & 1 == 1);
    let mut winners: Vec<u16> =
        ladder.into_iter().zip(bits).filter(|(_, is_chosen)| *is_chosen).map(|(at, _)| at).collect();
    winners.sort_by_key(|at| std::cmp::Reverse(supports.scores[usize::from(*at)]));
    for candidate in winners.iter().copied() {
        let cost = purse.money(purse.costs[usize::from(candidate)]);
        record.steps.push(Step::Purchased { candidate, cost, price: None, supporters: None });
    }
    Ok(purse.rank(contest, winners, &supports.scores))
}

impl Selection<'_> {
    /// The same and a candidate more, if money and limits allow it.
    fn with(&self, (candidate, bit): (u16, u16), cost: u64, score: u64, budget: u64) -> Option<Self> {
        let sum = self.cost.checked_add(cost).filter(|sum| *sum <= budget)?;
        if !self.room.has(candidate, cost) {
            return None;
        }
        let mut more = self.clone();
        more.room.take(candidate, cost);
        (more.cost, more.score, more.chosen) = (sum, self.score + u128::from(score), self.chosen | 1 << bit);
        Some(more)
    }

    fn is_better(&self, other: &Self) -> bool {
        let key = |selection: &Self| (selection.score, std::cmp::Reverse(selection.cost), selection.chosen);
        key(self) > key(other)
    }
}

/// Leaves out what costs no less than another of at least its score, among those that used the limits alike.
fn unbeaten(selections: Vec<Selection<'_>>) -> Vec<Selection<'_>> {
    let mut alike: BTreeMap<Vec<(u64, u128)>, Vec<Selection<'_>>> = BTreeMap::new();
    for selection in selections {
        alike.entry(selection.room.used().to_vec()).or_default().push(selection);
    }
    let mut kept = Vec::new();
    for (_, mut group) in alike {
        group.sort_by_key(|selection| (selection.cost, std::cmp::Reverse((selection.score, selection.chosen))));
        let mut best = None;
        for selection in group {
            if best.is_none_or(|best| selection.score > best) {
                best = Some(selection.score);
                kept.push(selection);
            }
        }
    }
    kept
}
