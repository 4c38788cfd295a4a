//! A round of three territories with fixed keys, and its events: what the tests of the fold tell their stories with.

use std::collections::BTreeMap;

use audit::{
    log::{
        cosignature::Cosigner,
        hash::{Hash, leaf},
        note::Signer,
        policy::WitnessPolicy,
    },
    round::{
        Act, By, Bytes, Event, Round, RoundRules, Violation,
        act::Proposal,
        certificate,
        event::{
            Annulment, BallotLine, Batch, BatchReason, Client, ClientReplaced, Closing, Extension, KeyRevealed,
            LettersReplaced, Opening, Published, RegisterStep, Remark, RollExtended, Signed, Tallied,
        },
        pictures::{PictureFiles, PictureKind, PictureRemoved, Pictured},
        rules::{BatchRules, Member, RegisterRules, canonical},
    },
};
use ballots::{
    Outcome, Procedure, Rules,
    envelope::OpeningKey,
    rules::{Kind, Territory, TieRule, Winners},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest, Sha256};

pub const HOUR: i64 = 3600;
/// Opening of the voting by the timetable, a full hour.
pub const OPENS: i64 = 1_800_000_000;
/// Close by the timetable.
pub const CLOSES: i64 = OPENS + 100 * HOUR;
/// Scalar of the opening key.
pub const OPENING_KEY: [u8; 32] = [7; 32];
/// An RSA key of 2048 bits, whose secret part is gone.
const ISSUER_KEY: &str = concat!(
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr57AupSAjLlzP6syCE9htVMYTvTdvDYV8RHJHD5we3Eb9w3SaFrG",
    "CYg5dvcle+oEVC0voFPx45b7oNtPWlfWmfy8jSm0t4KErpQTuiU4Paulv2/dOsgvMrxijqZYocGIMSUW1EwbeLhFgGNliOBo",
    "aVL+tIW5eKXHx21m3+5pHdg6JuqQzQixoiGSuf5GKkfJhU2QTx2QEZJPpzS2xJycj9VilnIHEDETkvsrRl9XVBYWXQXa2HxK",
    "X7fQ0iAK0xHprmIzKgAUJ3ABRyfjPzEiW/HtcShjpb2FlREcAwMkcHHD6/4BmMf6S1h2jv3ohX5RatfAWyJB1OPS8LZo1Jij",
    "NwIDAQAB"
);

