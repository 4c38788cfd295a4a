//! The browser's client, as the pages run it, in Node: it looks at the same faces, with the receipts and the memory of a browser.

use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use audit::round::Bytes;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::truth::Truth;
use crate::both;

/// A program that plays every device; it ends with this.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web")
}

/// What the client needs and is not there.
pub fn missing() -> Option<&'static str> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        return Some("Node");
    }
    (!folder().join("node_modules/esbuild").exists()).then_some("web/node_modules")
}

impl Browser {
    /// Starts it, where what it needs is there; where its tests must run, that is a failure.
    pub fn start() -> Option<Self> {
        if let Some(missing) = missing() {
            let must = ["CI", "VECHE_BROWSER"].into_iter().any(|name| std::env::var_os(name).is_some());
            both::skipped("the browser's client before the cheating server", &format!("{missing} is not here"), must);
            return None;
        }
        let mut node = Command::new("node");
        node.arg("--no-warnings").arg("test/cheated.mjs").current_dir(folder());
        let mut child = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Some(Self { child, input, output: BufReader::new(output).lines() })
    }

    /// Devices that know nothing but the ballots that they cast.
    pub fn begins(&mut self, truth: &Truth) {
        let casts = truth.casts.iter().map(|(cast, since)| {
            let version = truth.operator.envelopes.read(&cast.ballot).unwrap().version;
            let (ballot, signature) = (Bytes(cast.ballot.clone()), Bytes(cast.signature.to_vec()));
            let in_log_by = cast.acceptance.in_log_by;
            json!({ "ballot": ballot, "version": version, "in_log_by": in_log_by, "signature": signature, "since": since })
        });
        let (slug, fingerprint) = (&truth.operator.rules.slug, truth.operator.fingerprint.to_string());
        let casts: Vec<Value> = casts.collect();
        self.asks(&json!({ "do": "begin", "slug": slug, "fingerprint": fingerprint, "casts": casts })).unwrap();
    }

    /// Everybody who has cast by this visit looks.
    pub fn looks(&mut self, url: &str, visit: usize, now: i64) -> Result<(), String> {
        self.asks(&json!({ "do": "look", "url": url, "visit": visit, "now": now }))
    }

    /// Somebody who comes for the first time casts, and looks at the later visits.
    pub fn comes(&mut self, url: &str, now: i64) -> Result<(), String> {
        self.asks(&json!({ "do": "come", "url": url, "now": now }))
    }

    fn asks(&mut self, command: &Value) -> Result<(), String> {
        let answer = block_in_place(|| {
            writeln!(self.input, "{command}").unwrap();
            self.output.next().unwrap().unwrap()
        });
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["failed"].is_null(), "{command}: {}", answer["failed"]);
        answer["found"].as_str().map_or(Ok(()), |found| Err(found.to_owned()))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
