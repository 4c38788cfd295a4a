//! Copeland: a point for each candidate that one beats in pairs, half a point for a draw.
//!
//! A. H. Copeland, *A reasonable social welfare function*, University of Michigan 1951; before him Ramon Llull, 1299, with a
//! whole point for a draw. A candidate is preferred where it stands above the other, or is named and the other is not.

use crate::{
    election::{Contest, Ranking, Record},
    exact::Exact,
    methods::{Halt, pairs},
};

/// Counts rankings or marks.
///
/// # Errors
/// [`super::CountFault::Candidates`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let pairs = pairs(contest, super::Procedure::Copeland)?;
    let all = 0..contest.candidates();
    let halves = |at: u16| -> u64 {
        let others = all.clone().filter(|other| *other != at);
        others.map(|other| 1 + u64::from(pairs.beats(at, other)) - u64::from(pairs.beats(other, at))).sum()
    };
    let scores = all.clone().filter_map(|at| Exact::ratio(halves(at), 2)).collect();
    record.pairwise = Some(pairs);
    Ok(contest.rank_by_score(record, scores)?)
}
