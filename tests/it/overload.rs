//! Too much to do: readers hear early when to come again, ballots are taken or refused cleanly, and what was accepted is in the log.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Method as Verb, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use veche::client::{
    Api,
    receipt::{self, Receipt},
    resident::{Cast, Credential, PollingPlace},
};

use super::{
    town::{SLUG, Town},
    witnesses::until,
};

/// People who cast at the same time, and how often each.
const VOTERS: usize = 12;
const TIMES: usize = 12;
/// Programs that read without a pause.
const READERS: usize = 24;

/// What one resident got.
#[derive(Default)]
struct Booked {
    accepted: Vec<Cast>,
    refused: usize,
}

/// Casts so many times, and sends again, the same bytes, what was refused because there was too much to do.
async fn casts(
    api: Api,
    place: PollingPlace,
    mut credential: Credential,
    ballot: ballots::Ballot,
) -> (Credential, Booked) {
    let mut booked = Booked::default();
    for _ in 0..TIMES {
        let bytes = place.fill(&mut credential, &ballot).unwrap();
        loop {
            match place.cast(&api, bytes.clone()).await {
                Ok(cast) => break booked.accepted.push(cast),
                Err(fault) => assert_eq!(fault.slug(), Some("overloaded"), "{fault}"),
            }
            booked.refused += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    (credential, booked)
}

/// All cast at once; what they have, and ballots in a second.
async fn all_cast(town: &Town, credentials: Vec<Credential>) -> (Vec<Credential>, Booked, f64) {
    let (place, ballot) = (town.place().await, town.ballot(&[("t2", None)]).await);
    let began = Instant::now();
    let mut casting = tokio::task::JoinSet::new();
    for credential in credentials {
        casting.spawn(casts(town.api.clone(), place.clone(), credential, ballot.clone()));
    }
    let (mut back, mut all) = (Vec::new(), Booked::default());
    for (credential, booked) in casting.join_all().await {
        back.push(credential);
        all.accepted.extend(booked.accepted);
        all.refused += booked.refused;
    }
    let rate = all.accepted.len() as f64 / began.elapsed().as_secs_f64();
    (back, all, rate)
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_are_turned_away_and_no_accepted_ballot_is_forgotten() {
    let town = Town::with(|config| {
        config.queue = 4;
        config.overload.reading = 1;
    })
    .await;
    let codes = town.votes(VOTERS).await;
    let mut credentials = Vec::new();
    for code in &codes {
        credentials.push(town.registers(code).await);
    }
    let (credentials, calm, calm_rate) = all_cast(&town, credentials).await;

    let (stop, served, away) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/rounds/{SLUG}", town.server.url());
    let mut reading = tokio::task::JoinSet::new();
    for _ in 0..READERS {
        let (client, url) = (client.clone(), url.clone());
        let (stop, served, away) = (Arc::clone(&stop), Arc::clone(&served), Arc::clone(&away));
        reading.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let answer = client.get(&url).send().await.unwrap();
                match answer.status() {
                    StatusCode::OK => served.fetch_add(1, Ordering::Relaxed),
                    StatusCode::SERVICE_UNAVAILABLE => {
                        let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
                        assert!((1..=5).contains(&wait));
                        away.fetch_add(1, Ordering::Relaxed)
                    }
                    other => panic!("{other}"),
                };
                answer.bytes().await.unwrap();
            }
        });
    }
    let (_, busy, busy_rate) = all_cast(&town, credentials).await;
    // Whoever asks for nothing but the state of the node is answered in the midst of it.
    assert_eq!(town.asks(Verb::GET, "/healthz", None, None).await.status, StatusCode::NO_CONTENT);
    stop.store(true, Ordering::Relaxed);
    reading.join_all().await;

    let (served, away) = (served.load(Ordering::Relaxed), away.load(Ordering::Relaxed));
    println!(
        "ballots: {calm_rate:.0}/s alone ({} sent again), {busy_rate:.0}/s with {READERS} readers ({} sent again); \
         of the readers' requests {served} were answered and {away} turned away",
        calm.refused, busy.refused
    );
    assert!(away > 0 && served > 0, "{served} answered, {away} turned away");
    assert_eq!((calm.accepted.len(), busy.accepted.len()), (VOTERS * TIMES, VOTERS * TIMES));
    let result = town.certifies().await;
    assert_eq!((result.outcome.ballots, result.replaced), (VOTERS as u64, (VOTERS * (2 * TIMES - 1)) as u64));
    let place = town.place().await;
    for cast in calm.accepted.iter().chain(&busy.accepted) {
        assert!(matches!(receipt::fetch(&town.api, &place, cast).await.unwrap(), Receipt::Logged { .. }));
    }
}

/// While the ballot box has its hands full, whoever comes for a credential comes later; and a session that was refused is as good as before.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_ballot_box_sends_the_registrar_s_visitors_away() {
    let town = Town::with(|config| config.queue = 2).await;
    let codes = town.votes(9).await;
    let place = town.place().await;
    let session = town.session(&codes[8]).await;
    let mut credentials = Vec::new();
    for code in &codes[..8] {
        credentials.push(town.registers(code).await);
    }
    let held = super::health::hold(&town.folder.path().join("data")).await;
    let ballot = town.ballot(&[("t1", None)]).await;
    let refused = Arc::new(AtomicUsize::new(0));
    let mut casting = tokio::task::JoinSet::new();
    for mut credential in credentials {
        let (api, place, refused) = (town.api.clone(), place.clone(), Arc::clone(&refused));
        let bytes = place.fill(&mut credential, &ballot).unwrap();
        let began = Instant::now();
        casting.spawn(async move {
            while let Err(fault) = place.cast(&api, bytes.clone()).await {
                assert!(began.elapsed() < Duration::from_secs(120), "a ballot is not taken: {fault}");
                assert!(matches!(fault.slug(), Some("overloaded" | "unavailable")), "{fault}");
                refused.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    }
    // Some are with the database, two wait, and the others are refused and come again.
    until("many were refused", || async { refused.load(Ordering::Relaxed) >= 40 }).await;
    let blinded = audit::round::Bytes(place.request().unwrap().blinded);
    let body = json!({ "blinded": blinded });
    let answer = town.posts("/credential", Some(&session), body.clone()).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "overloaded"));
    assert!(answer.headers.contains_key("retry-after"));
    drop(held);
    casting.join_all().await;
    assert_eq!(town.posts("/credential", Some(&session), body).await.status, StatusCode::OK);
    let result = town.certifies().await;
    assert_eq!((result.outcome.ballots, result.replaced), (8, 0));
}

/// Whoever is turned away hears so before they send anything more than the head: what would be read for nothing costs most when there is
/// too much to do.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_turned_away_need_send_no_body() {
    let town = Town::with(|config| config.overload.voting = 1).await;
    town.votes(1).await;
    let address = town.api.base().to_string().replace("http://", "");
    let asks = || async {
        let mut stream = TcpStream::connect(address.trim_end_matches('/')).await.unwrap();
        let head = format!(
            "POST /api/v1/rounds/{SLUG}/identification HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: 30\r\nexpect: 100-continue\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        (stream, String::from_utf8_lossy(&answer).into_owned())
    };
    let (first, heard) = asks().await;
    assert_eq!(heard, "HTTP/1.1 100", "its body is waited for");
    assert_eq!(asks().await.1, "HTTP/1.1 503", "while it is, there is room for nobody else");
    drop(first);
    until("there is room again", || async { asks().await.1 == "HTTP/1.1 100" }).await;
}
