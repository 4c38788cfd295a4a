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
use veche::{
    app::Crowd,
    client::{
        Api,
        receipt::{self, Receipt},
        resident::{Cast, Credential, PollingPlace},
    },
};

use super::{
    ballot_box::Holder,
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

/// The database stands still, and ballots take one place after the other: readers make way first, then those on their way to a ballot, and
/// ballots last, before a body of theirs is read and before anything is checked.
#[tokio::test(flavor = "multi_thread")]
async fn ballots_take_places_before_readers_and_those_who_come_for_a_credential() {
    const PLACES: usize = 16;
    let town = Arc::new(Town::with(|config| config.queue = PLACES).await);
    let codes = town.votes(2 * PLACES).await;
    let (place, marks) = (town.place().await, town.ballot(&[("t1", None)]).await);
    let mut ballots = Vec::new();
    for code in &codes {
        ballots.push(place.fill(&mut town.registers(code).await, &marks).unwrap());
    }
    let paths = ["", "/ballot"].map(|page| format!("/rounds/{SLUG}{page}"));
    let statuses = async || {
        let [page, ballot_page] = paths.each_ref().map(|path| town.asks(Verb::GET, path, None, None));
        [page.await.status, ballot_page.await.status]
    };
    let (served, away) = (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE);
    let held = Holder::holds(&town.folder.path().join("data")).await;
    let (mut casting, mut ballots) = (tokio::task::JoinSet::new(), ballots.into_iter());
    for (crowd, expected) in [
        (Crowd::Small, [served, served]),
        (Crowd::Half, [away, served]),
        (Crowd::Most, [away, away]),
        (Crowd::Whole, [away, away]),
    ] {
        // The first are with the database, and take no place any more.
        while casting.is_empty() || town.server.app.ballots_that_wait() < crowd {
            let (town, ballot, before) = (Arc::clone(&town), ballots.next().unwrap(), town.server.app.places_taken());
            let asker = Arc::clone(&town);
            casting.spawn(async move { asker.posts_ballot(&ballot).await.status });
            let asked = Instant::now();
            while town.server.app.places_taken() == before && asked.elapsed() < Duration::from_secs(1) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        assert_eq!(statuses().await, expected, "{crowd:?}");
        assert_eq!(town.server.app.ballots_that_wait(), crowd, "nothing moved meanwhile");
    }
    let broken = town.posts_ballot(b"no ballot at all").await;
    assert_eq!((broken.status, broken.problem().as_str()), (away, "overloaded"), "nothing is checked");
    assert_eq!(head_alone(&town, &format!("/api/v1/rounds/{SLUG}/ballots")).await.1, "HTTP/1.1 503");
    held.lets_go().await;
    let answers = casting.join_all().await;
    let taken = answers.iter().filter(|status| **status == StatusCode::CREATED).count();
    assert!(taken > PLACES, "{answers:?}");
    assert!(answers.iter().all(|status| [StatusCode::CREATED, away].contains(status)), "{answers:?}");
    assert_eq!(statuses().await, [served, served]);
    assert_eq!(town.certifies().await.outcome.ballots, taken as u64);
}

/// Sends nothing but the head of a request with a body, and hears the first of the answer.
async fn head_alone(town: &Town, path: &str) -> (TcpStream, String) {
    let address = town.api.base().to_string().replace("http://", "");
    let mut stream = TcpStream::connect(address.trim_end_matches('/')).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 30\r\n\
         expect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    (stream, String::from_utf8_lossy(&answer).into_owned())
}

/// Whoever is turned away hears so before they send anything more than the head: what would be read for nothing costs most when there is
/// too much to do.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_turned_away_need_send_no_body() {
    let town = Town::with(|config| config.overload.voting = 1).await;
    town.votes(1).await;
    let path = format!("/api/v1/rounds/{SLUG}/identification");
    let asks = || head_alone(&town, &path);
    let (first, heard) = asks().await;
    assert_eq!(heard, "HTTP/1.1 100", "its body is waited for");
    assert_eq!(asks().await.1, "HTTP/1.1 503", "while it is, there is room for nobody else");
    drop(first);
    until("there is room again", || async { asks().await.1 == "HTTP/1.1 100" }).await;
}
