//! The log as anybody may read it: batches, the register's steps, receipts, consistency, and the fold over its lines.

use std::collections::BTreeSet;

use audit::{
    log::{
        chain::Chain,
        checkpoint::Checkpoint,
        hash::{Hash, leaf},
        line::{self, Line},
        note::VerifierKey,
    },
    round::{Act, Event, Phase, Round, rules::BatchRules},
};
use reqwest::{Method as Verb, StatusCode};
use veche::client::{
    receipt::{self, Receipt, only_grew},
    resident::Cast,
};

use super::town::{HOUR, SLUG, Town, approval};

/// Every line of the round's log, as the server shows them, followed as an auditor would.
async fn follow(town: &Town) -> (Round, Vec<Event>) {
    let (mut chain, mut round, mut events) = (Chain::default(), None::<Round>, Vec::new());
    loop {
        let path = format!("/api/v1/rounds/{SLUG}/log/lines?first={}&limit=7", chain.size());
        let bytes = town.api.bytes(&path).await.unwrap();
        if bytes.is_empty() {
            break;
        }
        for bytes in bytes.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n') {
            let line: Line<Event> = Line::parse(bytes).unwrap();
            chain.follow(line.index, &line.previous, bytes).unwrap();
            round = Some(match round {
                None => Round::begin(&line.event).unwrap(),
                Some(round) => round.apply(&line.event, &leaf(&line::leaf(bytes))).unwrap(),
            });
            events.push(line.event);
        }
    }
    let head = head(town).await;
    assert_eq!((head.size, head.root), (chain.size(), chain.root()));
    (round.unwrap(), events)
}

async fn head(town: &Town) -> Checkpoint {
    let place = town.place().await;
    let key: VerifierKey = place.rules.log_key.parse().unwrap();
    let note = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/checkpoint")).await.unwrap();
    Checkpoint::open(&String::from_utf8(note).unwrap(), &key).unwrap()
}

async fn cast_by(town: &Town, codes: &[veche::crypto::codes::LetterCode]) -> Vec<Cast> {
    let mut casts = Vec::new();
    for code in codes {
        let mut credential = town.registers(code).await;
        casts.push(town.casts(&mut credential, &["t1"]).await.unwrap());
    }
    casts
}

