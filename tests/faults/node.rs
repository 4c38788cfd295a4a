//! `veche serve` as a process of its own, which a test may kill, stop, freeze and read the last words of.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use veche::client::Api;

use super::town::SLUG;

/// Settings of all nodes: ballots go into the log at once.
const SETTINGS: &str = "integrate_every_ms = 50\n";
/// Tables of settings, unless a test has its own: nobody is limited, and nobody is turned away because other tests use the machine too.
const TABLES: [(&str, &str); 2] = [("[limits]", "enabled = false"), ("[overload]", "delay_ms = 0")];

/// A node that runs.
pub struct Node {
    pub child: Child,
    pub url: String,
    pub api: Api,
    words: PathBuf,
}

/// How a node is started.
#[derive(Clone)]
pub struct Start {
    /// The data folder, which holds the master key.
    pub data: PathBuf,
    /// Address of the database; empty: SQLite.
    pub database: String,
    /// More lines of `veche.toml`, before its tables.
    pub settings: String,
    /// A shell's command before the program, such as `ulimit -n 64;`.
    pub before: String,
    /// More options of `veche serve`.
    pub options: Vec<String>,
}

impl Start {
    pub fn new(data: &Path, database: &str) -> Self {
        let (data, database) = (data.to_owned(), database.to_owned());
        Self { data, database, settings: String::new(), before: String::new(), options: Vec::new() }
    }

    fn command(&self) -> (Command, PathBuf) {
        static NODES: AtomicUsize = AtomicUsize::new(0);
        let number = NODES.fetch_add(1, Ordering::Relaxed);
        // Beside the data folder, which may be full.
        let settings = std::env::temp_dir().join(format!("veche-faults-{}-{number}.toml", std::process::id()));
        let own = TABLES.into_iter().filter(|(table, _)| !self.settings.contains(table));
        let tables: String = own.map(|(table, line)| format!("{table}\n{line}\n")).collect();
        fs::write(&settings, format!("{SETTINGS}{}{tables}", self.settings)).unwrap();
        let mut command = Command::new("sh");
        // The shell becomes the program, so that its process is the node.
        command.args(["-c", &format!("{} exec \"$0\" \"$@\"", self.before), env!("CARGO_BIN_EXE_veche"), "--json"]);
        command.arg("--config").arg(&settings).args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        command.args(&self.options).env("VECHE_DATABASE", &self.database);
        (command, settings)
    }

    /// Starts the node and waits until it listens.
    pub fn node(&self) -> Node {
        self.tries().unwrap_or_else(|said| panic!("the node does not start: {said}"))
    }

    /// The same; what it says when it does not start.
    pub fn tries(&self) -> Result<Node, String> {
        let (mut command, settings) = self.command();
        let words = settings.with_extension("log");
        let mut child = command.stdout(Stdio::piped()).stderr(File::create(&words).unwrap()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let _ = fs::remove_file(settings);
        let Ok(ready) = serde_json::from_str::<serde_json::Value>(&line) else {
            child.wait().unwrap();
            let said = fs::read_to_string(&words).unwrap();
            let _ = fs::remove_file(words);
            return Err(said);
        };
        let url = ready["url"].as_str().unwrap().to_owned();
        Ok(Node { child, api: Api::new(&url).unwrap(), url, words })
    }

    /// Starts a node that must refuse to start; what it says.
    pub fn refuses(&self) -> String {
        match self.tries() {
            Ok(_) => panic!("the node started, and should not have"),
            Err(said) => said,
        }
    }
}

impl Node {
    /// SIGKILL: nothing is flushed, nothing is answered.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; how it ended.
    pub fn stops(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    pub fn signal(&self, name: &str) {
        let signal = format!("-{name}");
        assert!(Command::new("kill").args([&signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What it wrote to its log so far.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.words).unwrap()
    }

    /// Asks for what people and programs read. Each is there, or is to be asked for again: 503 with a time for that; within 20 s. How many
    /// are there, and how long the slowest took.
    pub async fn answers_readers(&self) -> (usize, Duration) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (mut there, mut longest) = (0, Duration::ZERO);
        for path in ["", "/results", "/log/checkpoint", "/log/tile/0/000.p/1", "/log/witnesses"] {
            let asked = client.get(format!("{}/rounds/{SLUG}{path}", self.url)).timeout(Duration::from_secs(20));
            let began = Instant::now();
            let answer = asked.send().await.unwrap_or_else(|fault| panic!("{path}: {fault}"));
            longest = longest.max(began.elapsed());
            let seconds =
                answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
            match answer.status() {
                StatusCode::OK => there += 1,
                status => assert!(status == StatusCode::SERVICE_UNAVAILABLE && seconds.is_some(), "{path}: {status}"),
            }
        }
        (there, longest)
    }

    /// Status of an address, none when nothing answers.
    pub async fn status(&self, path: &str) -> Option<StatusCode> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let asked = client.get(format!("{}{path}", self.url)).timeout(std::time::Duration::from_secs(20));
        asked.send().await.ok().map(|answer| answer.status())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if !std::thread::panicking() {
            let _ = fs::remove_file(&self.words);
        }
    }
}
