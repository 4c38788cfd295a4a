//! The ballot box: what it takes, what it refuses and why, and that it keeps its word.

use audit::round::{Act, Bytes};
use ed25519_dalek::SigningKey;
use reqwest::{Method as Verb, StatusCode};
use serde_json::json;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use veche::{
    client::{
        ClientFault,
        receipt::{self, Receipt},
    },
    http::StepRequest,
};

use super::{
    both,
    town::{Answer, HOUR, SLUG, Town, answer},
};

/// Status and slug of an answer that must be a problem.
fn problem(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{answer:?}");
    assert_eq!(answer.json()["status"], answer.status.as_u16(), "{answer:?}");
    assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{answer:?}");
    (answer.status.as_u16(), answer.problem())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_an_envelope_has_its_answer() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let place = town.place().await;
    let mut credential = town.registers(&codes[0]).await;
    let marks = town.ballot(&[("t1", None)]).await;
    let good = place.fill(&mut credential, &marks).unwrap();
    let (len, last) = (good.len(), good.len() - 1);
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    // Offsets as in docs/protocol.md: format, fingerprint, credential, version, issuer's signature, sealed text, signature.
    let cases: [(Vec<u8>, &str); 9] = [
        (good[..last].to_vec(), "ballot-length"),
        ([good.as_slice(), &[0]].concat(), "ballot-length"),
        (vec![], "ballot-length"),
        (changed(0), "ballot-format"),
        (changed(1), "ballot-other-round"),
        (changed(40), "ballot-issuer-signature"),
        (changed(100), "ballot-issuer-signature"),
        (changed(len - 70), "ballot-signature"),
        (changed(last), "ballot-signature"),
    ];
    for (at, (bytes, slug)) in cases.into_iter().enumerate() {
        let answer = town.posts_ballot(&bytes).await;
        let (status, found) = problem(&answer);
        // A flipped bit of a key can make it no key at all.
        let alike = found == slug || (slug == "ballot-issuer-signature" && found == "ballot-credential");
        assert!(alike && status == 422, "case {at}: {status} {found}, not {slug}");
    }
    assert_eq!(town.posts_ballot(&good).await.status, StatusCode::CREATED);
    let round: veche::http::RoundResponse = town.get("").await;
    assert_eq!(round.ballots, 0, "nothing is in the log before a batch is full");
}

