//! Schulze: who has the stronger path of victories to the other comes before it.
//!
//! M. Schulze, *A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
//! method*, Social Choice and Welfare 36, 2011. A path is as strong as its weakest victory, by winning votes (as that paper
//! recommends) or margins. "Stronger path" is a partial order (ibid., § 4.1): the first place is shared by all whom nobody
//! precedes, the next by those whom only they precede, and so on. For several seats the winners are the first of this order
//! (Schulze order; it is not proportional).

use crate::{
    election::{Contest, Ranking, Record, Step},
    methods::{Halt, Procedure, pairs, undefeated},
    pairwise::{Pairwise, Strength},
};

/// Counts rankings or marks.
///
/// # Errors
/// [`super::CountFault::Candidates`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, by: Strength, record: &mut Record) -> Result<Ranking, Halt> {
    let pairs = pairs(contest, Procedure::Schulze(by))?;
    let rows = paths(&pairs, by);
    record.pairwise = Some(pairs);
    let path = |from: u16, to: u16| rows[usize::from(from)][usize::from(to)];
    let places = undefeated(contest.candidates(), |left, right| path(left, right) > path(right, left));
    record.steps.push(Step::Paths { by, rows });
    let order = contest.order(record, &places)?;
    Ok(Ranking { order, places, ..Ranking::default() })
}

/// The strongest path from each to each (R. W. Floyd, Communications of the ACM 5, 1962).
#[must_use]
pub fn paths(pairs: &Pairwise, by: Strength) -> Vec<Vec<u64>> {
    let all = 0..pairs.candidates();
    let row = |from: u16| all.clone().map(|to| pairs.strength(from, to, by)).collect();
    let mut rows: Vec<Vec<u64>> = all.clone().map(row).collect();
    for via in 0..rows.len() {
        let onward = rows[via].clone();
        for (from, row) in rows.iter_mut().enumerate() {
            let first = row[via];
            if from != via && first > 0 {
                for (to, (best, second)) in row.iter_mut().zip(&onward).enumerate() {
                    if to != from {
                        *best = (*best).max(first.min(*second));
                    }
                }
            }
        }
    }
    rows
}
