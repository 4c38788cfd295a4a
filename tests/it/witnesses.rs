//! Witnesses: every head is offered to each, cosignatures stand under heads and in receipts, and whatever a witness does, the vote goes on.

use std::time::{Duration, Instant};

use audit::{
    log::{checkpoint::Checkpoint, hash::Hash, line, note::Note, policy::WitnessPolicy, receipt::TlogProof},
    round::rules::BatchRules,
    verify::verify,
};
use reqwest::{Method as Verb, StatusCode};
use serde_json::Value;
use veche::{
    client::{
        receipt::{self, Receipt},
        resident::Cast,
    },
    crypto::codes::LetterCode,
    http::StepRequest,
};

use super::{
    both, bundle,
    fake_witness::{FakeWitness, Mood, is_signed_by_the_log},
    nodes::Node,
    town::{HOUR, SLUG, Town, approval},
};

const LOG: &str = "/rounds/square-2027/log";
const ORIGIN: &str = "localhost/rounds/square-2027";

async fn note(town: &Town, log: &str) -> Note {
    town.asks(Verb::GET, &format!("{log}/checkpoint"), None, None).await.text.parse().unwrap()
}

fn cosigned(note: &Note, witnesses: &[&FakeWitness]) -> bool {
    witnesses.iter().all(|witness| witness.key.time(note).unwrap().is_some())
}

/// Waits until it is so; what is true within seconds at most.
pub async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < Duration::from_secs(30), "not within half a minute: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn until_cosigned(town: &Town, log: &str, witnesses: &[&FakeWitness]) {
    until("the newest head is cosigned", || async { cosigned(&note(town, log).await, witnesses) }).await;
}

async fn state(town: &Town, log: &str, witness: &FakeWitness) -> Value {
    let states = town.asks(Verb::GET, &format!("{log}/witnesses"), None, None).await.json();
    let key = witness.key.to_string();
    states["witnesses"].as_array().unwrap().iter().find(|state| state["key"] == key).unwrap().clone()
}

async fn until_fault(town: &Town, witness: &FakeWitness, kind: &str) -> Value {
    until(kind, || async { state(town, LOG, witness).await["fault"]["kind"] == kind }).await;
    state(town, LOG, witness).await
}

async fn town_with(witnesses: &[&FakeWitness]) -> Town {
    town_that_asks(witnesses.iter().map(|witness| witness.settings()).collect()).await
}

/// A town in which two ballots make a batch.
async fn town_that_asks(witnesses: Vec<veche::config::Witness>) -> Town {
    Town::with(|config| (config.witnesses, config.least_together) = (witnesses, 2)).await
}

/// Opens a round whose rules ask for so many of these, for so many residents.
async fn opens(town: &Town, asked: &[&FakeWitness], quorum: usize, residents: usize) -> Vec<LetterCode> {
    let mut keys: Vec<_> = asked.iter().map(|witness| witness.key.to_string()).collect();
    keys.sort();
    let quorum = u16::try_from(quorum).unwrap();
    let mut draft = town.draft(approval());
    draft.witnesses = (quorum > 0).then_some(WitnessPolicy { keys, quorum });
    draft.batch = BatchRules { at_least: 2, within: 7200 };
    town.publishes_draft(&draft).await;
    let codes = town.enrols(residents).await;
    town.opens().await;
    codes
}

/// Opens a round whose rules ask for all of these, and casts enough ballots for a batch.
async fn two_cast(town: &Town, asked: &[&FakeWitness]) -> Vec<Cast> {
    let codes = opens(town, asked, asked.len(), 2).await;
    let mut casts = Vec::new();
    for code in &codes {
        let mut credential = town.registers(code).await;
        casts.push(town.casts(&mut credential, &["t1"]).await.unwrap());
    }
    town.jobs().await;
    casts
}

/// One more line.
async fn grows(town: &Town) {
    let pause = StepRequest::Pause { reason: "fire drill".into() };
    town.official.step(SLUG, &pause).await.unwrap();
}

