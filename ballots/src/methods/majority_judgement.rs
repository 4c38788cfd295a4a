//! Majority judgement: the highest median mark wins; equals are compared by the next middle marks, one after the other.
//!
//! M. Balinski and R. Laraki, PNAS 104, 2007, and *Majority Judgment*, 2010, ch. 1: a candidate's majority-grade is the middle
//! mark, the lower one of an even number. Of equals one such mark each is taken out and the middles are compared again, and so
//! on to the end (the majority-value). A candidate that a ballot does not mark gets 0 from it, as the authors have it; ballots
//! that mark nobody are left out. So all have the same number of marks. `scores` holds the majority-grades.

use std::cmp::Ordering;

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    methods::Halt,
    rules::Kind,
};

/// A candidate's marks: for each mark from 0, the ballots that give it or less.
struct Marks {
    up_to: Vec<u64>,
}

/// Counts marks.
///
/// # Errors
/// [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let marks = histograms(contest);
    let grades: Vec<u32> = marks.iter().map(|marks| marks.middle().map_or(0, |at| marks.at(at))).collect();
    record.steps.push(Step::Medians { grades: grades.clone() });
    let compare = |left: &u16, right: &u16| marks[usize::from(*right)].compare(&marks[usize::from(*left)]);
    let mut all: Vec<u16> = (0..contest.candidates()).collect();
    all.sort_by(compare);
    let places: Vec<Vec<u16>> = all.chunk_by(|left, right| compare(left, right).is_eq()).map(<[u16]>::to_vec).collect();
    record.steps.extend(places.windows(2).filter_map(|pair| later_marks(&marks, (pair[0][0], pair[1][0]))));
    let order = contest.order(record, &places)?;
    let scores = grades.into_iter().map(|grade| Exact::from(u64::from(grade))).collect();
    Ok(Ranking { order, places, scores, winners: None })
}

/// What put one candidate before the next one, where their middle marks are equal.
fn later_marks(marks: &[Marks], (better, other): (u16, u16)) -> Option<Step> {
    let (taken, marks) = marks[usize::from(better)].first_difference(&marks[usize::from(other)])?;
    (taken > 0).then_some(Step::MiddleMarks { better, marks, other, taken })
}

fn histograms(contest: &Contest<'_>) -> Vec<Marks> {
    let max = match contest.profile.kind() {
        Kind::Score { max } => *max as usize,
        _ => 0,
    };
    let naming = contest.profile.ballots() - contest.profile.blank();
    let mut counts = vec![vec![0_u64; max + 1]; usize::from(contest.candidates())];
    for paper in contest.profile.papers() {
        paper.valued().for_each(|(at, mark)| counts[usize::from(at)][mark as usize] += paper.weight);
    }
    let sum = |mut counts: Vec<u64>| {
        let given: u64 = counts.iter().sum();
        counts[0] += naming - given;
        let mut below = 0;
        counts.iter_mut().for_each(|count| {
            below += *count;
            *count = below;
        });
        Marks { up_to: counts }
    };
    counts.into_iter().map(sum).collect()
}

impl Marks {
    fn count(&self) -> u64 {
        self.up_to.last().copied().unwrap_or(0)
    }

    /// Where the lower middle stands among the marks in ascending order, from 0.
    fn middle(&self) -> Option<u64> {
        self.count().checked_sub(1).map(|last| last / 2)
    }

    /// The mark that stands there in ascending order.
    fn at(&self, position: u64) -> u32 {
        self.up_to.partition_point(|up_to| *up_to <= position) as u32
    }

    /// Compares majority-values.
    fn compare(&self, other: &Self) -> Ordering {
        self.first_difference(other).map_or(Ordering::Equal, |(_, [mine, theirs])| mine.cmp(&theirs))
    }

    /// The first middle marks that differ, and how many marks each had lost by then; nothing where all are equal. What is taken out after the middle alternates between its two sides: below first where the
    /// number is odd, above first where it is even. Marks come in runs, so a step passes over as many as stay alike.
    fn first_difference(&self, other: &Self) -> Option<(u64, [u32; 2])> {
        let middle = self.middle()?;
        let (count, mut offset) = (self.count(), 0);
        let odd = count % 2;
        while offset <= middle {
            // Of an odd number the middle stands alone, and then the pairs around it; of an even number all are pairs.
            let (below, above) = (middle - offset, (middle + offset + 1 - odd).min(count - 1));
            let pair = |marks: &Self| match (odd, offset) {
                (1, 0) => (marks.at(below), 0),
                (1, _) => (marks.at(below), marks.at(above)),
                _ => (marks.at(below), marks.at(above)),
            };
            let ((low, high), (their_low, their_high)) = (pair(self), pair(other));
            // Before a pair its predecessors were taken out, and of an odd number the middle, which stands alone.
            let taken = (2 * offset).saturating_sub(odd);
            match () {
                () if low != their_low => return Some((taken, [low, their_low])),
                () if high != their_high => return Some((taken + 1, [high, their_high])),
                () => offset += self.alike(below, above).min(other.alike(below, above)).max(1),
            }
        }
        None
    }

    /// How many steps outward from these two positions still show the same two marks, this step included.
    fn alike(&self, below: u64, above: u64) -> u64 {
        let start = (self.at(below) as usize).checked_sub(1).map_or(0, |mark| self.up_to[mark]);
        let end = self.up_to.get(self.at(above) as usize).copied().unwrap_or(above + 1);
        (below - start + 1).min(end - above)
    }
}
