//! A server that shows whatever its operator likes, at the addresses and in the form of the real one.

use std::sync::{Arc, RwLock};

use audit::{
    log::{hash::Hash, path::TilePath, tile::TileId},
    round::Bytes,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use ballots::envelope::{Acceptance, AcceptanceKey};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use veche::{
    client::Api,
    http::{AcceptanceResponse, ConsistencyResponse, IdentificationResponse},
};

use super::{
    forgery::name,
    truth::Truth,
    view::{Accepting, View},
};

/// A server with one face, which can be changed. Who shows two faces has two of these.
pub struct CheatingServer {
    face: Arc<Face>,
    listening: JoinHandle<()>,
    /// Where it is asked.
    pub api: Api,
}

struct Face {
    truth: &'static Truth,
    view: RwLock<View>,
    taken: RwLock<Vec<Vec<u8>>>,
}

impl Face {
    fn view(&self) -> View {
        self.view.read().unwrap().clone()
    }
}

type Shown = State<Arc<Face>>;

#[derive(Deserialize)]
struct Lines {
    #[serde(default)]
    first: usize,
    limit: Option<usize>,
}

#[derive(Deserialize)]
struct Sizes {
    from: u64,
    to: u64,
}

#[derive(Deserialize)]
struct Cast {
    ballot: Bytes,
}

#[derive(Deserialize)]
struct Blinded {
    blinded: Option<Bytes>,
}

#[derive(Deserialize)]
struct Asked {
    ballot: Hash,
}

impl CheatingServer {
    pub async fn start(truth: &'static Truth, view: View) -> Self {
        let face = Arc::new(Face { truth, view: RwLock::new(view), taken: RwLock::default() });
        let round = Router::new()
            .route("/", get(show))
            .route("/identification", post(identify))
            .route("/ballots", post(accept))
            .route("/receipts", post(receipt_in_private))
            .route("/receipts/{ballot}", get(receipt))
            .route("/log/checkpoint", get(checkpoint))
            .route("/log/lines", get(lines))
            .route("/log/consistency", get(consistency));
        let log = Router::new()
            .route("/checkpoint", get(checkpoint))
            .route("/vkey", get(vkey))
            .route("/tile/{*path}", get(tile));
        let slug = &truth.operator.rules.slug;
        let router = Router::new()
            .nest(&format!("/api/v1/rounds/{slug}"), round)
            .nest(&format!("/rounds/{slug}/log"), log)
            .with_state(Arc::clone(&face));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Api::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let listening = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { face, listening, api }
    }

    /// From now on it shows this.
    pub fn show(&self, view: View) {
        *self.face.view.write().unwrap() = view;
    }

    /// Ballots that it took.
    pub fn taken(&self) -> Vec<Vec<u8>> {
        self.face.taken.read().unwrap().clone()
    }
}

impl Drop for CheatingServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn problem(status: StatusCode, slug: &str) -> Response {
    let body = json!({ "type": format!("/problems/{slug}"), "title": slug, "status": status.as_u16(), "detail": slug });
    (status, Json::<Value>(body)).into_response()
}

async fn show(State(face): Shown) -> Response {
    Json(face.view().round()).into_response()
}

/// Whoever comes is let in, and gets a credential: what is played here comes after.
async fn identify(State(face): Shown, Json(request): Json<Blinded>) -> Json<IdentificationResponse> {
    Json(IdentificationResponse {
        session: "anybody".to_owned(),
        expires: i64::from(u32::MAX),
        pseudonym: Hash::ZERO,
        signature: request.blinded.map(|blinded| Bytes(face.truth.operator.issuer.blind_sign(&blinded.0).unwrap())),
    })
}

async fn checkpoint(State(face): Shown) -> String {
    face.view().checkpoint
}

async fn vkey(State(face): Shown) -> String {
    format!("{}\n", face.truth.operator.rules.log_key)
}

async fn lines(State(face): Shown, Query(query): Query<Lines>) -> Vec<u8> {
    let view = face.view();
    let end = view.lines.len().min(query.first.saturating_add(query.limit.unwrap_or(1000)));
    // What is kept back ends the answer, as if there were no more lines.
    let given = (query.first..end).map_while(|index| view.line(index));
    given.flat_map(|line| [line, b"\n"].concat()).collect()
}

async fn consistency(State(face): Shown, Query(sizes): Query<Sizes>) -> Response {
    match face.view().consistency(sizes.from, sizes.to) {
        Some(proof) => Json(ConsistencyResponse { proof }).into_response(),
        None => problem(StatusCode::BAD_REQUEST, "malformed"),
    }
}

async fn receipt(State(face): Shown, Path(ballot): Path<Hash>) -> Response {
    match face.view().receipt(ballot) {
        Some(answer) => Json(answer).into_response(),
        None => problem(StatusCode::NOT_FOUND, "unknown-ballot"),
    }
}

async fn receipt_in_private(face: Shown, Json(asked): Json<Asked>) -> Response {
    receipt(face, Path(asked.ballot)).await
}

/// Tiles of hashes and of entries, of a log so short that each level has one.
async fn tile(State(face): Shown, Path(path): Path<String>) -> Response {
    let view = face.view();
    let bytes = match format!("tile/{path}").parse() {
        Ok(TilePath::Hashes(TileId { level: 0, index: 0 }, width)) => view.hashes(width),
        Ok(TilePath::Entries(0, width)) => view.entries(width),
        _ => None,
    };
    bytes.map_or_else(|| problem(StatusCode::NOT_FOUND, "not-found"), IntoResponse::into_response)
}

/// The ballot box: what it signs depends on what the operator is up to.
async fn accept(State(face): Shown, Json(cast): Json<Cast>) -> Response {
    let view = face.view();
    let fingerprint = view.round().fingerprint;
    let another = AcceptanceKey::from_secret(face.truth.members[0].as_bytes()).unwrap();
    let (key, in_log_by) = match view.accepting {
        Accepting::Never => return problem(StatusCode::CONFLICT, "closed"),
        Accepting::WithAnotherKey(by) => (&another, by),
        Accepting::Promising(by) => (&face.truth.operator.acceptance, by),
    };
    let acceptance =
        Acceptance { fingerprint: *fingerprint.as_bytes(), ballot: *name(&cast.ballot.0).as_bytes(), in_log_by };
    face.taken.write().unwrap().push(cast.ballot.0);
    face.view.write().unwrap().waiting.insert(acceptance.ballot.into(), in_log_by);
    let answer = AcceptanceResponse {
        ballot: acceptance.ballot.into(),
        fingerprint,
        in_log_by,
        signature: acceptance.sign(key).into(),
    };
    (StatusCode::CREATED, Json(answer)).into_response()
}
