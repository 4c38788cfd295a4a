//! Downloading a bundle: bounded, over HTTP, and going on where an earlier try stopped.
//!
//! What has come is kept beside the file as `FILE.part`, with the server's name for this version of the bundle (its ETag) in
//! `FILE.part.etag`. The rest is asked for on the condition that the server still has the same version.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ureq::{
    Agent, Body,
    http::{HeaderMap, Response, StatusCode, header},
    tls::{RootCerts, TlsConfig, TlsProvider},
};

/// How often a broken connection is made anew without getting further; each start from the first byte counts for good.
const TRIES: u32 = 5;
/// How long the server may say nothing.
const SILENCE: Duration = Duration::from_secs(60);
/// Redirects that are followed.
const REDIRECTS: u32 = 3;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FetchFault {
    /// The server says no, or cannot be reached.
    #[error("{url}: {reason}")]
    Server {
        /// What was asked for.
        url: String,
        /// Its answer.
        reason: String,
    },
    /// More than the reader wants to take.
    #[error("{url}: the server declares {declared} bytes, more than the {most} allowed (see --max-size)")]
    Large {
        /// What was asked for.
        url: String,
        /// Bytes that it has, or that have come already.
        declared: u64,
        /// Most bytes.
        most: u64,
    },
    /// The connection broke each time; what has come is kept.
    #[error("{url}: the download broke off at byte {at}: {reason}")]
    Broken {
        /// What was asked for.
        url: String,
        /// Bytes that have come.
        at: u64,
        /// Why.
        reason: String,
    },
    /// A file of ours.
    #[error("{}: {fault}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What is wrong with it.
        fault: io::Error,
    },
}

/// The address of the bundle: of a round's page such as `https://vote.example/rounds/spring`, or the bundle's own.
#[must_use]
pub fn bundle_address(text: &str) -> String {
    match text.trim_end_matches('/').split_once("/rounds/") {
        Some((base, slug)) if !slug.contains(['/', '?', '#']) && !base.contains("/api/") => {
            format!("{base}/api/v1/rounds/{slug}/export/bundle")
        }
        _ => text.to_owned(),
    }
}

/// Downloads into a file that is not there yet, of at most `most` bytes. `progress` gets what has come, and the whole if it is known.
///
/// # Errors
/// [`FetchFault`]; after [`FetchFault::Broken`] the same call goes on.
pub fn download(url: &str, file: &Path, most: u64, progress: &dyn Fn(u64, Option<u64>)) -> Result<(), FetchFault> {
    let agent = agent(url);
    let mut part = Part::open(file)?;
    let mut tries = 0;
    loop {
        let (before, restarts) = (part.len, part.restarts);
        let Some(reason) = part.go_on(&agent, url, most, progress)? else { return part.finish(file) };
        // What comes after a restart came before already, so it pays for no more tries.
        if part.restarts == restarts {
            tries = if part.len > before { 0 } else { tries + 1 };
        }
        let failed = tries + part.restarts;
        if failed > TRIES {
            return Err(FetchFault::Broken { url: url.to_owned(), at: part.len, reason });
        }
        std::thread::sleep(Duration::from_millis(200) * failed);
    }
}

