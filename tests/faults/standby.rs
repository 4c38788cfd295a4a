//! The primary dies in the middle of casting, its synchronous standby is promoted, and the nodes follow; then the old primary
//! comes back by mistake.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use super::{
    books,
    cluster::{Cluster, program},
    crowd::Crowd,
    cut::{sends_in_time, until},
    kills::UNSAFE,
    poll::{self, Poll},
    size,
};

const DATABASE: &str = "followed";

/// A standby that has everything that the primary answered.
fn standby_of(primary: &Cluster) -> Cluster {
    let standby = follower_of(primary);
    primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.sql("postgres", "SELECT pg_reload_conf()");
    is_followed(primary, "sync");
    standby
}

/// A standby that the primary waits for at no commit.
pub fn follower_of(primary: &Cluster) -> Cluster {
    let folder = Cluster::folder();
    let mut copy = program("pg_basebackup", folder.path());
    copy.args(["-D", "data", "-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-U", "postgres", "-p"]);
    let output = copy.arg(primary.port.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let standby = Cluster::over(folder, &[]);
    is_followed(primary, "async");
    standby
}

fn is_followed(primary: &Cluster, state: &str) {
    let started = Instant::now();
    while primary.sql("postgres", "SELECT sync_state FROM pg_stat_replication") != state {
        assert!(started.elapsed() < Duration::from_secs(30), "the standby does not follow");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How a primary ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// kill -9 of all its processes: every connection is reset.
    Killed,
    /// All its processes stand still: connections stay open, and nothing ever comes. So does a machine that lost its disk.
    Frozen,
}

/// A signal to all processes of a cluster.
fn signal(cluster: &Cluster, name: &str) {
    let pid = std::fs::read_to_string(cluster.folder.path().join("data/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap().to_owned();
    let children = Command::new("pgrep").args(["-P", &pid]).output().unwrap();
    let children = String::from_utf8(children.stdout).unwrap();
    let all = std::iter::once(pid.as_str()).chain(children.lines());
    assert!(Command::new("kill").arg(format!("-{name}")).args(all).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn is_promoted_when_the_primary_is_killed() {
    for _ in 0..size::of(1, 10) {
        promotion(End::Killed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn is_promoted_when_the_primary_freezes() {
    for _ in 0..size::of(1, 10) {
        promotion(End::Frozen).await;
    }
}

async fn promotion(end: End) {
    let Some(mut primary) = size::cluster("promotion of a synchronous standby", UNSAFE) else { return };
    let mut poll = Poll::new(&poll::database(&primary, DATABASE), 10).await;
    let standby = standby_of(&primary);
    poll.start.database = format!("postgres://veche@127.0.0.1:{},127.0.0.1:{}/{DATABASE}", primary.port, standby.port);
    let nodes = [poll.start.node(), poll.another("second").node()];
    let mut voter = poll.voters.remove(0);
    let mut crowd = Crowd::of(&mut poll, &[&nodes[0].api, &nodes[1].api]);
    crowd.until_more(100).await;
    let before = crowd.acceptances();
    let each = poll.codes.len() / 2;
    crowd.is_joined_by(&mut poll, each);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let ended = Instant::now();
    match end {
        End::Killed => primary.kill(),
        End::Frozen => signal(&primary, "STOP"),
    }
    let ballot = poll.place.fill(&mut voter.credential, &poll.choices[0]).unwrap();
    let first = tokio::spawn(sends_in_time(nodes[0].url.clone(), ballot.clone()));
    assert_eq!(nodes[0].status("/healthz").await, Some(StatusCode::NO_CONTENT));
    until(&nodes[0], StatusCode::SERVICE_UNAVAILABLE).await;
    // Behind whatever is stuck; the promotion may come in time for either.
    let second = tokio::spawn(sends_in_time(nodes[0].url.clone(), ballot.clone()));
    crowd.is_joined_by(&mut poll, each);
    standby.sql("postgres", "SELECT pg_promote()");
    let promoted = ended.elapsed();
    crowd.until_more(1).await;
    let next = ended.elapsed();
    crowd.until_more(60).await;
    until(&nodes[1], StatusCode::NO_CONTENT).await;
    size::say(format_args!(
        "promotion, {end:?}: ended after {before} acceptances; promoted {} ms later, the next acceptance {} ms later; {} refusals",
        promoted.as_millis(),
        next.as_millis(),
        crowd.refusals()
    ));
    for sent in [first, second] {
        let (status, took) = sent.await.unwrap();
        size::say(format_args!(
            "promotion, {end:?}: a ballot sent meanwhile was answered with {status} after {} ms",
            took.as_millis()
        ));
    }
    // A primary that comes back as one has no standby to answer for it, so nothing can be promised there; and whoever starts now
    // must not fall for its being named first.
    match end {
        End::Killed => primary.starts_again(),
        End::Frozen => signal(&primary, "CONT"),
    }
    assert_eq!(primary.sql("postgres", "SELECT pg_is_in_recovery()"), "f");
    let third = poll.another("third").node();
    crowd.asks(&[&nodes[0].api, &nodes[1].api, &third.api]);
    crowd.until_more(60).await;
    let rows =
        |cluster: &Cluster| cluster.sql(DATABASE, "SELECT count(*) FROM accepted_ballots").parse::<u64>().unwrap();
    let (old, new) = (rows(&primary), rows(&standby));
    assert!(old + 100 < new, "the old primary has {old} acceptances, the new one {new}");
    assert!(third.said().contains("takes writes too"), "{}", third.said());
    size::say(format_args!(
        "promotion, {end:?}: the old primary came back as one, with {old} acceptances, and got no more; the new one has {new}"
    ));
    let counts = crowd.ends(&mut poll).await;
    // Whatever the answers were, the same bytes are accepted once.
    voter.unanswered = Some((ballot, 0));
    poll.voters.push(voter);
    let what = format!("promotion of a synchronous standby, the primary {end:?}");
    counts.everybody_was_answered(&what);
    books::hold(poll, &third.api, &what, &counts).await;
}
