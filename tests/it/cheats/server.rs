//! A server that shows whatever its operator likes, at the addresses and in the form of the real one.

use std::sync::{Arc, RwLock};

use audit::{
    log::{hash::Hash, tile::TileId},
    round::Bytes,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use ballots::envelope::Acceptance;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use veche::{
    client::Api,
    http::{AcceptanceResponse, ConsistencyResponse},
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
struct Asked {
    ballot: Hash,
}

impl CheatingServer {
    pub async fn start(truth: &'static Truth, view: View) -> Self {
        let face = Arc::new(Face { truth, view: RwLock::new(view) });
        let round = Router::new()
            .route("/", get(show))
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
    let width = path.rsplit_once(".p/").map_or(256, |(_, width)| width.parse().unwrap_or(0));
    let first = TileId { level: 0, index: 0 };
    let asked = format!("tile/{path}");
    if width == 0 || width > view.lines.len() {
        return problem(StatusCode::NOT_FOUND, "not-found");
    }
    if asked == first.path(width as u64) {
        return view.leaves()[..width].iter().flat_map(|hash| *hash.as_bytes()).collect::<Vec<u8>>().into_response();
    }
    if asked == first.path(width as u64).replacen("tile/0/", "tile/entries/", 1) {
        let entries: Option<Vec<&[u8]>> = (0..width).map(|index| view.line(index)).collect();
        let Some(entries) = entries else { return problem(StatusCode::NOT_FOUND, "not-found") };
        let entry = |line: &[u8]| [&u16::try_from(line.len()).unwrap().to_be_bytes(), line].concat();
        return entries.into_iter().flat_map(entry).collect::<Vec<u8>>().into_response();
    }
    problem(StatusCode::NOT_FOUND, "not-found")
}

/// The ballot box: what it signs depends on what the operator is up to.
async fn accept(State(face): Shown, Json(cast): Json<Cast>) -> Response {
    let view = face.view();
    let rules = &face.truth.operator.rules;
    let fingerprint = *face.truth.operator.fingerprint.as_bytes();
    let (key, in_log_by) = match view.accepting {
        Accepting::Never => return problem(StatusCode::CONFLICT, "closed"),
        Accepting::WithAnotherKey(by) => (&face.truth.members[0], by),
        Accepting::Promising(by) => (&face.truth.operator.acceptance, by),
    };
    let acceptance = Acceptance { fingerprint, ballot: *name(&cast.ballot.0).as_bytes(), in_log_by };
    face.view.write().unwrap().waiting.insert(acceptance.ballot.into(), in_log_by);
    let answer = AcceptanceResponse {
        ballot: acceptance.ballot.into(),
        fingerprint: rules.fingerprint(),
        in_log_by,
        signature: acceptance.sign(key).into(),
    };
    (StatusCode::CREATED, Json(answer)).into_response()
}
