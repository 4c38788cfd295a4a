//! What strangers and full disks do to a witness and to the service: they go on, and what they hold stays small.

use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use audit::log::{
    checkpoint::Checkpoint,
    witness::{AddCheckpoint, MAX_CHECKPOINT},
};
use reqwest::Method as Verb;
use tempfile::TempDir;
use veche::{connections::Bounds, witness::AddCheckpointAnswer};

use super::{
    town::Town,
    witness::{Running, file, log_signer, note, open, refused, request, size},
};

#[test]
fn a_write_that_fails_is_tried_again_and_nothing_is_forgotten() {
    let folder = TempDir::new().unwrap();
    let witness = open(folder.path()).unwrap();
    let add = |old, size| witness.add(&request(old, size, true).to_string());
    let is_503 =
        |answer: AddCheckpointAnswer| assert!(matches!(answer, AddCheckpointAnswer::Refused(503, _)), "{answer:?}");
    let is_cosigned =
        |answer: AddCheckpointAnswer| assert!(matches!(answer, AddCheckpointAnswer::Cosigned(_)), "{answer:?}");
    let journal = file(folder.path(), "journal");

    // A folder stands where the new head would be written.
    fs::create_dir(journal.with_extension("next")).unwrap();
    is_503(add(0, 4));
    is_503(add(0, 4));
    fs::remove_dir(journal.with_extension("next")).unwrap();
    is_cosigned(add(0, 4));

    // The head is written and the journal cannot be: which of both it was, the files tell.
    let aside = folder.path().join("aside");
    fs::rename(&journal, &aside).unwrap();
    fs::create_dir(&journal).unwrap();
    is_503(add(4, 9));
    is_503(add(4, 9));
    fs::remove_dir(&journal).unwrap();
    fs::rename(&aside, &journal).unwrap();
    assert_eq!(add(4, 8), AddCheckpointAnswer::Size("9\n".into()), "the head that reached the disk counts");
    is_cosigned(add(9, 9));
    assert_eq!(fs::read_to_string(&journal).unwrap().lines().count(), 2);

    // Files that hold less than what was cosigned from them are not believed, in the running process either.
    let head = file(folder.path(), "head");
    let kept = [&head, &journal].map(|path| (path.clone(), fs::read(path).unwrap()));
    fs::create_dir(journal.with_extension("next")).unwrap();
    is_503(add(9, 12));
    fs::remove_dir(journal.with_extension("next")).unwrap();
    fs::remove_file(&head).unwrap();
    fs::remove_file(&journal).unwrap();
    is_503(add(0, 12));
    kept.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    is_cosigned(add(9, 12));
}

#[test]
fn a_head_that_was_edited_is_refused() {
    let folder = TempDir::new().unwrap();
    let answer = open(folder.path()).unwrap().add(&request(0, 9, true).to_string());
    assert!(matches!(answer, AddCheckpointAnswer::Cosigned(_)), "{answer:?}");
    let head = file(folder.path(), "head");
    let text = fs::read_to_string(&head).unwrap();
    let edited = text.replace("\\n9\\n", "\\n99\\n");
    assert_ne!(edited, text);
    fs::write(&head, edited).unwrap();
    assert!(refused(folder.path()).contains("not signed"));
    fs::write(&head, text).unwrap();
    drop(open(folder.path()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_log_says_of_itself_is_short_and_the_page_shows_the_newest() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    let padded = |size: u64, len: usize| {
        let text = note(size, true).text;
        let line = "x".repeat(len - text.len() - 1);
        AddCheckpoint { checkpoint: log_signer().sign(&format!("{text}{line}\n")), ..request(0, size, true) }
    };
    assert_eq!(witness.asks(&padded(40, MAX_CHECKPOINT + 1)).await.status, 400);
    witness.cosigns(&padded(40, MAX_CHECKPOINT)).await;
    for size in 1..=13 {
        assert_eq!(witness.asks(&request(0, size, true)).await.status, 409);
    }
    let state = witness.state().await;
    assert_eq!(state["logs"][0]["evidence"].as_array().unwrap().len(), 13, "programs get all");
    let page = witness.get("/en/").await;
    let shown = |size: u64| {
        let root = Checkpoint::extended(&note(size, true).text).unwrap().0.root.to_base64();
        page.contains(&root.replace('+', "&#43;")) || page.contains(&root)
    };
    assert!(shown(13) && shown(4) && !shown(3), "the ten newest: {page}");
    assert!(page.contains("not shown here: 3."), "{page}");
}

/// A request whose end never comes.
fn unfinished(address: SocketAddr, begin: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(begin.as_bytes()).unwrap();
    stream
}

/// Everything that comes until the other side closes.
fn heard(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(fault) if fault.kind() != ErrorKind::ConnectionReset => panic!("it was not closed: {fault}"),
        _ => String::from_utf8(bytes).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_does_not_end_is_closed() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    let town = Town::new().await;
    let service: SocketAddr = town.server.address;
    let head = "GET / HTTP/1.1\r\nHost: x\r\n";
    let body = "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nold 0\n";
    let begun = Instant::now();
    let open = [(witness.listening.address, head), (witness.listening.address, body), (service, head)]
        .map(|(address, begin)| unfinished(address, begin));
    let closing = tokio::task::spawn_blocking(move || open.map(heard));
    witness.cosigns(&request(0, 4, true)).await;
    assert_eq!(town.asks(Verb::GET, "/", None, None).await.status, 200);
    let [_, slow, _] = closing.await.unwrap();
    assert!(slow.starts_with("HTTP/1.1 408 "), "{slow}");
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(9) && took < Duration::from_secs(20), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_takes_only_its_own_places() {
    let folder = TempDir::new().unwrap();
    let witness = Running::bounded(folder.path(), Bounds { all: 6, of_one: 4 }).await;
    let address = witness.listening.address;
    let slow: Vec<_> = (0..4).map(|_| unfinished(address, "GET / HTTP/1.1\r\n")).collect();
    let url = format!("{}/state", witness.listening.url());
    // Those above the bound are closed unanswered, once the first four were taken up.
    let refused = async || reqwest::Client::new().get(&url).send().await.is_err();
    while !refused().await {}
    let other =
        reqwest::Client::builder().local_address("127.0.0.2".parse::<std::net::IpAddr>().unwrap()).build().unwrap();
    assert_eq!(other.get(&url).send().await.unwrap().status(), 200, "another address has its places");
    drop(slow);
    let begun = Instant::now();
    while refused().await {
        assert!(begun.elapsed() < Duration::from_secs(5), "places are given back");
    }
    assert_eq!(size(&witness.asks(&request(1, 2, true)).await), 0);
}

/// Answers under way come whole, and nobody is waited for who has asked nothing.
#[tokio::test(flavor = "multi_thread")]
async fn stopping_does_not_wait_for_idle_connections() {
    let folder = TempDir::new().unwrap();
    let witness = Running::on(folder.path()).await;
    witness.get("/state").await;
    let silent = unfinished(witness.listening.address, "");
    witness.get("/state").await;
    let begun = Instant::now();
    let Running { listening, .. } = witness;
    let address = listening.address;
    listening.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(tokio::task::spawn_blocking(move || heard(silent)).await.unwrap(), "");
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}
