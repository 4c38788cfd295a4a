//! Opening and counting: the same code for the service that counts and the auditor who recounts.

use ballots::{
    Ballot, Rules, Tally, codec,
    envelope::{Envelope, EnvelopeCheck, OpeningKey},
};
use rayon::prelude::*;

use super::{Event, latest::Latest};
use crate::log::line::Line;

/// Reason slug of a ballot whose sealed text does not open.
pub const NOT_OPENED: &str = "not-opened";

/// Opens sealed ballots of one round and adds them up.
#[derive(Debug)]
pub struct Count<'a> {
    key: &'a OpeningKey,
    fingerprint: [u8; 32],
    rules: &'a Rules,
    tally: Tally,
}

/// What opening a ballot takes.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// Ed25519 public key that cast.
    pub credential: &'a [u8; 32],
    /// The ballot's version.
    pub version: u32,
    /// Encapsulated key and ciphertext.
    pub sealed: &'a [u8],
}

impl<'a> From<&'a Envelope> for Sealed<'a> {
    fn from(envelope: &'a Envelope) -> Self {
        Self { credential: &envelope.credential, version: envelope.version, sealed: &envelope.sealed }
    }
}

impl<'a> Count<'a> {
    /// A count of nothing yet.
    #[must_use]
    pub fn new(key: &'a OpeningKey, fingerprint: [u8; 32], rules: &'a Rules) -> Self {
        Self { key, fingerprint, rules, tally: Tally::new(rules) }
    }

    /// Opens one ballot and counts it; one that does not open, or does not follow the rules, is counted as invalid.
    pub fn add(&mut self, envelope: &Envelope) {
        self.add_sealed(envelope.into());
    }

    fn add_sealed(&mut self, ballot: Sealed<'_>) {
        match self.open_sealed(ballot) {
            Ok(ballot) => self.tally.add(&ballot),
            Err(reason) => self.tally.add_invalid(reason),
        }
    }

    /// Opens and counts, on every core, ballots that all count. Their signatures must have been checked before.
    pub fn add_all<'b>(&mut self, ballots: impl IndexedParallelIterator<Item = Sealed<'b>>) {
        let (key, fingerprint, rules) = (self.key, self.fingerprint, self.rules);
        let empty = || Count::new(key, fingerprint, rules);
        let part = ballots.fold(empty, |mut count, ballot| {
            count.add_sealed(ballot);
            count
        });
        self.merge(part.reduce(empty, |mut left, right| {
            left.merge(right);
            left
        }));
    }

    /// Adds what another part of the ballots came to.
    fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally).expect("every part of a count is made with the rules of that count");
    }

    /// Opens and counts, on every core, the ballots among these log lines that count for their credential.
    ///
    /// `first` is the index of the first line. The signatures must have been checked before: by the ballot box, or by
    /// the pass that filled `latest`.
    pub fn add_lines(&mut self, check: &EnvelopeCheck, latest: &Latest, first: u64, lines: &[Vec<u8>]) {
        let (key, fingerprint, rules) = (self.key, self.fingerprint, self.rules);
        let empty = || Count::new(key, fingerprint, rules);
        let part = lines
            .par_iter()
            .enumerate()
            .fold(empty, |mut count, (at, line)| {
                let index = first + at as u64;
                let ballot = ballot_in(line).and_then(|bytes| check.read(&bytes).ok());
                if let Some(envelope) = ballot.filter(|e| latest.counts(&e.credential, index)) {
                    count.add(&envelope);
                }
                count
            })
            .reduce(empty, |mut left, right| {
                left.merge(right);
                left
            });
        self.merge(part);
    }

    /// What was counted.
    #[must_use]
    pub fn into_tally(self) -> Tally {
        self.tally
    }

    /// The choice inside, or the slug of the reason why it is invalid.
    ///
    /// # Errors
    /// [`NOT_OPENED`], or the slug of a [`ballots::BallotFault`].
    pub fn open(&self, envelope: &Envelope) -> Result<Ballot, &'static str> {
        self.open_sealed(envelope.into())
    }

    fn open_sealed(&self, ballot: Sealed<'_>) -> Result<Ballot, &'static str> {
        let Sealed { credential, version, sealed } = ballot;
        let text = self.key.open(&self.fingerprint, credential, version, sealed).map_err(|_| NOT_OPENED)?;
        codec::decode(self.rules, &text).map_err(|fault| fault.slug())
    }
}

/// The bytes of the ballot in a log line, if it holds one.
#[must_use]
pub fn ballot_in(line: &[u8]) -> Option<Vec<u8>> {
    match Line::<Event>::parse(line).ok()?.event {
        Event::Ballot(ballot) => Some(ballot.envelope.0),
        _ => None,
    }
}
