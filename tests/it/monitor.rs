//! `veche monitor`: an honest round is told line by line; a log that lies is caught, with evidence.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use audit::{
    log::{checkpoint::Checkpoint, cosignature::Cosigner, note::Note},
    round::Act,
};
use serde_json::Value;
use tempfile::TempDir;

use super::{
    lying::Lying,
    served::Served,
    town::{HOUR, SLUG, Town, approval, signing_key},
};

const LOG: &str = "log.example/numbers";

/// Where a monitor keeps its state, and what it is always told.
struct Watcher {
    folder: TempDir,
    extra: Vec<String>,
}

/// What a monitor said, and its exit code.
struct Said {
    code: Option<i32>,
    events: Vec<Value>,
}

impl Watcher {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), extra: Vec::new() }
    }

    fn with(mut self, option: &str, value: impl ToString) -> Self {
        self.extra.extend([option.to_owned(), value.to_string()]);
        self
    }

    /// Looks once.
    async fn looks(&self, addresses: &[&str]) -> Said {
        let output = self.runs(&["--json", "monitor", "--once"], addresses);
        let text = String::from_utf8(output.stdout).unwrap();
        let events = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        Said { code: output.status.code(), events }
    }

    fn runs(&self, first: &[&str], addresses: &[&str]) -> Output {
        tokio::task::block_in_place(|| self.command(first, addresses).output()).unwrap()
    }

    fn command(&self, first: &[&str], addresses: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        command.args(first).arg("--state").arg(self.folder.path()).args(&self.extra).args(addresses);
        command.env_remove("VECHE_CONFIG");
        command
    }

    /// Every head that it keeps.
    fn heads(&self) -> PathBuf {
        let folder = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        folder.map(|path| path.join("heads.jsonl")).find(|path| path.exists()).unwrap()
    }

    fn sizes(&self) -> Vec<u64> {
        let head = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["note"].as_str().unwrap().lines().nth(1).unwrap().parse().unwrap()
        };
        fs::read_to_string(self.heads()).unwrap().lines().map(head).collect()
    }
}

impl Said {
    fn kinds(&self) -> Vec<&str> {
        self.events.iter().map(|event| event["event"].as_str().unwrap()).collect()
    }

