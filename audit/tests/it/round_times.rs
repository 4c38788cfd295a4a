//! An honest ballot box under any clock: what it writes, the fold takes; and where the clock is true, no promise waits.

use audit::round::{
    By, Bytes, Event, Round, RoundRules,
    event::{BallotLine, BatchReason},
    rules::BatchRules,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::sample::*;

/// Seconds before the promised time at which a batch is due.
const DUE_BEFORE: i64 = 900;
/// Most ballots in one batch, if more of them are waiting than a full batch needs.
const MOST: usize = 5;

/// What happens to the box.
#[derive(Debug, Clone)]
enum Happens {
    /// The clock goes on by seconds, or back.
    Clock(i64),
    /// So many ballots are accepted.
    Accepted(u8),
    /// An official pauses the voting, or lets it go on.
    Act,
    /// Enough credentials were issued for a step of the register.
    Issued,
}

/// The service's box and clock, with the decisions of its sequencer.
struct UrnAndClock {
    now: i64,
    round: Round,
    /// Envelope and promise of each ballot that waits.
    urn: Vec<(Vec<u8>, i64)>,
    accepted: u64,
    /// How often a due batch had to wait for the log.
    held_back: usize,
}

fn hour(at: i64) -> i64 {
    at - at.rem_euclid(HOUR)
}

impl UrnAndClock {
    fn new(within: u32) -> Self {
        let rules = RoundRules { batch: BatchRules { at_least: 3, within }, ..rules() };
        let before = [published(rules), roll(OPENS - 500, 1 << 40, 1 << 40), opened(OPENS, By::Schedule)];
        Self { now: OPENS, round: fold(&before).expect("legal"), urn: Vec::new(), accepted: 0, held_back: 0 }
    }

    fn push(&mut self, event: &Event) {
        let leaf = line_of(event);
        self.round.advance(event, &leaf).unwrap_or_else(|fault| panic!("{event:?} of an honest box: {fault}"));
    }

    fn happens(&mut self, what: &Happens) {
        match what {
            Happens::Clock(seconds) => self.now = (self.now + seconds).max(OPENS),
            Happens::Accepted(ballots) => {
                let promise = hour(self.now + i64::from(self.round.rules.batch.within) + HOUR - 1);
                for _ in 0..*ballots {
                    self.accepted += 1;
                    self.urn.push((self.accepted.to_be_bytes().to_vec(), promise));
                }
            }
            Happens::Act => {
                let remark = remark(self.round.time(self.now));
                let is_open = self.round.phase == audit::round::Phase::Open;
                self.push(&if is_open { Event::VotingPaused(remark) } else { Event::VotingResumed(remark) });
            }
            Happens::Issued => {
                let hour = hour(self.round.time(self.now));
                if hour >= self.round.register.hour + HOUR {
                    self.push(&register(hour, self.round.register.count + 2));
                }
            }
        }
        while self.moves() {}
    }

    /// One batch, if enough ballots wait or one is due.
    fn moves(&mut self) -> bool {
        let at_least = self.round.rules.batch.at_least as usize;
        let earliest = self.urn.iter().map(|(_, promise)| *promise).min();
        let reason = match earliest {
            _ if self.urn.len() >= at_least => BatchReason::Full,
            Some(promise) if self.now >= promise - DUE_BEFORE => BatchReason::Due,
            _ => return false,
        };
        if reason == BatchReason::Due && !self.round.may_be_due(hour(self.round.time(self.now))) {
            self.held_back += 1;
            return false;
        }
        self.batch(reason);
        true
    }

    fn batch(&mut self, reason: BatchReason) {
        self.urn.sort_by_key(|(envelope, _)| <[u8; 32]>::from(Sha256::digest(envelope)));
        let ballots: Vec<_> = self.urn.drain(..self.urn.len().min(MOST)).collect();
        let hour = hour(self.round.time(self.now));
        self.push(&batch(hour, ballots.len() as u32, reason));
        for (envelope, _) in ballots {
            self.push(&Event::Ballot(BallotLine { envelope: Bytes(envelope) }));
        }
    }

    fn close(&mut self) {
        self.now = self.now.max(CLOSES);
        while !self.urn.is_empty() {
            self.batch(BatchReason::Close);
        }
        let at = self.round.time(self.now);
        self.push(&register(hour(at), self.round.register.count));
        self.push(&closed(at, By::Schedule));
        assert_eq!(self.round.ballots, self.accepted, "every ballot is in the log");
    }
}

fn happens(clock: impl Strategy<Value = i64> + 'static) -> impl Strategy<Value = Vec<Happens>> {
    let one = prop_oneof![
        4 => clock.prop_map(Happens::Clock),
        4 => (1..3_u8).prop_map(Happens::Accepted),
        1 => (0..12_u8).prop_map(Happens::Accepted),
        1 => Just(Happens::Act),
        1 => Just(Happens::Issued),
    ];
    prop::collection::vec(one, 0..120)
}

/// A true clock that is looked at often, as the service does.
fn forward() -> impl Strategy<Value = i64> {
    prop_oneof![0..60_i64, 0..HOUR, 0..5 * HOUR]
}

proptest! {
    #[test]
    fn a_clock_that_is_set_back_breaks_no_rule(within in 3600..86_400_u32, all in happens(prop_oneof![2 => forward(), 1 => -30 * HOUR..0])) {
        let mut urn = UrnAndClock::new(within);
        all.iter().for_each(|what| urn.happens(what));
        urn.close();
    }

    /// So the bound of the fold is one that holds by itself, and keeps no ballot in the urn.
    #[test]
    fn with_a_true_clock_no_batch_waits(within in prop_oneof![3600..86_400_u32, (1..25_u32).prop_map(|hours| hours * 3600)], all in happens(forward())) {
        let mut urn = UrnAndClock::new(within);
        all.iter().for_each(|what| urn.happens(what));
        prop_assert_eq!(urn.held_back, 0);
        urn.close();
    }
}

/// With promises of two hours, small batches stand in different hours; with promises of one hour nothing is asked.
#[test]
fn how_far_apart_small_batches_stand() {
    for (within, apart) in [(3600, 0), (7199, 0), (7200, 1), (10_800, 2), (86_400, 23)] {
        let mut urn = UrnAndClock::new(within);
        urn.urn.push((vec![1], 0));
        urn.batch(BatchReason::Due);
        let first = urn.round.last_hour;
        assert!(urn.round.may_be_due(first + apart * HOUR), "{within}");
        assert!(apart == 0 || !urn.round.may_be_due(first + (apart - 1) * HOUR), "{within}");
    }
}