/// Key of `member-N`.
pub fn member(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

/// Three members, two of whom make a certificate; batches of 3 ballots, register steps of 2 credentials.
pub fn rules() -> RoundRules {
    let origin = "vote.example/rounds/spring".to_owned();
    let log = Signer::new(origin.clone(), SigningKey::from_bytes(&[100; 32]));
    let public = |key: SigningKey| Bytes::from(*key.verifying_key().as_bytes());
    let seat = |number| Member { handle: format!("member-{number}"), key: public(member(number)) };
    let territory = |(number, id): (u32, &str)| {
        let title = format!("\u{421}\u{43a}\u{432}\u{435}\u{440} {id}");
        Territory { id: id.to_owned(), number, title, ..Territory::default() }
    };
    RoundRules {
        acceptance_key: public(SigningKey::from_bytes(&[101; 32])),
        batch: BatchRules { at_least: 3, within: 7200 },
        closes_at: CLOSES,
        commission: vec![seat(1), seat(2), seat(3)],
        district: None,
        issuer_key: Bytes(STANDARD.decode(ISSUER_KEY).expect("base64")),
        log_key: log.vkey(),
        minimum_age: 14,
        opens_at: OPENS,
        origin,
        quorum: 2,
        reference_date: "2027-01-15".parse().expect("a day"),
        register: RegisterRules { at_least: 2 },
        sealing_key: Bytes(OpeningKey::from_bytes(&OPENING_KEY).expect("a scalar").sealing_key().to_vec()),
        slug: "spring".to_owned(),
        time_zone: "Europe/Moscow".to_owned(),
        title: "\u{412}\u{435}\u{441}\u{43d}\u{430}".to_owned(),
        voting: Rules {
            kind: Kind::Approval { max: 2 },
            limits: Vec::new(),
            method: Procedure::Approval,
            territories: [(1, "a"), (2, "b"), (3, "c")].into_iter().map(territory).collect(),
            ties: vec![TieRule::Application, TieRule::Registration],
            turnout: None,
            winners: Winners::Top { minimum: None, seats: 1 },
        },
        witnesses: None,
    }
}

/// Two of three witnesses.
pub fn witnesses() -> WitnessPolicy {
    let witness = |seed: u8| Cosigner::new(format!("witness.example/w{seed}"), SigningKey::from_bytes(&[seed; 32]));
    let key = |seed| witness(seed).expect("a name").public().to_string();
    WitnessPolicy { keys: [110, 111, 112].map(key).into(), quorum: 2 }
}

pub fn published(rules: RoundRules) -> Event {
    Event::Published(Published { at: OPENS - 1000, by: official(), rules })
}

pub fn official() -> String {
    "official-1".to_owned()
}

/// Confirmed by `member-1`, proposed by `official-1`.
pub fn by_two() -> By {
    By::Two { confirmed: "member-1".to_owned(), proposed: official() }
}

pub fn roll(at: i64, added: u64, total: u64) -> Event {
    Event::RollExtended(RollExtended { added, at, by: official(), total })
}

pub fn letters_replaced(at: i64, people: u64, reason: &str) -> Event {
    Event::LettersReplaced(LettersReplaced { at, by: official(), people, reason: reason.to_owned() })
}

/// Some picture's name.
pub fn picture_name(seed: u8) -> Hash {
    leaf(&[seed])
}

pub fn pictured(at: i64, territory: u32, seed: u8, alt: &[(&str, &str)]) -> Event {
    let [large_webp, small_jpeg, small_webp] = [1, 2, 3].map(|file| leaf(&[seed, file]));
    Event::Pictured(Pictured {
        alt: alt.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect(),
        at,
        by: official(),
        files: PictureFiles { large_jpeg: picture_name(seed), large_webp, small_jpeg, small_webp },
        kind: if seed.is_multiple_of(2) { PictureKind::Plan } else { PictureKind::Photo },
        territory,
    })
}

pub fn picture_removed(at: i64, territory: u32, seed: u8, reason: &str) -> Event {
    let (by, reason) = (official(), reason.to_owned());
    Event::PictureRemoved(PictureRemoved { at, by, picture: picture_name(seed), reason, territory })
}

pub fn proposed(at: i64, act: Act) -> Event {
    Event::Proposed(Proposal { act, at, by: official(), reason: "needed".to_owned() })
}

pub fn opened(at: i64, by: By) -> Event {
    Event::VotingOpened(Opening { at, by, client: client(1) })
}

/// Files for browsers, other ones for each number.
pub fn client(number: u8) -> Client {
    let hash = |salt: u8| Hash::from([number ^ salt; 32]);
    Client::from([("site.css".to_owned(), hash(0)), ("vote.js".to_owned(), hash(128))])
}

pub fn client_replaced(at: i64, client: Client) -> Event {
    Event::ClientReplaced(ClientReplaced { at, client })
}

pub fn closed(at: i64, by: By) -> Event {
    Event::VotingClosed(Closing { at, by, chance: None })
}

pub fn remark(at: i64) -> Remark {
    Remark { at, by: official(), reason: "outage".to_owned() }
}

pub fn extended(at: i64, closes_at: i64) -> Event {
    Event::ClosingExtended(Extension { at, by: official(), closes_at, reason: "outage".to_owned() })
}

pub fn batch(hour: i64, ballots: u32, reason: BatchReason) -> Event {
    Event::Batch(Batch { ballots, hour, reason })
}

/// So many different ballots in the order that a batch asks for. The fold does not look into envelopes.
pub fn ballots(count: u8, from: u8) -> Vec<Event> {
    let mut envelopes: Vec<Vec<u8>> = (from..from + count).map(|number| vec![number; 10]).collect();
    envelopes.sort_by_key(|envelope| <[u8; 32]>::from(Sha256::digest(envelope)));
    envelopes.into_iter().map(|envelope| Event::Ballot(BallotLine { envelope: Bytes(envelope) })).collect()
}

pub fn register(hour: i64, count: u64) -> Event {
    Event::Register(RegisterStep { count, hash: leaf(&count.to_be_bytes()), hour })
}

pub fn revealed(at: i64, by: &str, key: &[u8]) -> Event {
    Event::KeyRevealed(KeyRevealed { at, by: by.to_owned(), key: Bytes(key.to_vec()) })
}

pub fn tallied(at: i64, ballots: u64, replaced: u64) -> Event {
    let outcome = Outcome {
        ballots,
        blank: 0,
        invalid: BTreeMap::new(),
        needed: None,
        pairwise: None,
        rounds: Vec::new(),
        seed: None,
        spent: None,
        standings: Vec::new(),
        steps: Vec::new(),
        ties: Vec::new(),
        winners: Vec::new(),
    };
    Event::Tallied(Tallied { at, outcome, replaced })
}

pub fn annulled(at: i64, by: By) -> Event {
    Event::Annulled(Annulment { at, by, reason: "flood".to_owned() })
}

/// `member-N` signs the count of this round with this key.
pub fn signed(at: i64, round: &Round, number: u8, key: &SigningKey) -> Event {
    let line = round.tally_line.unwrap_or(Hash::ZERO);
    let signature = key.sign(&certificate::message(&round.fingerprint, &line)).to_bytes();
    Event::Signed(Signed { at, member: format!("member-{number}"), signature: signature.into() })
}

/// Leaf hash of a line. The tests of the fold have no chain, so the event alone stands for its line.
pub fn line_of(event: &Event) -> Hash {
    leaf(&canonical(event))
}

/// The round after these events.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Round, Violation> {
    let mut events = events.into_iter();
    let first = Round::begin(events.next().expect("a first event"))?;
    events.try_fold(first, |round, event| round.apply(event, &line_of(event)))
}

