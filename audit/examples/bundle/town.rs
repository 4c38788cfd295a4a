//! A round of any size, held by nobody: every ballot sealed and signed, and the bundle of it written into a folder.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use audit::{
    log::{chain::Chain, checkpoint::Checkpoint, hash::Hash, note::Signer},
    round::{
        By, Bytes, Event, Round, RoundRules, certificate,
        count::Count,
        event::{BallotLine, Batch, BatchReason, Client, KeyRevealed, Opening, Published, RegisterStep},
        event::{Closing, RollExtended, Signed, Tallied},
        register::{StepHash, line},
        rules::{BatchRules, Member, RegisterRules, canonical},
    },
    verify::bundle::{CHECKPOINT, KEYS, Keys, LOG, MANIFEST, README, REGISTER, RESULT, manifest, readme},
};
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PSS_SHA384, RsaKeyPair},
};
use ballots::{
    Ballot, Choice, Money, Outcome, Procedure, Rules, codec,
    election::Turnout,
    envelope::{Draft, EnvelopeCheck, IssuerPublicKey, OpeningKey, credential, seal},
    rules::{Kind, Limit, Overflow, Territory, TieRule, Winners},
};
use ed25519_dalek::{Signer as _, SigningKey};
use rayon::prelude::*;
use rustls::crypto::{
    aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_128,
    hpke::{Hpke, HpkePublicKey},
};
use sha2::{Digest, Sha256};

pub type Fault = Box<dyn std::error::Error + Send + Sync>;

const OPENS: i64 = 1_800_000_000;
const CLOSES: i64 = OPENS + 100 * 3600;
/// Ballots of a batch: the most that a round's rules may ask for.
const BATCH: u64 = 10_000;

/// Everybody's secret keys, and the bundle in the making.
pub struct Town {
    folder: PathBuf,
    issuer: RsaKeyPair,
    people: u64,
    ballots: u64,
    log_key: Signer,
    rules: RoundRules,
    chain: Chain,
    log: Hashed,
    round: Option<Round>,
    hashes: BTreeMap<String, Hash>,
}

/// Rules beyond the method: what they are called, a method that they fit, and how they are written.
pub type Special = (&'static str, &'static str, fn(&mut Rules));

/// One of each. So many ballots are alike that there are ties.
pub const SPECIAL: [Special; 7] = [
    ("lots", "approval", |rules| rules.ties = vec![TieRule::Lots]),
    ("lots-after-rounds", "stv-scottish", |rules| rules.ties = vec![TieRule::Backwards, TieRule::Lots]),
    ("first-rounds", "instant-runoff", |rules| {
        rules.ties = vec![TieRule::Forwards, TieRule::Application, TieRule::Lots];
    }),
    ("void", "equal-shares", |rules| rules.turnout = Some(Turnout { eligible: 1_000_000, per_mille: 1 })),
    ("void-lots", "approval", |rules| {
        rules.turnout = Some(Turnout { eligible: 10_000_000_000, per_mille: 1000 });
        rules.ties = vec![TieRule::Lots];
    }),
    ("turnout", "schulze", |rules| rules.turnout = Some(Turnout { eligible: 31, per_mille: 1000 })),
    ("limits", "equal-shares-add1u", |rules| {
        let of = |numbers: &[u32]| numbers.iter().map(|number| format!("t{number}")).collect();
        rules.limits = vec![
            Limit { money: None, most: Some(1), of: of(&[1, 2]) },
            Limit { money: Some(Money(500_000)), most: Some(2), of: of(&[1, 3, 5]) },
        ];
    }),
];

/// What the ballot of this number marks.
fn choice(kind: &Kind, number: u64) -> Choice {
    let marks = [0, 1, 3].map(|step| ((number * number + step) % 8) as u16);
    let valued =
        |most: u64| marks.iter().zip(1..).map(|(at, place)| (*at, ((number + place) % most) as u32 + 1)).collect();
    match kind {
        Kind::Approval { max: 1 } => Choice::Approval(marks[..1].to_vec()),
        Kind::Approval { .. } => Choice::Approval(marks.to_vec()),
        Kind::Points { .. } => Choice::Points(valued(3)),
        Kind::Ranked { .. } => Choice::Ranked(marks[(number % 2) as usize..].to_vec()),
        Kind::Score { .. } => Choice::Score(valued(5)),
    }
}

