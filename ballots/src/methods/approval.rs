//! Approval, choose-one and cumulative points: marks or points received, added up.
//!
//! *Approval*: every territory that a ballot marks gets one vote (S. J. Brams and P. C. Fishburn, American Political Science
//! Review 72, 1978). *Choose-one*: the same with one mark a ballot; a ballot with more is refused. *Points*: a ballot spreads
//! its points as it likes (cumulative voting; C. L. Dodgson, The Principles of Parliamentary Representation, 1884).

use crate::{
    election::{Contest, Ranking, Record},
    exact::Exact,
    methods::{CountFault, Halt},
};

/// Counts ballots with one mark each.
///
/// # Errors
/// [`CountFault::SeveralMarks`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn choose_one(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    if contest.profile.longest() > 1 {
        return Err(CountFault::SeveralMarks.into());
    }
    approval(contest, record)
}

/// Counts marks.
///
/// # Errors
/// [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn approval(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let scores = contest.profile.votes().into_iter().map(Exact::from).collect();
    Ok(contest.rank_by_score(record, scores)?)
}

/// Adds up points.
///
/// # Errors
/// [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn points(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    // At most 2^32 - 1 ballots of at most 2^32 - 1 points each: a sum fits into 64 bits.
    let mut sums = vec![0_u64; usize::from(contest.candidates())];
    for paper in contest.profile.papers() {
        paper.valued().for_each(|(at, points)| sums[usize::from(at)] += u64::from(points) * paper.weight);
    }
    Ok(contest.rank_by_score(record, sums.into_iter().map(Exact::from).collect())?)
}
