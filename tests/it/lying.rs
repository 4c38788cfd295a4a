//! A server that shows whatever log a test wants, honest or not, at `URL/log` and `URL/rounds/numbers/log`.

use std::sync::{Arc, Mutex};

use audit::follow::{LogSource, Missing};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};

use super::served::Served;

/// What is shown.
#[derive(Clone)]
pub struct Shown {
    pub log: Served,
    /// Shown instead of the log's own head.
    pub note: Option<String>,
}

/// The server, for as long as this lives.
pub struct Lying {
    pub url: String,
    shown: Arc<Mutex<Shown>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Lying {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Lying {
    pub async fn new(log: &Served) -> Self {
        let shown = Arc::new(Mutex::new(Shown { log: log.clone(), note: None }));
        let log = Router::new().route("/log/{*path}", get(answer)).with_state(Arc::clone(&shown));
        let router = log.clone().nest("/rounds/numbers", log);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shown, task }
    }

    /// Shows this log from now on.
    pub fn shows(&self, log: &Served) {
        *self.shown.lock().unwrap() = Shown { log: log.clone(), note: None };
    }

    /// Shows this head above what is there.
    pub fn shows_head(&self, note: &str) {
        self.shown.lock().unwrap().note = Some(note.to_owned());
    }
}

async fn answer(State(shown): State<Arc<Mutex<Shown>>>, Path(path): Path<String>) -> Result<Vec<u8>, StatusCode> {
    let Shown { mut log, note } = shown.lock().unwrap().clone();
    match path.as_str() {
        _ if log.down => Err(StatusCode::SERVICE_UNAVAILABLE),
        "checkpoint" => Ok(note.unwrap_or_else(|| log.note()).into_bytes()),
        "vkey" => Ok(format!("{}\n", log.key()).into_bytes()),
        path => log.get(path).map_err(|missing| match missing {
            Missing::Absent(_) => StatusCode::NOT_FOUND,
            Missing::Trouble(_) => StatusCode::BAD_GATEWAY,
        }),
    }
}
