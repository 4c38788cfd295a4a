//! A load generator: connections that are kept open, requests made beforehand, times from when each should have started.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode, body::Bytes, client::conn::http1::SendRequest, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::super::CliFault;

/// Connections at the same time, as fast as it goes: as many as keep two processors at work while groups wait for their commits.
pub(super) const CONNECTIONS: usize = 1_024;
/// Connections at a steady rate, which waits for nobody.
const STEADY: usize = 512;

/// One connection to the server.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    pub(super) async fn open(host: &str) -> Result<Self, CliFault> {
        let stream = TcpStream::connect(host).await.map_err(CliFault::other)?;
        stream.set_nodelay(true).map_err(CliFault::other)?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(CliFault::other)?;
        tokio::spawn(connection);
        Ok(Self { sender, host: host.to_owned() })
    }

    /// Whether the server has hung up.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Posts JSON and returns the answer's body; anything but success is a fault.
    pub(super) async fn post(&mut self, path: &str, body: Bytes) -> Result<Bytes, CliFault> {
        self.posts(path, body).await?.taken(path)
    }

    /// Gets an address and returns the answer's body; anything but success is a fault.
    pub(super) async fn get(&mut self, path: &str) -> Result<Bytes, CliFault> {
        self.gets(path).await?.taken(path)
    }

    /// Posts JSON.
    pub(super) async fn posts(&mut self, path: &str, body: Bytes) -> Result<Heard, CliFault> {
        let request = Request::post(path).header(header::HOST, &self.host);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(path, request.body(Full::new(body)).map_err(CliFault::other)?).await
    }

    /// Gets an address.
    pub(super) async fn gets(&mut self, path: &str) -> Result<Heard, CliFault> {
        let request = Request::get(path).header(header::HOST, &self.host);
        self.send(path, request.body(Full::default()).map_err(CliFault::other)?).await
    }

    async fn send(&mut self, path: &str, request: Request<Full<Bytes>>) -> Result<Heard, CliFault> {
        let response = self.sender.send_request(request).await.map_err(CliFault::other)?;
        let (status, later) = (response.status(), response.headers().get(header::RETRY_AFTER).cloned());
        let body = response.into_body().collect().await.map_err(CliFault::other)?.to_bytes();
        let later = later.and_then(|seconds| seconds.to_str().ok()?.parse().ok()).map(Duration::from_secs);
        match later {
            _ if status.is_success() => Ok(Heard::Taken(body)),
            Some(later) if status == StatusCode::SERVICE_UNAVAILABLE => Ok(Heard::Away(later)),
            _ => Err(CliFault::Other(format!("{path}: {status} {}", String::from_utf8_lossy(&body)))),
        }
    }
}

/// What came of a request.
pub(super) enum Heard {
    /// Success, with this body.
    Taken(Bytes),
    /// There is too much to do: whoever asked may come again after this time.
    Away(Duration),
}

impl Heard {
    fn taken(self, path: &str) -> Result<Bytes, CliFault> {
        match self {
            Self::Taken(body) => Ok(body),
            Self::Away(_) => Err(CliFault::Other(format!("{path}: turned away"))),
        }
    }
}

/// How a run went.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) per_second: f64,
    latencies: Vec<Duration>,
}

impl Run {
    /// The latency that so many of 100 requests did not exceed, in milliseconds.
    pub(super) fn latency(&self, percent: usize) -> f64 {
        percentile(&self.latencies, percent) * 1e3
    }
}

/// The time in seconds that so many of 100 did not exceed; the times are sorted.
pub(super) fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    sorted.get(sorted.len() * percent / 100).or(sorted.last()).map_or(0.0, Duration::as_secs_f64)
}

/// Runs every item through the work on many connections, as fast as they go, or at so many a second.
pub(super) async fn run<T, W>(host: &str, items: Vec<T>, per_second: Option<u32>, work: W) -> Result<Run, CliFault>
where
    T: Send + Sync + 'static,
    W: AsyncWork<T>,
{
    let (items, next) = (Arc::new(items), Arc::new(AtomicUsize::new(0)));
    let mut connections = Vec::new();
    for _ in 0..if per_second.is_some() { STEADY } else { CONNECTIONS } {
        connections.push(Connection::open(host).await?);
    }
    let started = Instant::now();
    let mut working = tokio::task::JoinSet::new();
    for mut connection in connections {
        let (items, next, work) = (Arc::clone(&items), Arc::clone(&next), work.clone());
        working.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(at) else { return Ok::<_, CliFault>(latencies) };
                let due = per_second.map(|rate| started + Duration::from_secs_f64(at as f64 / f64::from(rate)));
                if let Some(due) = due {
                    tokio::time::sleep_until(due.into()).await;
                }
                let begun = due.unwrap_or_else(Instant::now);
                work.call(&mut connection, item).await?;
                latencies.push(begun.elapsed());
            }
        });
    }
    let mut latencies = Vec::with_capacity(items.len());
    while let Some(done) = working.join_next().await {
        latencies.extend(done.map_err(CliFault::other)??);
    }
    let per_second = items.len() as f64 / started.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Ok(Run { per_second, latencies })
}

/// What is done with one item on a connection.
pub(super) trait AsyncWork<T>: Clone + Send + 'static {
    /// Does it.
    fn call(&self, connection: &mut Connection, item: &T) -> impl Future<Output = Result<(), CliFault>> + Send;
}
