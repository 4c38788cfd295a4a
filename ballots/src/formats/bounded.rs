//! Ballots that a reader adds, which may be too many: told after every other fault, with the line in which they become too many.

use std::io;

use super::{FormatFault, PartsFault};
use crate::profile::{MOST_BALLOTS, Profile, ProfileFault};

/// Ballots so far, and how many there are of them and of those that no longer fit.
pub(super) struct Bounded {
    profile: Profile,
    ballots: u64,
    too_many: Option<FormatFault>,
}

impl Bounded {
    pub(super) fn new(empty: Profile) -> Self {
        Self { profile: empty, ballots: 0, too_many: None }
    }

    /// Adds a line's ballots, so many; where there are too many, they are only counted.
    pub(super) fn add(
        &mut self,
        weight: u64,
        line: usize,
        add: impl FnOnce(&mut Profile) -> Result<(), ProfileFault>,
    ) -> Result<(), FormatFault> {
        if let (Err(fault), None) = (up_to(&mut self.ballots, weight, line), &self.too_many) {
            self.too_many = Some(fault);
        }
        match add(&mut self.profile) {
            Ok(()) | Err(ProfileFault::TooMany) => Ok(()),
            Err(fault) => Err(FormatFault::profile(line, &fault)),
        }
    }

    /// How many ballots were added, or that many at least.
    pub(super) fn ballots(&self) -> u64 {
        self.ballots
    }

    /// The ballots that fit.
    pub(super) fn into_profile(self) -> Profile {
        self.profile
    }

    /// All ballots.
    pub(super) fn finish(self) -> Result<Profile, FormatFault> {
        self.too_many.map_or(Ok(self.profile), Err)
    }
}

/// Adds a line's ballots to those of the lines before it, and refuses them in the line in which they become too many.
pub(super) fn up_to(ballots: &mut u64, weight: u64, line: usize) -> Result<(), FormatFault> {
    *ballots = ballots.saturating_add(weight);
    if *ballots > MOST_BALLOTS { Err(FormatFault::profile(line, &ProfileFault::TooMany)) } else { Ok(()) }
}

/// Refuses more ballots than can be counted. Parts are read in any order, so which line is one too many is not known then:
/// `again` reads the ballots once more in theirs, with [`up_to`], and need not when all is well.
pub(super) fn not_too_many(ballots: u64, again: impl FnOnce() -> Result<(), PartsFault>) -> Result<(), PartsFault> {
    if ballots <= MOST_BALLOTS {
        return Ok(());
    }
    again()?;
    Err(io::Error::other("the file changed while it was read").into())
}
