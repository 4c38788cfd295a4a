//! A log as the operator would like it: events changed, then everything that the operator's keys reach made to fit again.

use std::collections::{BTreeMap, BTreeSet};

use audit::{
    log::{chain::Chain, hash::Hash},
    round::{
        Event, Round, certificate,
        count::Count,
        event::{BatchReason, Tallied},
        latest::Versions,
        register,
        rules::canonical,
    },
    verify::bundle::{self, Keys, MANIFEST, file_hash, manifest},
};
use ballots::envelope::{Envelope, OpeningKey};
use ed25519_dalek::Signer as _;
use sha2::{Digest, Sha256};
use veche::client::resident::Cast;

use super::{truth::Truth, view::View};
use crate::bundle::Files;

/// A round's log and register in the making.
#[derive(Clone)]
pub struct Forgery {
    truth: &'static Truth,
    /// The events, in order.
    pub events: Vec<Event>,
    /// Pseudonyms by step of the register.
    pub register: Vec<Vec<[u8; 32]>>,
    /// Whether the members sign whatever count the server names, as their program does when they do not recount. If
    /// not, the log carries the signatures that they gave to the true count.
    pub signed_anew: bool,
}

impl Forgery {
    /// The truth, not yet changed.
    pub fn of(truth: &'static Truth) -> Self {
        Self { truth, events: truth.events.clone(), register: truth.register.clone(), signed_anew: true }
    }

