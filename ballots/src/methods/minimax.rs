//! Minimax: the winner is whose worst defeat in pairs is the mildest.
//!
//! P. B. Simpson, Quarterly Journal of Economics 83, 1969; G. H. Kramer, Journal of Economic Theory 16, 1977. A defeat's
//! strength is either its margin or the winning votes; where nobody leaves pairs open they give the same order. Who is never
//! beaten has 0. `scores` holds the worst defeat of each: here the lower is the better.

use std::cmp::Reverse;

use crate::{
    election::{Contest, Ranking, Record},
    exact::Exact,
    methods::{Halt, Procedure, pairs},
    pairwise::Strength,
};

/// Counts rankings or marks.
///
/// # Errors
/// [`super::CountFault::Candidates`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, by: Strength, record: &mut Record) -> Result<Ranking, Halt> {
    let pairs = pairs(contest, Procedure::Minimax(by))?;
    let all = 0..contest.candidates();
    let worst: Vec<u64> =
        all.clone().map(|at| all.clone().map(|other| pairs.strength(other, at, by)).max().unwrap_or(0)).collect();
    record.pairwise = Some(pairs);
    let ranking = contest.rank(record, |at| Reverse(worst[usize::from(at)]))?;
    Ok(Ranking { scores: worst.into_iter().map(Exact::from).collect(), ..ranking })
}
