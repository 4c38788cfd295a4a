//! Methods that add numbers up: approvals, points, and Borda's points for places.
//!
//! Borda here gives a territory the length of the ballot less its place, from 0: on a ballot of three, 3, 2 and 1
//! (J.-C. de Borda, Mémoire sur les élections au scrutin, 1781; points by the ballot's own length are what cities
//! publish that vote by ranking).

use super::{
    OtherRules,
    ranking::{Ranking, add_all, by_score},
};
use crate::{choice::Choice, ladder::Ladder, rules::Rules};

/// Votes and score of each territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Additive {
    votes: Vec<u64>,
    scores: Vec<u64>,
}

impl Additive {
    pub(crate) fn new(territories: usize) -> Self {
        Self { votes: vec![0; territories], scores: vec![0; territories] }
    }

    pub(crate) fn add(&mut self, choice: &Choice) {
        match choice {
            Choice::Approval(marks) => marks.iter().for_each(|at| self.give(*at, 1)),
            Choice::Ranked(marks) => {
                let points = (1..=marks.len() as u64).rev();
                marks.iter().zip(points).for_each(|(at, points)| self.give(*at, points));
            }
            Choice::Points(marks) | Choice::Score(marks) => {
                marks.iter().for_each(|(at, points)| self.give(*at, u64::from(*points)));
            }
        }
    }

    fn give(&mut self, at: u16, points: u64) {
        self.votes[usize::from(at)] += 1;
        self.scores[usize::from(at)] += points;
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), OtherRules> {
        add_all(&mut self.votes, &other.votes)?;
        add_all(&mut self.scores, &other.scores)
    }

    pub(crate) fn rank(&self, rules: &Rules, ladder: &Ladder) -> Ranking {
        by_score(rules, ladder, &self.votes, &self.scores)
    }
}
