//! Score voting: sums of marks decide; mean and median are shown beside them. A blank mark counts for nothing.

use super::{
    OtherRules,
    ranking::{Ranking, add_all, by_score},
};
use crate::{
    choice::Choice,
    fraction::Fraction,
    ladder::Ladder,
    rules::{Kind, Rules},
};

/// How often each territory got each mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scores {
    // One row of `width` counters for each territory.
    histogram: Vec<u64>,
    width: usize,
}

impl Scores {
    pub(crate) fn new(rules: &Rules) -> Self {
        let width = match rules.kind {
            Kind::Score { max } => max as usize + 1,
            _ => 1,
        };
        Self { histogram: vec![0; width * rules.territories.len()], width }
    }

    pub(crate) fn add(&mut self, choice: &Choice) {
        if let Choice::Score(marks) = choice {
            for (at, mark) in marks {
                self.histogram[usize::from(*at) * self.width + *mark as usize] += 1;
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), OtherRules> {
        if self.width != other.width {
            return Err(OtherRules);
        }
        add_all(&mut self.histogram, &other.histogram)
    }

    pub(crate) fn rank(&self, rules: &Rules, ladder: &Ladder) -> Ranking {
        let rows = || self.histogram.chunks(self.width);
        let votes: Vec<u64> = rows().map(|row| row.iter().sum()).collect();
        let sums: Vec<u64> = rows().map(sum).collect();
        let mut ranking = by_score(rules, ladder, &votes, &sums);
        for standing in &mut ranking.standings {
            let row = rules.position(&standing.id).and_then(|at| rows().nth(usize::from(at)));
            standing.mean = row.and_then(|row| Fraction::new(sum(row), standing.votes));
            standing.median = row.and_then(median);
        }
        ranking
    }
}

fn sum(row: &[u64]) -> u64 {
    row.iter().zip(0u64..).map(|(count, mark)| count * mark).sum()
}

/// The middle mark, or the mean of the middle two.
fn median(row: &[u64]) -> Option<Fraction> {
    let count: u64 = row.iter().sum();
    let nth = |n: u64| {
        let mut below = 0;
        row.iter().zip(0u64..).find(|(count, _)| {
            below += **count;
            below > n
        })
    };
    let (_, lower) = nth(count.checked_sub(1)? / 2)?;
    let (_, upper) = nth(count / 2)?;
    Fraction::new(lower + upper, 2)
}