/// A secret key for a purpose: the same in each run, as are all but the random parts of the ballots.
fn key(purpose: &str, number: u64) -> SigningKey {
    SigningKey::from_bytes(&Sha256::digest(format!("{purpose} {number}")).into())
}

impl Town {
    /// A town where `recast` of 100 ballots replace an earlier one of their credential, at most half of them.
    pub fn new(folder: &Path, ballots: u64, recast: u64) -> Result<Self, Fault> {
        let issuer = RsaKeyPair::generate(KeySize::Rsa2048)?;
        let origin = "vote.example/rounds/large".to_owned();
        let log_key = Signer::new(origin.clone(), key("log", 0));
        let public = |key: SigningKey| Bytes::from(*key.verifying_key().as_bytes());
        let spki: PublicKeyX509Der<'_> = issuer.public_key().as_der()?;
        let territory = |number: u32| Territory {
            id: format!("t{number}"),
            number,
            title: format!("Square {number}"),
            ..Territory::default()
        };
        let rules = RoundRules {
            acceptance_key: public(key("acceptance", 0)),
            batch: BatchRules { at_least: 100, within: 7200 },
            closes_at: CLOSES,
            commission: (1..=3)
                .map(|n| Member { handle: format!("member-{n}"), key: public(key("member", n)) })
                .collect(),
            district: None,
            issuer_key: Bytes(spki.as_ref().to_vec()),
            log_key: log_key.vkey(),
            minimum_age: 14,
            opens_at: OPENS,
            origin,
            quorum: 2,
            reference_date: "2027-01-15".parse()?,
            register: RegisterRules { at_least: 10 },
            sealing_key: Bytes(opening_key()?.sealing_key().to_vec()),
            slug: "large".to_owned(),
            time_zone: "Europe/Moscow".to_owned(),
            witnesses: None,
            title: "A large town".to_owned(),
            voting: Rules {
                kind: Kind::Approval { max: 3 },
                limits: Vec::new(),
                method: Procedure::Approval,
                territories: (1..=8).map(territory).collect(),
                ties: vec![TieRule::Application, TieRule::Registration],
                turnout: None,
                winners: Winners::Top { minimum: None, seats: 2 },
            },
        };
        let people = ballots - ballots * recast / 100;
        let log = Hashed::create(&folder.join(LOG))?;
        let (folder, chain) = (folder.to_owned(), Chain::new());
        Ok(Self { folder, issuer, people, ballots, log_key, rules, chain, log, round: None, hashes: BTreeMap::new() })
    }

    /// The same town, which counts by this method ballots of a kind that it fits.
    pub fn counting_by(mut self, method: Procedure) -> Self {
        let score = Kind::Score { max: 5 };
        let kinds = [
            Kind::Approval { max: if method == Procedure::ChooseOne { 1 } else { 3 } },
            Kind::Ranked { max: 3 },
            Kind::Points { each: Some(6), total: 10 },
        ];
        let voting = &mut self.rules.voting;
        voting.kind = kinds.into_iter().find(|kind| method.fits(kind)).unwrap_or(score);
        voting.method = method;
        for (territory, cost) in voting.territories.iter_mut().zip(1..) {
            territory.cost = Some(Money(cost * 100_000));
        }
        if method.spends() {
            voting.winners = Winners::Budget { budget: Money(900_000), minimum: None, overflow: Overflow::Skip };
        }
        self
    }

    /// The same town with other rules of the voting.
    pub fn ruled(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(&mut self.rules.voting);
        self
    }

    /// Holds the round and writes its bundle.
    pub fn hold(self) -> Result<(), Fault> {
        self.hold_saying(|_| ())
    }