fn agent(url: &str) -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        // Whom the machine trusts is its owner's choice; the bundle itself is signed.
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    Agent::config_builder()
        .http_status_as_error(false)
        .https_only(url.starts_with("https:"))
        .max_redirects(REDIRECTS)
        .timeout_connect(Some(SILENCE))
        .timeout_recv_response(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .tls_config(tls)
        .user_agent(concat!("veche-audit/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// What has come so far.
struct Part {
    path: PathBuf,
    etag_path: PathBuf,
    len: u64,
    etag: Option<String>,
    /// How often the server began anew with a file of which some had come.
    restarts: u32,
}

impl Part {
    fn open(file: &Path) -> Result<Self, FetchFault> {
        let beside = |end: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        let (path, etag_path) = (beside(".part"), beside(".part.etag"));
        if file.exists() {
            let fault =
                io::Error::new(io::ErrorKind::AlreadyExists, "the file is there already: audit it, or name another");
            return Err(FetchFault::File { path: file.to_owned(), fault });
        }
        let etag = fs::read_to_string(&etag_path).ok().filter(|etag| is_strong(etag));
        let len = etag.as_ref().and_then(|_| fs::metadata(&path).ok()).map_or(0, |meta| meta.len());
        Ok(Self { path, etag_path, len, etag, restarts: 0 })
    }

    /// One connection. Nothing when the file is whole, else why it is not yet.
    fn go_on(
        &mut self,
        agent: &Agent,
        url: &str,
        most: u64,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Option<String>, FetchFault> {
        let mut request = agent.get(url);
        if let (Some(etag), true) = (&self.etag, self.len > 0) {
            request = request.header(header::RANGE, format!("bytes={}-", self.len)).header(header::IF_RANGE, etag);
        }
        let response = match request.call() {
            Ok(response) => response,
            Err(ureq::Error::Io(fault)) => return Ok(Some(fault.to_string())),
            Err(ureq::Error::Timeout(what)) => return Ok(Some(format!("no answer in time ({what})"))),
            Err(fault) => return Err(FetchFault::Server { url: url.to_owned(), reason: fault.to_string() }),
        };
        let whole = self.begin(&response, url)?;
        if let Some(declared) = whole.filter(|whole| *whole > most) {
            return Err(FetchFault::Large { url: url.to_owned(), declared, most });
        }
        if whole == Some(self.len) {
            return Ok(None);
        }
        self.receive(response, url, most, whole, progress)
    }

    /// Reads the answer's head; the length of the whole file, if the server tells.
    fn begin(&mut self, response: &Response<Body>, url: &str) -> Result<Option<u64>, FetchFault> {
        let headers = response.headers();
        let refuse = |reason: String| Err(FetchFault::Server { url: url.to_owned(), reason });
        match response.status() {
            StatusCode::OK => {
                self.restarts += u32::from(self.len > 0);
                self.len = 0;
                self.etag = text(headers, header::ETAG).filter(|etag| is_strong(etag)).map(str::to_owned);
                let written = fs::write(&self.path, []).and_then(|()| match &self.etag {
                    Some(etag) => fs::write(&self.etag_path, etag),
                    None => fs::remove_file(&self.etag_path).or(Ok(())),
                });
                written.map_err(|fault| self.file(fault))?;
                Ok(text(headers, header::CONTENT_LENGTH).and_then(|len| len.parse().ok()))
            }
            StatusCode::PARTIAL_CONTENT => match text(headers, header::CONTENT_RANGE).and_then(range) {
                Some((start, whole)) if start == self.len && whole >= start => Ok(Some(whole)),
                _ => refuse("the server answered with another part of the file than was asked for".to_owned()),
            },
            StatusCode::RANGE_NOT_SATISFIABLE => {
                let whole =
                    text(headers, header::CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes */")?.parse().ok());
                if whole == Some(self.len) {
                    Ok(whole)
                } else {
                    refuse("the server's file is shorter than what has come".to_owned())
                }
            }
            status => refuse(format!("the server answered {status}")),
        }
    }

    fn receive(
        &mut self,
        response: Response<Body>,
        url: &str,
        most: u64,
        whole: Option<u64>,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Option<String>, FetchFault> {
        let mut file = OpenOptions::new().append(true).open(&self.path).map_err(|fault| self.file(fault))?;
        let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(fault) => return Ok(Some(fault.to_string())),
            };
            file.write_all(&buffer[..read]).map_err(|fault| self.file(fault))?;
            self.len += read as u64;
            if self.len > whole.unwrap_or(most).min(most) {
                return Err(FetchFault::Large { url: url.to_owned(), declared: self.len, most });
            }
            progress(self.len, whole);
        }
        let cut = whole.filter(|whole| self.len < *whole);
        Ok(cut.map(|whole| format!("{} of {whole} bytes came", self.len)))
    }

    fn finish(self, file: &Path) -> Result<(), FetchFault> {
        let synced = File::open(&self.path).and_then(|part| part.sync_all());
        synced.and_then(|()| fs::rename(&self.path, file)).map_err(|fault| self.file(fault))?;
        fs::remove_file(&self.etag_path).or(Ok(()))
    }

    fn file(&self, fault: io::Error) -> FetchFault {
        FetchFault::File { path: self.path.clone(), fault }
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// A name of exactly these bytes (RFC 9110 §8.8.3), not of something like them.
fn is_strong(etag: &str) -> bool {
    etag.len() >= 2 && etag.starts_with('"') && etag.ends_with('"')
}

/// Start and whole length of `bytes START-END/WHOLE` (RFC 9110 §14.4), which must go up to the end.
fn range(text: &str) -> Option<(u64, u64)> {
    let (part, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, end) = part.split_once('-')?;
    let (start, end, whole): (u64, u64, u64) = (start.parse().ok()?, end.parse().ok()?, whole.parse().ok()?);
    (end.checked_add(1) == Some(whole)).then_some((start, whole))
}
