//! A log at its address, as strangers read it: tiles, leaves, heads. Whatever answers, only so many bytes of it are taken.

use std::time::{Duration, Instant};

use audit::{
    follow::{LogSource, Missing},
    log::{entries, note::VerifierKey},
};
use reqwest::StatusCode;
use tokio::runtime::Handle;

use super::{ClientFault, api::QUIET};

/// Longest wait for an answer, or for its next part.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest time for an answer as a whole, also of a server that drips.
const WHOLE: Duration = Duration::from_secs(60);
/// Longest note and key.
const MOST_TEXT: usize = 1 << 20;
/// Longest event of a long line.
const MOST_EVENT: usize = 16 << 20;
/// Longest tile of hashes.
const MOST_TILE: usize = 256 * 32;

/// A log's address.
#[derive(Debug, Clone)]
pub struct LogAddress {
    base: String,
    http: reqwest::Client,
}

impl LogAddress {
    /// The log of a round (`https://HOST/rounds/SLUG`), of the office (`https://HOST/office`), or at an address that ends in
    /// `/log`.
    ///
    /// # Errors
    /// [`ClientFault`] when the address is none.
    pub fn new(address: &str) -> Result<Self, ClientFault> {
        let address = address.trim_end_matches('/');
        if !address.starts_with("http://") && !address.starts_with("https://") {
            return Err(ClientFault::wrong(format!("{address} is no address: it must begin with https:// or http://")));
        }
        let base = if address.ends_with("/log") { address.to_owned() } else { format!("{address}/log") };
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_idle_timeout(QUIET)
            .connect_timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .timeout(WHOLE)
            .build()?;
        Ok(Self { base, http })
    }

    /// The address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The newest head, a signed note.
    ///
    /// # Errors
    /// [`Missing`].
    pub async fn checkpoint(&self) -> Result<String, Missing> {
        text(self.bytes("checkpoint").await?)
    }

    /// The log's key, as the server itself gives it.
    ///
    /// # Errors
    /// [`Missing`]; a text that is no key is trouble.
    pub async fn key(&self) -> Result<VerifierKey, Missing> {
        let text = text(self.bytes("vkey").await?)?;
        text.trim_end().parse().map_err(|fault| Missing::Trouble(format!("vkey: {fault}")))
    }

    /// The bytes at a path below the address.
    ///
    /// # Errors
    /// [`Missing`].
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, Missing> {
        let trouble = |fault: reqwest::Error| Missing::Trouble(fault.without_url().to_string());
        let mut answer = self.http.get(format!("{}/{path}", self.base)).send().await.map_err(trouble)?;
        match answer.status() {
            StatusCode::OK => {}
            status @ (StatusCode::NOT_FOUND | StatusCode::GONE) => return Err(Missing::Absent(status.to_string())),
            status => return Err(Missing::Trouble(status.to_string())),
        }
        let (mut bytes, most) = (Vec::new(), most(path));
        while let Some(part) = answer.chunk().await.map_err(trouble)? {
            if bytes.len() + part.len() > most {
                return Err(Missing::Trouble(format!("{path} is longer than {most} bytes")));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }

    /// The same for code that cannot wait, on a thread that may.
    #[must_use]
    pub fn blocking(&self) -> impl LogSource + Send + use<> {
        Blocking { log: self.clone(), runtime: Handle::current(), until: None }
    }

    /// The same, which answers nothing after this time: a log may be endless, a look at it may not.
    #[must_use]
    pub fn blocking_until(&self, until: Instant) -> impl LogSource + Send + use<> {
        Blocking { log: self.clone(), runtime: Handle::current(), until: Some(until) }
    }
}

/// Most bytes of an answer.
fn most(path: &str) -> usize {
    match path.split_once('/') {
        Some(("tile", rest)) if rest.starts_with("entries/") => entries::MAX_BYTES,
        Some(("tile", _)) => MOST_TILE,
        Some(("event", _)) => MOST_EVENT,
        _ => MOST_TEXT,
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Missing> {
    String::from_utf8(bytes).map_err(|fault| Missing::Trouble(fault.to_string()))
}

struct Blocking {
    log: LogAddress,
    runtime: Handle,
    until: Option<Instant>,
}

impl LogSource for Blocking {
    fn get(&mut self, path: &str) -> Result<Vec<u8>, Missing> {
        let Some(until) = self.until else { return self.runtime.block_on(self.log.bytes(path)) };
        let bounded = async { tokio::time::timeout_at(until.into(), self.log.bytes(path)).await };
        self.runtime.block_on(bounded).unwrap_or_else(|_| Err(Missing::Trouble("the look took too long".to_owned())))
    }
}
