//! kill -9 in the middle of casting, again and again: of the only node, of one of two, and of PostgreSQL with all its processes.

use reqwest::StatusCode;

use super::{
    books,
    crowd::Crowd,
    poll::{self, Poll},
    size,
};

const VOTERS: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn the_only_node_on_sqlite() {
    let mut poll = Poll::new("", VOTERS).await;
    let kills = size::of(12, 200);
    let mut node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    for _ in 0..kills {
        crowd.until_more(rand::random_range(5..60)).await;
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
    let starts = [poll.start.clone(), poll.another("second")];
    let mut nodes = starts.each_ref().map(|start| start.node());
    let crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    for at in 0..kills {
        crowd.until_more(rand::random_range(5..60)).await;
        let at = at % 2;
        let fresh = starts[at].clone();
        nodes[at].child.kill().unwrap();
        nodes[at].child.wait().unwrap();
        // The other one serves on.
        crowd.until_more(5).await;
        nodes[at] = fresh.node();
        crowd.asks(&[&nodes[0].api, &nodes[1].api]);
    }
    crowd.until_more(20).await;
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &nodes[0].api, &format!("{kills} kills of one of two nodes on PostgreSQL"), &counts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_with_all_its_processes() {
    let Some(mut cluster) = size::cluster("kill -9 of PostgreSQL", &[]) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "dies"), VOTERS).await;
    let kills = size::of(3, 40);
    let nodes = [poll.start.node(), poll.another("second").node()];
    let crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    for _ in 0..kills {
        crowd.until_more(rand::random_range(10..80)).await;
        cluster.kill();
        let before = crowd.refusals();
        // It stays dead until somebody was refused: how soon that is depends on what was under way.
        crowd.until_refused(before).await;
        assert_eq!(nodes[0].status("/healthz").await, Some(StatusCode::NO_CONTENT));
        assert_eq!(nodes[0].status("/readyz").await, Some(StatusCode::SERVICE_UNAVAILABLE));
        cluster.starts_again();
        crowd.until_more(20).await;
        assert_eq!(nodes[1].status("/readyz").await, Some(StatusCode::NO_CONTENT));
    }
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &nodes[0].api, &format!("{kills} kills of PostgreSQL with all its processes"), &counts).await;
}
