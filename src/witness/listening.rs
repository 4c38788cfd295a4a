//! The witness on the network: add-checkpoint for logs, a page for people, the state for programs.

use std::{
    net::SocketAddr,
    sync::{Arc, Weak},
    time::Duration,
};

use audit::log::witness::SIZE_TYPE;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequest as _, Request, State},
    http::{HeaderName, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, oneshot},
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{AddCheckpointAnswer, StartFault, Witness};
use crate::{
    connections::{self, Bounds},
    pages::{Language, prefix, witness::STYLE},
};

/// Largest body, in bytes: 64 signatures of the largest kind, and a proof.
const MAX_BODY: usize = 256 * 1024;
/// Longest that the body of a request may take to come.
const LONGEST_BODY: Duration = Duration::from_secs(10);
/// Longest that a request may take, sending its body included.
const LONGEST: Duration = Duration::from_secs(30);
/// Most requests that are worked on at a time; more are told to come again.
const MOST_AT_ONCE: usize = 256;
const TEXT: &str = "text/plain; charset=utf-8";

/// A witness that listens.
#[derive(Debug)]
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    witness: Weak<Witness>,
}

impl Listening {
    /// Starts to answer, on so many connections at most.
    ///
    /// # Errors
    /// [`StartFault::Listen`].
    pub async fn start(wanted: SocketAddr, witness: Witness, bounds: Bounds) -> Result<Self, StartFault> {
        let fault = |fault| StartFault::Listen(wanted, fault);
        let listener = TcpListener::bind(wanted).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let witness = Arc::new(witness);
        let is_used = Arc::downgrade(&witness);
        let serving = tokio::spawn(connections::serve(listener, router(witness), bounds, async {
            let _ = stopped.await;
        }));
        Ok(Self { address, stop, serving, witness: is_used })
    }

    /// The address to ask.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests and answers those under way. Another may have the folder then.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.serving.await;
        // A connection that has ended lets go of the witness a moment later.
        let is_free = async {
            while self.witness.strong_count() > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = timeout(LONGEST, is_free).await;
    }
}

fn router(witness: Arc<Witness>) -> Router {
    let pages = Language::ALL.into_iter().fold(Router::new(), |pages, language| {
        let show = move |State(witness): State<Arc<Witness>>| page(witness, language);
        pages.route(&format!("{}/", prefix(language)), get(show))
    });
    pages
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/state", get(state))
        .route("/witness.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(Arc::new(Semaphore::new(MOST_AT_ONCE)), bounded))
        .with_state(witness)
}

/// Few at a time, and none for ever.
async fn bounded(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "busy\n").into_response();
    };
    let answer = timeout(LONGEST, next.run(request)).await;
    answer.unwrap_or_else(|_| too_slow())
}

/// The connection is closed: the rest of the body may come at any time, or never.
fn too_slow() -> Response {
    (StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")], "too slow\n").into_response()
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, request: Request) -> Response {
    let body = match timeout(LONGEST_BODY, String::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(fault)) => return fault.into_response(),
        Err(_) => return too_slow(),
    };
    // The decision waits for the disk, and goes on to its end when the asker hangs up.
    let answer = tokio::task::spawn_blocking(move || witness.add(&body)).await;
    let typed = |status: StatusCode, kind: &'static str, body: String| {
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    };
    match answer {
        Ok(AddCheckpointAnswer::Cosigned(lines)) => typed(StatusCode::OK, TEXT, lines),
        Ok(AddCheckpointAnswer::Size(size)) => typed(StatusCode::CONFLICT, SIZE_TYPE, size),
        Ok(AddCheckpointAnswer::Refused(status, words)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            typed(status, TEXT, words.to_owned())
        }
        Err(_) => typed(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the request failed\n".to_owned()),
    }
}

async fn state(State(witness): State<Arc<Witness>>) -> Response {
    match tokio::task::spawn_blocking(move || Json(witness.state())).await {
        Ok(state) => (FRESH, state).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn page(witness: Arc<Witness>, language: Language) -> Response {
    match tokio::task::spawn_blocking(move || witness.page(language)).await {
        Ok(page) => (FRESH, GUARDED, Html(page)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What is shown is of this moment.
const FRESH: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];
/// The page needs its style and nothing else.
const GUARDED: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];
