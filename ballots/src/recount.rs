//! A round's ballots counted as an election, step by step: what explains a round's outcome to residents.

use crate::{
    ballot::Ballot,
    election::{Contest, Election},
    ladder::{LadderFault, Seed},
    methods::{self, CountFault},
    patience::Patience,
    profile::{Profile, ProfileFault},
    rules::Rules,
};

/// Why a round cannot be counted so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecountFault {
    /// The ballots do not go into a profile.
    #[error(transparent)]
    Profile(#[from] ProfileFault),
    /// The method does not fit.
    #[error(transparent)]
    Count(#[from] CountFault),
}

impl From<LadderFault> for RecountFault {
    fn from(fault: LadderFault) -> Self {
        Self::Count(fault.into())
    }
}

/// Counts the valid ballots of a round. Order, scores and winners are those of the round's [`crate::Outcome`] with the same seed.
///
/// # Errors
/// A [`RecountFault`], which rules that pass their check, with a seed where they draw lots, and fewer than 2^32 ballots do not meet.
pub fn recount<'a>(
    rules: &Rules,
    ballots: impl IntoIterator<Item = &'a Ballot>,
    seed: Option<Seed>,
) -> Result<Election, RecountFault> {
    Ok(count_profile(rules, &Profile::from_ballots(rules, ballots)?, seed, &Patience::default())?)
}

/// Counts the valid ballots of a round, gathered in a profile.
pub(crate) fn count_profile(
    rules: &Rules,
    profile: &Profile,
    seed: Option<Seed>,
    patience: &Patience,
) -> Result<Election, CountFault> {
    let (territories, winners) = (rules.territories.as_slice(), &rules.winners);
    let contest = Contest { profile, territories, winners, ladder: &rules.ladder(seed), turnout: rules.turnout };
    methods::count_patiently(&contest, &rules.limits_by_position(), rules.method, patience)
}