    /// Holds a round whose count is changed before it is written down and signed.
    pub fn hold_saying(mut self, change: impl FnOnce(&mut Outcome)) -> Result<(), Fault> {
        let by = "official-1".to_owned();
        let client = Client::from([("vote.js".to_owned(), Hash::from([7; 32]))]);
        self.append(&Event::Published(Published { at: OPENS - 1000, by: by.clone(), rules: self.rules.clone() }))?;
        self.append(&Event::RollExtended(RollExtended {
            added: self.people,
            at: OPENS - 500,
            by,
            total: self.people,
        }))?;
        self.append(&Event::VotingOpened(Opening { at: OPENS, by: By::Schedule, client }))?;
        let count = self.cast()?;
        let hash = self.register()?;
        self.append(&Event::Register(RegisterStep { count: self.people, hash, hour: CLOSES }))?;
        let chance = self.rules.voting.draws_lots().then(|| Bytes(vec![7; 32]));
        self.append(&Event::VotingClosed(Closing { at: CLOSES, by: By::Schedule, chance }))?;
        let closed = self.chain.root();
        let member = |number: u64| format!("member-{number}");
        let revealed = KeyRevealed { at: CLOSES, by: member(1), key: Bytes(opening_scalar()) };
        self.append(&Event::KeyRevealed(revealed))?;
        let seed = self.round.as_ref().and_then(|round| round.seed(&closed));
        let mut outcome = count.finish(&self.rules.voting, seed)?;
        change(&mut outcome);
        let replaced = self.ballots - outcome.ballots;
        self.append(&Event::Tallied(Tallied { at: CLOSES, outcome: outcome.clone(), replaced }))?;
        let round = self.round.clone().ok_or("no round")?;
        let message = certificate::message(&round.fingerprint, &round.tally_line.ok_or("no count")?);
        for number in [1, 2] {
            let signature = key("member", number).sign(&message).to_bytes().into();
            self.append(&Event::Signed(Signed { at: CLOSES, member: member(number), signature }))?;
        }
        self.finish(&canonical(&outcome))
    }

    /// Appends an event that the fold allows.
    fn append(&mut self, event: &Event) -> Result<(), Fault> {
        let (bytes, leaf) = self.chain.append(event);
        self.log.write(&bytes)?;
        self.log.write(b"\n")?;
        self.round = Some(match self.round.take() {
            None => Round::begin(event)?,
            Some(round) => round.apply(event, &leaf)?,
        });
        Ok(())
    }

    /// Casts every ballot, in full batches, and counts those that count.
    fn cast(&mut self) -> Result<ballots::Tally, Fault> {
        let fingerprint = *self.rules.fingerprint().as_bytes();
        let opening = opening_key()?;
        let rules = self.rules.voting.clone();
        let mut tally = ballots::Tally::new(&rules);
        let mut first = 0;
        while first < self.ballots {
            let numbers: Vec<u64> = (first..self.ballots.min(first + BATCH)).collect();
            let cast: Result<Vec<_>, Fault> = numbers.par_iter().map(|n| self.ballot(&fingerprint, *n)).collect();
            let mut cast = cast?;
            // A ballot counts unless its credential casts again later.
            let recasts = self.ballots - self.people;
            let counting = numbers.iter().zip(&cast).filter(|(n, _)| **n >= self.people || **n >= recasts);
            counting.for_each(|(_, (_, ballot))| tally.add(ballot));
            cast.sort_by_cached_key(|(bytes, _)| <[u8; 32]>::from(Sha256::digest(bytes)));
            let reason = if cast.len() < 100 { BatchReason::Close } else { BatchReason::Full };
            self.append(&Event::Batch(Batch { ballots: cast.len() as u32, hour: OPENS, reason }))?;
            for (bytes, _) in cast {
                self.append(&Event::Ballot(BallotLine { envelope: Bytes(bytes) }))?;
            }
            first += BATCH;
        }
        self.control(&opening, &fingerprint, &tally)?;
        Ok(tally)
    }

