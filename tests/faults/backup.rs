//! An old copy of the database is put back: the node that has seen more refuses to start, so does one whose witness has, and one that
//! learns of it later takes no more ballots.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use super::{
    books,
    cluster::Cluster,
    crowd::Crowd,
    cut::until,
    node::{Node, Start},
    poll::{self, Poll},
    size,
    town::SLUG,
};

/// `veche witness` as a process of its own.
struct Witness {
    folder: PathBuf,
    logs: Vec<String>,
    vkey: String,
    port: u16,
}

impl Witness {
    /// A witness of the logs that this node serves.
    async fn of(node: &Node, folder: &Path) -> Self {
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

    fn listens(&self) -> (Ends, String) {
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

    fn settings(&self) -> String {
        format!("[[witnesses]]\nkey = \"{}\"\nurl = \"http://127.0.0.1:{}/\"\n", self.vkey, self.port)
    }
}

/// A process that ends with the test, however that ends.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until the newest head of the round's log has the witness's cosignature.
async fn cosigned(node: &Node) {
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
async fn lines(node: &Node) -> u64 {
    let note = node.api.bytes(&format!("/rounds/{SLUG}/log/checkpoint")).await.unwrap();
    String::from_utf8(note).unwrap().lines().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_file_of_sqlite() {
    let poll = Poll::new("", 8).await;
    let copies = |poll: &Poll, to: &mut Start| {
        fs::copy(poll.start.data.join("veche.db"), to.data.join("veche.db")).unwrap();
    };
    restored(poll, copies, "an old copy of the SQLite file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_database_of_postgresql() {
    let Some(cluster) = size::cluster("a restored backup", &[]) else { return };
    let poll = Poll::new(&poll::database(&cluster, "kept"), 8).await;
    let copies = |_: &Poll, to: &mut Start| copy_of(&cluster, to);
    restored(poll, copies, "an old copy of the PostgreSQL database").await;
}

/// What a command says at its end, after the lines of its log.
fn last_words(said: &str) -> String {
    let last = said.lines().last().and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    last.expect("the last line is an object")["fault"].as_str().expect("it says what is wrong").to_owned()
}

fn copy_of(cluster: &Cluster, to: &mut Start) {
    let name = to.data.file_name().unwrap().to_str().unwrap().to_owned();
    cluster.database(&name, Some("kept"));
    // Rights in the tables come with the copy.
    to.database = cluster.url("veche", &name);
}

async fn restored(mut poll: Poll, copies: impl Fn(&Poll, &mut Start), what: &str) {
    let node = poll.start.node();
    let witness = Witness::of(&node, poll.folder()).await;
    node.stops();
    let (watching, _) = witness.listens();
    poll.start.settings = witness.settings();

    let node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    crowd.until_more(60).await;
    crowd.ends(&mut poll).await;
    cosigned(&node).await;
    node.stops();
    let (mut old, mut lost, mut grown) = (poll.another("old"), poll.another("lost"), poll.another("grown"));
    for copy in [&mut old, &mut lost, &mut grown] {
        copies(&poll, copy);
    }

    let node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    crowd.until_more(100).await;
    crowd.ends(&mut poll).await;
    cosigned(&node).await;
    let seen = lines(&node).await;
    node.stops();

    // The node itself has seen more.
    let heads = fs::read(poll.start.data.join("heads.json")).unwrap();
    for start in [&old, &lost] {
        fs::write(start.data.join("heads.json"), &heads).unwrap();
        let said = start.refuses();
        assert!(said.contains("this node has seen") && said.contains("--accept-loss"), "{what}: {said}");
    }
    size::say(format_args!("{what}: {}", last_words(&old.refuses())));
    // Another machine has not, but the witness has.
    fs::remove_file(old.data.join("heads.json")).unwrap();
    let said = old.refuses();
    assert!(said.contains("witness.example/w1") && said.contains("longer log"), "{what}: {said}");
    size::say(format_args!("{what}, on another machine: {}", last_words(&said)));
    // Nobody can say so at the start, and then the witness comes back.
    drop(watching);
    let node = old.node();
    let voter = &poll.voters[0];
    let mut borrowed = voter.credential.clone();
    let bytes = poll.place.fill(&mut borrowed, &poll.choices[0]).unwrap();
    poll.place.cast(&node.api, bytes.clone()).await.unwrap();
    let (watching, _) = witness.listens();
    until(&node, StatusCode::SERVICE_UNAVAILABLE).await;
    let refused = poll.place.cast(&node.api, bytes).await.unwrap_err();
    assert_eq!(refused.slug(), Some("log-behind"), "{what}: {refused}");
    assert_eq!(node.status(&format!("/api/v1/rounds/{SLUG}/log/checkpoint")).await, Some(StatusCode::OK));
    size::say(format_args!("{what}, while it runs: {refused}"));
    node.stops();
    // A copy that outgrew what the witness saw is not shorter, but another log.
    drop(watching);
    let node = grown.node();
    let mut borrowed: Vec<_> = poll.voters.iter().map(|voter| voter.credential.clone()).collect();
    let started = Instant::now();
    for at in 0.. {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}: the copy does not grow");
        let of = at % borrowed.len();
        let bytes = poll.place.fill(&mut borrowed[of], &poll.choices[0]).unwrap();
        poll.place.cast(&node.api, bytes).await.unwrap();
        if lines(&node).await > seen {
            break;
        }
    }
    node.stops();
    let (watching, _) = witness.listens();
    let said = grown.refuses();
    assert!(said.contains("witness.example/w1") && said.contains("another log"), "{what}: {said}");
    size::say(format_args!("{what}, grown: {}", last_words(&said)));
    // The commission goes on with what there is: once said, it is remembered.
    lost.options = vec!["--accept-loss".to_owned(), "the disk burned".to_owned()];
    lost.node().stops();
    lost.options.clear();
    let node = lost.node();
    let bytes = poll.place.fill(&mut poll.voters[1].credential.clone(), &poll.choices[0]).unwrap();
    poll.place.cast(&node.api, bytes).await.unwrap();
    assert_eq!(node.status("/readyz").await, Some(StatusCode::NO_CONTENT));
    node.stops();
    // The right one again.
    let node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    crowd.until_more(60).await;
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &node.api, what, &counts).await;
    drop(watching);
}