/// The receipt's note, if the ballot has a receipt now.
async fn receipt_note(town: &Town, cast: &Cast) -> Option<Note> {
    let hash = Hash::from(cast.acceptance.ballot);
    let answer = town.get::<Value>(&format!("/receipts/{hash}")).await;
    let proof: TlogProof = answer["proof"].as_str()?.parse().unwrap();
    Some(proof.checkpoint.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_head_is_cosigned_one_request_a_second() {
    let witness = FakeWitness::new("paper.example", 51).await;
    let town = town_with(&[&witness]).await;
    town.votes(1).await;
    until_fault(&town, &witness, "unknown-log").await;
    witness.follows(&town, LOG, None).await;
    witness.follows(&town, "/office/log", None).await;
    until_cosigned(&town, LOG, &[&witness]).await;
    until_cosigned(&town, "/office/log", &[&witness]).await;
    grows(&town).await;
    until_cosigned(&town, LOG, &[&witness]).await;
    let note = note(&town, LOG).await;
    assert_eq!(note.signatures.len(), 2);
    assert!(is_signed_by_the_log(&note, &town.place().await.rules.log_key));
    let by_api = town.asks(Verb::GET, &format!("/api/v1/rounds/{SLUG}/log/checkpoint"), None, None).await;
    assert_eq!(by_api.text, note.to_string(), "both addresses have the same head");
    let state = state(&town, LOG, &witness).await;
    assert_eq!((state["in_rules"].as_bool(), state.get("fault")), (Some(false), None));
    assert_eq!(state["size"], witness.size(ORIGIN));
    let asked = witness.held().asked.clone();
    assert!(asked.len() >= 3, "{}", asked.len());
    let apart = asked.windows(2).map(|pair| pair[1].0 - pair[0].0).min().unwrap();
    assert!(apart > Duration::from_millis(900), "{apart:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_witness_and_a_dead_one_keep_nobody_waiting() {
    let (silent, dead) = (FakeWitness::new("silent.example", 52).await, FakeWitness::new("dead.example", 53).await);
    let good = FakeWitness::new("good.example", 54).await;
    silent.is(Mood::Silent);
    let mut gone = dead.settings();
    gone.url = "http://127.0.0.1:9/".into();
    let settings = vec![silent.settings(), gone, good.settings()];
    let town = town_that_asks(settings).await;
    let started = Instant::now();
    let casts = two_cast(&town, &[]).await;
    good.follows(&town, LOG, None).await;
    until_cosigned(&town, LOG, &[&good]).await;
    assert!(started.elapsed() < Duration::from_secs(9), "the silent one is waited for ten seconds, by itself");
    let state = until_fault(&town, &dead, "unreachable").await;
    assert!(state.get("size").is_none() && state["fault"]["words"] == "no connection to the witness");
    let note = receipt_note(&town, &casts[0]).await.unwrap();
    assert!(cosigned(&note, &[&good]), "a receipt carries what cosignatures there are");
    until_fault(&town, &silent, "slow").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_is_further_names_its_size_and_is_followed() {
    let witness = FakeWitness::new("further.example", 55).await;
    witness.is(Mood::Ill);
    let town = town_with(&[&witness]).await;
    town.publishes().await;
    until_fault(&town, &witness, "status").await;
    let known: Checkpoint = note(&town, LOG).await.text.parse().unwrap();
    town.enrols(1).await;
    town.opens().await;
    witness.follows(&town, LOG, Some((known.size, known.root))).await;
    witness.held().asked.clear();
    witness.is(Mood::Honest);
    until_cosigned(&town, LOG, &[&witness]).await;
    let asked: Vec<_> = witness.held().asked.iter().map(|(_, old)| *old).collect();
    assert!(asked.windows(2).any(|pair| pair == [0, known.size]), "{asked:?}");
    assert!(state(&town, LOG, &witness).await.get("fault").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_lost_our_answer_cosigns_the_same_head_again() {
    let witness = FakeWitness::new("again.example", 56).await;
    witness.is(Mood::Ill);
    let town = town_with(&[&witness]).await;
    town.publishes().await;
    let known: Checkpoint = note(&town, LOG).await.text.parse().unwrap();
    witness.follows(&town, LOG, Some((known.size, known.root))).await;
    witness.is(Mood::Honest);
    until_cosigned(&town, LOG, &[&witness]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_older_than_its_log_is_told_by_the_witness() {
    let witness = FakeWitness::new("longer.example", 57).await;
    let town = town_with(&[&witness]).await;
    town.publishes().await;
    witness.follows(&town, LOG, Some((1_000, Hash::ZERO))).await;
    let state = until_fault(&town, &witness, "longer-log").await;
    let words = state["fault"]["words"].as_str().unwrap();
    assert!(words.contains("this database is older than the log"), "{words}");
    for (prefix, words) in [("", "База сервера старше журнала"), ("/en", "database is older than the log")]
    {
        let page = town.asks(Verb::GET, &format!("{prefix}/rounds/{SLUG}"), None, None).await;
        assert!(page.text.contains(words) && page.text.contains("longer.example"), "{prefix}");
    }
    assert!(!cosigned(&note(&town, LOG).await, &[&witness]));
}

/// Two of three are asked for. One that lies ends no vote, whoever else joins in that the rules do not name; two end it.
#[tokio::test(flavor = "multi_thread")]
async fn as_many_as_the_rules_ask_for_end_the_casting() {
    let named = [
        FakeWitness::new("first.example", 66).await,
        FakeWitness::new("second.example", 67).await,
        FakeWitness::new("third.example", 68).await,
    ];
    let other = FakeWitness::new("not-named.example", 69).await;
    let [first, second, third] = named.each_ref();
    let town = town_with(&[first, second, third, &other]).await;
    // Where there are several nodes each must find out by itself, for one asks at a time.
    let witnesses = [first, second, third, &other].map(FakeWitness::settings).to_vec();
    let node = match both::on_postgres() {
        true => Some(Node::changed(&town, town.clock.clone(), |config| config.witnesses = witnesses).await),
        false => None,
    };
    let codes = opens(&town, &[first, second, third], 2, 3).await;
    let mut credential = town.registers(&codes[0]).await;
    let longer = Some((1_000, Hash::ZERO));
    first.follows(&town, LOG, longer).await;
    other.follows(&town, LOG, longer).await;
    third.follows(&town, LOG, None).await;
    until_fault(&town, first, "longer-log").await;
    until_fault(&town, &other, "longer-log").await;
    town.casts(&mut credential, &["t1"]).await.unwrap();
    town.registers(&codes[1]).await;
    second.follows(&town, LOG, longer).await;
    until_fault(&town, second, "longer-log").await;
    let refused = town.casts(&mut credential, &["t2"]).await.unwrap_err();
    assert_eq!(refused.slug(), Some("log-behind"), "{refused}");
    let refused = town.place().await.register(&town.api, &codes[2]).await.unwrap_err();
    assert_eq!(refused.slug(), Some("log-behind"), "{refused}");
    assert_eq!(town.asks(Verb::GET, "/readyz", None, None).await.status, StatusCode::SERVICE_UNAVAILABLE);
    if let Some(node) = node {
        until("the other node is not ready either", || async {
            node.is_ready().await == StatusCode::SERVICE_UNAVAILABLE
        })
        .await;
        let ballot = town.ballot(&[("t2", None)]).await;
        let refused = town.place().await.vote(&node.api, &mut credential, &ballot).await.unwrap_err();
        assert_eq!(refused.slug(), Some("log-behind"), "{refused}");
        node.server.stop().await.unwrap();
    }
    // What is there is still read.
    assert!(!note(&town, LOG).await.text.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_log_under_the_same_name_is_told_by_the_witness() {
    let witness = FakeWitness::new("other.example", 58).await;
    let town = town_with(&[&witness]).await;
    town.publishes().await;
    witness.follows(&town, LOG, Some((1, Hash::ZERO))).await;
    until_fault(&town, &witness, "other-log").await;
    town.enrols(1).await;
    town.opens().await;
    until("asked again with a longer log", || async {
        witness.held().asked.iter().filter(|(_, old)| *old == 1).count() > 1
    })
    .await;
    until_fault(&town, &witness, "other-log").await;
    assert!(!cosigned(&note(&town, LOG).await, &[&witness]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_verify_is_not_kept() {
    let (forging, endless) =
        (FakeWitness::new("forging.example", 59).await, FakeWitness::new("endless.example", 60).await);
    forging.is(Mood::Forging);
    endless.is(Mood::Endless);
    let town = town_with(&[&forging, &endless]).await;
    town.publishes().await;
    forging.follows(&town, LOG, None).await;
    until_fault(&town, &forging, "cosignature").await;
    until_fault(&town, &endless, "long").await;
    assert_eq!(note(&town, LOG).await.signatures.len(), 1);
}

/// A cosignature of a far day would look fresh for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_cosignature_of_a_time_to_come_is_not_kept() {
    let witness = FakeWitness::new("ahead.example", 63).await;
    let town = town_with(&[&witness]).await;
    town.publishes().await;
    // The witness answers with the second after this one, and an hour and a bit is what the town's clock cannot have lost.
    witness.held().time = town.clock.now().unsigned_abs() + 3700;
    witness.follows(&town, LOG, None).await;
    until_fault(&town, &witness, "ahead").await;
    assert!(!cosigned(&note(&town, LOG).await, &[&witness]));
    witness.held().time = town.clock.now().unsigned_abs() + 3400;
    until_cosigned(&town, LOG, &[&witness]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_waits_for_the_quorum_until_the_promised_time() {
    let (one, two) = (FakeWitness::new("one.example", 61).await, FakeWitness::new("two.example", 62).await);
    two.is(Mood::Ill);
    let town = town_with(&[&one, &two]).await;
    let casts = two_cast(&town, &[&one, &two]).await;
    one.follows(&town, LOG, None).await;
    two.follows(&town, LOG, None).await;
    until_cosigned(&town, LOG, &[&one]).await;
    assert!(receipt_note(&town, &casts[0]).await.is_none(), "one of two is no quorum");
    let place = town.place().await;
    let waits = receipt::fetch(&town.api, &place, &casts[0]).await.unwrap();
    assert_eq!(waits, Receipt::Waiting(casts[0].acceptance.in_log_by));
    two.is(Mood::Honest);
    until_cosigned(&town, LOG, &[&one, &two]).await;
    let witnessed = receipt_note(&town, &casts[0]).await.unwrap();
    assert!(cosigned(&witnessed, &[&one, &two]));
    assert!(place.rules.witnesses.as_ref().unwrap().witnessed(&witnessed).holds());
    assert!(matches!(receipt::fetch(&town.api, &place, &casts[0]).await.unwrap(), Receipt::Logged { .. }));
    // The log grows, and the second witness falls ill: the head that has the quorum stays the receipt's.
    two.is(Mood::Ill);
    grows(&town).await;
    until_cosigned(&town, LOG, &[&one]).await;
    assert_eq!(receipt_note(&town, &casts[1]).await.unwrap(), witnessed);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_quorum_a_late_receipt_carries_what_there_is() {
    let (one, two) = (FakeWitness::new("one.example", 63).await, FakeWitness::new("two.example", 64).await);
    two.is(Mood::Ill);
    let town = town_with(&[&one, &two]).await;
    let casts = two_cast(&town, &[&one, &two]).await;
    one.follows(&town, LOG, None).await;
    two.follows(&town, LOG, None).await;
    until_cosigned(&town, LOG, &[&one]).await;
    assert!(receipt_note(&town, &casts[0]).await.is_none());
    town.clock.advance(3 * HOUR);
    let note = receipt_note(&town, &casts[0]).await.unwrap();
    assert!(cosigned(&note, &[&one]) && two.key.time(&note).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bundle_carries_the_cosignatures() {
    let witness = FakeWitness::new("bundle.example", 65).await;
    let town = town_with(&[&witness]).await;
    let casts = two_cast(&town, &[&witness]).await;
    witness.follows(&town, LOG, None).await;
    town.certifies().await;
    until_cosigned(&town, LOG, &[&witness]).await;
    let files = bundle::fetch(&town).await;
    let checkpoint: Note = std::str::from_utf8(&files["checkpoint"]).unwrap().parse().unwrap();
    assert!(cosigned(&checkpoint, &[&witness]));
    let report = verify(&files, None, &|_| {});
    assert!(report.passed(), "{report}");
    let line = town.get::<Value>(&format!("/receipts/{}", Hash::from(casts[0].acceptance.ballot))).await;
    let leaf = line["line"].as_str().unwrap().as_bytes().to_vec();
    let proof: TlogProof = line["proof"].as_str().unwrap().parse().unwrap();
    proof.verify(&line::leaf(&leaf), &town.place().await.rules.log_key.parse().unwrap()).unwrap();
}
