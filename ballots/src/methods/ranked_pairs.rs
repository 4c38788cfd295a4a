//! Ranked pairs: victories are kept from the strongest down, but for those that would close a circle.
//!
//! T. N. Tideman, Social Choice and Welfare 4, 1987. Strength is the margin (as there) or the winning votes. Victories of one
//! strength that can all be kept are kept together. Where they cannot, they are taken in the ladder's order of the winners, and
//! under one winner in that of the losers (T. M. Zavist and T. N. Tideman, Social Choice and Welfare 6, 1989, with the ladder in
//! the place of a ballot drawn by lot). Draws are no victories. Who is not told apart by what was kept shares a place.

use crate::{
    election::{Contest, Ranking, Record, Step},
    methods::{Halt, Procedure, pairs, undefeated},
    pairwise::{Pairwise, Strength},
};

/// Most candidates whose victories are written down one by one.
const MOST_SHOWN: u16 = 64;

/// What was kept: who comes before whom, directly or through others.
struct Kept {
    before: Vec<Vec<bool>>,
}

/// Counts rankings or marks.
///
/// # Errors
/// [`super::CountFault::Candidates`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, by: Strength, record: &mut Record) -> Result<Ranking, Halt> {
    let pairs = pairs(contest, Procedure::RankedPairs(by))?;
    record.pairwise = Some(pairs.clone());
    let size = usize::from(contest.candidates());
    let mut kept = Kept { before: vec![vec![false; size]; size] };
    for equal in victories(&pairs, by) {
        let mut trial = Kept { before: kept.before.clone() };
        if equal.len() == 1 || equal.iter().all(|(winner, loser)| trial.keep(*winner, *loser)) {
            // One victory is kept or passed over below; several that fit together need no order.
            lock(&equal, by, &pairs, &mut kept, record);
            continue;
        }
        let rank = ladder_rank(contest, &equal, record)?;
        let place = |at: &u16| rank.iter().position(|other| other == at);
        let mut ordered = equal;
        ordered.sort_by_key(|(winner, loser)| (place(winner), place(loser)));
        lock(&ordered, by, &pairs, &mut kept, record);
    }
    let places = undefeated(contest.candidates(), |left, right| kept.before[usize::from(left)][usize::from(right)]);
    let order = contest.order(record, &places)?;
    Ok(Ranking { order, places, ..Ranking::default() })
}

/// Victories in groups of one strength, the strongest first.
fn victories(pairs: &Pairwise, by: Strength) -> Vec<Vec<(u16, u16)>> {
    let all = 0..pairs.candidates();
    let every = all.clone().flat_map(|winner| all.clone().map(move |loser| (winner, loser)));
    let mut won: Vec<(u64, u16, u16)> = every
        .map(|(winner, loser)| (pairs.strength(winner, loser, by), winner, loser))
        .filter(|(strength, ..)| *strength > 0)
        .collect();
    won.sort_unstable_by_key(|(strength, winner, loser)| (std::cmp::Reverse(*strength), *winner, *loser));
    let equal = won.chunk_by(|left, right| left.0 == right.0);
    equal.map(|group| group.iter().map(|(_, winner, loser)| (*winner, *loser)).collect()).collect()
}

fn lock(victories: &[(u16, u16)], by: Strength, pairs: &Pairwise, kept: &mut Kept, record: &mut Record) {
    for (winner, loser) in victories.iter().copied() {
        let strength = pairs.strength(winner, loser, by);
        let step = match kept.keep(winner, loser) {
            true => Step::Locked { loser, strength, winner },
            false => Step::Skipped { loser, strength, winner },
        };
        if pairs.candidates() <= MOST_SHOWN {
            record.steps.push(step);
        }
    }
}

/// The ladder's order of those whose victories are equally strong.
fn ladder_rank(contest: &Contest<'_>, victories: &[(u16, u16)], record: &mut Record) -> Result<Vec<u16>, Halt> {
    let mut involved: Vec<u16> = victories.iter().flat_map(|(winner, loser)| [*winner, *loser]).collect();
    involved.sort_unstable();
    involved.dedup();
    contest.break_tie(record, &mut involved, None, &[])?;
    Ok(involved)
}

impl Kept {
    /// Keeps a victory, unless the loser already comes before the winner.
    fn keep(&mut self, winner: u16, loser: u16) -> bool {
        let (winner, loser) = (usize::from(winner), usize::from(loser));
        if self.before[loser][winner] {
            return false;
        }
        if !self.before[winner][loser] {
            let mut behind = self.before[loser].clone();
            behind[loser] = true;
            for (at, row) in self.before.iter_mut().enumerate() {
                if at == winner || row[winner] {
                    row.iter_mut().zip(&behind).for_each(|(before, more)| *before |= more);
                }
            }
        }
        true
    }
}