    /// One ballot, sealed and signed, opens to what was counted: a control of the generator on its last ballot.
    fn control(&self, opening: &OpeningKey, fingerprint: &[u8; 32], tally: &ballots::Tally) -> Result<(), Fault> {
        let issuer = IssuerPublicKey::from_der(&self.rules.issuer_key.0)?;
        let check = EnvelopeCheck::new(*fingerprint, issuer, codec::len(&self.rules.voting));
        let (bytes, ballot) = self.ballot(fingerprint, self.ballots - 1)?;
        let envelope = check.check(&bytes)?;
        let opened = Count::new(opening, *fingerprint, &self.rules.voting).open(&envelope)?;
        if opened == ballot && tally.ballots() == self.people { Ok(()) } else { Err("the generator is wrong".into()) }
    }

    fn ballot(&self, fingerprint: &[u8; 32], number: u64) -> Result<(Vec<u8>, Ballot), Fault> {
        let (person, version) = if number < self.people { (number, 1) } else { (number - self.people, 2) };
        let rules = &self.rules.voting;
        let holder = key("credential", person);
        let public = *holder.verifying_key().as_bytes();
        let mut issuer_signature = vec![0; self.issuer.public_modulus_len()];
        let message = credential::message(fingerprint, &public);
        self.issuer.sign(&RSA_PSS_SHA384, &SystemRandom::new(), &message, &mut issuer_signature)?;
        let ballot = Ballot::new(rules, choice(&rules.kind, number))?;
        let (info, aad) = (seal::info(fingerprint), seal::aad(&public, version));
        let to = HpkePublicKey(self.rules.sealing_key.0.clone());
        let (encapsulated, text) =
            DH_KEM_P256_HKDF_SHA256_AES_128.seal(&info, &aad, &codec::encode(rules, &ballot), &to)?;
        let sealed = [encapsulated.0, text].concat();
        let draft = Draft { fingerprint, issuer_signature: &issuer_signature, version, sealed: &sealed };
        Ok((draft.sign(&holder), ballot))
    }

    fn register(&mut self) -> Result<Hash, Fault> {
        let mut pseudonyms: Vec<[u8; 32]> =
            (0..self.people).map(|person| Sha256::digest(format!("pseudonym {person}")).into()).collect();
        pseudonyms.par_sort_unstable();
        let mut file = Hashed::create(&self.folder.join(REGISTER))?;
        let mut hash = StepHash::after(&Hash::ZERO);
        for pseudonym in &pseudonyms {
            let line = line(1, pseudonym);
            hash.add(&line);
            file.write(line.as_bytes())?;
        }
        self.hashes.insert(REGISTER.to_owned(), file.finish()?);
        Ok(hash.finish())
    }

    fn finish(mut self, outcome: &[u8]) -> Result<(), Fault> {
        let round = self.round.take().ok_or("no round")?;
        let checkpoint = Checkpoint::new(&self.rules.origin, self.chain.size(), self.chain.root()).sign(&self.log_key);
        self.hashes.insert(LOG.to_owned(), self.log.finish()?);
        let files = [
            (CHECKPOINT, checkpoint.into_bytes()),
            (KEYS, [canonical(&Keys::of(&round)).as_slice(), b"\n"].concat()),
            (RESULT, [outcome, b"\n"].concat()),
            (README, readme(&round).into_bytes()),
        ];
        for (name, bytes) in files {
            let mut file = Hashed::create(&self.folder.join(name))?;
            file.write(&bytes)?;
            self.hashes.insert(name.to_owned(), file.finish()?);
        }
        std::fs::write(self.folder.join(MANIFEST), manifest(&self.hashes))?;
        Ok(())
    }
}

fn opening_scalar() -> Vec<u8> {
    vec![7; 32]
}

fn opening_key() -> Result<OpeningKey, Fault> {
    Ok(OpeningKey::from_bytes(&opening_scalar())?)
}

/// A file that is hashed as it is written.
struct Hashed {
    file: BufWriter<File>,
    sha: Sha256,
}

impl Hashed {
    fn create(path: &Path) -> Result<Self, Fault> {
        Ok(Self { file: BufWriter::with_capacity(1 << 20, File::create(path)?), sha: Sha256::new() })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.sha.update(bytes);
        Ok(self.file.write_all(bytes)?)
    }

    fn finish(mut self) -> Result<Hash, Fault> {
        self.file.flush()?;
        Ok(Hash::from(<[u8; 32]>::from(self.sha.finalize())))
    }
}
