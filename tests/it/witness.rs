//! A witness over HTTP: each answer of c2sp.org/tlog-witness, races, restarts, folders from another day, and its page.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use audit::log::{
    checkpoint::Checkpoint,
    cosignature::{Cosigner, CosignerKey},
    hash::{Hash, leaf},
    note::{Note, Signer},
    proof,
    tile::{Growth, Tiles},
    witness::{AddCheckpoint, SIZE_TYPE, decision::FollowedLog, parse_cosignatures, parse_size},
};
use ed25519_dalek::SigningKey;
use reqwest::StatusCode;
use tempfile::TempDir;
use veche::{
    clock::Clock,
    connections::Bounds,
    witness::{Listening, StartFault, Witness},
};

/// A log that has nothing to do with rounds, and that writes an extension line.
pub const ORIGIN: &str = "Another log, by another author";
const EXTENSION: &str = "an extension line\n";

pub fn log_signer() -> Signer {
    Signer::new("log.example/key-1".into(), SigningKey::from_bytes(&[1; 32]))
}
pub fn followed() -> FollowedLog {
    format!("{}@{ORIGIN}", log_signer().vkey()).parse().unwrap()
}

pub fn cosigner() -> Cosigner {
    Cosigner::new("witness.example/w1".into(), SigningKey::from_bytes(&[9; 32])).unwrap()
}

/// Leaves of the log's honest history, or of another that begins to differ at leaf 3.
pub fn tree(size: u64, honest: bool) -> (Tiles, Hash) {
    let leaf = |index: u64| leaf(format!("{} {index}", if honest || index < 3 { "a" } else { "b" }).as_bytes());
    let mut growth = Growth::new(0);
    let mut tiles = Tiles::default();
    for (id, bytes) in growth.append(&(0..size).map(leaf).collect::<Vec<_>>()) {
        tiles.insert(id, &bytes).unwrap();
    }
    (tiles, growth.root())
}

pub fn note(size: u64, honest: bool) -> Note {
    let text = format!("{}{EXTENSION}", Checkpoint::new(ORIGIN, size, tree(size, honest).1));
    log_signer().sign(&text)
}

pub fn request(old: u64, size: u64, honest: bool) -> AddCheckpoint {
    let proof = if old == 0 { Vec::new() } else { proof::consistency(&tree(size, honest).0, old, size).unwrap() };
    AddCheckpoint { old, proof, checkpoint: note(size, honest) }
}

pub fn open(folder: &Path) -> Result<Witness, StartFault> {
    Witness::open(folder, vec![followed()], cosigner(), Clock::system())
}

pub struct Running {
    pub listening: Listening,
    client: reqwest::Client,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Came {
    pub status: u16,
    pub kind: String,
    pub body: String,
}

impl Running {
    pub async fn on(folder: &Path) -> Self {
        Self::bounded(folder, Bounds { all: 1000, of_one: 1000 }).await
    }

    pub async fn bounded(folder: &Path, bounds: Bounds) -> Self {
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let mut witness = open(folder);
        // A program that another test starts has the lock of a witness that ended, too, until it has begun.
        for _ in 0..250 {
            if !matches!(witness, Err(StartFault::Locked(_))) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            witness = open(folder);
        }
        let listening = Listening::start(address, witness.unwrap(), bounds).await.unwrap();
        Self { listening, client: reqwest::Client::new() }
    }

    async fn post(&self, body: String) -> Came {
        let url = format!("{}/add-checkpoint", self.listening.url());
        let answer = self.client.post(url).body(body).send().await.unwrap();
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        Came { status: answer.status().as_u16(), kind: kind.unwrap_or_default(), body: answer.text().await.unwrap() }
    }

    pub async fn asks(&self, request: &AddCheckpoint) -> Came {
        self.post(request.to_string()).await
    }

    /// Asks for a cosignature, which must come and hold.
    pub async fn cosigns(&self, request: &AddCheckpoint) {
        let came = self.asks(request).await;
        assert_eq!(came.status, 200, "{came:?}");
        let [signature] = parse_cosignatures(&came.body).unwrap().try_into().unwrap();
        let time = cosigner().public().verify(&request.checkpoint.text, &signature).unwrap();
        let age = Clock::system().now().cast_unsigned() - time;
        assert!(age <= 100, "{time} is {age} seconds ago");
    }

    pub async fn get(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.listening.url())).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.unwrap()
    }

    pub async fn state(&self) -> serde_json::Value {
        serde_json::from_str(&self.get("/state").await).unwrap()
    }
}

