//! Who supports what, and how much: a column of supporters for each candidate, as methods that share out money read ballots.

use crate::{
    methods::{CountFault, Procedure},
    profile::Profile,
    rules::Kind,
};

/// Alike ballots that support a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Support {
    /// The ballots, as a number from 0 that stands for them in every column.
    pub(crate) voter: u32,
    /// How many ballots are alike.
    pub(crate) weight: u32,
    /// How much each of them supports the candidate: 1 for a mark, else points, marks, or Borda's points of its own length.
    pub(crate) units: u32,
}

/// A profile by candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Supports {
    /// Supporters of each candidate.
    pub(crate) columns: Vec<Vec<Support>>,
    /// Score of each candidate: all support for it.
    pub(crate) scores: Vec<u64>,
    /// How many different ballots there are.
    pub(crate) voters: usize,
}

impl Supports {
    /// Reads a profile. Alike ballots are joined, so the order of ballots cannot matter.
    pub(crate) fn new(profile: &Profile, method: Procedure) -> Result<Self, CountFault> {
        if profile.has_equal_places() {
            return Err(CountFault::EqualPlaces(method));
        }
        let distinct = profile.distinct();
        let candidates = usize::from(profile.candidates());
        let mut supports = Self { columns: vec![Vec::new(); candidates], scores: vec![0; candidates], voters: 0 };
        for (paper, voter) in distinct.papers().zip(0u32..) {
            supports.voters += 1;
            // A profile holds at most 2^32 - 1 ballots.
            let weight = u32::try_from(paper.weight).map_err(|_| CountFault::Overflow("ballots"))?;
            let length = paper.marks.len() as u32;
            for (at, place) in paper.marks.iter().zip(0u32..) {
                let units = match distinct.kind() {
                    Kind::Approval { .. } => 1,
                    Kind::Ranked { .. } => length - place,
                    Kind::Points { .. } | Kind::Score { .. } => paper.values[place as usize],
                };
                if units > 0 {
                    supports.columns[usize::from(*at)].push(Support { voter, weight, units });
                    supports.scores[usize::from(*at)] += u64::from(weight) * u64::from(units);
                }
            }
        }
        Ok(supports)
    }
}
