//! Out of file descriptors, clients that send or read at a snail's pace, and a crowd of idle connections: casting goes on.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Mutex,
    task::JoinSet,
};

use reqwest::StatusCode;

use super::{
    books,
    crowd::Crowd,
    cut::until,
    node::Node,
    poll::{self, Poll},
    size,
    town::SLUG,
};

/// By then whoever read nothing is closed: 60 s after the system took the last of what it holds for them, which takes a while.
const UNREAD: Duration = Duration::from_secs(300);

/// Allows this process, and the nodes that it starts, so many open files; what it was allowed.
fn may_open(files: usize) -> bool {
    let limit = format!("--nofile={files}:{files}");
    let asked = Command::new("prlimit").args(["--pid", &std::process::id().to_string(), &limit]).output();
    asked.is_ok_and(|output| output.status.success())
}

/// How many files and sockets the node has open.
fn open_files(node: &Node) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", node.child.id())).unwrap().count()
}

/// One after the other: many at once overflow the system's queue, which resets some of them.
async fn connections(node: &Node, count: usize) -> Vec<TcpStream> {
    let mut open = Vec::new();
    for _ in 0..count {
        open.push(TcpStream::connect(node.address()).await.unwrap());
    }
    open
}

/// Waits until the node says again that it has no file for another connection; it says so every half second while that is so.
async fn is_short_of_files(node: &Node) {
    let times = || node.said().matches("no connection can be taken up").count();
    let (started, before) = (Instant::now(), times());
    while times() == before {
        assert!(started.elapsed() < Duration::from_secs(20), "the node has files enough");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_file_descriptors_on_sqlite() {
    out_of_files("", "out of file descriptors on SQLite").await;
}

/// Connections to the database are files, too.
#[tokio::test(flavor = "multi_thread")]
async fn out_of_file_descriptors_on_postgresql() {
    let Some(cluster) = size::cluster("out of file descriptors", &[]) else { return };
    out_of_files(&poll::database(&cluster, "files"), "out of file descriptors on PostgreSQL").await;
}

async fn out_of_files(database: &str, what: &str) {
    let mut poll = Poll::new(database, 8).await;
    poll.start.before = "ulimit -n 100;".to_owned();
    let node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    crowd.until_more(40).await;
    for _ in 0..size::of(1, 10) {
        let strangers = connections(&node, 200).await;
        is_short_of_files(&node).await;
        let started = Instant::now();
        crowd.until_more(100).await;
        size::say(format_args!("{what}: 100 ballots more on open connections in {} ms", started.elapsed().as_millis()));
        // All of that was while it had none.
        is_short_of_files(&node).await;
        drop(strangers);
        let started = Instant::now();
        until(&node, StatusCode::NO_CONTENT).await;
        size::say(format_args!(
            "{what}: a new connection is answered {} ms after the strangers left",
            started.elapsed().as_millis()
        ));
    }
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &node.api, what, &counts).await;
}

/// A head that comes byte by byte; how long the service bears it.
async fn slow_sender(mut stream: TcpStream) -> Duration {
    let started = Instant::now();
    let head = format!("POST /api/v1/rounds/{SLUG}/ballots HTTP/1.1\r\nhost: x\r\nx-slow: {}", "a".repeat(600));
    for byte in head.bytes() {
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
        let mut answer = [0; 64];
        if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_millis(500), stream.read(&mut answer)).await {
            break;
        }
    }
    started.elapsed()
}