    fn words(&self) -> String {
        self.events.iter().map(|event| event["words"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }

    /// Nothing is wrong, and these kinds of things were said.
    fn honest(&self, kinds: &[&str]) {
        assert_eq!((self.code, self.kinds()), (Some(0), kinds.to_vec()), "{}", self.words());
    }

    /// The one cheat that was caught, with its folder of evidence.
    fn caught(&self, cheat: &str) -> PathBuf {
        assert_eq!(self.code, Some(1), "{}", self.words());
        let event = self.events.last().unwrap();
        assert_eq!((&event["event"], &event["data"]["cheat"]), (&"cheat".into(), &cheat.into()), "{}", self.words());
        let folder = PathBuf::from(event["data"]["evidence"].as_str().unwrap());
        for name in ["after", "facts.json", "README.txt"] {
            assert!(folder.join(name).is_file(), "{name}");
        }
        assert!(fs::read_to_string(folder.join("README.txt")).unwrap().contains("What to do"));
        folder
    }
}

fn numbers(size: u64) -> Served {
    Served::of(LOG, (0..size).map(|number| number.to_string().into_bytes()).collect())
}

/// The log with one line changed.
fn forged(log: &Served, line: usize) -> Served {
    let mut forged = log.clone();
    forged.lines[line].push(b'!');
    forged
}

/// Both notes of the evidence hold under the log's key, and speak of other trees.
fn both_are_signed(folder: &Path, log: &Served) {
    let read = |name: &str| Checkpoint::open(&fs::read_to_string(folder.join(name)).unwrap(), &log.key()).unwrap();
    assert_ne!(read("before"), read("after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_round_is_told() {
    let town = Town::new().await;
    let address = format!("{}/rounds/{SLUG}", town.server.url());
    let office = format!("{}/office", town.server.url());
    let watcher = Watcher::new();
    town.publishes().await;
    let said = watcher.looks(&[&address]).await;
    said.honest(&["act", "grew"]);
    assert!(said.words().contains("Which square"), "{}", said.words());
    watcher.looks(&[&address]).await.honest(&[]);
    let codes = town.enrols(21).await;
    town.opens().await;
    watcher.looks(&[&address]).await.honest(&["act", "act", "act", "grew"]);
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
    }
    town.jobs().await;
    let said = watcher.looks(&[&address]).await;
    said.honest(&["ballots", "grew"]);
    assert_eq!(said.events[0]["data"]["ballots"], 21);
    town.certifies().await;
    let said = watcher.looks(&[&address]).await;
    assert_eq!(said.code, Some(0));
    for part in [
        "proposed to close",
        "21 credentials",
        "was closed by official-1 and member-1",
        "revealed",
        "selected: t1",
        "certified",
    ] {
        assert!(said.words().contains(part), "{part}: {}", said.words());
    }
    let sizes = watcher.sizes();
    assert!(sizes.len() == 4 && sizes.is_sorted(), "{sizes:?}");
    // Two logs at once, and the heads of the one monitor as the other's peer.
    let other = Watcher::new().with("--peer", watcher.heads().display()).with("--peer", &address);
    let said = other.looks(&[&address, &office]).await;
    assert_eq!(said.code, Some(0), "{}", said.words());
    assert!(said.words().contains("official-1 is on the staff"), "{}", said.words());
    assert_eq!(said.kinds().iter().filter(|kind| **kind == "grew").count(), 2);
    town.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_timetable_promised_and_did_not_happen_is_said() {
    let town = Town::new().await;
    town.clock.advance(-5 * HOUR);
    let mut draft = town.draft(approval());
    draft.opens_at = town.clock.now() + HOUR;
    draft.closes_at = town.clock.now() + 100 * HOUR;
    town.publishes_draft(&draft).await;
    let address = format!("{}/rounds/{SLUG}", town.server.url());
    let watcher = Watcher::new();
    let said = watcher.looks(&[&address]).await;
    said.honest(&["act", "grew", "overdue"]);
    assert!(said.words().contains("should have been opened"), "{}", said.words());
    watcher.looks(&[&address]).await.honest(&[]);
    town.enrols(1).await;
    town.acts(Act::Open).await;
    assert!(!watcher.looks(&[&address]).await.kinds().contains(&"overdue"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shrunk_a_rewritten_and_a_split_log_are_caught() {
    let honest = numbers(300);
    let server = Lying::new(&honest).await;
    let watcher = Watcher::new();
    watcher.looks(&[&server.url]).await.honest(&["grew"]);
    for (shown, cheat) in
        [(honest.at(299), "rolled-back"), (forged(&honest, 7), "split"), (forged(&numbers(310), 299), "split")]
    {
        server.shows(&shown);
        let said = watcher.looks(&[&server.url]).await;
        both_are_signed(&said.caught(cheat), &honest);
        // Once more: it does not get used to it.
        watcher.looks(&[&server.url]).await.caught(cheat);
    }
    server.shows(&numbers(320));
    watcher.looks(&[&server.url]).await.honest(&["grew"]);
    // The false heads are kept too: they are the proof.
    assert_eq!(watcher.sizes(), [300, 299, 299, 300, 300, 310, 310, 320]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withheld_line_and_a_changed_line_are_caught() {
    let honest = numbers(300);
    let server = Lying::new(&honest.at(290)).await;
    let (patient, strict) = (Watcher::new(), Watcher::new().with("--patience", "0s"));
    for watcher in [&patient, &strict] {
        watcher.looks(&[&server.url]).await.honest(&["grew"]);
    }
    let path = "tile/entries/001.p/44".to_owned();
    let mut hiding = honest.clone();
    hiding.lies.insert(path.clone(), None);
    server.shows(&hiding);
    patient.looks(&[&server.url]).await.honest(&["trouble"]);
    patient.looks(&[&server.url]).await.honest(&[]);
    strict.looks(&[&server.url]).await.caught("withheld");
    let mut changing = honest.clone();
    changing.lies.insert(path.clone(), Some(forged(&honest, 295).paths()[&path].clone()));
    server.shows(&changing);
    let said = patient.looks(&[&server.url]).await;
    said.caught("withheld");
    assert!(said.words().contains("line 295"), "{}", said.words());
    server.shows(&honest);
    patient.looks(&[&server.url]).await.honest(&["answers-again", "grew"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_against_the_rules_is_caught() {
    let mut log = Served::new("vote.example/rounds/none");
    log.push(&[serde_json::json!({ "voting-opened": { "at": 1 } })]);
    let server = Lying::new(&log).await;
    let watcher = Watcher::new();
    let folder = watcher.looks(&[&server.url]).await.caught("violation");
    assert_eq!(fs::read(folder.join("line")).unwrap(), log.lines[0]);
    // The first head has none before it.
    assert!(!folder.join("before").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_line_is_no_cheat_until_patience_ends() {
    let mut log = numbers(5);
    let server = Lying::new(&log).await;
    let (patient, strict) = (Watcher::new(), Watcher::new().with("--patience", "0s"));
    log.down = true;
    server.shows(&log);
    patient.looks(&[&server.url]).await.honest(&["trouble"]);
    let said = strict.looks(&[&server.url]).await;
    said.caught("withheld");
    assert!(said.words().contains("503"), "{}", said.words());
    log.down = false;
    server.shows(&log);
    for watcher in [&patient, &strict] {
        watcher.looks(&[&server.url]).await.honest(&["answers-again", "grew"]);
    }
    // A page of a proxy is no head; a head of a stranger's key is a bad one.
    server.shows_head("<html>sign in</html>");
    patient.looks(&[&server.url]).await.honest(&["trouble"]);
    server.shows_head(&Served::of("log.example/other", log.lines.clone()).note());
    patient.looks(&[&server.url]).await.caught("bad-signature");
    drop(server);
    let nobody = patient.looks(&["http://127.0.0.1:1"]).await;
    nobody.honest(&["trouble"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_shows_two_audiences_two_histories_is_caught() {
    let honest = numbers(300);
    let (here, there) = (Lying::new(&honest).await, Lying::new(&forged(&honest, 100)).await);
    let (first, second) = (Watcher::new(), Watcher::new());
    first.looks(&[&here.url]).await.honest(&["grew"]);
    second.looks(&[&there.url]).await.honest(&["grew"]);
    // By address, and by the heads that the other monitor kept, also when the log grew since.
    here.shows(&numbers(310));
    for peer in [there.url.clone(), second.heads().display().to_string()] {
        let watcher = Watcher::new().with("--peer", peer);
        let folder = watcher.looks(&[&here.url]).await.caught("split");
        both_are_signed(&folder, &honest);
    }
    there.shows(&numbers(310));
    let agreed = Watcher::new().with("--peer", &there.url).with("--peer", first.heads().display());
    agreed.looks(&[&here.url]).await.honest(&["grew"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_others_see_longer_is_caught_when_patience_ends() {
    let (whole, short) = (numbers(300), numbers(200));
    let server = Lying::new(&short).await;
    let folder = TempDir::new().unwrap();
    let seen = folder.path().join("checkpoint");
    fs::write(&seen, whole.note()).unwrap();
    Watcher::new().with("--peer", seen.display()).looks(&[&server.url]).await.honest(&["grew", "ahead"]);
    let strict = Watcher::new().with("--peer", seen.display()).with("--patience", "0s");
    let said = strict.looks(&[&server.url]).await;
    said.caught("withheld");
    assert!(said.words().contains("signed 300 lines"), "{}", said.words());
    // An address that has the tiles of the longer log shows that it is the same one.
    let other = Lying::new(&whole).await;
    Watcher::new().with("--peer", &other.url).looks(&[&server.url]).await.honest(&["grew"]);
    let lying = Lying::new(&forged(&whole, 3)).await;
    Watcher::new().with("--peer", &lying.url).looks(&[&server.url]).await.caught("split");
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_under_the_head_are_named() {
    let log = numbers(5);
    let server = Lying::new(&log).await;
    let witness = Cosigner::new("witness.example/paper".to_owned(), signing_key(9)).unwrap();
    let watcher = Watcher::new().with("--witness", witness.public());
    watcher.looks(&[&server.url]).await.honest(&["grew"]);
    let mut note: Note = log.note().parse().unwrap();
    note.signatures.push(witness.cosign(&note.text, 0));
    server.shows_head(&note.to_string());
    watcher.looks(&[&server.url]).await.honest(&[]);
    note.signatures[1] = witness.cosign(&note.text, 1_800_000_000);
    server.shows_head(&note.to_string());
    let said = watcher.looks(&[&server.url]).await;
    said.honest(&["witnesses"]);
    assert_eq!(said.events[0]["data"]["signed"][0], "witness.example/paper");
    *note.signatures[1].bytes.last_mut().unwrap() ^= 1;
    server.shows_head(&note.to_string());
    let said = watcher.looks(&[&server.url]).await;
    assert_eq!((said.code, said.kinds().contains(&"forged-cosignature")), (Some(1), true), "{}", said.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_was_printed_is_the_one_that_counts() {
    let (log, other) = (numbers(5), Served::of("log.example/other", vec![]));
    let server = Lying::new(&log).await;
    let mut watcher = Watcher::new().with("--log-key", log.key());
    watcher.looks(&[&server.url]).await.honest(&["grew"]);
    Watcher::new().with("--log-key", other.key()).looks(&[&server.url]).await.honest(&["trouble"]);
    let stranger = audit::log::note::Signer::new(LOG.to_owned(), signing_key(77)).vkey();
    Watcher::new().with("--log-key", &stranger).looks(&[&server.url]).await.caught("bad-signature");
    watcher.extra = vec!["--log-key".to_owned(), stranger];
    let output = watcher.runs(&["--json", "monitor", "--once"], &[&server.url]);
    let fault = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && fault.contains("not with the given key"), "{fault}");
}

/// As people run it: it goes on until a log is not honest, and says so in words.
#[tokio::test(flavor = "multi_thread")]
async fn it_watches_until_a_log_lies() {
    let honest = numbers(300);
    let server = Lying::new(&honest).await;
    let watcher = Watcher::new().with("--every", "100ms");
    let mut child = watcher.command(&["monitor"], &[&server.url]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || tokio::task::block_in_place(|| lines.next()).unwrap().unwrap();
    assert!(next().contains("followed from its first line: 300 lines"));
    server.shows(&numbers(310));
    assert!(next().contains("grew from 300 to 310 lines"));
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    server.shows(&forged(&numbers(310), 0));
    let alarm = next();
    assert!(alarm.contains("log.example/numbers: ATTENTION: split"), "{alarm}");
    assert!(
        next().contains("no honest explanation")
            && next().contains("Evidence: ")
            && next().contains("Keep that folder")
    );
    assert_eq!(tokio::task::block_in_place(|| child.wait()).unwrap().code(), Some(1));
}
