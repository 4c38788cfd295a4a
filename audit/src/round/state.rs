//! The fold: what a round is after the lines of its log so far. The service decides with it and the auditor replays it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use ballots::ladder::Seed;

use super::{
    Act, By, Bytes, Event, RoundRules, Violation,
    act::Proposal,
    event::{Batch, BatchReason, Client, Published, RegisterStep},
};
use crate::log::hash::Hash;

mod after;
mod during;
mod pictures;

/// Seconds of an hour, the finest time beside a ballot.
pub const HOUR: i64 = 3600;

/// Where a round is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Rules frozen, voting not yet open.
    Published,
    /// Ballots are accepted.
    Open,
    /// The voting is interrupted.
    Paused,
    /// The voting has ended; ballots are still sealed.
    Closed,
    /// The opening key is revealed.
    Opened,
    /// The count is in the log.
    Tallied,
    /// Enough commission members signed the count.
    Certified,
    /// Ended without a result.
    Annulled,
}

impl Phase {
    /// Every phase, in their order.
    pub const ALL: [Self; 8] = [
        Self::Published,
        Self::Open,
        Self::Paused,
        Self::Closed,
        Self::Opened,
        Self::Tallied,
        Self::Certified,
        Self::Annulled,
    ];
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Published => "published",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Closed => "closed",
            Self::Opened => "opened",
            Self::Tallied => "tallied",
            Self::Certified => "certified",
            Self::Annulled => "annulled",
        })
    }
}

/// A round as its log tells it. It does not grow with the number of ballots.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Round {
    /// The frozen rules, shared so that a round is cheap to copy.
    pub rules: Arc<RoundRules>,
    /// SHA-256 of the rules.
    pub fingerprint: Hash,
    /// Where the round is in its life.
    pub phase: Phase,
    /// The close in force, a Unix second.
    pub closes_at: i64,
    /// When the voting did end: closed, which two people may do before its time, or annulled. A Unix second.
    #[serde(default)]
    pub ended_at: Option<i64>,
    /// People on the roll.
    pub roll: u64,
    /// Ballot lines in the log, replaced ones included.
    pub ballots: u64,
    /// Territory of each picture, by its name. A state that was stored before there were pictures has none.
    #[serde(default)]
    pub pictures: BTreeMap<Hash, u32>,
    /// Last register step.
    pub register: RegisterStep,
    /// What browsers are given, from the opening on.
    pub client: Client,
    /// An act that waits for its second person.
    pub proposal: Option<Proposal>,
    /// The revealed opening key.
    pub opening_key: Option<Bytes>,
    /// Leaf hash of the line that holds the count.
    pub tally_line: Option<Hash>,
    /// Handles of the members who signed the count.
    pub signed: BTreeSet<String>,
    /// Latest time in any line, a Unix second.
    pub last_at: i64,
    /// Latest hour beside ballots or register steps, a Unix second.
    pub last_hour: i64,
    /// Hour of the last batch that was smaller than others must be because a ballot in it was due.
    #[serde(default)]
    last_due: Option<i64>,
    batch: Option<OpenBatch>,
    closing: bool,
    register_is_last: bool,
}

/// A batch whose ballots are not all here yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct OpenBatch {
    left: u32,
    last: Option<[u8; 32]>,
}

impl Round {
    /// The round that its first line makes.
    ///
    /// # Errors
    /// [`Violation::NotPublished`], or the rules' own fault.
    pub fn begin(event: &Event) -> Result<Self, Violation> {
        let Event::Published(Published { at, rules, .. }) = event else {
            return Err(Violation::NotPublished);
        };
        rules.check()?;
        Ok(Self {
            fingerprint: rules.fingerprint(),
            phase: Phase::Published,
            closes_at: rules.closes_at,
            ended_at: None,
            roll: 0,
            ballots: 0,
            pictures: BTreeMap::new(),
            register: RegisterStep { count: 0, hash: Hash::ZERO, hour: 0 },
            client: Client::new(),
            proposal: None,
            opening_key: None,
            tally_line: None,
            signed: BTreeSet::new(),
            last_at: *at,
            last_hour: 0,
            last_due: None,
            batch: None,
            closing: false,
            register_is_last: false,
            rules: Arc::new(rules.clone()),
        })
    }

