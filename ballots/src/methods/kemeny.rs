//! Kemeny-Young: the order with which the ballots, pair by pair, disagree least.
//!
//! J. G. Kemeny, Daedalus 88, 1959; H. P. Young and A. Levenglick, SIAM Journal on Applied Mathematics 35, 1978. Exact, by
//! dynamic programming over the sets of candidates (R. Bellman's and M. Held and R. Karp's scheme of 1962), which takes
//! 2^n steps: up to twelve candidates, and refused above that rather than approximated. Of several best orders the ladder
//! chooses, place by place from the top; candidates whom the best orders arrange in several ways share a place.

use crate::{
    election::{Contest, Ranking, Record, Step},
    methods::{Halt, Procedure, pairs},
    pairwise::Pairwise,
};

/// Most candidates.
pub const MOST: u16 = 12;

/// Counts rankings or marks.
///
/// # Errors
/// [`super::CountFault::Candidates`] above [`MOST`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let given = contest.candidates();
    let pairs = pairs(contest, Procedure::Kemeny)?;
    let best = Best::new(&pairs);
    record.pairwise = Some(pairs);
    let first = best.firsts(best.all());
    record.steps.push(Step::Optimal { distance: best.cost[best.all()], first });
    let mut order = Vec::with_capacity(usize::from(given));
    let mut left = best.all();
    while left > 0 {
        let mut tied = best.firsts(left);
        let matters = order.len() < contest.seats();
        contest.settle(record, &mut tied, None, &[], matters)?;
        // Only the first of them has its place from this: the others are ordered anew without it.
        order.extend(tied.first());
        left &= !(1 << tied.first().copied().unwrap_or_default());
    }
    Ok(Ranking { places: best.places(&order), order, ..Ranking::default() })
}

/// For each set of candidates, as bits, the least disagreement of an order of them.
struct Best {
    cost: Vec<u64>,
    // For each candidate and set, the ballots that prefer one of the set to it.
    against: Vec<Vec<u64>>,
}

impl Best {
    fn new(pairs: &Pairwise) -> Self {
        let size = usize::from(pairs.candidates());
        let sets = 1_usize << size;
        let mut best = Self { cost: vec![0; sets], against: vec![vec![0; sets]; size] };
        for set in 1..sets {
            let lowest = set.trailing_zeros() as u16;
            let rest = set & (set - 1);
            for at in 0..pairs.candidates() {
                let more = if at == lowest { 0 } else { pairs.over(lowest, at) };
                best.against[usize::from(at)][set] = best.against[usize::from(at)][rest] + more;
            }
            best.cost[set] = members(set).map(|at| best.with_first(set, at)).min().unwrap_or(0);
        }
        best
    }

    fn all(&self) -> usize {
        self.cost.len() - 1
    }

    fn with_first(&self, set: usize, at: u16) -> u64 {
        let rest = set & !(1 << at);
        self.against[usize::from(at)][rest] + self.cost[rest]
    }

    /// Who comes first in some best order of the set.
    fn firsts(&self, set: usize) -> Vec<u16> {
        members(set).filter(|at| self.with_first(set, *at) == self.cost[set]).collect()
    }

    /// Cuts an order wherever every best order has the same candidates above the cut.
    fn places(&self, order: &[u16]) -> Vec<Vec<u16>> {
        let (mut places, mut place) = (Vec::new(), Vec::new());
        let mut left = std::collections::BTreeSet::from([self.all()]);
        for at in order {
            left = left.iter().flat_map(|set| self.firsts(*set).into_iter().map(move |at| set & !(1 << at))).collect();
            place.push(*at);
            if left.len() == 1 {
                place.sort_unstable();
                places.push(std::mem::take(&mut place));
            }
        }
        places
    }
}

fn members(set: usize) -> impl Iterator<Item = u16> {
    (0..u16::BITS as u16).filter(move |at| set >> at & 1 == 1)
}
