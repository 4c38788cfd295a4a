//! A round's ballots counted as an election, step by step: what explains a round's outcome to residents.

use crate::{
    ballot::Ballot,
    election::{Contest, Election},
    ladder::Ladder,
    methods::{self, CountFault},
    outcome::rung,
    patience::Patience,
    profile::{Profile, ProfileFault},
    rules::{Rules, TieRule},
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

impl From<&[TieRule]> for Ladder {
    fn from(rules: &[TieRule]) -> Self {
        Self::new(&rules.iter().map(rung).collect::<Vec<_>>())
    }
}

/// Counts the valid ballots of a round. Order, scores and winners are those of the round's [`crate::Outcome`].
///
/// # Errors
/// A [`RecountFault`], which rules that pass their check and fewer than 2^32 ballots do not meet.
pub fn recount<'a>(rules: &Rules, ballots: impl IntoIterator<Item = &'a Ballot>) -> Result<Election, RecountFault> {
    Ok(count_profile(rules, &Profile::from_ballots(rules, ballots)?, &Patience::default())?)
}

/// Counts the valid ballots of a round, gathered in a profile.
pub(crate) fn count_profile(rules: &Rules, profile: &Profile, patience: &Patience) -> Result<Election, CountFault> {
    let ladder = Ladder::from(rules.ties.as_slice());
    let contest =
        Contest { profile, territories: &rules.territories, winners: &rules.winners, ladder: &ladder, turnout: None };
    methods::count_patiently(&contest, &[], rules.method, patience)
}
