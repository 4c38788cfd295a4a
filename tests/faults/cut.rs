//! The network between a node and its database falls silent, and later carries again or is torn; a primary freezes and is replaced.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::{
    books,
    crowd::Crowd,
    node::Node,
    poll::{self, Poll},
    proxy::{Proxy, Wire},
    size,
};

/// Waits until the node says that it is ready, or not.
pub async fn until(node: &Node, ready: StatusCode) -> Duration {
    let started = Instant::now();
    while node.status("/readyz").await != Some(ready) {
        assert!(started.elapsed() < Duration::from_secs(60), "/readyz does not come to {ready}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn between_a_node_and_its_database() {
    let Some(cluster) = size::cluster("a network cut", &[]) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "cut"), 10).await;
    let proxy = Proxy::to(cluster.port).await;
    let mut far = poll.another("far");
    far.database = format!("postgres://veche@127.0.0.1:{}/cut", proxy.port);
    let (near, far) = (poll.start.node(), far.node());
    let crowd = Crowd::of(&mut poll, &[&near.api, &far.api]);
    for end in [Wire::Whole, Wire::Torn].repeat(size::of(1, 8)) {
        crowd.until_more(60).await;
        assert!(proxy.open() > 0, "the node does not use the wire");
        proxy.is(Wire::Silent);
        let noticed = until(&far, StatusCode::SERVICE_UNAVAILABLE).await;
        assert_eq!(far.status("/healthz").await, Some(StatusCode::NO_CONTENT));
        // As a proxy does that asks /readyz.
        crowd.asks(&[&near.api]);
        let started = Instant::now();
        crowd.until_more(100).await;
        let went_on = started.elapsed();
        proxy.is(end);
        tokio::time::sleep(Duration::from_millis(200)).await;
        proxy.is(Wire::Whole);
        let back = until(&far, StatusCode::NO_CONTENT).await;
        crowd.asks(&[&near.api, &far.api]);
        size::say(format_args!(
            "cut: /readyz says so after {} ms; the other node took 100 ballots in {} ms; {end:?} again, ready after {} ms",
            noticed.as_millis(),
            went_on.as_millis(),
            back.as_millis()
        ));
    }
    crowd.asks(&[&far.api]);
    crowd.until_more(60).await;
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &far.api, "network between node and database cut", &counts).await;
}
