//! The whole URL map, in one place.

mod access;
mod acts;
mod assets;
mod caching;
mod casting;
mod client;
mod drafts;
mod exports;
mod extract;
mod health;
mod identifying;
mod inside;
mod issuing;
mod letters;
pub mod limits;
mod log;
pub mod openapi;
pub mod overload;
mod packing;
mod pages;
mod pictures;
mod policy;
pub mod problem;
mod ranges;
mod roll;
mod rounds;
mod tallying;
mod tiles;
mod watch;

pub use acts::{ProposalRequest, StepRequest};
pub use casting::{AcceptanceResponse, CastRequest};
pub use identifying::IdentificationResponse;
pub use inside::PublicAnswer;
pub use issuing::{Backup, IssueResponse, StatusResponse};
pub use letters::{LetterEntry, LettersRequest, LettersResponse};
pub use log::{ConsistencyResponse, ReceiptResponse};
pub use pictures::{PictureFileResponse, PictureRequest, PictureResponse, RemovalRequest};
pub use roll::{RollEntry, RollRequest, RollResponse};
pub use rounds::{ResultResponse, RoundResponse, RoundSummary};
pub use tallying::{CertificateResponse, RevealRequest, SignatureRequest};

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
    middleware,
    routing::{get, post, put},
};
use tower_http::{
    compression::{CompressionLayer, Predicate, predicate::DefaultPredicate},
    set_header::SetResponseHeaderLayer,
};

pub use crate::app::letters::MOST as MOST_LETTERS;
use crate::app::{App, pictures::MOST_BYTES};
use limits::Limits;
use overload::Overload;

/// Longest body of a question that changes nothing, in bytes.
const MAX_QUESTION: usize = 4 * 1024;
/// Longest body of a request, in bytes, where its route says nothing else (`watch::around`).
const MAX_BODY: usize = 64 * 1024;
/// Where ballots are cast.
const BALLOTS: &str = "/api/v1/rounds/{slug}/ballots";
/// Longest body that gives people other letters, in bytes: as many as may be in one request, some 120 bytes each, and a reason.
const MAX_LETTERS: usize = 256 * MOST_LETTERS;
/// Longest body of a draft, in bytes: it holds the texts about every territory.
const MAX_DRAFT: usize = 1024 * 1024;
/// Longest body of a picture's upload, in bytes: 16 MiB in base64, and its words.
const MAX_PICTURE: usize = MOST_BYTES / 3 * 4 + MAX_BODY;
/// Longest body of a roll import, in bytes.
const MAX_ROLL: usize = 8 * 1024 * 1024;

/// What every handler gets: one pointer, for each layer around a request clones it.
#[derive(Debug, Clone)]
pub struct Http(Arc<Shared>);

/// What stands behind it.
#[derive(Debug)]
pub struct Shared {
    /// The use cases.
    pub app: Arc<App>,
    /// The rate limits.
    pub limits: Limits,
    /// What is turned away when there is too much to do.
    pub overload: Arc<Overload>,
    /// Pages that many ask for.
    kept: pages::Kept,
    /// What browsers may do with an answer.
    policy: [(HeaderName, HeaderValue); 5],
}

impl std::ops::Deref for Http {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Http {
    /// The service over this app, with the limits of its settings.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        let limits = Limits::new(&app.config.limits, &app.config.trusted_proxies, app.has_other_nodes());
        let overload = Arc::new(Overload::new(&app.config.overload));
        let policy = policy::of(&app.config.map);
        Self(Arc::new(Shared { app, limits, overload, kept: pages::Kept::default(), policy }))
    }