/// A credential that no issuer signed, and one signed for another round.
#[tokio::test(flavor = "multi_thread")]
async fn forged_and_foreign_credentials() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let mut credential = town.registers(&codes[0]).await;
    let mut other = town.draft(super::town::approval());
    other.slug = "other-round".into();
    town.publishes_draft(&other).await;
    let foreign = veche::client::resident::PollingPlace::enter(&town.api, "other-round").await.unwrap();
    let marks = town.ballot(&[("t1", None)]).await;
    let elsewhere = foreign.fill(&mut credential, &marks).unwrap();
    assert_eq!(problem(&town.posts_ballot(&elsewhere).await), (422, "ballot-other-round".into()));
    let path = "/api/v1/rounds/other-round/ballots";
    let body = json!({ "ballot": Bytes(elsewhere) });
    let there = town.asks(Verb::POST, path, None, Some(body)).await;
    assert_eq!(problem(&there), (422, "ballot-issuer-signature".into()));
    // A key of one's own under somebody's issuer signature, signed quite correctly.
    let place = town.place().await;
    let good = place.fill(&mut credential, &marks).unwrap();
    let thief = SigningKey::from_bytes(&[9; 32]);
    let draft = ballots::envelope::Draft {
        fingerprint: place.fingerprint.as_bytes(),
        issuer_signature: &good[69..69 + 256],
        version: 7,
        sealed: &good[69 + 256..good.len() - 64],
    };
    assert_eq!(problem(&town.posts_ballot(&draft.sign(&thief)).await), (422, "ballot-issuer-signature".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_get_the_same_acceptance_even_after_the_close() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let place = town.place().await;
    let mut credential = town.registers(&codes[0]).await;
    let marks = town.ballot(&[("t1", None)]).await;
    let ballot = place.fill(&mut credential, &marks).unwrap();
    let first = town.posts_ballot(&ballot).await;
    assert_eq!(first.status, StatusCode::CREATED);
    town.clock.advance(2 * HOUR);
    assert_eq!(town.posts_ballot(&ballot).await.text, first.text);
    town.acts(Act::Close).await;
    assert_eq!(town.posts_ballot(&ballot).await.text, first.text);
    let late = place.fill(&mut credential, &marks).unwrap();
    assert_eq!(problem(&town.posts_ballot(&late).await), (409, "closed".into()));
    let result = town.certifies_closed().await;
    assert_eq!((result.outcome.ballots, result.replaced), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_must_grow_and_the_last_counts() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.unwrap();
    town.casts(&mut credential, &["t2"]).await.unwrap();
    credential.version = 0;
    for _ in 0..2 {
        let refused = town.casts(&mut credential, &["t3"]).await.unwrap_err();
        assert_eq!(refused.slug(), Some("version-not-growing"));
    }
    credential.version = 4_000_000_000;
    town.casts(&mut credential, &["t4"]).await.unwrap();
    let result = town.certifies().await;
    assert_eq!((result.outcome.ballots, result.replaced), (1, 2));
    assert_eq!(result.outcome.standings[0].id, "t4");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_ballots_of_one_version_one_is_accepted() {
    let town = Town::new().await;
    let codes = town.votes(10).await;
    let place = town.place().await;
    let marks = town.ballot(&[("t1", None)]).await;
    for code in &codes {
        let mut one = town.registers(code).await;
        let mut two = one.clone();
        let (one, two) = (place.fill(&mut one, &marks).unwrap(), place.fill(&mut two, &marks).unwrap());
        assert_ne!(one, two);
        let (one, two) = tokio::join!(town.posts_ballot(&one), town.posts_ballot(&two));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
    assert_eq!(town.certifies().await.outcome.ballots, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_the_server_s_clock_at_the_commit() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(1).await;
    let place = town.place().await;
    let mut credential = town.registers(&codes[0]).await;
    let marks = town.ballot(&[("t1", None)]).await;
    let ballot = place.fill(&mut credential, &marks).unwrap();
    assert_eq!(problem(&town.posts_ballot(&ballot).await), (409, "not-open-yet".into()));
    town.opens().await;
    town.official.step(SLUG, &StepRequest::Pause { reason: "drill".into() }).await.unwrap();
    assert_eq!(problem(&town.posts_ballot(&ballot).await), (409, "paused".into()));
    town.official.step(SLUG, &StepRequest::Resume { reason: "over".into() }).await.unwrap();
    assert_eq!(town.posts_ballot(&ballot).await.status, StatusCode::CREATED);
    // The time of the close has come, the job that closes has not.
    town.clock.advance(48 * HOUR);
    let round: veche::http::RoundResponse = town.get("").await;
    assert_eq!(round.phase, audit::round::Phase::Open);
    let late = place.fill(&mut credential, &marks).unwrap();
    assert_eq!(problem(&town.posts_ballot(&late).await), (409, "closed".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_choice_is_counted_as_invalid_with_its_reason() {
    let town = Town::new().await;
    let codes = town.votes(4).await;
    let place = town.place().await;
    let len = place.rules.voting.ballot_len();
    // Zeros have no format byte; a mark out of range has the right form; four marks are one too many.
    let mut out_of_range = vec![0; len];
    out_of_range[..5].copy_from_slice(&[1, 0, 1, 0, 200]);
    let mut twice = vec![0; len];
    twice[..7].copy_from_slice(&[1, 0, 2, 0, 3, 0, 3]);
    for (code, bytes) in codes.iter().zip([vec![0; len], out_of_range, twice]) {
        let mut credential = town.registers(code).await;
        let ballot = place.fill_bytes(&mut credential, &bytes).unwrap();
        place.cast(&town.api, ballot).await.unwrap();
    }
    let mut credential = town.registers(&codes[3]).await;
    town.casts(&mut credential, &["t5"]).await.unwrap();
    let outcome = town.certifies().await.outcome;
    assert_eq!(outcome.ballots, 4);
    assert_eq!(outcome.invalid.values().sum::<u64>(), 3, "{:?}", outcome.invalid);
    assert_eq!(outcome.invalid.len(), 3, "three reasons: {:?}", outcome.invalid);
    assert_eq!((outcome.standings[0].id.as_str(), outcome.standings[0].whole_score()), ("t5", Some(1)));
}

/// What is within is read, and then refused for what it says.
#[tokio::test(flavor = "multi_thread")]
async fn each_address_takes_as_long_a_body_as_it_needs() {
    let town = Town::new().await;
    town.votes(1).await;
    let official = Some(town.tokens[0].as_str());
    let round = |path: &str| format!("/api/v1/rounds/{SLUG}{path}");
    for (verb, path, token, longest) in [
        (Verb::POST, round("/receipts"), None, 4 << 10),
        (Verb::POST, round("/identification"), None, 64 << 10),
        (Verb::POST, round("/ballots"), None, 64 << 10),
        (Verb::POST, round("/steps"), official, 64 << 10),
        (Verb::POST, round("/letters"), official, 256_000),
        (Verb::PUT, "/api/v1/drafts/other".into(), official, 1 << 20),
        (Verb::POST, round("/roll"), official, 8 << 20),
    ] {
        for (bytes, expected) in [(longest, 400), (longest + 1, 413)] {
            let body = json!({ "x": "x".repeat(bytes - r#"{"x":""}"#.len()) });
            let answer = town.asks(verb.clone(), &path, token, Some(body)).await;
            assert_eq!(answer.status.as_u16(), expected, "{path}, {bytes} bytes: {}", answer.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_make_no_sense_get_problems() {
    let town = Town::new().await;
    town.votes(1).await;
    let url = format!("{}/api/v1/rounds/{SLUG}/ballots", town.server.url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let json_type = |request: reqwest::RequestBuilder| request.header("content-type", "application/json");
    let big = json!({ "ballot": "A".repeat(1_000_000) }).to_string();
    let requests = [
        (json_type(client.post(&url)).body(big), 413, "too-large"),
        (json_type(client.post(&url)).body("{"), 400, "malformed"),
        (json_type(client.post(&url)).body(r#"{"ballot":"AA==","name":"x"}"#), 400, "malformed"),
        (json_type(client.post(&url)).body(r#"{"ballot":5}"#), 400, "malformed"),
        (client.post(&url).body("ballot"), 415, "malformed"),
        (client.put(&url), 405, "method-not-allowed"),
        (client.get(format!("{}/nowhere", town.server.url())), 404, "not-found"),
        (client.get(format!("{}/api/v1/rounds/none", town.server.url())), 404, "unknown-round"),
        (client.get(format!("{}/api/v1/rounds/%FF", town.server.url())), 400, "malformed"),
        (client.get(format!("{}/api/v1/rounds/{SLUG}/log/lines?first=-1", town.server.url())), 400, "malformed"),
        (client.get(format!("{}/api/v1/rounds/{SLUG}/receipts/12", town.server.url())), 404, "unknown-ballot"),
        (client.get(format!("{}/api/v1/rounds/{SLUG}/result", town.server.url())), 404, "no-result-yet"),
        (client.get(format!("{}/api/v1/rounds/{SLUG}/export/bundle", town.server.url())), 404, "no-result-yet"),
        (client.get(format!("{}/api/v1/rounds/{SLUG}/export/xml", town.server.url())), 400, "malformed"),
    ];
    for (at, (request, status, slug)) in requests.into_iter().enumerate() {
        let answer = answer(request).await;
        assert_eq!(problem(&answer), (status, slug.to_owned()), "request {at}");
        let page = answer.json()["type"].as_str().unwrap().to_owned();
        let page = town.asks(Verb::GET, &page, None, None).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    }
}

/// Past its queue the ballot box says so at once, stores nothing, and takes the same bytes a moment later.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_into_the_queue_is_refused_and_not_stored() {
    let town = std::sync::Arc::new(Town::with(|config| config.queue = 1).await);
    let codes = town.votes(1).await;
    let place = town.place().await;
    let mut credential = town.registers(&codes[0]).await;
    let marks = town.ballot(&[("t1", None)]).await;
    let ballot = place.fill(&mut credential, &marks).unwrap();
    // Another program holds the database, so one ballot is under way, one fits into the queue, and the others do not.
    let other = Holder::holds(&town.folder.path().join("data")).await;
    let mut casting = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (town, ballot) = (std::sync::Arc::clone(&town), ballot.clone());
        casting.spawn(async move { town.posts_ballot(&ballot).await });
    }
    let first = casting.join_next().await.unwrap().unwrap();
    other.lets_go().await;
    let answers = [vec![first], casting.join_all().await].concat();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != StatusCode::CREATED).collect();
    assert!((1..8).contains(&refused.len()), "{} of 8 were refused", refused.len());
    for answer in refused {
        assert_eq!(problem(answer), (503, "overloaded".into()));
        let seconds: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
    }
    assert_eq!(town.posts_ballot(&ballot).await.status, StatusCode::CREATED);
    assert_eq!(town.certifies().await.outcome.ballots, 1);
}

/// A device whose clock is fast by minutes must not say that the ballot box broke its word.
#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_broken_only_when_clocks_cannot_explain_it() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let mut credential = town.registers(&codes[0]).await;
    let cast = town.casts(&mut credential, &["t1"]).await.unwrap();
    let (place, by) = (town.place().await, cast.acceptance.in_log_by);
    let at = async |now: i64| receipt::check(&town.api, &place, &cast, None, now).await;
    assert_eq!(at(by + 600).await.unwrap(), Receipt::Waiting(by));
    assert!(matches!(at(by + 601).await, Err(ClientFault::Promise(_))));
}

/// Another program that keeps writers waiting.
pub enum Holder {
    Lite(SqliteConnection),
    Pg(PgConnection),
}

impl Holder {
    pub async fn holds(data: &std::path::Path) -> Self {
        if both::on_postgres() {
            let mut other = both::administrator(data).await;
            sqlx::raw_sql("BEGIN; SELECT round_id FROM urns FOR UPDATE").execute(&mut other).await.unwrap();
            return Self::Pg(other);
        }
        let mut other = SqliteConnection::connect(&format!("sqlite://{}/veche.db", data.display())).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        Self::Lite(other)
    }

    pub async fn lets_go(self) {
        match self {
            Self::Lite(mut other) => sqlx::query("ROLLBACK").execute(&mut other).await.map(drop).unwrap(),
            Self::Pg(mut other) => sqlx::query("ROLLBACK").execute(&mut other).await.map(drop).unwrap(),
        }
    }
}