    /// The round after one more line. `leaf` is the line's RFC 6962 leaf hash.
    ///
    /// # Errors
    /// The [`Violation`] that forbids the line.
    pub fn apply(mut self, event: &Event, leaf: &Hash) -> Result<Self, Violation> {
        if let Some(at) = time(event) {
            self.not_before(at)?;
        }
        self.nothing_interrupts(event)?;
        let register_was_last = std::mem::take(&mut self.register_is_last);
        match event {
            Event::Published(_) => return Err(Violation::PublishedTwice),
            Event::RollExtended(event) => self.extend_roll(event)?,
            Event::LettersReplaced(event) => self.replace_letters(event)?,
            Event::Pictured(event) => self.picture(event)?,
            Event::PictureRemoved(event) => self.remove_picture(event)?,
            Event::Proposed(proposal) => self.propose(proposal)?,
            Event::VotingOpened(opening) => self.open(opening)?,
            Event::VotingPaused(remark) => self.pause(remark)?,
            Event::VotingResumed(remark) => self.resume(remark)?,
            Event::ClosingExtended(extension) => self.extend(extension)?,
            Event::ClientReplaced(event) => self.replace_client(event)?,
            Event::Batch(batch) => self.start_batch(batch)?,
            Event::Ballot(line) => self.take_ballot(&line.envelope)?,
            Event::Register(step) => self.step_register(step)?,
            Event::VotingClosed(step) => self.close(step, register_was_last)?,
            Event::KeyRevealed(event) => self.reveal(event)?,
            Event::Tallied(event) => self.tally(event, leaf)?,
            Event::Signed(event) => self.sign(event)?,
            Event::Annulled(event) => self.annul(event)?,
        }
        Ok(self)
    }

    /// As [`Round::apply`], in place: a line that is forbidden leaves the round as it was. A ballot, which most lines are, costs no copy.
    ///
    /// # Errors
    /// The [`Violation`] that forbids the line.
    pub fn advance(&mut self, event: &Event, leaf: &Hash) -> Result<(), Violation> {
        if let Event::Ballot(line) = event {
            self.take_ballot(&line.envelope)?;
            self.register_is_last = false;
        } else {
            *self = self.clone().apply(event, leaf)?;
        }
        Ok(())
    }

