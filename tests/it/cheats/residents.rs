//! The receipt check: each resident's client asks for its ballot, holds the box to its promise, and compares heads.

use audit::log::checkpoint::Checkpoint;
use ballots::Ballot;
use veche::client::{
    Api, ClientFault,
    receipt::{self, Receipt},
    resident::{Cast, PollingPlace},
};

use super::truth::Truth;
use crate::town::SLUG;

/// Everybody who cast, with the newest head that each was shown.
pub struct Residents {
    truth: &'static Truth,
    kept: Vec<Option<Checkpoint>>,
}

impl Residents {
    pub fn new(truth: &'static Truth) -> Self {
        Self { truth, kept: vec![None; truth.casts.len()] }
    }

    /// Everybody who has cast by this visit looks.
    pub async fn look(&mut self, api: &Api, visit: usize, now: i64) -> Result<(), ClientFault> {
        let place = PollingPlace::enter(api, SLUG).await?;
        for ((cast, since), kept) in self.truth.casts.iter().zip(&mut self.kept) {
            if *since <= visit {
                look(api, &place, cast, kept, now).await?;
            }
        }
        Ok(())
    }

    /// The heads that they keep.
    pub fn heads(&self) -> impl Iterator<Item = &Checkpoint> {
        self.kept.iter().flatten()
    }
}

/// Somebody who comes for the first time, and knows of the round what the server says.
#[derive(Default)]
pub struct Newcomer {
    cast: Option<Cast>,
    /// The newest head that they were shown.
    pub kept: Option<Checkpoint>,
}

impl Newcomer {
    /// Casts at the first visit, and follows the ballot at the others.
    pub async fn look(&mut self, truth: &Truth, api: &Api, now: i64) -> Result<(), ClientFault> {
        let place = PollingPlace::enter(api, SLUG).await?;
        let Some(cast) = &self.cast else {
            let ballot = Ballot::parse(&place.rules.voting, [("t1", None)]).unwrap();
            let ballot = place.fill(&mut truth.credential(&place), &ballot)?;
            let cast = place.cast(api, ballot).await?;
            receipt::is_timely(&place, &cast.acceptance, now)?;
            self.cast = Some(cast);
            return Ok(());
        };
        look(api, &place, cast, &mut self.kept, now).await
    }
}

async fn look(
    api: &Api,
    place: &PollingPlace,
    cast: &Cast,
    kept: &mut Option<Checkpoint>,
    now: i64,
) -> Result<(), ClientFault> {
    let Receipt::Logged { head, witnessed, .. } = receipt::check(api, place, cast, kept.as_ref(), now).await? else {
        return Ok(());
    };
    *kept = Some(head);
    match witnessed.filter(|witnessed| !witnessed.holds()) {
        None => Ok(()),
        Some(few) => Err(ClientFault::Wrong(format!("witnesses: {} of {}", few.signed.len(), few.quorum))),
    }
}
