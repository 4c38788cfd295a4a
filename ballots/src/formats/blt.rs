//! BLT, the file of Meek's method: ranked ballots, seats, withdrawn candidates, names.
//!
//! I. D. Hill, B. A. Wichmann and D. R. Woodall, Algorithm 123: Single transferable vote by Meek's method, Computer Journal 30,
//! 1987; with the additions of OpenSTV and OpenTally: `=` between equals, `-` for a place left out, comments after `#`, ballot
//! ids in parentheses. A weight must be a whole number: a fractional one is refused, not rounded.

use std::collections::BTreeMap;

mod read;
mod write;

use super::{FormatFault, Poll, Unwritable};
use crate::{profile::Profile, rules::Kind};

pub use read::read;
pub use write::write;

/// Alike ballots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Name of the ballot, where the file gives one.
    pub id: Option<String>,
    /// How many are alike.
    pub weight: u64,
    /// Candidates from 0 by place, the best first; equals share a place, and a place may be left out.
    pub places: Vec<Vec<u16>>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blt {
    /// Names of the candidates, number 1 first.
    pub candidates: Vec<String>,
    /// Ballots.
    pub papers: Vec<Paper>,
    /// How many are elected.
    pub seats: u16,
    /// What the election is called.
    pub title: String,
    /// Candidates from 0 who withdrew before the count, in ascending order.
    pub withdrawn: Vec<u16>,
}

impl Blt {
    /// The ballots for counting, without those who withdrew.
    ///
    /// # Errors
    /// [`FormatFault`] when there are more ballots than can be counted.
    pub fn poll(&self) -> Result<Poll, FormatFault> {
        let standing: Vec<u16> = (0..self.candidates.len() as u16).filter(|at| !self.withdrawn.contains(at)).collect();
        let count = standing.len() as u16;
        let mut profile = Profile::new(Kind::Ranked { max: count.max(1) }, count);
        let stands = |at: &u16| standing.binary_search(at).ok().and_then(|at| u16::try_from(at).ok());
        for paper in &self.papers {
            let places = paper.places.iter().map(|place| place.iter().filter_map(stands).collect());
            let groups: Vec<Vec<u16>> = places.collect();
            // The only fault left is of all ballots together, so it has no line of its own.
            profile.add_groups(&groups, paper.weight).map_err(|fault| FormatFault::profile(1, &fault))?;
        }
        let mut territories = super::numbered(&self.candidates);
        territories.retain(|territory| stands(&((territory.number - 1) as u16)).is_some());
        Ok(Poll {
            budget: None,
            invalid: BTreeMap::new(),
            profile,
            seats: Some(self.seats),
            territories,
            title: self.title.clone(),
        })
    }

    /// A file of ranked ballots.
    ///
    /// # Errors
    /// [`Unwritable`] when the ballots are not ranked.
    pub fn from_poll(poll: &Poll) -> Result<Self, Unwritable> {
        if !matches!(poll.profile.kind(), Kind::Ranked { .. }) {
            let reason = format!("it holds ranked ballots, not {}", poll.profile.kind().name());
            return Err(Unwritable { format: "blt", reason });
        }
        let places = |paper: crate::profile::Paper<'_>| -> Vec<Vec<u16>> {
            if paper.values.is_empty() {
                paper.marks.iter().map(|at| vec![*at]).collect()
            } else {
                paper.groups().map(<[u16]>::to_vec).collect()
            }
        };
        Ok(Self {
            candidates: poll.territories.iter().map(|territory| territory.title.clone()).collect(),
            papers: poll
                .profile
                .papers()
                .map(|one| Paper { id: None, weight: one.weight, places: places(one) })
                .collect(),
            seats: poll.seats.unwrap_or(1),
            title: poll.title.clone(),
            withdrawn: Vec::new(),
        })
    }
}
