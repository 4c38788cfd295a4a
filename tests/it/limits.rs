//! Rate limits: by who asks and by what is asked for, with the time to wait, and in bounded memory.

use audit::round::Bytes;
use reqwest::{Method as Verb, StatusCode};
use serde_json::json;
use veche::{
    app::limiting,
    config::{Config, Limits, Rate},
    crypto::codes::LetterCode,
    server::Server,
};

use super::{
    both,
    indexing::selects,
    nodes::Node,
    town::{SLUG, Town, answer},
};

const FEW: Rate = Rate { burst: 3, every_ms: 60_000 };
const MANY: Rate = Rate { burst: 1_000_000, every_ms: 1 };

/// A town in which only what `change` sets is limited.
async fn town(change: impl FnOnce(&mut Limits)) -> Town {
    let limits = limits(change);
    Town::with(|config| allow(config, limits)).await
}

fn allow(config: &mut Config, limits: Limits) {
    config.limits = limits;
    config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
}

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits {
        enabled: true,
        identify_by_address: MANY,
        identify_by_code: MANY,
        issue_by_address: MANY,
        issue_by_person: MANY,
        cast_by_address: MANY,
        cast_by_credential: MANY,
        read_by_address: MANY,
        staff_by_address: MANY,
        staff_by_token: MANY,
        keys: 1000,
    };
    change(&mut limits);
    limits
}

/// Asks with this code, as if a proxy of ours had forwarded it.
async fn tries(town: &Town, from: &str, code: &str) -> StatusCode {
    tries_at(&town.server, from, code).await
}

async fn tries_at(server: &Server, from: &str, code: &str) -> StatusCode {
    let url = format!("{}/api/v1/rounds/{SLUG}/identification", server.url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = answer(client.post(url).header("x-forwarded-for", from).json(&json!({ "code": code }))).await;
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=61).contains(&wait), "{wait}");
        assert_eq!((answer.problem().as_str(), &answer.json()["retry_after"]), ("too-many", &json!(wait)));
    }
    answer.status
}

