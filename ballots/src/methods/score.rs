//! Score voting: the sum of marks, or their mean with a mark left out as no mark or as nought.
//!
//! W. D. Smith, *Range voting*, 2000. *Sum*: who is not marked gets nothing. *Mean*: over the ballots that mark the candidate;
//! who has no mark at all comes last. *Mean, blanks as nought*: over all ballots that mark anybody, which orders as the sum
//! does and is there because people read it more easily.

use crate::{
    election::{Contest, Ranking, Record},
    exact::Exact,
    methods::Halt,
};

/// What decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Mean over the marks given.
    Mean,
    /// Mean over the ballots.
    MeanBlanksZero,
    /// Sum of marks.
    Sum,
}

/// Counts marks.
///
/// # Errors
/// [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, measure: Measure, record: &mut Record) -> Result<Ranking, Halt> {
    let sums = sums(contest);
    let naming = contest.profile.ballots() - contest.profile.blank();
    let over = |votes: u64| match measure {
        Measure::Mean => votes,
        Measure::MeanBlanksZero => naming,
        Measure::Sum => 1,
    };
    let votes = contest.profile.votes();
    let means: Vec<Option<Exact>> =
        sums.into_iter().zip(&votes).map(|(sum, votes)| Exact::ratio(sum, over(*votes))).collect();
    // `None` sorts below every mean, also below 0.
    let ranking = contest.rank(record, |at| means[usize::from(at)].clone())?;
    Ok(Ranking { scores: means.into_iter().map(|mean| mean.unwrap_or_else(Exact::zero)).collect(), ..ranking })
}

/// Sum of each candidate's marks: at most 2^32 - 1 ballots of marks below 2^32, so it fits.
pub(crate) fn sums(contest: &Contest<'_>) -> Vec<u64> {
    let mut sums = vec![0; usize::from(contest.candidates())];
    for paper in contest.profile.papers() {
        paper.valued().for_each(|(at, mark)| sums[usize::from(at)] += u64::from(mark) * paper.weight);
    }
    sums
}
