//! BLT, the file of Meek's method: ranked ballots, seats, withdrawn candidates, names.
//!
//! I. D. Hill, B. A. Wichmann and D. R. Woodall, Algorithm 123: Single transferable vote by Meek's method, Computer Journal 30,
//! 1987; with the additions of OpenSTV and OpenTally: `=` between equals, `-` for a place left out, comments after `#`, ballot
//! ids in parentheses. A weight must be a whole number: a fractional one is refused, not rounded.

use std::collections::BTreeMap;

mod parts;
mod read;
mod scan;
mod write;

use super::{FormatFault, Poll, Unwritable, bounded::Bounded};
use crate::{profile::Profile, rules::Kind};

pub use parts::fold;
pub use read::read;
pub use write::write;

/// Alike ballots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Name of the ballot, where the file gives one.
    pub id: Option<String>,
    /// Line in the file, from 1, where the ballot begins; 0 where it comes from no file.
    pub line: usize,
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
        let standing = Standing::new(self.candidates.len() as u16, &self.withdrawn);
        let mut ballots = standing.no_ballots();
        for paper in &self.papers {
            standing.add(&mut ballots, paper)?;
        }
        Ok(standing.poll(ballots.finish()?, self.seats, &self.candidates, &self.title))
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
                .map(|one| Paper { id: None, line: 0, weight: one.weight, places: places(one) })
                .collect(),
            seats: poll.seats.unwrap_or(1),
            title: poll.title.clone(),
            withdrawn: Vec::new(),
        })
    }
}

/// Candidates from 0 who did not withdraw, in ascending order: as the ballots for counting number them.
struct Standing(Vec<u16>);

impl Standing {
    fn new(count: u16, withdrawn: &[u16]) -> Self {
        Self((0..count).filter(|at| !withdrawn.contains(at)).collect())
    }

    fn no_ballots(&self) -> Bounded {
        let count = self.0.len() as u16;
        Bounded::new(Profile::new(Kind::Ranked { max: count.max(1) }, count))
    }

    fn place(&self, at: u16) -> Option<u16> {
        self.0.binary_search(&at).ok().and_then(|at| u16::try_from(at).ok())
    }

    fn add(&self, ballots: &mut Bounded, paper: &Paper) -> Result<(), FormatFault> {
        let places = paper.places.iter().map(|place| place.iter().filter_map(|at| self.place(*at)).collect());
        let groups: Vec<Vec<u16>> = places.collect();
        ballots.add(paper.weight, paper.line, |profile| profile.add_groups(&groups, paper.weight))
    }

    fn poll(&self, profile: Profile, seats: u16, names: &[String], title: &str) -> Poll {
        let mut territories = super::numbered(names);
        territories.retain(|territory| self.place((territory.number - 1) as u16).is_some());
        let title = title.to_owned();
        Poll { budget: None, invalid: BTreeMap::new(), profile, seats: Some(seats), territories, title }
    }
}
