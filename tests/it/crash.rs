//! kill -9 in the middle of casting, again and again: no ballot whose acceptance was answered is lost.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use audit::round::Act;
use ballots::Ballot;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use veche::client::{
    Api,
    receipt::{self, Receipt},
    resident::{Cast, Credential, PollingPlace},
};

use super::{
    bundle,
    town::{SLUG, Town, config},
};

/// Times that the process is killed.
const KILLS: usize = 24;
/// People who cast at the same time.
const VOTERS: usize = 12;

/// `veche serve` as a process of its own.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(data: &Path) -> Self {
        let settings = data.join("veche.toml");
        std::fs::write(&settings, "integrate_every_ms = 30\n[limits]\nenabled = false\n[overload]\ndelay_ms = 0\n")
            .unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_veche"))
            .args(["--json", "serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--config")
            .arg(&settings)
            .env("VECHE_DATABASE", super::both::database(data))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { child, url: ready["url"].as_str().unwrap().to_owned() }
    }

    /// SIGKILL: nothing is flushed, nothing is answered.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// One resident with what they know: every acceptance, and a ballot whose answer never came.
struct Voter {
    credential: Credential,
    accepted: Vec<Cast>,
    unanswered: Option<Vec<u8>>,
}

impl Voter {
    /// Casts until the connection breaks. What got no answer is sent again first, the same bytes.
    async fn casts(&mut self, api: &Api, place: &PollingPlace, ballot: &Ballot, answered: &AtomicUsize) {
        loop {
            let bytes = match self.unanswered.take() {
                Some(bytes) => bytes,
                None => place.fill(&mut self.credential, ballot).unwrap(),
            };
            match place.cast(api, bytes.clone()).await {
                Ok(cast) => {
                    self.accepted.push(cast);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                Err(fault) if fault.slug().is_none() => {
                    self.unanswered = Some(bytes);
                    return;
                }
                Err(fault) => panic!("{fault}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_nine_loses_no_accepted_ballot() {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let town = Town::new().await;
    let codes = town.votes(VOTERS).await;
    let ballots = [town.ballot(&[("t1", None)]).await, town.ballot(&[("t2", None), ("t5", None)]).await];
    let mut voters = Vec::new();
    for code in &codes {
        voters.push(Voter { credential: town.registers(code).await, accepted: Vec::new(), unanswered: None });
    }
    let town = town.sleeps().await;
    let data = town.folder.path().join("data");

    for _ in 0..KILLS {
        let process = Process::start(&data);
        let api = Api::new(&process.url).unwrap();
        let place = PollingPlace::enter(&api, SLUG).await.unwrap();
        let mut casting = tokio::task::JoinSet::new();
        let heard = Arc::new(AtomicUsize::new(0));
        for mut voter in voters {
            let (api, place, heard) = (api.clone(), place.clone(), Arc::clone(&heard));
            let ballot = ballots[rng.random_range(0..ballots.len())].clone();
            casting.spawn(async move {
                voter.casts(&api, &place, &ballot, &heard).await;
                voter
            });
        }
        // However slow the machine is, it dies in the middle of work.
        while heard.load(Ordering::Relaxed) < 2 * VOTERS {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..60))).await;
        process.kill();
        voters = casting.join_all().await;
    }

    let town = town.restarted(config(data)).await;
    let place = PollingPlace::enter(&town.api, SLUG).await.unwrap();
    let (mut answered, mut last) = (0, Vec::new());
    for voter in &mut voters {
        for cast in &voter.accepted {
            receipt::fetch(&town.api, &place, cast).await.unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
            answered += 1;
        }
        if let Some(bytes) = voter.unanswered.take() {
            let again = place.cast(&town.api, bytes).await.unwrap();
            voter.accepted.push(again);
        }
        last.push(voter.accepted.last().unwrap().clone());
    }
    assert!(answered >= KILLS * VOTERS, "only {answered} ballots: the test did not load the server");
    let result = town.certifies().await;
    assert_eq!(result.outcome.ballots, VOTERS as u64);
    for cast in &last {
        assert!(matches!(receipt::fetch(&town.api, &place, cast).await.unwrap(), Receipt::Logged { .. }));
    }
    let report = audit::verify::verify(&bundle::fetch(&town).await, None, &|_| {});
    assert!(report.passed(), "seed {seed}\n{report}");
    let round: veche::http::RoundResponse = town.get("").await;
    assert!(round.ballots >= answered as u64, "seed {seed}: {} lines, {answered} acceptances", round.ballots);
}

/// A stopping server answers what it has taken: every request gets an acceptance or was never read.
#[tokio::test(flavor = "multi_thread")]
async fn sigterm_answers_every_ballot_it_took() {
    let town = Town::new().await;
    let codes = town.votes(VOTERS).await;
    let ballot = town.ballot(&[("t3", None)]).await;
    let mut credentials = Vec::new();
    for code in &codes {
        credentials.push(town.registers(code).await);
    }
    let town = town.sleeps().await;
    let data = town.folder.path().join("data");
    let mut process = Process::start(&data);
    let api = Api::new(&process.url).unwrap();
    let place = PollingPlace::enter(&api, SLUG).await.unwrap();
    let mut casting = tokio::task::JoinSet::new();
    for credential in credentials {
        let (api, place, ballot) = (api.clone(), place.clone(), ballot.clone());
        casting.spawn(async move {
            let mut voter = Voter { credential, accepted: Vec::new(), unanswered: None };
            voter.casts(&api, &place, &ballot, &AtomicUsize::new(0)).await;
            voter
        });
    }
    tokio::time::sleep(Duration::from_millis(150)).await;
    let killed = Command::new("kill").args(["-TERM", &process.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let voters = casting.join_all().await;
    assert!(process.child.wait().unwrap().success(), "a graceful stop is no failure");
    let town = town.restarted(config(data)).await;
    let place = town.place().await;
    for voter in voters {
        for cast in &voter.accepted {
            receipt::fetch(&town.api, &place, cast).await.unwrap();
        }
        let unanswered = audit::verify::bundle::file_hash(&voter.unanswered.unwrap());
        let path = format!("/api/v1/rounds/{SLUG}/receipts/{unanswered}");
        let answer = town.asks(reqwest::Method::GET, &path, None, None).await;
        assert_eq!(answer.problem(), "unknown-ballot", "a ballot was stored and not answered");
    }
    town.acts(Act::Close).await;
}