pub fn size(came: &Came) -> u64 {
    assert_eq!((came.status, came.kind.as_str()), (409, SIZE_TYPE), "{came:?}");
    parse_size(&came.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_the_specification() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    assert_eq!(size(&witness.asks(&request(1, 2, true)).await), 0, "nothing was cosigned yet");
    witness.cosigns(&request(0, 2, true)).await;
    witness.cosigns(&request(2, 2, true)).await;
    witness.cosigns(&request(2, 700, true)).await;
    assert_eq!(size(&witness.asks(&request(2, 800, true)).await), 700);
    assert_eq!(size(&witness.asks(&request(0, 700, true)).await), 700);

    let status = async |body: String| witness.post(body).await.status;
    assert_eq!(status("old 0\n\n".into()).await, 400);
    assert_eq!(status(String::new()).await, 400);
    assert_eq!(status(request(700, 800, true).to_string().replace('\n', "\r\n")).await, 400);
    let above = AddCheckpoint { old: 900, ..request(700, 800, true) };
    assert_eq!(status(above.to_string()).await, 400);
    let by_another = Signer::new("log.example/key-1".into(), SigningKey::from_bytes(&[2; 32]));
    let unknown_key = AddCheckpoint { checkpoint: by_another.sign(&note(800, true).text), ..request(700, 800, true) };
    assert_eq!(status(unknown_key.to_string()).await, 403);
    let elsewhere = log_signer().sign(&note(800, true).text.replace(ORIGIN, "Some log"));
    let unknown_log = AddCheckpoint { checkpoint: elsewhere, ..request(700, 800, true) };
    assert_eq!(status(unknown_log.to_string()).await, 404);
    let unproven = AddCheckpoint { proof: Vec::new(), ..request(700, 800, true) };
    assert_eq!(status(unproven.to_string()).await, 422);
    assert_eq!(status(request(700, 800, false).to_string()).await, 422);
    assert_eq!(status("x".repeat(256 * 1024 + 1)).await, 413);
    let got = witness.client.get(format!("{}/add-checkpoint", witness.listening.url())).send().await.unwrap();
    assert_eq!(got.status(), 405);
    witness.cosigns(&request(700, 800, true)).await;
}

/// Whoever comes second for the same old size is told the new one: there is never a way back.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_requests_at_once_one_grows_the_log() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    witness.cosigns(&request(0, 5, true)).await;
    let mut known = 5;
    for round in 0..5u64 {
        let base = known;
        let asked: Vec<_> = (1..=8).map(|more| request(base, base + more + round, more % 3 != 0)).collect();
        let answers = futures(&witness, &asked).await;
        let cosigned: Vec<_> = asked.iter().zip(&answers).filter(|(_, came)| came.status == 200).collect();
        assert_eq!(cosigned.len(), 1, "{answers:?}");
        known = Checkpoint::extended(&cosigned[0].0.checkpoint.text).unwrap().0.size;
        assert!(answers.iter().all(|came| [200, 409, 422].contains(&came.status)), "{answers:?}");
        let state = witness.state().await;
        assert_eq!(state["logs"][0]["newest"]["size"], known);
    }
}

async fn futures(witness: &Running, asked: &[AddCheckpoint]) -> Vec<Came> {
    let url = format!("{}/add-checkpoint", witness.listening.url());
    let ask = |request: &AddCheckpoint| {
        let asking = witness.client.post(&url).body(request.to_string()).send();
        tokio::spawn(async move {
            let answer = asking.await.unwrap();
            Came { status: answer.status().as_u16(), kind: String::new(), body: answer.text().await.unwrap() }
        })
    };
    let asking: Vec<_> = asked.iter().map(ask).collect();
    let mut answers = Vec::new();
    for one in asking {
        answers.push(one.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_goes_on_after_a_restart_and_is_alone_on_its_folder() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    witness.cosigns(&request(0, 4, true)).await;
    witness.cosigns(&request(4, 9, true)).await;
    assert!(matches!(open(folder.path()), Err(StartFault::Locked(_))), "two witnesses on one folder");
    witness.listening.stop().await;
    let witness = Running::on(folder.path()).await;
    assert_eq!(size(&witness.asks(&request(4, 9, true)).await), 9);
    assert_eq!(witness.asks(&request(9, 12, false)).await.status, 422, "another history from leaf 3 on");
    witness.cosigns(&request(9, 12, true)).await;
    let twice =
        Witness::open(TempDir::new().unwrap().path(), vec![followed(), followed()], cosigner(), Clock::system());
    assert!(matches!(twice, Err(StartFault::Twice(_))));
}

/// The file of this kind in the folder; there is one log, so there is one.
pub fn file(folder: &Path, kind: &str) -> std::path::PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|extension| extension == kind)).unwrap()
}

