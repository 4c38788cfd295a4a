//! JSON over HTTP: one way to ask, and every problem answer as a value.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Longest answer that is taken, in bytes; whatever is longer is fetched as a bundle is, into a file.
const MOST: usize = 64 << 20;

/// A connection that was quiet for longer is not used again: the server closes it after ten seconds, perhaps just then.
pub(super) const QUIET: Duration = Duration::from_secs(5);

/// A server's API.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    http: reqwest::Client,
}

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ClientFault {
    /// The server said no, and why.
    #[error("{slug}: {detail}")]
    Refused {
        /// Stable name of the problem.
        slug: String,
        /// What happened and what to do next.
        detail: String,
        /// The whole problem.
        problem: serde_json::Value,
        /// HTTP status.
        status: StatusCode,
    },
    /// No answer, or one that cannot be read.
    #[error("no answer from the server: {0}")]
    Http(#[from] reqwest::Error),
    /// The ballot box did not keep what it signed, or signed what it need not keep: the acceptance proves it.
    #[error("the ballot box's promise: {0}")]
    Promise(String),
    /// One of several requests for a long list: those before it were done, and this one perhaps too, where no answer came.
    #[error(
        "the first {done} of the list are done, and the codes in their letters hold; run those after them, with a file for letters of their own. Places count from there: {fault}"
    )]
    Partly {
        /// People of the list whose requests were done.
        done: usize,
        /// What became of the request after them.
        fault: Box<ClientFault>,
    },
    /// The answer is not what the protocol says it must be.
    #[error("the server's answer is wrong: {0}")]
    Wrong(String),
}

impl ClientFault {
    /// An answer that is not what the protocol says.
    pub fn wrong(what: impl std::fmt::Display) -> Self {
        Self::Wrong(what.to_string())
    }

    /// The same of a request after others, by which so many of a list were done.
    pub(super) fn after(self, done: usize) -> Self {
        if done == 0 { self } else { Self::Partly { done, fault: Box::new(self) } }
    }

    /// The stable name of the problem, if the server named one.
    #[must_use]
    pub fn slug(&self) -> Option<&str> {
        match self {
            Self::Refused { slug, .. } => Some(slug),
            Self::Partly { fault, .. } => fault.slug(),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct ProblemBody {
    #[serde(rename = "type")]
    kind: String,
    detail: String,
}

impl Api {
    /// The API of the server at this address, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// [`ClientFault::Http`] when the HTTP client cannot be set up.
    pub fn new(base: &str) -> Result<Self, ClientFault> {
        let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).pool_idle_timeout(QUIET).build()?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http })
    }

    /// The server's address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for a value.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str, token: Option<&str>) -> Result<T, ClientFault> {
        self.send::<(), T>(Method::GET, path, token, None).await
    }

    /// Asks for bytes.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, ClientFault> {
        self.answer::<()>(Method::GET, path, None, None).await
    }

    /// Sends a value and takes one.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn send<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&B>,
    ) -> Result<T, ClientFault> {
        let bytes = self.answer(method, path, token, body).await?;
        let bytes = if bytes.is_empty() { b"null".as_slice() } else { &bytes };
        serde_json::from_slice(bytes).map_err(ClientFault::wrong)
    }

    async fn answer<B: Serialize>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&B>,
    ) -> Result<Vec<u8>, ClientFault> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status();
        let bytes = taken(response, MOST).await?;
        if status.is_success() { Ok(bytes) } else { Err(refused(status, &bytes)) }
    }
}

/// The body, of at most so many bytes, whatever the server declares.
async fn taken(mut response: Response, most: usize) -> Result<Vec<u8>, ClientFault> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await? {
        if bytes.len() + part.len() > most {
            return Err(ClientFault::Wrong(format!("it is longer than {most} bytes")));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn refused(status: StatusCode, bytes: &[u8]) -> ClientFault {
    let problem: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    match ProblemBody::deserialize(&problem) {
        Ok(body) => {
            let slug = body.kind.trim_start_matches("/problems/").to_owned();
            ClientFault::Refused { slug, detail: body.detail, problem, status }
        }
        Err(_) => ClientFault::Wrong(format!("status {status} without a problem")),
    }
}
