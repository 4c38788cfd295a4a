//! A new version node by node while people cast and newcomers come: nobody is refused, and every request gets its answer.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use audit::round::Bytes;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    books,
    crowd::Crowd,
    node::Node,
    poll::{self, Poll},
    size,
    town::SLUG,
};

/// A ballot that a node has taken up: it asked for the body, which is still to come.
async fn taken_up(node: &Node, body: &str) -> TcpStream {
    const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut stream = TcpStream::connect(node.address()).await.unwrap();
    let head = format!(
        "POST /api/v1/rounds/{SLUG}/ballots HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         expect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut said = [0; GO_ON.len()];
    stream.read_exact(&mut said).await.unwrap();
    assert_eq!(said, GO_ON, "{}", String::from_utf8_lossy(&said));
    stream
}

/// Waits until nobody listens there any more.
async fn closes(address: &str) {
    let started = Instant::now();
    while TcpStream::connect(address).await.is_ok() {
        assert!(started.elapsed() < Duration::from_secs(60), "the node takes connections after SIGTERM");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restart_of_two_nodes() {
    let Some(cluster) = size::cluster("a rolling restart", &[]) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "rolling"), 10).await;
    // Whoever has picked the old node gets there while it says that it will stop.
    poll.start.settings = "drain_seconds = 2\n".to_owned();
    let starts = [poll.start.clone(), poll.another("second")];
    let mut nodes = starts.each_ref().map(|start| start.node());
    let mut voter = poll.voters.remove(0);
    let mut crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    let restarts = size::of(4, 60);
    let each = poll.codes.len() / restarts;
    for at in 0..restarts {
        crowd.until_more(40).await;
        let fresh = poll.another(&format!("fresh-{at}")).node();
        let mut old = std::mem::replace(&mut nodes[at % 2], fresh);
        let ballot = poll.place.fill(&mut voter.credential, &poll.choices[0]).unwrap();
        let body = json!({ "ballot": Bytes(ballot.clone()) }).to_string();
        let mut taken = taken_up(&old, &body).await;
        // As an operator does: the new node is there, the proxy is led to it, and then the old one is told to stop.
        crowd.is_joined_by(&mut poll, each);
        crowd.asks(&[&nodes[0].api, &nodes[1].api]);
        old.signal("TERM");
        let told = Instant::now();
        closes(old.address()).await;
        taken.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        taken.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 201 "), "what was taken up before SIGTERM is answered: {answer}");
        let ended = old.child.wait().unwrap();
        assert!(ended.success(), "a graceful stop is no failure: {ended}");
        // The acceptance is the one that the next node repeats.
        let cast = poll.place.cast(&nodes[at % 2].api, ballot).await.unwrap();
        let signature = serde_json::to_string(&Bytes(cast.signature.to_vec())).unwrap();
        assert!(answer.contains(&signature), "another acceptance than {signature}: {answer}");
        voter.accepted.push((cast, 0));
        size::say(format_args!(
            "rolling restart: node {} replaced, the old one ended {} ms after SIGTERM",
            at % 2 + 1,
            told.elapsed().as_millis()
        ));
    }
    crowd.until_more(40).await;
    let counts = crowd.ends(&mut poll).await;
    poll.voters.push(voter);
    let refused = [&counts.casting, &counts.arriving].map(|tries| tries.refusals.load(Ordering::Relaxed));
    assert_eq!(refused, [0, 0], "a rolling restart refuses nobody");
    counts.everybody_was_answered("a rolling restart");
    books::hold(poll, &nodes[0].api, &format!("rolling restart, {restarts} nodes replaced"), &counts).await;
}
