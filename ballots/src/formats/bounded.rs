//! Ballots that a reader adds, which may be too many: that is a fault of all together, told after every fault that has a line.

use super::FormatFault;
use crate::profile::{MOST_BALLOTS, Profile, ProfileFault};

/// Ballots so far, and how many there are of them and of those that no longer fit.
pub(super) struct Bounded {
    profile: Profile,
    ballots: u64,
}

impl Bounded {
    pub(super) fn new(empty: Profile) -> Self {
        Self { profile: empty, ballots: 0 }
    }

    /// Adds a line's ballots, so many; where there are too many, they are only counted.
    pub(super) fn add(
        &mut self,
        weight: u64,
        line: usize,
        add: impl FnOnce(&mut Profile) -> Result<(), ProfileFault>,
    ) -> Result<(), FormatFault> {
        self.ballots = self.ballots.saturating_add(weight);
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
        not_too_many(self.ballots)?;
        Ok(self.profile)
    }
}

/// Refuses more ballots than can be counted.
pub(super) fn not_too_many(ballots: u64) -> Result<(), FormatFault> {
    if ballots > MOST_BALLOTS { Err(FormatFault::profile(1, &ProfileFault::TooMany)) } else { Ok(()) }
}
