//! What may happen from the close on: opening key, count, signatures; and the other end, annulment.

use ballots::envelope::OpeningKey;
use ed25519_dalek::Signature;

use super::{Phase, Round, during::reason};
use crate::{
    log::hash::Hash,
    round::{
        Act, Violation, certificate,
        event::{Annulment, Closing, KeyRevealed, Signed, Tallied},
    },
};

impl Round {
    pub(super) fn close(&mut self, step: &Closing, register_was_last: bool) -> Result<(), Violation> {
        self.must_be("voting-closed", &[Phase::Open, Phase::Paused])?;
        if !register_was_last {
            return Err(Violation::RegisterMissing);
        }
        let chance = step.chance.as_ref().map(|chance| chance.0.len());
        if chance != self.rules.voting.draws_lots().then_some(32) {
            return Err(Violation::Chance);
        }
        self.authorised(Act::Close, &step.by, step.at, Some(self.closes_at))?;
        self.phase = Phase::Closed;
        self.ended_at = Some(step.at);
        self.closing = false;
        Ok(())
    }

    pub(super) fn reveal(&mut self, event: &KeyRevealed) -> Result<(), Violation> {
        self.must_be("key-revealed", &[Phase::Closed])?;
        if self.rules.member_key(&event.by).is_none() {
            return Err(Violation::NotConfirmed(event.by.clone()));
        }
        let key = OpeningKey::from_bytes(&event.key.0).map_err(|_| Violation::OpeningKey)?;
        if key.sealing_key().as_slice() != self.rules.sealing_key.0 {
            return Err(Violation::OpeningKey);
        }
        self.opening_key = Some(event.key.clone());
        self.phase = Phase::Opened;
        Ok(())
    }

    pub(super) fn tally(&mut self, event: &Tallied, leaf: &Hash) -> Result<(), Violation> {
        self.must_be("tallied", &[Phase::Opened])?;
        let counted = event.outcome.ballots;
        if counted.checked_add(event.replaced) != Some(self.ballots) {
            return Err(Violation::Tally { counted, replaced: event.replaced, logged: self.ballots });
        }
        if counted > self.register.count {
            return Err(Violation::Count { field: "ballots", given: counted, before: self.register.count });
        }
        self.tally_line = Some(*leaf);
        self.phase = Phase::Tallied;
        Ok(())
    }

    pub(super) fn sign(&mut self, event: &Signed) -> Result<(), Violation> {
        self.must_be("signed", &[Phase::Tallied, Phase::Certified])?;
        let fault = || Violation::Signature(event.member.clone());
        let line = self.tally_line.ok_or_else(fault)?;
        let key = self.rules.member_key(&event.member).ok_or_else(fault)?;
        let signature = Signature::from_bytes(&event.signature.array().ok_or_else(fault)?);
        key.verify_strict(&certificate::message(&self.fingerprint, &line), &signature).map_err(|_| fault())?;
        if !self.signed.insert(event.member.clone()) {
            return Err(fault());
        }
        if self.signed.len() >= usize::from(self.rules.quorum) {
            self.phase = Phase::Certified;
        }
        Ok(())
    }

    pub(super) fn annul(&mut self, event: &Annulment) -> Result<(), Violation> {
        if self.phase >= Phase::Certified {
            return Err(Violation::Phase { event: "annulled", phase: self.phase });
        }
        reason(&event.reason)?;
        self.authorised(Act::Annul, &event.by, event.at, None)?;
        self.phase = Phase::Annulled;
        self.ended_at.get_or_insert(event.at);
        self.closing = false;
        Ok(())
    }
}