pub fn refused(folder: &Path) -> String {
    match open(folder) {
        Err(fault @ StartFault::State { .. }) => fault.to_string(),
        other => panic!("a folder from another day is taken: {other:?}"),
    }
}

#[test]
fn files_of_another_day_are_refused() {
    let folder = TempDir::new().unwrap();
    let add = |request: AddCheckpoint| {
        let answer = open(folder.path()).unwrap().add(&request.to_string());
        assert!(matches!(answer, veche::witness::AddCheckpointAnswer::Cosigned(_)), "{answer:?}");
    };
    add(request(0, 4, true));
    let (head, journal) = (file(folder.path(), "head"), file(folder.path(), "journal"));
    let old = [fs::read(&head).unwrap(), fs::read(&journal).unwrap()];
    add(request(4, 9, true));
    let new = [fs::read(&head).unwrap(), fs::read(&journal).unwrap()];
    assert!(new[1].starts_with(&old[1]) && new[1].len() > old[1].len(), "the journal only grows");

    fs::write(&head, &old[0]).unwrap();
    assert!(refused(folder.path()).contains("behind the journal"));
    fs::remove_file(&head).unwrap();
    assert!(refused(folder.path()).contains("behind the journal"));
    fs::write(&head, &new[0]).unwrap();
    fs::remove_file(&journal).unwrap();
    assert!(refused(folder.path()).contains("missing"));
    fs::write(&journal, [&*new[1], b"{}\n"].concat()).unwrap();
    assert!(refused(folder.path()).contains("not a head"));
    fs::write(&journal, [&*new[1], &*old[1]].concat()).unwrap();
    assert!(refused(folder.path()).contains("do not grow"));
    fs::write(&head, &new[0][..new[0].len() / 2]).unwrap();
    fs::write(&journal, &new[1]).unwrap();
    assert!(refused(folder.path()).contains("does not hold a head"));

    // A crash after the head was written and before, or while, the journal was: nothing had left the house.
    fs::write(&head, &new[0]).unwrap();
    for cut in [old[1].clone(), new[1][..new[1].len() - 7].to_vec()] {
        fs::write(&journal, &cut).unwrap();
        drop(open(folder.path()).unwrap());
        assert_eq!(fs::read(&journal).unwrap(), new[1], "the journal is finished");
    }
    add(request(9, 12, true));

    let lie = |request: AddCheckpoint| drop(open(folder.path()).unwrap().add(&request.to_string()));
    lie(request(12, 12, false));
    let evidence = file(folder.path(), "evidence");
    let one = fs::read(&evidence).unwrap();
    fs::write(&evidence, [&*one, &one[..20]].concat()).unwrap();
    lie(request(9, 9, false));
    assert_eq!(
        fs::read_to_string(&evidence).unwrap().lines().count(),
        2,
        "a line that was cut is not joined to the next"
    );
    drop(open(folder.path()).unwrap());
    fs::write(&evidence, b"{}\n").unwrap();
    assert!(refused(folder.path()).contains("not evidence"));
}

