//! STAR (score, then automatic run-off): of the two with the highest sums, the one that more ballots mark higher wins.
//!
//! M. Frohnmayer and C. Shentrup 2014 (equal.vote/star). A mark left out is nought. Two equal sums at the edge of the final are
//! told apart by the ladder. If as many ballots prefer either finalist, the higher sum wins, and with equal sums the ladder
//! decides. All others follow by their sums.

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    ladder::groups,
    methods::{Halt, score},
};

/// Counts marks.
///
/// # Errors
/// [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let sums = score::sums(contest);
    let mut order: Vec<u16> = Vec::with_capacity(sums.len());
    for mut tied in groups(0..contest.candidates(), |at| sums[usize::from(at)]) {
        // A tie for both places of the final need not be drawn: its order is decided there.
        let matters = order.len() < 2 && order.len() + tied.len() > 2 || order.len() >= 2;
        if matters {
            contest.settle(record, &mut tied, None, &[], order.len() < 2.max(contest.seats()))?;
        }
        order.extend(tied);
    }
    let mut places: Vec<Vec<u16>> = order.iter().map(|at| vec![*at]).collect();
    if let [first, second, ..] = order[..] {
        let (preferred, equal) = compare(contest, first, second);
        record.steps.push(Step::Finalists { equal, pair: [first, second], preferred });
        let key = |at: usize| (preferred[at], sums[usize::from([first, second][at])]);
        if key(1) > key(0) {
            order.swap(0, 1);
            places.swap(0, 1);
        } else if key(0) == key(1) {
            let mut tied = [first, second];
            contest.settle(record, &mut tied, None, &[], true)?;
            order[..2].copy_from_slice(&tied);
            places.splice(..2, [vec![first.min(second), first.max(second)]]);
        }
    }
    Ok(Ranking { order, places, scores: sums.into_iter().map(Exact::from).collect(), winners: None })
}

/// Ballots that mark the first higher, the second higher, and neither.
fn compare(contest: &Contest<'_>, first: u16, second: u16) -> ([u64; 2], u64) {
    let (mut preferred, mut equal) = ([0, 0], 0);
    for paper in contest.profile.papers() {
        let mark = |sought: u16| paper.valued().find(|(at, _)| *at == sought).map_or(0, |(_, mark)| mark);
        match mark(first).cmp(&mark(second)) {
            std::cmp::Ordering::Greater => preferred[0] += paper.weight,
            std::cmp::Ordering::Less => preferred[1] += paper.weight,
            std::cmp::Ordering::Equal => equal += paper.weight,
        }
    }
    (preferred, equal)
}
