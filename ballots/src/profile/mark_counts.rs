//! How often each candidate got each mark: all that some methods need, in memory that does not grow with the ballots.

use std::collections::BTreeMap;

use super::{MOST_BALLOTS, Profile, ProfileFault};
use crate::rules::Kind;

/// Marks of ballots that were counted and let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkCounts {
    kind: Kind,
    ballots: u64,
    blank: u64,
    longest: usize,
    // For each candidate, by value (nought where the kind has none): how many ballots mark it so.
    counts: Vec<BTreeMap<u32, u64>>,
}

impl MarkCounts {
    /// Nothing yet; nothing at all for rankings, in which a mark alone says too little.
    #[must_use]
    pub fn new(kind: &Kind, candidates: u16) -> Option<Self> {
        let counts = vec![BTreeMap::new(); usize::from(candidates)];
        let is_ranked = matches!(kind, Kind::Ranked { .. });
        (!is_ranked).then(|| Self { kind: kind.clone(), ballots: 0, blank: 0, longest: 0, counts })
    }

    /// Adds the marks of ballots.
    ///
    /// # Errors
    /// [`ProfileFault::Kind`] or [`ProfileFault::TooMany`]; nothing is then added.
    pub fn add(&mut self, profile: &Profile) -> Result<(), ProfileFault> {
        self.grow(profile.kind(), profile.candidates(), (profile.ballots(), profile.blank(), profile.longest()))?;
        for paper in profile.papers() {
            for (place, at) in paper.marks.iter().enumerate() {
                let value = paper.values.get(place).copied().unwrap_or(0);
                *self.counts[usize::from(*at)].entry(value).or_default() += paper.weight;
            }
        }
        Ok(())
    }

    /// Adds what was counted of other ballots of the same kind and candidates.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn merge(&mut self, other: Self) -> Result<(), ProfileFault> {
        self.grow(&other.kind, other.counts.len() as u16, (other.ballots, other.blank, other.longest))?;
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            theirs.into_iter().for_each(|(value, count)| *mine.entry(value).or_default() += count);
        }
        Ok(())
    }

    fn grow(
        &mut self,
        kind: &Kind,
        candidates: u16,
        (ballots, blank, longest): (u64, u64, usize),
    ) -> Result<(), ProfileFault> {
        if (kind, usize::from(candidates)) != (&self.kind, self.counts.len()) {
            return Err(ProfileFault::Kind);
        }
        let sum = self.ballots.checked_add(ballots).filter(|sum| *sum <= MOST_BALLOTS);
        self.ballots = sum.ok_or(ProfileFault::TooMany)?;
        self.blank += blank;
        self.longest = self.longest.max(longest);
        Ok(())
    }

    /// A profile whose papers hold one mark each: the same as the ballots' own to every method of which
    /// [`Procedure::reads_marks_alone`](crate::Procedure::reads_marks_alone) is true, and to no other.
    #[must_use]
    pub fn into_profile(self) -> Profile {
        let mut profile = Profile::new(self.kind, self.counts.len() as u16);
        let has_values = !matches!(profile.kind, Kind::Approval { .. });
        for (counts, at) in self.counts.into_iter().zip(0..) {
            for (value, count) in counts {
                profile.marks.push(at);
                profile.values.extend(has_values.then_some(value));
                profile.ends.push(profile.marks.len());
                profile.weights.push(count);
            }
        }
        Profile { ballots: self.ballots, blank: self.blank, longest: self.longest, ..profile }
    }
}
