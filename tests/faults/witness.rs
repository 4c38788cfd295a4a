//! A witness as a process of its own, and what it cosigned.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{node::Node, town::SLUG};

/// `veche witness` as a process of its own.
pub struct Witness {
    folder: PathBuf,
    logs: Vec<String>,
    vkey: String,
    port: u16,
}

impl Witness {
    /// A witness of the logs that this node serves.
    pub async fn of(node: &Node, folder: &Path) -> Self {
        let mut logs = Vec::new();
        for log in ["/office/log/vkey".to_owned(), format!("/rounds/{SLUG}/log/vkey")] {
            logs.push(String::from_utf8(node.api.bytes(&log).await.unwrap()).unwrap().trim().to_owned());
        }
        let mut keys = Command::new(env!("CARGO_BIN_EXE_veche"));
        keys.args(["keys", "new", "witness", "--name", "witness.example/w1"]).arg(folder.join("witness.key"));
        let made = keys.output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut witness = Self { folder: folder.to_owned(), logs, vkey: String::new(), port };
        witness.vkey = witness.listens().1;
        witness
    }

    /// Runs until what comes back is dropped; its verifier key.
    pub fn listens(&self) -> (Ends, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        command.args(["--json", "witness", "--listen", &format!("127.0.0.1:{}", self.port), "--key"]);
        command.arg(self.folder.join("witness.key")).arg("--state").arg(self.folder.join("witness"));
        for log in &self.logs {
            command.args(["--log", log]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        (Ends(child), said["vkey"].as_str().unwrap().to_owned())
    }

    /// Lines of a node's settings.
    pub fn settings(&self) -> String {
        format!("[[witnesses]]\nkey = \"{}\"\nurl = \"http://127.0.0.1:{}/\"\n", self.vkey, self.port)
    }
}

/// A process that ends with the test, however that ends.
pub struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until the newest head of the round's log has the witness's cosignature.
pub async fn cosigned(node: &Node) {
    let started = Instant::now();
    loop {
        let note = node.api.bytes(&format!("/rounds/{SLUG}/log/checkpoint")).await.unwrap();
        if String::from_utf8(note).unwrap().lines().filter(|line| line.starts_with("\u{2014} ")).count() == 2 {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(40), "the witness does not cosign");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// How many lines the round's log has.
pub async fn lines(node: &Node) -> u64 {
    let note = node.api.bytes(&format!("/rounds/{SLUG}/log/checkpoint")).await.unwrap();
    String::from_utf8(note).unwrap().lines().nth(1).unwrap().parse().unwrap()
}
