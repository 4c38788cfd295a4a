//! A witness in the test's process, over real HTTP: it decides as the specification says, unless it is told to misbehave.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Instant,
};

use audit::log::{
    checkpoint::Checkpoint,
    cosignature::{Cosigner, CosignerKey},
    hash::Hash,
    note::{Note, VerifierKey},
    proof::verify_consistency,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use ed25519_dalek::SigningKey;
use tokio::{net::TcpListener, task::JoinHandle};
use veche::config;

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
    /// Size and root of each log that it knows, by origin; those that it does not know it takes up.
    pub heads: BTreeMap<String, (u64, Hash)>,
    /// When it was asked, and from which size.
    pub asked: Vec<(Instant, u64)>,
    cosigner: Cosigner,
    time: u64,
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
        let (heads, asked) = (BTreeMap::new(), Vec::new());
        let held = Arc::new(Mutex::new(Held { mood: Mood::Honest, heads, asked, cosigner, time: 1_700_000_000 }));
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
    let mood = {
        let mut held = held.lock().unwrap();
        let old = body.lines().next().and_then(|line| line.strip_prefix("old ")?.parse().ok()).unwrap();
        held.asked.push((Instant::now(), old));
        held.mood
    };
    match mood {
        Mood::Silent => std::future::pending().await,
        Mood::Ill => (StatusCode::SERVICE_UNAVAILABLE, "tomorrow").into_response(),
        Mood::Endless => "\u{2014} witness AAAA\n".repeat(100_000).into_response(),
        Mood::Honest | Mood::Forging => decide(&mut held.lock().unwrap(), &body).into_response(),
    }
}

/// C2SP tlog-witness: 409 with its own size when asked from another, 422 when the proof does not lead there.
fn decide(held: &mut Held, body: &str) -> (StatusCode, String) {
    let (head, note) = body.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let old: u64 = lines.next().unwrap().strip_prefix("old ").unwrap().parse().unwrap();
    let proof: Vec<Hash> = lines.map(|line| Hash::from_base64(line).unwrap()).collect();
    let note: Note = note.parse().unwrap();
    let new: Checkpoint = note.text.parse().unwrap();
    let (size, root) = held.heads.get(&new.origin).copied().unwrap_or((0, Hash::ZERO));
    if old != size || (old == new.size && root != new.root) {
        return (StatusCode::CONFLICT, format!("{size}\n"));
    }
    let grew =
        if old == 0 { proof.is_empty() } else { verify_consistency(old, root, new.size, new.root, &proof).is_ok() };
    if !grew {
        return (StatusCode::UNPROCESSABLE_ENTITY, String::new());
    }
    held.heads.insert(new.origin.clone(), (new.size, new.root));
    held.time += 1;
    let text = if held.mood == Mood::Forging { note.text.replace(&new.origin, "elsewhere") } else { note.text };
    (StatusCode::OK, format!("{}\n", held.cosigner.cosign(&text, held.time)))
}

/// A witness in the rules must be another party than the log.
pub fn is_signed_by_the_log(note: &Note, key: &str) -> bool {
    key.parse::<VerifierKey>().is_ok_and(|key| note.verify(&key).is_ok())
}
