//! A round's ballots counted as an election, step by step: what explains a round's outcome to residents.

use crate::{
    ballot::Ballot,
    election::{Contest, Election},
    ladder::{Ladder, Rung},
    methods::{self, CountFault, Procedure, positional::Scale, score::Measure},
    profile::{Profile, ProfileFault},
    rules::{Method, Rules, TieRule},
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

impl From<Method> for Procedure {
    /// The method of the same definition.
    fn from(method: Method) -> Self {
        match method {
            Method::Approval => Self::Approval,
            Method::Borda => Self::Borda(Scale::OwnLength),
            Method::InstantRunoff => Self::InstantRunoff { batches: false },
            Method::Points => Self::Points,
            Method::Score => Self::Score(Measure::Sum),
        }
    }
}

impl From<&[TieRule]> for Ladder {
    fn from(rules: &[TieRule]) -> Self {
        let rung = |rule: &TieRule| match rule {
            TieRule::Application => Rung::Application,
            TieRule::Registration => Rung::Registration,
        };
        Self::new(&rules.iter().map(rung).collect::<Vec<_>>())
    }
}

/// Counts the valid ballots of a round. Order, scores and winners are those of the round's [`crate::Outcome`].
///
/// # Errors
/// A [`RecountFault`], which rules that pass their check and fewer than 2^32 ballots do not meet.
pub fn recount<'a>(rules: &Rules, ballots: impl IntoIterator<Item = &'a Ballot>) -> Result<Election, RecountFault> {
    let profile = Profile::from_ballots(rules, ballots)?;
    let ladder = Ladder::from(rules.ties.as_slice());
    let contest = Contest {
        profile: &profile,
        territories: &rules.territories,
        winners: &rules.winners,
        ladder: &ladder,
        turnout: None,
    };
    Ok(methods::count(&contest, rules.method.into())?)
}