    /// Whether ballots of the urn still may go into the log.
    #[must_use]
    pub fn takes_ballots(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Paused)
    }

    /// The seed of the lots, once the opening key is revealed; `closed` is the root of the log's tree up to the line that closed the
    /// voting. No ballot can follow that line, and whoever wrote it did not know the key.
    #[must_use]
    pub fn seed(&self, closed: &Hash) -> Option<Seed> {
        let key = self.opening_key.as_ref()?.array()?;
        Some(Seed::of_round(closed.as_bytes(), &key))
    }

    /// The time to write into the next line, when the clock says `now`: none goes backwards, whatever the clock does.
    #[must_use]
    pub fn time(&self, now: i64) -> i64 {
        now.max(self.last_at).max(self.last_hour)
    }

    /// Whether a batch of this hour may have fewer ballots than a full one because one of them is due.
    ///
    /// What is accepted after such a batch, which takes everything that waits, is promised for a full hour that lies
    /// `batch.within` later or more, and is due within the hour before. So an honest box stays behind this by itself.
    #[must_use]
    pub fn may_be_due(&self, hour: i64) -> bool {
        let apart = (i64::from(self.rules.batch.within) / HOUR - 1).max(0) * HOUR;
        self.last_due.is_none_or(|last| hour >= last.saturating_add(apart))
    }

    fn not_before(&mut self, at: i64) -> Result<(), Violation> {
        let last = self.last_at.max(self.last_hour);
        if at < last {
            return Err(Violation::Time { at, last });
        }
        self.last_at = at;
        Ok(())
    }

    /// A batch is not interrupted, and after a closing batch comes nothing but the close.
    fn nothing_interrupts(&self, event: &Event) -> Result<(), Violation> {
        if let (Some(batch), false) = (&self.batch, matches!(event, Event::Ballot(_))) {
            return Err(Violation::BatchCut { left: batch.left });
        }
        let ends = matches!(event, Event::Ballot(_) | Event::Register(_) | Event::VotingClosed(_) | Event::Annulled(_));
        let closing_batch = matches!(event, Event::Batch(Batch { reason: BatchReason::Close, .. }));
        if self.closing && !ends && !closing_batch {
            return Err(Violation::Closing);
        }
        Ok(())
    }

    fn must_be(&self, event: &'static str, phases: &[Phase]) -> Result<(), Violation> {
        if phases.contains(&self.phase) {
            return Ok(());
        }
        Err(Violation::Phase { event, phase: self.phase })
    }

    fn is_full_hour(&mut self, hour: i64) -> Result<(), Violation> {
        if hour.rem_euclid(HOUR) != 0 {
            return Err(Violation::Hour(hour));
        }
        let last = self.last_hour.max(self.last_at.saturating_sub(self.last_at.rem_euclid(HOUR)));
        if hour < last {
            return Err(Violation::Time { at: hour, last });
        }
        self.last_hour = hour;
        Ok(())
    }

    /// An act that needs two people was proposed by one and confirmed by another, of the commission.
    fn two_people(&mut self, act: Act, proposed: &str, confirmed: &str) -> Result<(), Violation> {
        let waiting = self.proposal.take().filter(|proposal| proposal.act == act && proposal.by == proposed);
        if waiting.is_none() {
            return Err(Violation::NotProposed(act));
        }
        if proposed == confirmed || self.rules.member_key(confirmed).is_none() {
            return Err(Violation::NotConfirmed(confirmed.to_owned()));
        }
        Ok(())
    }

    /// By the timetable only at or after the time that the rules name; by two people at any time.
    fn authorised(&mut self, act: Act, by: &By, at: i64, due: Option<i64>) -> Result<(), Violation> {
        match (by, due) {
            (By::Two { confirmed, proposed }, _) => self.two_people(act, proposed, confirmed),
            (By::Schedule, Some(due)) if at >= due => Ok(()),
            (By::Schedule, Some(due)) => Err(Violation::NotDue { at, due }),
            (By::Schedule, None) => Err(Violation::NotProposed(act)),
        }
    }
}

/// The second in an event, if it has one: ballots and register steps have the hour only.
fn time(event: &Event) -> Option<i64> {
    match event {
        Event::Published(event) => Some(event.at),
        Event::RollExtended(event) => Some(event.at),
        Event::LettersReplaced(event) => Some(event.at),
        Event::Pictured(event) => Some(event.at),
        Event::PictureRemoved(event) => Some(event.at),
        Event::Proposed(event) => Some(event.at),
        Event::VotingOpened(event) => Some(event.at),
        Event::VotingClosed(event) => Some(event.at),
        Event::VotingPaused(event) | Event::VotingResumed(event) => Some(event.at),
        Event::ClosingExtended(event) => Some(event.at),
        Event::ClientReplaced(event) => Some(event.at),
        Event::KeyRevealed(event) => Some(event.at),
        Event::Tallied(event) => Some(event.at),
        Event::Signed(event) => Some(event.at),
        Event::Annulled(event) => Some(event.at),
        Event::Batch(_) | Event::Ballot(_) | Event::Register(_) => None,
    }
}