fn ballots(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Ballot(_))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn nineteen_wait_and_twenty_go_sorted_by_hash() {
    let town = Town::new().await;
    let codes = town.votes(20).await;
    let place = town.place().await;
    let mut casts = cast_by(&town, &codes[..19]).await;
    town.jobs().await;
    assert_eq!(ballots(&follow(&town).await.1), 0);
    let early = head(&town).await;
    let promised = receipt::fetch(&town.api, &place, &casts[0]).await.unwrap();
    assert_eq!(promised, Receipt::Waiting(casts[0].acceptance.in_log_by));
    casts.extend(cast_by(&town, &codes[19..]).await);
    town.jobs().await;
    let (_, events) = follow(&town).await;
    let order: Vec<Hash> = events.iter().filter_map(ballot_hash).collect();
    assert_eq!(order.len(), 20);
    assert!(order.is_sorted(), "the order of arrival would tell who is who");
    let cast: Vec<_> = casts.iter().map(|cast| Hash::from(cast.acceptance.ballot)).collect();
    assert_ne!(order, cast, "twenty random hashes that came sorted");
    assert_eq!(BTreeSet::from_iter(order), BTreeSet::from_iter(cast));
    for cast in &casts {
        let Receipt::Logged { head, .. } = receipt::fetch(&town.api, &place, cast).await.unwrap() else {
            panic!("not in the log");
        };
        assert_eq!(head.size, 25);
    }
    assert_eq!(only_grew(&town.api, &place, &early).await.unwrap().size, 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_one_ballot_fill_no_batch_for_somebody_else_s() {
    let town = Town::new().await;
    let mut draft = town.draft(approval());
    draft.batch = BatchRules { at_least: 3, within: 7200 };
    town.publishes_draft(&draft).await;
    let codes = town.enrols(3).await;
    town.opens().await;
    let mut busy = town.registers(&codes[0]).await;
    for _ in 0..4 {
        town.casts(&mut busy, &["t1"]).await.unwrap();
    }
    cast_by(&town, &codes[1..2]).await;
    town.jobs().await;
    assert_eq!(ballots(&follow(&town).await.1), 0, "five ballots, but of two people: whose is the one?");
    cast_by(&town, &codes[2..]).await;
    town.jobs().await;
    assert_eq!(ballots(&follow(&town).await.1), 6);
}

fn ballot_hash(event: &Event) -> Option<Hash> {
    match event {
        Event::Ballot(ballot) => Some(audit::verify::bundle::file_hash(&ballot.envelope.0)),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_ballot_is_in_the_log_when_that_was_promised() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let cast = cast_by(&town, &codes).await.remove(0);
    let promised = cast.acceptance.in_log_by;
    assert_eq!(promised % HOUR, 0, "a time finer than the hour would point at the resident");
    let now = town.clock.now();
    assert!((now + 2 * HOUR..=now + 3 * HOUR).contains(&promised));
    town.clock.advance(promised - now - 1800);
    town.jobs().await;
    assert_eq!(ballots(&follow(&town).await.1), 0, "alone it would stand out, and there is time yet");
    town.clock.advance(1200);
    town.jobs().await;
    assert!(town.clock.now() < promised);
    assert_eq!(ballots(&follow(&town).await.1), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_grows_by_fifty_and_by_the_hour() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(101).await;
    town.opens().await;
    let place = town.place().await;
    let issue = async |range: std::ops::Range<usize>| {
        for code in &codes[range] {
            let session = town.session(code).await;
            place.credential(&town.api, &session).await.unwrap();
        }
    };
    issue(0..49).await;
    town.clock.advance(3 * HOUR);
    town.jobs().await;
    assert_eq!(follow(&town).await.0.register.count, 0, "forty-nine are too few");
    issue(49..50).await;
    town.jobs().await;
    assert_eq!(follow(&town).await.0.register.count, 50);
    issue(50..100).await;
    town.jobs().await;
    assert_eq!(follow(&town).await.0.register.count, 50, "the hour is not over");
    town.clock.advance(HOUR);
    town.jobs().await;
    assert_eq!(follow(&town).await.0.register.count, 100);
    issue(100..101).await;
    town.acts(Act::Close).await;
    let (round, _) = follow(&town).await;
    assert_eq!((round.register.count, round.phase), (101, Phase::Closed));
}

/// What the log never holds.
#[tokio::test(flavor = "multi_thread")]
async fn lines_tell_nothing_of_people_or_minutes() {
    let town = Town::new().await;
    let codes = town.votes(22).await;
    cast_by(&town, &codes[..20]).await;
    town.jobs().await;
    let session = town.identifies(&codes[0].identifying.to_string()).await.json();
    let pseudonym = session["pseudonym"].as_str().unwrap();
    town.certifies().await;
    let log = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/lines")).await.unwrap();
    let log = String::from_utf8(log).unwrap();
    let mut near_ballots = 0;
    for line in log.lines() {
        assert!(!line.contains(pseudonym) && !line.contains("127.0.0.1"), "{line}");
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap();
        for kind in ["ballot", "batch", "register"] {
            let Some(fields) = parsed["event"].get(kind).and_then(|event| event.as_object()) else { continue };
            near_ballots += 1;
            assert!(fields.get("at").is_none(), "{line}");
            assert!(fields.get("hour").is_none_or(|hour| hour.as_i64().unwrap() % HOUR == 0), "{line}");
        }
    }
    assert!(near_ballots >= 22, "{near_ballots}");
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_are_asked_for_within_the_log() {
    let town = Town::new().await;
    town.votes(1).await;
    let size = head(&town).await.size;
    for (from, to) in [(0, 1), (2, 1), (1, size + 1)] {
        let path = format!("/api/v1/rounds/{SLUG}/log/consistency?from={from}&to={to}");
        let answer = town.asks(Verb::GET, &path, None, None).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "malformed"));
    }
}
