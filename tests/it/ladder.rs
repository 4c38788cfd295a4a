//! A server whose only thread has too much to do: readers are sent away, and ballots are taken; when that does not help ballots are refused
//! too, but for a tenth; and when it is over everybody is served.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Method as Verb, StatusCode};
use serde_json::json;
use tokio::{runtime::Runtime, task::JoinSet};
use veche::{
    client::{
        Api,
        receipt::{self, Receipt},
        resident::{Cast, Credential, PollingPlace},
    },
    config::Overload,
};

use super::{
    town::{SLUG, Town},
    witnesses::until,
};

/// For how long the thread is taken, again and again: whatever is ready waits longer then than it may, on any machine.
const TAKEN: Duration = Duration::from_millis(80);
/// Longest that whatever is ready may wait, in milliseconds.
const DELAY: u64 = 30;
const VOTERS: usize = 12;
const READERS: usize = 24;
/// So many readers are sent away, and so many ballots accepted, before the first look; and so many ballots refused before the second.
const ENOUGH: usize = 40;
/// So many ballots are accepted while most are refused.
const FEW: usize = 10;
/// Longest that a part of the load lasts.
const PATIENCE: Duration = Duration::from_secs(120);

/// What came of the requests under load.
#[derive(Default)]
struct Counts {
    over: AtomicBool,
    served: AtomicUsize,
    away: AtomicUsize,
    accepted: AtomicUsize,
    refused: AtomicUsize,
}

impl Counts {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn now(&self) -> Seen {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let [served, away, accepted, refused] = [&self.served, &self.away, &self.accepted, &self.refused].map(count);
        Seen { served, away, accepted, refused }
    }

    /// What there is when it is enough.
    async fn once(&self, enough: impl Fn(Seen) -> bool) -> Seen {
        let began = Instant::now();
        loop {
            let now = self.now();
            if enough(now) {
                return now;
            }
            assert!(began.elapsed() < PATIENCE, "{now:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Readers, and ballots.
#[derive(Debug, Clone, Copy)]
struct Seen {
    served: usize,
    away: usize,
    accepted: usize,
    refused: usize,
}

fn runtime(threads: usize) -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap()
}

async fn reads(url: String, counts: Arc<Counts>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    while !counts.is_over() {
        let answer = client.get(&url).send().await.unwrap();
        match answer.status() {
            StatusCode::OK => counts.served.fetch_add(1, Ordering::Relaxed),
            StatusCode::SERVICE_UNAVAILABLE => {
                let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=5).contains(&wait), "{wait}");
                counts.away.fetch_add(1, Ordering::Relaxed)
            }
            other => panic!("{other}"),
        };
        answer.bytes().await.unwrap();
    }
}

async fn casts(
    (api, place): (Api, PollingPlace),
    mut credential: Credential,
    ballot: ballots::Ballot,
    counts: Arc<Counts>,
) -> Vec<Cast> {
    let mut accepted = Vec::new();
    while !counts.is_over() {
        let bytes = place.fill(&mut credential, &ballot).unwrap();
        match place.cast(&api, bytes).await {
            Ok(cast) => {
                accepted.push(cast);
                counts.accepted.fetch_add(1, Ordering::Relaxed);
            }
            Err(fault) => {
                assert_eq!(fault.slug(), Some("overloaded"), "{fault}");
                counts.refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    accepted
}

/// Everybody at once, until enough has happened; what was accepted.
async fn load(town: &Town, voters: Vec<Credential>, counts: &Arc<Counts>) -> Vec<Cast> {
    let (place, ballot) = (town.place().await, town.ballot(&[("t2", None)]).await);
    let (mut reading, mut casting) = (JoinSet::new(), JoinSet::new());
    let url = format!("{}/rounds/{SLUG}", town.server.url());
    (0..READERS).for_each(|_| drop(reading.spawn(reads(url.clone(), Arc::clone(counts)))));
    for credential in voters {
        let by = (Api::new(&town.server.url()).unwrap(), place.clone());
        casting.spawn(casts(by, credential, ballot.clone(), Arc::clone(counts)));
    }
    let first = counts.once(|now| now.away >= ENOUGH && now.accepted >= ENOUGH).await;
    let Seen { served, away, accepted, refused } = first;
    assert!(
        refused * (served + away) < away * (accepted + refused),
        "ballots were refused as often as readers: {first:?}"
    );
    let most = counts.once(|now| now.refused >= ENOUGH).await;
    let last = counts.once(|now| now.accepted >= most.accepted + FEW && now.away >= most.away + ENOUGH).await;
    println!("{first:?}; once ballots were refused {most:?}, {last:?}");
    assert_eq!(last.served, most.served, "a reader was served while ballots were refused");
    let comes = town.posts("/identification", None, json!({ "code": "AAAA-AAAA-AAAA-AAAA" })).await;
    assert_eq!((comes.status, comes.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "overloaded"));
    counts.over.store(true, Ordering::Relaxed);
    reading.join_all().await;
    casting.join_all().await.into_iter().flatten().collect()
}

#[test]
fn a_server_with_too_much_to_do_sends_readers_away_and_takes_ballots() {
    // The server has a thread of its own, which is kept busy; whoever asks it is not.
    let (its, ours) = (runtime(1), runtime(2));
    let town = its.block_on(Town::with(|config| config.overload = Overload { delay_ms: DELAY, ..Overload::default() }));
    let voters = its.block_on(async {
        let (codes, mut credentials) = (town.votes(VOTERS).await, Vec::new());
        for code in &codes {
            credentials.push(town.registers(code).await);
        }
        credentials
    });
    let counts = Arc::new(Counts::default());
    let until_over = Arc::clone(&counts);
    its.spawn(async move {
        while !until_over.is_over() {
            std::thread::sleep(TAKEN);
            tokio::task::yield_now().await;
        }
    });
    let accepted = ours.block_on(load(&town, voters, &counts));
    ours.block_on(async {
        let page = format!("/rounds/{SLUG}");
        let all_served = async || {
            // On the lowest step of the ladder one reader of forty is sent away.
            for _ in 0..50 {
                if town.asks(Verb::GET, &page, None, None).await.status != StatusCode::OK {
                    return false;
                }
            }
            true
        };
        until("everybody is served again", || async { all_served().await }).await;
        let result = town.certifies().await;
        assert_eq!(result.outcome.ballots + result.replaced, accepted.len() as u64);
        let place = town.place().await;
        for cast in &accepted {
            assert!(matches!(receipt::fetch(&town.api, &place, cast).await.unwrap(), Receipt::Logged { .. }));
        }
    });
}
