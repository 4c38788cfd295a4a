//! kill -9 in the middle of casting and of issuing, again and again: of the only node, of one of two, and of PostgreSQL with all its
//! processes.

use std::time::Duration;

use reqwest::StatusCode;

use super::{
    books,
    crowd::Crowd,
    cut::until,
    poll::{self, Poll},
    size,
};

const VOTERS: usize = 10;
/// A server whose own settings answer before anything is on a disk: the service must ask for more itself.
pub const UNSAFE: &[&str] = &["synchronous_commit=off", "wal_writer_delay=10s"];

/// So long after the first newcomers set out the kill comes: some have their answer, some have none, some have not asked.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(rand::random_range(5..50))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_node_on_sqlite() {
    let mut poll = Poll::new("", VOTERS).await;
    let kills = size::of(12, 200);
    let each = poll.codes.len() / kills;
    let mut node = poll.start.node();
    let mut crowd = Crowd::of(&mut poll, &[&node.api]);
    for _ in 0..kills {
        crowd.until_more(rand::random_range(5..60)).await;
        crowd.is_joined_by(&mut poll, each);
        a_moment().await;
        node.kill();
        node = poll.start.node();
        crowd.asks(&[&node.api]);
    }
    crowd.until_more(20).await;
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &node.api, &format!("{kills} kills of the node on SQLite"), &counts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_nodes_on_postgresql() {
    let Some(cluster) = size::cluster("kill -9 of a node on PostgreSQL", &[]) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "kills"), VOTERS).await;
    let kills = size::of(10, 200);
    let each = poll.codes.len() / kills;
    let starts = [poll.start.clone(), poll.another("second")];
    let mut nodes = starts.each_ref().map(|start| start.node());
    let mut crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    for at in 0..kills {
        crowd.until_more(rand::random_range(5..60)).await;
        let at = at % 2;
        let fresh = starts[at].clone();
        crowd.is_joined_by(&mut poll, each);
        a_moment().await;
        nodes[at].child.kill().unwrap();
        nodes[at].child.wait().unwrap();
        // The other one serves on: these are more than the answers that were under way.
        crowd.until_more(crowd.people() + 1).await;
        nodes[at] = fresh.node();
        crowd.asks(&[&nodes[0].api, &nodes[1].api]);
    }
    crowd.until_more(20).await;
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &nodes[0].api, &format!("{kills} kills of one of two nodes on PostgreSQL"), &counts).await;
}

/// Whoever identified themselves at one node goes on at another, with the session they have.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_the_node_that_gave_it() {
    let Some(cluster) = size::cluster("a session without its node", &[]) else { return };
    let poll = Poll::new(&poll::database(&cluster, "session"), 1).await;
    let (first, second) = (poll.start.node(), poll.another("second").node());
    let session = poll.place.identify(&first.api, &poll.codes[0].identifying).await.unwrap().session;
    first.kill();
    let mut credential = poll.place.credential(&second.api, &session).await.unwrap();
    poll.place.vote(&second.api, &mut credential, &poll.choices[0]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_with_all_its_processes() {
    let Some(mut cluster) = size::cluster("kill -9 of PostgreSQL", UNSAFE) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "dies"), VOTERS).await;
    let kills = size::of(3, 40);
    let each = poll.codes.len() / kills;
    let nodes = [poll.start.node(), poll.another("second").node()];
    let mut crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    for _ in 0..kills {
        crowd.until_more(rand::random_range(10..80)).await;
        crowd.is_joined_by(&mut poll, each);
        a_moment().await;
        cluster.kill();
        let before = crowd.refusals();
        // It stays dead until somebody was refused: how soon that is depends on what was under way.
        crowd.until_refused(before).await;
        assert_eq!(nodes[0].status("/healthz").await, Some(StatusCode::NO_CONTENT));
        until(&nodes[0], StatusCode::SERVICE_UNAVAILABLE).await;
        let (there, longest) = nodes[0].answers_readers().await;
        size::say(format_args!(
            "without PostgreSQL {there} of 5 things to read are there, the slowest answer after {} ms",
            longest.as_millis()
        ));
        cluster.starts_again();
        crowd.until_more(20).await;
        until(&nodes[1], StatusCode::NO_CONTENT).await;
        assert_eq!(nodes[1].answers_readers().await.0, 5, "it recovers by itself");
    }
    let counts = crowd.ends(&mut poll).await;
    let what = format!("{kills} kills of PostgreSQL with all its processes");
    counts.everybody_was_answered(&what);
    books::hold(poll, &nodes[0].api, &what, &counts).await;
}
