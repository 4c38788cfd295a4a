//! A witness over HTTP: C2SP tlog-witness `add-checkpoint`, with little time and little room for its answer.

use std::time::Duration;

use reqwest::{StatusCode, Url, redirect::Policy};

use crate::domain::WitnessFault;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest wait for the whole answer.
const ANSWER: Duration = Duration::from_secs(10);
/// A connection that was quiet for longer is not used again: many servers close it soon after, perhaps just then.
const QUIET: Duration = Duration::from_secs(5);
/// Longest answer, in bytes: a few signatures.
const MOST_BYTES: usize = 16 * 1024;

/// Where a witness takes heads of logs.
#[derive(Debug, Clone)]
pub struct WitnessAddress {
    http: reqwest::Client,
    address: Url,
}

/// An answer: HTTP status and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAnswer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl WitnessAddress {
    /// A witness at this submission prefix, such as `https://witness.example/submit`.
    ///
    /// # Errors
    /// What is wrong with the address, in words.
    pub fn at(prefix: &str) -> Result<Self, String> {
        let address = format!("{}/add-checkpoint", prefix.trim_end_matches('/'));
        let address: Url = address.parse().map_err(|fault| format!("{prefix}: {fault}"))?;
        if !matches!(address.scheme(), "http" | "https") || address.query().is_some() || address.fragment().is_some() {
            return Err(format!("{prefix}: must be an http or https address without ? and #"));
        }
        let http = reqwest::Client::builder().connect_timeout(CONNECT).timeout(ANSWER).redirect(Policy::none());
        let http = http.pool_idle_timeout(QUIET).build().map_err(|fault| fault.to_string())?;
        Ok(Self { http, address })
    }

    /// Sends the body of an add-checkpoint request.
    ///
    /// # Errors
    /// [`WitnessFault::Unreachable`], [`WitnessFault::Slow`], [`WitnessFault::Long`], [`WitnessFault::Form`].
    pub async fn add_checkpoint(&self, body: String) -> Result<RawAnswer, WitnessFault> {
        let mut response = self.http.post(self.address.clone()).body(body).send().await.map_err(fault)?;
        let status = response.status();
        let mut bytes = Vec::new();
        // What a witness says beside these two is for people, and nobody reads it here.
        if matches!(status, StatusCode::OK | StatusCode::CONFLICT) {
            while let Some(chunk) = response.chunk().await.map_err(fault)? {
                if bytes.len() + chunk.len() > MOST_BYTES {
                    return Err(WitnessFault::Long);
                }
                bytes.extend_from_slice(&chunk);
            }
        }
        let body = String::from_utf8(bytes).map_err(|_| WitnessFault::Form)?;
        Ok(RawAnswer { status: status.as_u16(), body })
    }
}

fn fault(fault: reqwest::Error) -> WitnessFault {
    if fault.is_timeout() { WitnessFault::Slow } else { WitnessFault::Unreachable }
}
