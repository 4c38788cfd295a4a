//! The primary dies in the middle of casting, its synchronous standby is promoted, and the nodes follow; then the old primary
//! comes back by mistake.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::{
    books,
    cluster::{Cluster, program},
    crowd::Crowd,
    poll::{self, Poll},
    size,
};

const DATABASE: &str = "followed";

/// A standby that has everything that the primary answered.
fn standby_of(primary: &Cluster) -> Cluster {
    let folder = Cluster::folder();
    let mut copy = program("pg_basebackup", folder.path());
    copy.args(["-D", "data", "-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-U", "postgres", "-p"]);
    let output = copy.arg(primary.port.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let standby = Cluster::over(folder, &[]);
    primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.sql("postgres", "SELECT pg_reload_conf()");
    let started = Instant::now();
    while primary.sql("postgres", "SELECT sync_state FROM pg_stat_replication") != "sync" {
        assert!(started.elapsed() < Duration::from_secs(30), "the standby does not follow");
        std::thread::sleep(Duration::from_millis(50));
    }
    standby
}

#[tokio::test(flavor = "multi_thread")]
async fn is_promoted_while_people_cast() {
    for _ in 0..size::of(1, 10) {
        promotion().await;
    }
}

async fn promotion() {
    let Some(mut primary) = size::cluster("promotion of a synchronous standby", &[]) else { return };
    let mut poll = Poll::new(&poll::database(&primary, DATABASE), 10).await;
    let standby = standby_of(&primary);
    poll.start.database = format!("postgres://veche@127.0.0.1:{},127.0.0.1:{}/{DATABASE}", primary.port, standby.port);
    let nodes = [poll.start.node(), poll.another("second").node()];
    let crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    crowd.until_more(200).await;
    let before = crowd.acceptances();
    let died = Instant::now();
    primary.kill();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(nodes[0].status("/readyz").await, Some(StatusCode::SERVICE_UNAVAILABLE));
    standby.sql("postgres", "SELECT pg_promote()");
    let promoted = died.elapsed();
    crowd.until_more(1).await;
    let first = died.elapsed();
    crowd.until_more(100).await;
    assert_eq!(nodes[1].status("/readyz").await, Some(StatusCode::NO_CONTENT));
    println!(
        "promotion: killed after {before} acceptances; promoted after {} ms, the first acceptance after {} ms",
        promoted.as_millis(),
        first.as_millis()
    );
    // A primary that comes back as one has no standby to answer for, so nothing can be promised there; and whoever starts now
    // must not fall for its being named first.
    primary.starts_again();
    assert_eq!(primary.sql("postgres", "SELECT pg_is_in_recovery()"), "f");
    let third = poll.another("third").node();
    crowd.asks(&[&nodes[0].api, &nodes[1].api, &third.api]);
    crowd.until_more(100).await;
    let lines =
        |cluster: &Cluster| cluster.sql(DATABASE, "SELECT count(*) FROM accepted_ballots").parse::<u64>().unwrap();
    let (old, new) = (lines(&primary), lines(&standby));
    assert!(old + 150 < new, "the old primary has {old} acceptances, the new one {new}");
    assert!(third.said().contains("takes writes too"), "{}", third.said());
    println!("promotion: the old primary came back with {old} acceptances and got none; the new one has {new}");
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &third.api, "promotion of a synchronous standby", &counts).await;
}