/// The whole folder from an old copy looks whole. What the witness signed since, and sees again, counts.
#[tokio::test(flavor = "multi_thread")]
async fn what_it_signed_itself_counts_more_than_an_old_copy() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    witness.cosigns(&request(0, 4, true)).await;
    let copy: Vec<_> =
        ["head", "journal"].map(|kind| file(folder.path(), kind)).map(|path| (fs::read(&path).unwrap(), path)).into();
    witness.cosigns(&request(4, 9, true)).await;
    witness.listening.stop().await;
    for (bytes, path) in &copy {
        fs::write(path, bytes).unwrap();
    }
    let witness = Running::on(folder.path()).await;
    let mut signed = request(4, 9, true);
    signed.checkpoint.signatures.push(cosigner().cosign(&signed.checkpoint.text, 1_800_000_000));
    assert_eq!(
        size(&witness.asks(&signed).await),
        9,
        "the head with our cosignature is taken up, and no other goes on from 4"
    );
    assert_eq!(size(&witness.asks(&request(4, 12, false)).await), 9);
    let mut forged = request(9, 12, false);
    forged.checkpoint.signatures.push(cosigner().cosign("another text\n1\nx\n", 1_800_000_000));
    assert_eq!(witness.asks(&forged).await.status, 422, "a cosignature that does not hold says nothing");
    witness.listening.stop().await;
    assert_eq!(size(&Running::on(folder.path()).await.asks(&request(4, 9, true)).await), 9, "and it is on disk");
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_are_kept_with_both_heads_and_shown() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    let empty = witness.get("/").await;
    assert!(empty.contains("ещё не присылал") && empty.contains(ORIGIN), "{empty}");
    witness.cosigns(&request(0, 9, true)).await;
    witness.cosigns(&request(9, 20, true)).await;
    assert!(witness.get("/en/").await.contains("Nothing wrong was seen."));
    for lie in [request(0, 9, false), request(20, 20, false), request(4, 5, true), request(20, 30, false)] {
        for _ in 0..2 {
            let status = witness.asks(&lie).await.status;
            assert!([409, 422].contains(&status), "{status}");
        }
    }
    let seen = async |witness: &Running| {
        let state = witness.state().await;
        let evidence = state["logs"][0]["evidence"].as_array().unwrap().clone();
        evidence
            .iter()
            .map(|one| ["kind", "known", "shown"].map(|field| one[field].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let evidence = seen(&witness).await;
    let kinds: Vec<_> = evidence.iter().map(|[kind, ..]| kind.as_str()).collect();
    assert_eq!(kinds, ["split", "split", "rolled-back", "unproven"], "each once");
    for ([_, known, shown], sizes) in evidence.iter().zip([(9, 9), (20, 20), (20, 5), (20, 30)]) {
        let head = |note: &str| {
            let note: Note = note.parse().unwrap();
            note.verify(&followed().key).unwrap();
            Checkpoint::extended(&note.text).unwrap().0
        };
        let (known, shown) = (head(known), head(shown));
        assert_eq!((known.size, shown.size), sizes);
        assert!(known.size != shown.size || known.root != shown.root, "both signed by the log, and they contradict");
    }
    let page = witness.get("/en/").await;
    assert_eq!(["lie", "refused"].map(|class| page.matches(&format!("class=\"{class}\"")).count()), [2, 2], "{page}");
    assert!(page.contains("two different contents of one size") && !page.contains("Nothing wrong"), "{page}");
    assert!(witness.get("/").await.contains("одного размера"));
    assert!(witness.get("/witness.css").await.contains(".lie"));
    witness.listening.stop().await;
    let again = Running::on(folder.path()).await;
    assert_eq!(seen(&again).await, evidence, "evidence outlives the process");
}

/// The program itself: a key is made, the vkey printed, and the witness answers.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_makes_a_key_and_listens() {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };
    let folder = TempDir::new().unwrap();
    let veche = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        command.args(arguments).current_dir(folder.path()).env_remove("VECHE_CONFIG");
        command
    };
    let unnamed = veche(&["keys", "new", "witness", "w.key"]).output().unwrap();
    assert_eq!(unnamed.status.code(), Some(2), "a witness has a name");
    let made = veche(&["keys", "new", "witness", "w.key", "--name", "witness.example/w1"]).output().unwrap();
    let vkey = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let key: CosignerKey = vkey.parse().unwrap();
    assert_eq!(key.name, "witness.example/w1");
    let shown = veche(&["keys", "public", "witness", "w.key"]).output().unwrap();
    assert_eq!(String::from_utf8(shown.stdout).unwrap().trim(), vkey);
    let log = followed().to_string();
    let arguments =
        ["witness", "--json", "--listen", "127.0.0.1:0", "--key", "w.key", "--state", "state", "--log", &log];
    let mut running = veche(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(running.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(said["vkey"], vkey);
    let url = format!("{}/add-checkpoint", said["url"].as_str().unwrap());
    let asked = request(0, 4, true);
    let answer = reqwest::Client::new().post(url).body(asked.to_string()).send().await.unwrap();
    let [signature] = parse_cosignatures(&answer.text().await.unwrap()).unwrap().try_into().unwrap();
    assert!(key.verify(&asked.checkpoint.text, &signature).is_ok());
    assert_eq!(veche(&arguments).output().unwrap().status.code(), Some(1), "the folder is taken");
    running.kill().unwrap();
    running.wait().unwrap();
}
