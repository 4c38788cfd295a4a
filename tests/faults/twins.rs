//! Two services that live at the same time with one master key, on two databases: each works alone until a witness has seen the one grow,
//! and then the other takes nothing more, neither as it runs nor after a restart.

use std::{fs, time::Duration};

use reqwest::StatusCode;

use super::{
    backup::copy_of,
    books,
    crowd::Crowd,
    cut::until,
    node::Start,
    poll::{self, Poll},
    size,
    witness::{Witness, cosigned, lines},
};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_file_of_sqlite() {
    let poll = Poll::new("", 8).await;
    let copies = |poll: &Poll, to: &mut Start| {
        fs::copy(poll.start.data.join("veche.db"), to.data.join("veche.db")).unwrap();
    };
    live(poll, copies, "two services with one key on SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_database_of_postgresql() {
    let Some(cluster) = size::cluster("two services with one key", &[]) else { return };
    let poll = Poll::new(&poll::database(&cluster, "kept"), 8).await;
    live(poll, |_, to| copy_of(&cluster, to), "two services with one key on PostgreSQL").await;
}

async fn live(mut poll: Poll, copies: impl Fn(&Poll, &mut Start), what: &str) {
    let node = poll.start.node();
    let witness = Witness::of(&node, poll.folder()).await;
    node.stops();
    let (_watching, _) = witness.listens();
    poll.start.settings = witness.settings();
    let mut twin = poll.another("twin");
    copies(&poll, &mut twin);

    // So far they are one log, and nobody can tell: both start, and both are ready.
    let (first, second) = (poll.start.node(), twin.node());
    for node in [&first, &second] {
        until(node, StatusCode::NO_CONTENT).await;
    }
    let crowd = Crowd::of(&mut poll, &[&first.api]);
    crowd.until_more(60).await;
    crowd.ends(&mut poll).await;
    cosigned(&first).await;
    // The other grows too, until the witness says that it is not the same any more.
    let mut voters: Vec<_> = poll.voters.iter().map(|voter| voter.credential.clone()).collect();
    let (mut taken, most) = (0, 2_000);
    let refused = loop {
        let of = taken % voters.len();
        let bytes = poll.place.fill(&mut voters[of], &poll.choices[0]).unwrap();
        match poll.place.cast(&second.api, bytes).await {
            Ok(_) => taken += 1,
            Err(refused) => break refused,
        }
        assert!(taken < most, "{what}: both take ballots");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(refused.slug(), Some("log-behind"), "{what}: {refused}");
    until(&second, StatusCode::SERVICE_UNAVAILABLE).await;
    let arrives = poll.place.register(&second.api, &poll.codes[0]).await.unwrap_err();
    assert_eq!(arrives.slug(), Some("log-behind"), "{what}: {arrives}");
    let stands = lines(&second).await;
    size::say(format_args!("{what}: after {taken} ballots the second hears: {refused}"));
    second.stops();
    let said = twin.refuses();
    assert!(said.contains("witness.example/w1") && said.contains("--accept-loss"), "{what}: {said}");

    // The first never stopped.
    assert_eq!(first.status("/readyz").await, Some(StatusCode::NO_CONTENT));
    assert!(lines(&first).await >= stands, "{what}: the witness follows the longer one");
    let mut crowd = Crowd::of(&mut poll, &[&first.api]);
    crowd.is_joined_by(&mut poll, 4);
    crowd.until_more(60).await;
    assert_eq!(crowd.refusals(), 0, "{what}: the first refuses nobody");
    let counts = crowd.ends(&mut poll).await;
    books::hold(poll, &first.api, what, &counts).await;
}
