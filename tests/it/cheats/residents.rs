//! The receipt check: each resident's client asks for its ballot, holds the box to its promise, and compares heads.

use audit::log::checkpoint::Checkpoint;
use veche::client::{
    Api, ClientFault,
    receipt::{self, Receipt},
    resident::{Cast, PollingPlace},
};

use super::{truth::Truth, view::Accepting};
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
    pub async fn look(&mut self, api: &Api, visit: usize, accepting: Accepting) -> Result<(), ClientFault> {
        let (truth, now) = (self.truth, self.truth.times[visit]);
        let place = PollingPlace::enter(api, SLUG).await?;
        if !matches!(accepting, Accepting::Never) {
            let ballot = truth.stuffed();
            let cast = place.cast(api, ballot).await?;
            receipt::is_timely(&place, &cast.acceptance, now)?;
        }
        for ((cast, since), kept) in truth.casts.iter().zip(&mut self.kept) {
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

async fn look(
    api: &Api,
    place: &PollingPlace,
    cast: &Cast,
    kept: &mut Option<Checkpoint>,
    now: i64,
) -> Result<(), ClientFault> {
    if let Receipt::Logged { head, .. } = receipt::check(api, place, cast, kept.as_ref(), now).await? {
        *kept = Some(head);
    }
    Ok(())
}