    /// Every route.
    pub fn router(self) -> Router {
        let logs = open_log("/rounds/{slug}/log")
            .merge(open_log("/office/log"))
            .route_layer(middleware::from_fn_with_state(self.clone(), limits::reads))
            // Pages of other servers may read the logs.
            .layer(fixed(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        // Addresses that lead nowhere count as reading too.
        let lost = Router::new()
            .fallback(problem::not_found)
            .layer(middleware::from_fn_with_state(self.clone(), limits::reads))
            .with_state(self.clone());
        Router::new()
            .merge(self.reads())
            .merge(logs)
            .merge(voting())
            .merge(staff().layer(middleware::from_fn_with_state(self.clone(), pages::after_acts)))
            .fallback_service(lost)
            .method_not_allowed_fallback(problem::method_not_allowed)
            .layer(middleware::from_fn_with_state(self.clone(), watch::around))
            .with_state(self)
    }

    /// What anybody may look at.
    fn reads(&self) -> Router<Self> {
        Router::new()
            .route("/assets/{file}", get(assets::serve))
            .route("/erased", post(pages::erased))
            .route("/api/v1/openapi.json", get(openapi::serve))
            .route("/api/v1/rounds", get(rounds::list))
            .route("/api/v1/rounds/{slug}", get(rounds::show))
            .route("/api/v1/rounds/{slug}/pictures", get(pictures::list))
            .route("/pictures/{file}", get(pictures::file))
            .route("/api/v1/rounds/{slug}/result", get(rounds::result))
            .route("/api/v1/rounds/{slug}/receipts", post(log::receipt_in_private))
            .route("/api/v1/rounds/{slug}/receipts/{ballot}", get(log::receipt))
            .route("/api/v1/rounds/{slug}/log/checkpoint", get(log::checkpoint))
            .route("/api/v1/rounds/{slug}/log/lines", get(log::lines))
            .route("/api/v1/rounds/{slug}/log/consistency", get(log::consistency))
            .route("/api/v1/rounds/{slug}/certificate", get(tallying::certificate))
            .route("/api/v1/rounds/{slug}/export/{format}", get(exports::export))
            .merge(pages::routes())
            .route_layer(middleware::from_fn_with_state(self.clone(), limits::reads))
            // Not limited: whoever asks these decides whether the node goes on, and may come from the address of a crowd.
            .route("/healthz", get(health::alive))
            .route("/readyz", get(health::ready))
            .layer(DefaultBodyLimit::max(MAX_QUESTION))
            .layer(CompressionLayer::new().compress_when(worth_compressing()))
            .layer(SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static(caching::ASK),
            ))
    }
}

/// What a resident does: with the registrar, who knows the person, and with the ballot box, which does not.
fn voting() -> Router<Http> {
    let registrar = Router::new()
        .route("/api/v1/rounds/{slug}/identification", post(identifying::identify))
        .route("/api/v1/rounds/{slug}/credential", get(issuing::status).post(issuing::issue))
        .route("/api/v1/rounds/{slug}/credential/backup", get(issuing::backup).put(issuing::save_backup))
        .layer(fixed(header::CACHE_CONTROL, caching::NEVER));
    let ballot_box = Router::new().route(BALLOTS, post(casting::cast));
    registrar.merge(ballot_box)
}

/// What officials and the commission do.
fn staff() -> Router<Http> {
    let acts = Router::new()
        .route("/api/v1/drafts/{slug}/publication", post(drafts::publish))
        .route("/api/v1/rounds/{slug}/letters", post(letters::replace).layer(DefaultBodyLimit::max(MAX_LETTERS)))
        .route("/api/v1/rounds/{slug}/pictures/{picture}/removal", post(pictures::remove))
        .route("/api/v1/rounds/{slug}/steps", post(acts::alone))
        .route("/api/v1/rounds/{slug}/proposal", post(acts::propose))
        .route("/api/v1/rounds/{slug}/proposal/confirmation", post(acts::confirm))
        .route("/api/v1/rounds/{slug}/opening-key", post(tallying::reveal))
        .route("/api/v1/rounds/{slug}/signatures", post(tallying::sign));
    let roll =
        Router::new().route("/api/v1/rounds/{slug}/roll", post(roll::import)).layer(DefaultBodyLimit::max(MAX_ROLL));
    let draft = Router::new().route("/api/v1/drafts/{slug}", put(drafts::save)).layer(DefaultBodyLimit::max(MAX_DRAFT));
    let upload = Router::new()
        .route("/api/v1/rounds/{slug}/territories/{number}/pictures", post(pictures::add))
        .layer(DefaultBodyLimit::max(MAX_PICTURE));
    acts.merge(roll).merge(draft).merge(upload)
}

/// A log under its address. Tiles are packed once and kept so, and those of hashes not at all.
fn open_log(address: &str) -> Router<Http> {
    Router::new()
        .route(&format!("{address}/checkpoint"), get(tiles::checkpoint))
        .route(&format!("{address}/event/{{rest}}"), get(tiles::event))
        .route(&format!("{address}/vkey"), get(tiles::vkey))
        .route(&format!("{address}/witnesses"), get(tiles::witnesses))
        .layer(CompressionLayer::new())
        .route(&format!("{address}/tile/{{*rest}}"), get(tiles::tile))
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// What may be asked for in parts is served as it is: a part must be of the same bytes as the whole, and a strong ETag names one
/// representation (RFC 9110 §8.8.1).
fn worth_compressing() -> impl Predicate {
    let in_parts =
        |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| !headers.contains_key(header::ACCEPT_RANGES);
    DefaultPredicate::new().and(in_parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of what a handler of four parts waits with.
    fn waits_with<A, B, C, D, F>(_: impl Fn(A, B, C, D) -> F) -> usize {
        size_of::<F>()
    }

    /// A crowd waits for its commits together, and what is held for each is cold when its turn comes.
    #[test]
    fn each_of_a_crowd_waits_with_little() {
        for (name, bytes) in [("cast", waits_with(casting::cast)), ("identify", waits_with(identifying::identify))] {
            assert!(bytes <= 2048, "{name}: {bytes} bytes; what is rare and large goes into a box of its own");
        }
    }
}
