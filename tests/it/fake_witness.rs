//! A witness in the test's process, over real HTTP: it decides as `audit` says, unless it is told to misbehave.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Instant,
};

use audit::log::{
    cosignature::{Cosigner, CosignerKey},
    hash::Hash,
    note::{Note, VerifierKey},
    witness::{
        AddCheckpoint,
        decision::{Decision, FollowedLog, Heads, decide},
        print_cosignatures, print_size,
    },
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use ed25519_dalek::SigningKey;
use reqwest::Method as Verb;
use tokio::{net::TcpListener, task::JoinHandle};
use veche::config;

use super::town::Town;

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Honest,
    /// It answers 503.
    Ill,
    /// It takes the request and never answers.
    Silent,
    /// It signs another head.
    Forging,
    /// It answers without end.
    Endless,
}

/// What it holds.
pub struct Held {
    pub mood: Mood,
    /// The logs that it follows, by origin, with the heads that it cosigned.
    pub logs: BTreeMap<String, (FollowedLog, Heads)>,
    /// When it was asked, and from which size.
    pub asked: Vec<(Instant, u64)>,
    cosigner: Cosigner,
    /// Time of the last cosignature.
    pub time: u64,
}

/// A running witness.
pub struct FakeWitness {
    pub key: CosignerKey,
    url: String,
    held: Arc<Mutex<Held>>,
    serving: JoinHandle<()>,
}

impl FakeWitness {
    pub async fn new(name: &str, seed: u8) -> Self {
        let cosigner = Cosigner::new(name.to_owned(), SigningKey::from_bytes(&[seed; 32])).unwrap();
        let key = cosigner.public();
        let (logs, asked) = (BTreeMap::new(), Vec::new());
        let held = Arc::new(Mutex::new(Held { mood: Mood::Honest, logs, asked, cosigner, time: 1_700_000_000 }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/log/", listener.local_addr().unwrap());
        let router = Router::new().route("/log/add-checkpoint", post(add_checkpoint)).with_state(Arc::clone(&held));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { key, url, held, serving }
    }

    /// How the settings of the service name it.
    pub fn settings(&self) -> config::Witness {
        config::Witness { key: self.key.to_string(), url: self.url.clone() }
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    /// Takes up the log at this address, as if it had cosigned this size and root.
    pub async fn follows(&self, town: &Town, log: &str, cosigned: Option<(u64, Hash)>) {
        let vkey = town.asks(Verb::GET, &format!("{log}/vkey"), None, None).await.text;
        let log: FollowedLog = vkey.trim_end().parse().unwrap();
        let mut heads = Heads::default();
        cosigned.into_iter().for_each(|(size, root)| heads.push(size, root));
        self.held().logs.insert(log.origin.clone(), (log, heads));
    }

    /// The size of a log that it cosigned last.
    pub fn size(&self, origin: &str) -> u64 {
        self.held().logs[origin].1.latest().unwrap().0
    }

    pub fn is(&self, mood: Mood) {
        self.held().mood = mood;
    }
}

impl Drop for FakeWitness {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn add_checkpoint(State(held): State<Arc<Mutex<Held>>>, body: String) -> Response {
    let request: AddCheckpoint = body.parse().unwrap();
    let mood = {
        let mut held = held.lock().unwrap();
        held.asked.push((Instant::now(), request.old));
        held.mood
    };
    match mood {
        Mood::Silent => std::future::pending().await,
        Mood::Ill => (StatusCode::SERVICE_UNAVAILABLE, "tomorrow").into_response(),
        Mood::Endless => "\u{2014} witness AAAA\n".repeat(100_000).into_response(),
        Mood::Honest | Mood::Forging => held.lock().unwrap().answer(&request).into_response(),
    }
}

impl Held {
    fn answer(&mut self, request: &AddCheckpoint) -> (StatusCode, String) {
        let text = &request.checkpoint.text;
        let known = self.logs.get_mut(text.lines().next().unwrap());
        let Some((log, heads)) = known else { return (StatusCode::NOT_FOUND, "no such log".into()) };
        let decision = decide(heads, log, request).decision;
        let status = StatusCode::from_u16(decision.status()).unwrap();
        match decision {
            Decision::Cosign(head) => {
                heads.push(head.size, head.root);
                self.time += 1;
                let forged = text.replace(&head.origin, "elsewhere");
                let text = if self.mood == Mood::Forging { &forged } else { text };
                (status, print_cosignatures(&[self.cosigner.cosign(text, self.time)]))
            }
            Decision::Conflict(size) => (status, print_size(size)),
            _ => (status, String::new()),
        }
    }
}

/// A witness in the rules must be another party than the log.
pub fn is_signed_by_the_log(note: &Note, key: &str) -> bool {
    key.parse::<VerifierKey>().is_ok_and(|key| note.verify(&key).is_ok())
}
