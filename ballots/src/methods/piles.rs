//! Strict rankings in piles: each paper lies with the first of its candidates that may still receive it.

use crate::{
    election::Contest,
    methods::{CountFault, Procedure},
};

/// A paper in somebody's pile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// Where the paper's ranking starts, and ends, in the profile's marks.
    rest: (usize, usize),
    /// How many ballots are alike.
    pub(crate) weight: u64,
    /// What each is worth, in the unit of the method.
    pub(crate) worth: u64,
}

/// The piles, by candidate.
pub(crate) struct Piles {
    marks: Vec<u16>,
    pub(crate) held: Vec<Vec<Held>>,
    /// Ballots that named nobody.
    pub(crate) blank: u64,
}

/// Where papers of a pile went.
pub(crate) struct Moved {
    /// Units that each candidate received.
    pub(crate) to: Vec<u64>,
    /// Units on papers that nobody may receive.
    pub(crate) lost: u64,
}

impl Piles {
    /// First choices.
    pub(crate) fn new(contest: &Contest<'_>, method: Procedure, worth: u64) -> Result<Self, CountFault> {
        if contest.profile.has_equal_places() {
            return Err(CountFault::EqualPlaces(method));
        }
        let mut piles = Self {
            marks: Vec::new(),
            held: vec![Vec::new(); usize::from(contest.candidates())],
            blank: contest.profile.blank(),
        };
        for paper in contest.profile.papers() {
            if let Some((first, _)) = paper.marks.split_first() {
                let start = piles.marks.len();
                piles.marks.extend_from_slice(paper.marks);
                let rest = (start + 1, piles.marks.len());
                piles.held[usize::from(*first)].push(Held { rest, weight: paper.weight, worth });
            }
        }
        Ok(piles)
    }

    /// Units in each pile.
    pub(crate) fn totals(&self) -> Vec<u64> {
        self.held.iter().map(|pile| pile.iter().map(|held| held.weight * held.worth).sum()).collect()
    }

    /// Moves a whole pile on, to the next candidate of each paper that may receive; `value` says what a paper is worth there.
    pub(crate) fn pass_on(&mut self, from: u16, receives: &[bool], value: impl Fn(u64) -> u64) -> Moved {
        let pile = std::mem::take(&mut self.held[usize::from(from)]);
        let mut moved = Moved { to: vec![0; self.held.len()], lost: 0 };
        for mut held in pile {
            held.worth = value(held.worth);
            let (start, end) = held.rest;
            let next = self.marks[start..end].iter().position(|at| receives[usize::from(*at)]);
            match next {
                Some(passed) => {
                    let to = usize::from(self.marks[start + passed]);
                    held.rest = (start + passed + 1, end);
                    moved.to[to] += held.weight * held.worth;
                    self.held[to].push(held);
                }
                None => moved.lost += held.weight * held.worth,
            }
        }
        moved
    }
}
