//! The network between a node and its database falls silent, and later carries again or is torn; a primary freezes and is replaced.

use std::time::{Duration, Instant};

use audit::round::Bytes;
use reqwest::{StatusCode, header::RETRY_AFTER};
use serde_json::json;

use super::{
    books,
    crowd::Crowd,
    node::Node,
    poll::{self, Poll},
    proxy::{Proxy, Wire},
    size,
    town::SLUG,
};

/// By then a node has answered, whatever its database does. It promises 15 s (a test in `app/group.rs` holds it to that), and the rest is
/// for a slow machine.
const ANSWERED: Duration = Duration::from_secs(25);

/// Sends a ballot to a node whose database does not answer. Unless it is accepted all the same, the answer is 503 with `Retry-After`;
/// and it comes in time.
pub async fn sends_in_time(url: String, ballot: Vec<u8>) -> (StatusCode, Duration) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let started = Instant::now();
    let cast = client.post(format!("{url}/api/v1/rounds/{SLUG}/ballots")).json(&json!({ "ballot": Bytes(ballot) }));
    let answer = tokio::time::timeout(ANSWERED, cast.send()).await.expect("a ballot is answered within 15 s").unwrap();
    let (status, took) = (answer.status(), started.elapsed());
    if status != StatusCode::CREATED {
        let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        assert!(status == StatusCode::SERVICE_UNAVAILABLE && seconds.is_some(), "{status}, Retry-After {seconds:?}");
    }
    (status, took)
}

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
    let mut voter = poll.voters.remove(0);
    let mut crowd = Crowd::of(&mut poll, &[&near.api, &far.api]);
    let ends = [Wire::Whole, Wire::Torn].repeat(size::of(1, 8));
    let each = poll.codes.len() / ends.len();
    for end in ends {
        crowd.until_more(60).await;
        assert!(proxy.open() > 0, "the node does not use the wire");
        crowd.is_joined_by(&mut poll, each);
        tokio::time::sleep(Duration::from_millis(20)).await;
        proxy.is(Wire::Silent);
        let ballot = poll.place.fill(&mut voter.credential, &poll.choices[0]).unwrap();
        let first = tokio::spawn(sends_in_time(far.url.clone(), ballot.clone()));
        let noticed = until(&far, StatusCode::SERVICE_UNAVAILABLE).await;
        assert_eq!(far.status("/healthz").await, Some(StatusCode::NO_CONTENT));
        // Behind whatever is stuck.
        let second = tokio::spawn(sends_in_time(far.url.clone(), ballot.clone()));
        // As a proxy does that asks /readyz.
        crowd.asks(&[&near.api]);
        let started = Instant::now();
        crowd.until_more(100).await;
        let went_on = started.elapsed();
        let answers = [first.await.unwrap(), second.await.unwrap()];
        for (status, _) in answers {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "a ballot that cannot be committed");
        }
        proxy.is(end);
        tokio::time::sleep(Duration::from_millis(200)).await;
        proxy.is(Wire::Whole);
        let back = until(&far, StatusCode::NO_CONTENT).await;
        crowd.asks(&[&near.api, &far.api]);
        voter.unanswered = Some((ballot, 0));
        voter.is_answered(&far.api, &poll.place).await;
        size::say(format_args!(
            "cut: /readyz says so after {} ms; 503 for ballots after {} and {} ms; the other node took 100 ballots in {} ms; {end:?} \
             again, ready after {} ms",
            noticed.as_millis(),
            answers[0].1.as_millis(),
            answers[1].1.as_millis(),
            went_on.as_millis(),
            back.as_millis()
        ));
    }
    crowd.asks(&[&far.api]);
    crowd.until_more(60).await;
    let counts = crowd.ends(&mut poll).await;
    poll.voters.push(voter);
    counts.everybody_was_answered("network between node and database cut");
    books::hold(poll, &far.api, "network between node and database cut", &counts).await;
}