/// Up to the voting, opened by the timetable, with 10 people on the roll.
pub fn until_open() -> Vec<Event> {
    vec![published(rules()), roll(OPENS - 500, 10, 10), opened(OPENS, By::Schedule)]
}

/// A close with so many bytes of chance.
pub fn closed_with(chance: Option<usize>) -> Event {
    let chance = chance.map(|length| Bytes(vec![5; length]));
    Event::VotingClosed(Closing { at: CLOSES, by: By::Schedule, chance })
}

/// An open round whose rules draw lots.
pub fn open_with_lots() -> Vec<Event> {
    let mut rules = rules();
    rules.voting.ties = vec![TieRule::Lots];
    let mut events = until_open();
    events[0] = published(rules);
    events
}

/// Up to the close by the timetable: three ballots of three credentials.
pub fn until_closed() -> Vec<Event> {
    let mut events = until_open();
    events.push(batch(OPENS + HOUR, 3, BatchReason::Full));
    events.extend(ballots(3, 0));
    events.extend([register(CLOSES, 3), closed(CLOSES, By::Schedule)]);
    events
}

/// Up to the count, with one ballot replaced.
pub fn until_tallied() -> Vec<Event> {
    let mut events = until_closed();
    events.extend([revealed(CLOSES, "member-1", &OPENING_KEY), tallied(CLOSES, 2, 1)]);
    events
}

/// Up to the certificate, signed by two members.
pub fn until_certified() -> Vec<Event> {
    let mut events = until_tallied();
    let round = fold(&events).expect("legal");
    events.extend([1, 2].map(|number| signed(CLOSES, &round, number, &member(number))));
    events
}
