//! What may happen up to the close: roll, proposals, opening, pausing, batches, register.

use sha2::{Digest, Sha256};

use super::{HOUR, OpenBatch, Phase, Round};
use crate::round::{
    Act, Bytes, Violation,
    act::Proposal,
    event::{
        Batch, BatchReason, Client, ClientReplaced, Extension, LettersReplaced, Opening, RegisterStep, Remark,
        RollExtended,
    },
};

/// Most files that browsers are given.
const MOST_CLIENT_FILES: usize = 32;

impl Round {
    pub(super) fn extend_roll(&mut self, event: &RollExtended) -> Result<(), Violation> {
        self.must_be("roll-extended", &[Phase::Published, Phase::Open, Phase::Paused])?;
        if self.roll.checked_add(event.added) != Some(event.total) {
            return Err(Violation::Count { field: "total", given: event.total, before: self.roll });
        }
        self.roll = event.total;
        Ok(())
    }

    pub(super) fn replace_letters(&mut self, event: &LettersReplaced) -> Result<(), Violation> {
        self.must_be("letters-replaced", &[Phase::Published, Phase::Open, Phase::Paused])?;
        reason(&event.reason)?;
        if event.people == 0 || event.people > self.roll {
            return Err(Violation::Count { field: "people", given: event.people, before: self.roll });
        }
        Ok(())
    }

    pub(super) fn propose(&mut self, proposal: &Proposal) -> Result<(), Violation> {
        match proposal.act {
            Act::Open => self.must_be("proposed", &[Phase::Published])?,
            Act::Close => self.must_be("proposed", &[Phase::Open, Phase::Paused])?,
            Act::Annul if self.phase < Phase::Certified => {}
            Act::Annul => return Err(Violation::Phase { event: "proposed", phase: self.phase }),
        }
        reason(&proposal.reason)?;
        self.proposal = Some(proposal.clone());
        Ok(())
    }

    pub(super) fn open(&mut self, opening: &Opening) -> Result<(), Violation> {
        self.must_be("voting-opened", &[Phase::Published])?;
        self.authorised(Act::Open, &opening.by, opening.at, Some(self.rules.opens_at))?;
        self.client = client(&opening.client)?;
        self.phase = Phase::Open;
        Ok(())
    }

    pub(super) fn replace_client(&mut self, event: &ClientReplaced) -> Result<(), Violation> {
        self.must_be("client-replaced", &[Phase::Open, Phase::Paused])?;
        if event.client == self.client {
            return Err(Violation::SameClient);
        }
        self.client = client(&event.client)?;
        Ok(())
    }

    pub(super) fn pause(&mut self, remark: &Remark) -> Result<(), Violation> {
        self.must_be("voting-paused", &[Phase::Open])?;
        reason(&remark.reason)?;
        self.phase = Phase::Paused;
        Ok(())
    }

    pub(super) fn resume(&mut self, remark: &Remark) -> Result<(), Violation> {
        self.must_be("voting-resumed", &[Phase::Paused])?;
        reason(&remark.reason)?;
        self.phase = Phase::Open;
        Ok(())
    }

    pub(super) fn extend(&mut self, extension: &Extension) -> Result<(), Violation> {
        self.must_be("closing-extended", &[Phase::Published, Phase::Open, Phase::Paused])?;
        reason(&extension.reason)?;
        if extension.at >= self.closes_at {
            return Err(Violation::TooLate { at: extension.at, closes_at: self.closes_at });
        }
        if extension.closes_at <= self.closes_at {
            return Err(Violation::NotLater { given: extension.closes_at, before: self.closes_at });
        }
        self.closes_at = extension.closes_at;
        Ok(())
    }

    pub(super) fn start_batch(&mut self, batch: &Batch) -> Result<(), Violation> {
        self.must_be("batch", &[Phase::Open, Phase::Paused])?;
        self.is_full_hour(batch.hour)?;
        let at_least = if batch.reason == BatchReason::Full { self.rules.batch.at_least } else { 1 };
        if batch.ballots < at_least {
            return Err(Violation::BatchSize { ballots: batch.ballots, at_least });
        }
        if batch.reason == BatchReason::Due && batch.ballots < self.rules.batch.at_least {
            if !self.may_be_due(batch.hour) {
                return Err(Violation::DueAgain(batch.hour));
            }
            self.last_due = Some(batch.hour);
        }
        self.closing |= batch.reason == BatchReason::Close;
        self.batch = Some(OpenBatch { left: batch.ballots, last: None });
        Ok(())
    }

    pub(super) fn take_ballot(&mut self, envelope: &Bytes) -> Result<(), Violation> {
        let batch = self.batch.as_mut().ok_or(Violation::NoBatch)?;
        let hash: [u8; 32] = Sha256::digest(&envelope.0).into();
        if batch.last.is_some_and(|last| last >= hash) {
            return Err(Violation::BatchOrder);
        }
        batch.last = Some(hash);
        batch.left -= 1;
        if batch.left == 0 {
            self.batch = None;
        }
        self.ballots += 1;
        Ok(())
    }

    /// A step that is too small or too early is allowed as the last thing before the close only.
    pub(super) fn step_register(&mut self, step: &RegisterStep) -> Result<(), Violation> {
        self.must_be("register", &[Phase::Open, Phase::Paused])?;
        let before = self.register.clone();
        self.is_full_hour(step.hour)?;
        let added = step.count.checked_sub(before.count).ok_or(Violation::Count {
            field: "count",
            given: step.count,
            before: before.count,
        })?;
        if step.count > self.roll {
            return Err(Violation::MoreIssuedThanPeople { issued: step.count, roll: self.roll });
        }
        let small = added < u64::from(self.rules.register.at_least);
        self.closing |= small || step.hour < before.hour.saturating_add(HOUR);
        self.register = step.clone();
        self.register_is_last = true;
        Ok(())
    }
}

/// Files with plain names, so that canonical JSON has one order for them, and not without end.
fn client(files: &Client) -> Result<Client, Violation> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-';
    let named = |name: &String| (1..=63).contains(&name.len()) && name.bytes().all(plain);
    if files.len() <= MOST_CLIENT_FILES && files.keys().all(named) {
        Ok(files.clone())
    } else {
        Err(Violation::ClientFiles)
    }
}

/// A reason that says something.
pub(super) fn reason(text: &str) -> Result<(), Violation> {
    if text.trim().is_empty() { Err(Violation::Reason) } else { Ok(()) }
}