    /// What it is made from.
    pub fn truth(&self) -> &'static Truth {
        self.truth
    }

    /// Place of the first event that is like this.
    pub fn place(&self, like: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().position(like).unwrap()
    }

    /// Place of a ballot.
    pub fn ballot(&self, cast: &Cast) -> usize {
        self.place(|event| matches!(event, Event::Ballot(line) if line.envelope.0 == cast.ballot))
    }

    /// Makes headings of batches, their order, the register's steps and the count true to what the log now holds.
    pub fn mended(mut self) -> Self {
        self.mend_batches();
        self.mend_register();
        self.mend_count();
        self
    }

    fn mend_batches(&mut self) {
        let is_ballot = |event: &Event| matches!(event, Event::Ballot(_));
        let mut at = 0;
        while at < self.events.len() {
            let len = self.events[at + 1..].iter().take_while(|event| is_ballot(event)).count();
            if let Event::Batch(batch) = &mut self.events[at] {
                batch.ballots = u32::try_from(len).unwrap();
                self.events[at + 1..=at + len].sort_by_key(ballot_hash);
            }
            at += len + 1;
        }
        // A batch that lost its last ballot is not announced any more.
        self.events.retain(|event| !matches!(event, Event::Batch(batch) if batch.ballots == 0));
        let at_least = self.truth.operator.rules.batch.at_least;
        for event in &mut self.events {
            if let Event::Batch(batch) = event
                && batch.reason == BatchReason::Full
                && batch.ballots < at_least
            {
                batch.reason = BatchReason::Due;
            }
        }
    }

    fn mend_register(&mut self) {
        self.register.iter_mut().for_each(|step| step.sort_unstable());
        self.hash_register();
    }

    /// The log names the register as it stands, in whatever order.
    pub fn hash_register(&mut self) {
        let (mut count, mut hash) = (0, Hash::ZERO);
        let steps = self.events.iter_mut().filter_map(|event| match event {
            Event::Register(step) => Some(step),
            _ => None,
        });
        for ((step, pseudonyms), number) in steps.zip(&self.register).zip(1..) {
            count += pseudonyms.len() as u64;
            hash = register::step_hash(&hash, number, pseudonyms);
            (step.count, step.hash) = (count, hash);
        }
    }

    fn mend_count(&mut self) {
        let rules = &self.truth.operator.rules.voting;
        let Some(key) = self.opening_key() else { return };
        let mut versions = Versions::default();
        let envelopes: Vec<(Envelope, u64)> = self.envelopes().collect();
        // A ballot that stands there twice is counted twice: else the count would tell of it.
        let (mut seen, mut again) = (BTreeSet::new(), BTreeSet::new());
        for (envelope, index) in &envelopes {
            if seen.insert((envelope.credential, envelope.version)) {
                versions.add(envelope.credential, envelope.version, *index);
            } else {
                again.insert(*index);
            }
        }
        let latest = versions.latest().unwrap();
        let mut count = Count::new(&key, *self.truth.operator.fingerprint.as_bytes(), rules);
        for (envelope, index) in &envelopes {
            if latest.counts(&envelope.credential, *index) || again.contains(index) {
                count.add(envelope);
            }
        }
        // No round of the cheats draws lots.
        let outcome = count.into_tally().finish(rules, None).unwrap();
        if let Some(tallied) = self.tallied() {
            (tallied.outcome, tallied.replaced) = (outcome, latest.replaced());
        }
    }

    /// The count's event.
    pub fn tallied(&mut self) -> Option<&mut Tallied> {
        self.events.iter_mut().find_map(|event| match event {
            Event::Tallied(tallied) => Some(tallied),
            _ => None,
        })
    }

    fn opening_key(&self) -> Option<OpeningKey> {
        self.events.iter().find_map(|event| match event {
            Event::KeyRevealed(revealed) => OpeningKey::from_bytes(&revealed.key.0).ok(),
            _ => None,
        })
    }

    fn envelopes(&self) -> impl Iterator<Item = (Envelope, u64)> {
        let read = |(event, index): (&Event, u64)| match event {
            Event::Ballot(line) => Some((self.truth.operator.envelopes.read(&line.envelope.0).unwrap(), index)),
            _ => None,
        };
        self.events.iter().zip(0..).filter_map(read)
    }

    /// The lines, chained again.
    pub fn lines(&self) -> Vec<Vec<u8>> {
        let (mut chain, mut tally_line) = (Chain::new(), None);
        let mut lines = Vec::new();
        for event in &self.events {
            let mut event = event.clone();
            if let (Event::Signed(signed), Some(line), true) = (&mut event, tally_line, self.signed_anew) {
                let member = usize::from(signed.member == "member-2");
                let message = certificate::message(&self.truth.operator.fingerprint, &line);
                signed.signature = self.truth.members[member].sign(&message).to_bytes().into();
            }
            let (line, leaf) = chain.append(&event);
            if matches!(event, Event::Tallied(_)) {
                tally_line = Some(leaf);
            }
            lines.push(line);
        }
        lines
    }

    /// What the server shows while its log has so many lines.
    pub fn view(&self, size: usize) -> View {
        let lines = self.lines();
        View::new(self.truth, lines[..size.min(lines.len())].to_vec())
    }

    /// The bundle, with checkpoint, copies and manifest to fit.
    pub fn bundle(&self) -> Files {
        let lines = self.lines();
        let log: Vec<u8> = lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect();
        let register = self
            .register
            .iter()
            .zip(1..)
            .flat_map(|(step, number)| step.iter().map(move |pseudonym| register::line(number, pseudonym)));
        let mut files = Files::from([
            (bundle::LOG.into(), log),
            (bundle::CHECKPOINT.into(), View::new(self.truth, lines).checkpoint.into_bytes()),
            (bundle::REGISTER.into(), register.collect::<String>().into_bytes()),
            (bundle::README.into(), self.truth.bundle[bundle::README].clone()),
        ]);
        let mut forged = self.clone();
        if let Some(tallied) = forged.tallied() {
            files.insert(bundle::RESULT.into(), with_line_end(canonical(&tallied.outcome)));
        }
        files.insert(bundle::KEYS.into(), with_line_end(canonical(&self.keys())));
        with_manifest(files)
    }

    fn keys(&self) -> Keys {
        let mut round = Round::begin(&self.events[0]).unwrap();
        round.opening_key = self.events.iter().find_map(|event| match event {
            Event::KeyRevealed(revealed) => Some(revealed.key.clone()),
            _ => None,
        });
        Keys::of(&round)
    }
}

/// The files with a manifest of them.
pub fn with_manifest(mut files: Files) -> Files {
    files.remove(MANIFEST);
    let hashes: BTreeMap<_, _> = files.iter().map(|(name, bytes)| (name.clone(), file_hash(bytes))).collect();
    files.insert(MANIFEST.into(), manifest(&hashes).into_bytes());
    files
}

fn with_line_end(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(b'\n');
    bytes
}

/// The name of a ballot in a log; zeros for another event.
pub fn ballot_hash(event: &Event) -> Hash {
    match event {
        Event::Ballot(line) => name(&line.envelope.0),
        _ => Hash::ZERO,
    }
}

/// SHA-256 of a ballot's bytes.
pub fn name(ballot: &[u8]) -> Hash {
    Hash::from(<[u8; 32]>::from(Sha256::digest(ballot)))
}
