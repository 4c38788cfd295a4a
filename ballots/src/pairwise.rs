//! Who is preferred to whom, by how many: the matrix that the methods of Condorcet's family read.

use serde::{Deserialize, Serialize};

use crate::profile::Profile;

/// Most candidates that are compared in pairs: paths take the cube of it.
pub const MOST_CANDIDATES: u16 = 1000;

/// How strong a victory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// By how many more ballots the winner is preferred.
    Margins,
    /// On how many ballots the winner is preferred.
    WinningVotes,
}

/// For each ordered pair, the ballots that prefer the first: rank it above the other, or rank it and not the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Pairwise {
    candidates: u16,
    preferred: Vec<u64>,
}

/// A matrix as it is written, row by row, before anybody looked whether it is square.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    candidates: u16,
    preferred: Vec<u64>,
}

/// The numbers are not as many as the square of the candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("pairwise: there must be a number for each pair, row by row")]
pub struct PairwiseFault;

impl TryFrom<Written> for Pairwise {
    type Error = PairwiseFault;

    fn try_from(Written { candidates, preferred }: Written) -> Result<Self, PairwiseFault> {
        let is_square = preferred.len() == usize::from(candidates) * usize::from(candidates);
        is_square.then_some(Self { candidates, preferred }).ok_or(PairwiseFault)
    }
}

impl Pairwise {
    /// Counts rankings, and scores too: a higher mark is preferred to a lower one, and any mark to none.
    ///
    /// A candidate is taken to be preferred to everybody wherever it is named, and what stands before it or beside it is
    /// subtracted; so a paper costs the square of its own length, not of the number of candidates.
    #[must_use]
    pub fn new(profile: &Profile) -> Self {
        let candidates = profile.candidates();
        let width = usize::from(candidates);
        let (mut named, mut not_over) = (vec![0_u64; width], vec![0_u64; width * width]);
        let mut add = |groups: &mut dyn Iterator<Item = &[u16]>, weight: u64, above: &mut Vec<u16>| {
            above.clear();
            for group in groups {
                above.extend_from_slice(group);
                for at in group {
                    named[usize::from(*at)] += weight;
                    let row = usize::from(*at) * width;
                    above.iter().for_each(|better| not_over[row + usize::from(*better)] += weight);
                }
            }
        };
        let mut above = Vec::new();
        let is_ranked = matches!(profile.kind(), crate::rules::Kind::Ranked { .. });
        for paper in profile.papers() {
            if is_ranked {
                add(&mut paper.groups(), paper.weight, &mut above);
            } else {
                let mut marks: Vec<(u16, u32)> = paper.valued().collect();
                marks.sort_by_key(|(_, value)| std::cmp::Reverse(*value));
                let sorted: Vec<u16> = marks.iter().map(|(at, _)| *at).collect();
                let mut rest = sorted.as_slice();
                let mut groups = marks.chunk_by(|left, right| left.1 == right.1).map(|alike| {
                    let (group, after) = rest.split_at(alike.len());
                    rest = after;
                    group
                });
                add(&mut groups, paper.weight, &mut above);
            }
        }
        let pair = |at: usize| named[at / width] - not_over[at];
        let preferred = (0..width * width).map(|at| if at / width == at % width { 0 } else { pair(at) }).collect();
        Self { candidates, preferred }
    }

    /// A matrix given row by row, for textbooks' examples; nothing if it is not square.
    #[must_use]
    pub fn from_rows(rows: &[Vec<u64>]) -> Option<Self> {
        let candidates = u16::try_from(rows.len()).ok()?;
        let square = rows.iter().all(|row| row.len() == rows.len());
        square.then(|| Self { candidates, preferred: rows.concat() })
    }

    /// How many candidates there are.
    #[must_use]
    pub fn candidates(&self) -> u16 {
        self.candidates
    }

    /// Ballots that prefer `left` to `right`.
    #[must_use]
    pub fn over(&self, left: u16, right: u16) -> u64 {
        self.preferred[usize::from(left) * usize::from(self.candidates) + usize::from(right)]
    }

    /// Whether more ballots prefer `left` to `right` than the other way round.
    #[must_use]
    pub fn beats(&self, left: u16, right: u16) -> bool {
        self.over(left, right) > self.over(right, left)
    }

    /// How strongly `left` beats `right`; 0 where it does not.
    #[must_use]
    pub fn strength(&self, left: u16, right: u16, by: Strength) -> u64 {
        let (more, less) = (self.over(left, right), self.over(right, left));
        match by {
            _ if more <= less => 0,
            Strength::Margins => more - less,
            Strength::WinningVotes => more,
        }
    }

    /// Who beats everybody else, if anybody does.
    #[must_use]
    pub fn condorcet_winner(&self) -> Option<u16> {
        let all = || 0..self.candidates;
        all().find(|at| all().all(|other| other == *at || self.beats(*at, other)))
    }

    /// The Smith set: the smallest group whose members beat everybody outside it (J. H. Smith, Econometrica 41, 1973).
    #[must_use]
    pub fn smith_set(&self) -> Vec<u16> {
        let mut order: Vec<u16> = (0..self.candidates).collect();
        let losses = |at: u16| (0..self.candidates).filter(|other| *other != at && !self.beats(at, *other)).count();
        order.sort_by_cached_key(|at| losses(*at));
        // In ascending order of victories that are missing, the set is the shortest beginning that beats all the rest.
        let whole = |length: &usize| {
            let (inside, outside) = order.split_at(*length);
            inside.iter().all(|at| outside.iter().all(|other| self.beats(*at, *other)))
        };
        let length = (1..=order.len()).find(whole).unwrap_or(order.len());
        order.truncate(length);
        order.sort_unstable();
        order
    }
}