fn code() -> String {
    LetterCode::generate(&mut rand::rng()).identifying.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_tries_few_codes() {
    let town = town(|limits| limits.identify_by_address = FEW).await;
    town.publishes().await;
    for _ in 0..3 {
        assert_eq!(tries(&town, "198.51.100.1", &code()).await, StatusCode::FORBIDDEN);
    }
    assert_eq!(tries(&town, "198.51.100.1", &code()).await, StatusCode::TOO_MANY_REQUESTS);
    // What the sender wrote before the proxy's own entry changes nothing.
    assert_eq!(tries(&town, "6.6.6.6, 198.51.100.1", &code()).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(tries(&town, "198.51.100.2", &code()).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_tried_few_times_from_wherever() {
    let town = town(|limits| limits.identify_by_code = FEW).await;
    town.publishes().await;
    let (target, spelt) = (code(), |code: &str| code.to_lowercase().replace('-', " "));
    for from in ["198.51.100.1", "198.51.100.2", "198.51.100.3"] {
        assert_eq!(tries(&town, from, &target).await, StatusCode::FORBIDDEN);
    }
    assert_eq!(tries(&town, "198.51.100.4", &target).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(tries(&town, "198.51.100.4", &spelt(&target)).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(tries(&town, "198.51.100.4", &code()).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_pretend_to_be_forwarded() {
    let town = Town::with(|config| {
        config.limits.enabled = true;
        config.limits.identify_by_address = FEW;
    })
    .await;
    town.publishes().await;
    for from in ["198.51.100.1", "198.51.100.2", "198.51.100.3"] {
        assert_eq!(tries(&town, from, &code()).await, StatusCode::FORBIDDEN);
    }
    assert_eq!(tries(&town, "198.51.100.4", &code()).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_operation_is_limited_too() {
    let town = town(|limits| {
        (limits.issue_by_person, limits.cast_by_credential, limits.staff_by_token) = (FEW, FEW, FEW);
        limits.read_by_address = Rate { burst: 200, every_ms: 60_000 };
    })
    .await;
    // Draft, publish, roll: three acts of one token; the fourth waits.
    town.publishes().await;
    let codes = town.enrols(2).await;
    let fault = town.official.publish(SLUG).await.unwrap_err();
    assert_eq!(fault.slug(), Some("too-many"));
    let session = town.session(&codes[0]).await;
    for _ in 0..3 {
        assert_eq!(
            town.posts("/credential", Some(&session), json!({ "blinded": "" })).await.problem(),
            "blinded-message"
        );
    }
    let again = town.session(&codes[0]).await;
    assert_eq!(town.posts("/credential", Some(&again), json!({ "blinded": "" })).await.problem(), "too-many");
    // Nor is there another way to the issuer: what comes with the code is not signed.
    let request = town.place().await.request().unwrap();
    let with_code = json!({ "code": codes[0].identifying.to_string(), "blinded": Bytes(request.blinded) });
    let unsigned = town.posts("/identification", None, with_code).await;
    assert_eq!((unsigned.status, unsigned.json().get("signature")), (StatusCode::OK, None));
    let other = town.session(&codes[1]).await;
    assert_eq!(town.posts("/credential", Some(&other), json!({ "blinded": "" })).await.problem(), "blinded-message");
    let ballot = vec![1; 500];
    for _ in 0..3 {
        assert_eq!(town.posts_ballot(&ballot).await.problem(), "ballot-length");
    }
    assert_eq!(town.posts_ballot(&ballot).await.problem(), "too-many");
    assert_eq!(town.posts_ballot(&[2; 500]).await.problem(), "ballot-length");
    let mut status = StatusCode::OK;
    for _ in 0..250 {
        status = town.asks(Verb::GET, "/api/v1/rounds", None, None).await.status;
    }
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}

/// Two nodes let through what one may, and once more each, which the other does not hear of.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_s_limit_holds_over_all_nodes() {
    if !both::on_postgres() {
        return;
    }
    let six = Rate { burst: 6, every_ms: 60_000 };
    let change = |limits: &mut Limits| {
        (limits.identify_by_code, limits.issue_by_person, limits.cast_by_credential) = (six, six, six);
    };
    let town = town(change).await;
    // A minute that ends meanwhile would give one more.
    town.clock.advance(60 - town.clock.now() % 60);
    town.publishes().await;
    let codes = town.enrols(2).await;
    let another = async || Node::changed(&town, town.clock.clone(), |config| allow(config, limits(change))).await;
    let (second, third) = (another().await, another().await);
    let target = code();
    let tried = async |server: &Server, code: &str| tries_at(server, "198.51.100.1", code).await;
    let mut passed = 0;
    for at in 0..24 {
        let status = tried([&town.server, &second.server][at % 2], &target).await;
        passed += usize::from(status == StatusCode::FORBIDDEN);
    }
    assert_eq!(passed, 6 + 2, "of the limit of one and what each node has free");
    // A node that was not asked before has one, and hears of the rest; nor is another code or another way concerned.
    assert_eq!(tried(&third.server, &target).await, StatusCode::FORBIDDEN);
    assert_eq!(tried(&third.server, &target).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(tried(&third.server, &code()).await, StatusCode::FORBIDDEN);
    town.clock.advance(60);
    assert_eq!(tried(&third.server, &target).await, StatusCode::FORBIDDEN, "a minute gives one more");
    assert_eq!(tried(&third.server, &target).await, StatusCode::TOO_MANY_REQUESTS);
    // Whatever a clock that was wrong by an hour has counted keeps nobody out for an hour.
    town.clock.advance(-3600);
    assert_eq!(tried(&third.server, &target).await, StatusCode::FORBIDDEN);
    let counted = async || selects::<i64>(&town, "SELECT count(*) FROM limited WHERE operation = 'identify'").await[0];
    assert_eq!(counted().await, 1, "only what was asked for again");
    limiting::forget(&town.server.app, "identify", six).await.unwrap();
    assert_eq!(counted().await, 1, "not while it counts");
    town.clock.advance(60);
    limiting::forget(&town.server.app, "identify", six).await.unwrap();
    assert_eq!(counted().await, 0);

    // The same for ballots of one credential, and for signatures of one person.
    town.opens().await;
    let session = town.session(&codes[0]).await;
    let (mut credential, ballot) = (town.registers(&codes[1]).await, town.ballot(&[("t1", None)]).await);
    let ballot = Bytes(town.place().await.fill(&mut credential, &ballot).unwrap());
    for (path, token, body, status) in [
        ("/ballots", None, json!({ "ballot": ballot }), StatusCode::CREATED),
        ("/credential", Some(session.as_str()), json!({ "blinded": "" }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let mut passed = 0;
        for _ in 0..12 {
            for answer in [town.posts(path, token, body.clone()).await, second.posts(path, token, &body).await] {
                passed += usize::from(answer.status == status);
            }
        }
        assert_eq!(passed, 6 + 2, "{path}");
    }
    for node in [second, third] {
        node.server.stop().await.unwrap();
    }
}

/// However many keys are tried, so many places are remembered; and what is quiet is forgotten.
#[test]
fn memory_is_bounded() {
    use veche::http::limits::{Limits as Live, Operation};
    let settings = Limits { keys: 100, identify_by_address: MANY, identify_by_code: MANY, ..Limits::default() };
    let limits = Live::new(&settings, &[], false);
    let address = "198.51.100.1".parse().unwrap();
    for at in 0..100_000_u64 {
        let _ = limits.check(Operation::Identify, address, &at.to_be_bytes());
    }
    assert!(limits.places_used() <= 101, "{}", limits.places_used());
}