/// A body that comes byte by byte; the answer, and after how long it came.
async fn slow_body(mut stream: TcpStream) -> (String, Duration) {
    const LENGTH: usize = 4_000;
    let started = Instant::now();
    let head = format!(
        "POST /api/v1/rounds/{SLUG}/ballots HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {LENGTH}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 64];
    for _ in 0..LENGTH {
        // A service that has answered may have closed already.
        let _ = stream.write_all(b" ").await;
        if let Ok(read) = tokio::time::timeout(Duration::from_millis(500), stream.read(&mut answer)).await {
            let length = read.unwrap_or_default();
            return (String::from_utf8_lossy(&answer[..length]).into_owned(), started.elapsed());
        }
    }
    panic!("a body that comes byte by byte is read to its end")
}

/// By then a request has its answer, however slowly it comes: 60 s, and more for a slow machine.
const LONGEST: Duration = Duration::from_secs(120);

/// Whoever sent a body so slowly was told so, in the large size: it takes a minute.
async fn are_told(bodies: JoinSet<(String, Duration)>, what: &str) {
    if !size::is_large() {
        return;
    }
    let bodies = bodies.join_all().await;
    for (answer, took) in &bodies {
        assert!(answer.starts_with("HTTP/1.1 408 ") && *took < LONGEST, "after {took:?}: {answer}");
    }
    let longest = bodies.iter().map(|(_, took)| took).max().unwrap();
    size::say(format_args!("{what}: {} slow bodies ended with 408, the last after {longest:?}", bodies.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_and_idle_connections_on_sqlite() {
    slow_and_idle("", "slow clients and idle connections on SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_and_idle_connections_on_postgresql() {
    let Some(cluster) = size::cluster("slow clients and idle connections", &[]) else { return };
    slow_and_idle(&poll::database(&cluster, "slow"), "slow clients and idle connections on PostgreSQL").await;
}

/// Strangers who say nothing hold every place, and more of them stand before the door: whoever has a connection goes on with it, and
/// whoever comes then is served as soon as those are closed.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_on_every_place() {
    let _alone = ALONE.lock().await;
    let mut poll = Poll::new("", 8).await;
    poll.start.settings = "connections = 64\n".to_owned();
    let node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    crowd.until_more(60).await;
    let (began, strangers) = (Instant::now(), connections(&node, 100).await);
    crowd.until_more(100).await;
    let beside = began.elapsed();
    assert_eq!(node.status("/readyz").await, Some(StatusCode::NO_CONTENT), "a newcomer is served");
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(5), "there was a place all the time, so nothing was tried: {waited:?}");
    drop(strangers);
    let what = "strangers on every place";
    size::say(format_args!(
        "{what}: 100 ballots took {} ms, a newcomer was served after {} ms",
        beside.as_millis(),
        waited.as_millis()
    ));
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &node.api, what, &counts).await;
}

/// Two such crowds at once would have more files open than this process may.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn slow_and_idle(database: &str, what: &str) {
    let _alone = ALONE.lock().await;
    let (idle, slow) = (size::of(1_000, 10_000), size::of(100, 1_000));
    // For this process and the node each: its end of every connection, and what else is open.
    if !may_open(idle + 4 * slow + 2_000) {
        return size::skipped("idle connections", "this process may not open so many files");
    }
    let mut poll = Poll::new(database, 8).await;
    poll.start.settings = format!("connections = {}\n", idle + 4 * slow + 500);
    let node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    crowd.until_more(60).await;
    let alone = Instant::now();
    crowd.until_more(100).await;
    let alone = alone.elapsed();
    let files = open_files(&node);

    let (mut senders, mut bodies) = (JoinSet::new(), JoinSet::new());
    connections(&node, slow).await.into_iter().for_each(|stream| drop(senders.spawn(slow_sender(stream))));
    connections(&node, slow).await.into_iter().for_each(|stream| drop(bodies.spawn(slow_body(stream))));
    // They ask for what is large and read nothing of it.
    let mut readers = connections(&node, slow).await;
    for reader in &mut readers {
        let ask = format!("GET /api/v1/rounds/{SLUG}/log/lines?limit=1000 HTTP/1.1\r\nhost: x\r\n\r\n");
        reader.write_all(ask.repeat(20).as_bytes()).await.unwrap();
    }
    let asked = Instant::now();
    let strangers = connections(&node, idle).await;
    let beside = Instant::now();
    crowd.until_more(100).await;
    let beside = beside.elapsed();
    let senders = senders.join_all().await;
    let longest = senders.iter().max().unwrap();
    assert!(*longest < Duration::from_secs(20), "a head that never ends was borne for {longest:?}");
    // By then those that never spoke were closed too.
    let mut closed = 0;
    for mut stranger in strangers {
        let ended = tokio::time::timeout(Duration::from_secs(5), stranger.read(&mut [0; 8])).await;
        closed += usize::from(matches!(ended, Ok(Ok(0) | Err(_))));
    }
    assert_eq!(closed, idle, "idle connections are closed");
    are_told(bodies, what).await;
    if size::is_large() {
        while open_files(&node) > files + 20 {
            assert!(asked.elapsed() < UNREAD, "{} files more than before are open", open_files(&node) - files);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        size::say(format_args!("{what}: who read nothing was closed {} s after asking", asked.elapsed().as_secs()));
    }
    size::say(format_args!(
        "{what}: 100 ballots took {} ms alone, {} ms beside {idle} idle connections, {slow} slow heads (closed after {} ms at \
         most), {slow} slow bodies and {slow} readers who read nothing",
        alone.as_millis(),
        beside.as_millis(),
        longest.as_millis()
    ));
    drop(readers);
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &node.api, what, &counts).await;
}
