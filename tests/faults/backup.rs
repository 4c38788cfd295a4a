//! An old copy of the database is put back: the node that has seen more refuses to start, so does one whose witness has, and one that
//! learns of it later takes no more ballots.

use std::{
    fs,
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use super::{
    books,
    cluster::Cluster,
    crowd::Crowd,
    cut::until,
    node::Start,
    poll::{self, Poll},
    size,
    town::SLUG,
    witness::{Witness, cosigned, lines},
};

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

/// The database of the poll under the name of the folder.
pub fn copy_of(cluster: &Cluster, to: &mut Start) {
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
