//! A standby is promoted that has not everything: the nodes, which have, take nothing there, and go on when the right primary is back.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::{
    books,
    cluster::Cluster,
    crowd::Crowd,
    cut::until,
    kills::UNSAFE,
    poll::{self, Poll},
    proxy::{Proxy, Wire},
    size,
    standby::follower_of,
};

/// How the nodes find the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Both hosts stand in the address.
    Hosts,
    /// Something between leads to one of them, and tells nobody when it is another.
    Between,
    /// The same, and the primary is there still, with its connections open: only what is opened anew leads to the other.
    Open,
}

#[tokio::test(flavor = "multi_thread")]
async fn standby_of_a_list_of_hosts() {
    promotion(Way::Hosts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn standby_behind_one_address() {
    promotion(Way::Between).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn standby_behind_one_address_beside_a_primary_that_lives() {
    promotion(Way::Open).await;
}

/// Lines of all logs, acceptances and credentials.
fn rows(cluster: &Cluster, name: &str) -> [u64; 3] {
    let ask = |what| cluster.sql(name, what).parse().unwrap();
    ["SELECT sum(size) FROM logs", "SELECT count(*) FROM accepted_ballots", "SELECT count(*) FROM issuances"].map(ask)
}

/// What is opened from now on leads there; half of what is open must be opened anew, or all of it.
async fn another(proxy: &Proxy, way: Way, from: &Cluster, to: &Cluster) {
    proxy.leads_to(to.port);
    if way == Way::Open {
        let half = "SELECT count(pg_terminate_backend(pid)) > 2 FROM (
                        SELECT pid, row_number() OVER (ORDER BY pid) AS at FROM pg_stat_activity WHERE usename = 'veche'
                    ) AS open WHERE at % 2 = 0";
        assert_eq!(from.sql("postgres", half), "t");
        return;
    }
    proxy.is(Wire::Torn);
    tokio::time::sleep(Duration::from_millis(200)).await;
    proxy.is(Wire::Whole);
}

async fn promotion(way: Way) {
    let what = format!("a standby without the last commits, {way:?}");
    let name = format!("{way:?}").to_lowercase();
    let Some(mut primary) = size::cluster(&what, UNSAFE) else { return };
    let mut poll = Poll::new(&poll::database(&primary, &name), 10).await;
    let standby = follower_of(&primary);
    let proxy = Proxy::to(primary.port).await;
    poll.start.database = match way {
        Way::Hosts => format!("postgres://veche@127.0.0.1:{},127.0.0.1:{}/{name}", primary.port, standby.port),
        Way::Between | Way::Open => format!("postgres://veche@127.0.0.1:{}/{name}", proxy.port),
    };
    let nodes = [poll.start.node(), poll.another("second").node()];
    let mut crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    crowd.until_more(60).await;
    standby.sql("postgres", "ALTER SYSTEM SET primary_conninfo = ''");
    standby.sql("postgres", "SELECT pg_reload_conf()");
    let started = Instant::now();
    while primary.sql("postgres", "SELECT count(*) FROM pg_stat_replication") != "0" {
        assert!(started.elapsed() < Duration::from_secs(30), "the standby goes on following");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let applied = "SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()";
    while standby.sql("postgres", applied) != "t" {
        assert!(started.elapsed() < Duration::from_secs(30), "the standby does not apply what it has");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = rows(&standby, &name);
    crowd.until_more(200).await;
    let newcomers = poll.codes.len() / 2;
    crowd.is_joined_by(&mut poll, newcomers);
    tokio::time::sleep(Duration::from_millis(20)).await;

    if way != Way::Open {
        primary.kill();
    }
    standby.sql("postgres", "SELECT pg_promote()");
    another(&proxy, way, &primary, &standby).await;
    let moved = Instant::now();
    for node in &nodes {
        until(node, StatusCode::SERVICE_UNAVAILABLE).await;
        while !node.said().contains("THE DATABASE IS NOT THE ONE") {
            assert!(moved.elapsed() < Duration::from_secs(30), "{what}: it is not told: {}", node.said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let told = moved.elapsed();
    let (refused, accepted) = (crowd.refusals(), crowd.acceptances());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(crowd.refusals() > refused, "{what}: nobody asks any more");
    assert_eq!(crowd.acceptances(), accepted, "{what}: something was accepted, here or there");
    assert_eq!(rows(&standby, &name), before, "{what}: something was taken");
    // Whoever starts again does not forget it.
    let [first, second] = nodes;
    crowd.asks(&[&second.api]);
    tokio::time::sleep(Duration::from_millis(200)).await;
    first.stops();
    let said = poll.start.refuses();
    assert!(said.contains("this node has seen"), "{what}: {said}");

    drop(standby);
    if way != Way::Open {
        primary.starts_again();
    }
    proxy.leads_to(primary.port);
    until(&second, StatusCode::NO_CONTENT).await;
    let first = poll.start.node();
    crowd.asks(&[&first.api, &second.api]);
    crowd.until_more(60).await;
    size::say(format_args!(
        "{what}: of {:?} lines, ballots and credentials it takes none, and says so after {} ms; the primary has {:?} later",
        before,
        told.as_millis(),
        rows(&primary, &name)
    ));
    let counts = crowd.ends(&mut poll).await;
    counts.everybody_was_answered(&what);
    books::hold(poll, &second.api, &what, &counts).await;
}
