//! Nodes that come to write into one log at the same moment: each waits for the row of the log's head, and then sees what was done meanwhile.

use std::sync::Arc;

use audit::round::{Act, Bytes, Phase, rules::BatchRules};
use reqwest::StatusCode;
use serde_json::json;
use tokio::task::JoinHandle;
use veche::{
    app::App,
    clock::Clock,
    error::Error,
    http::{RoundResponse, StepRequest},
    jobs,
};

use super::{
    both,
    nodes::{Node, several},
    town::{HOUR, SLUG, Town, approval},
    witnesses::until,
};

/// Takes the rows of all heads, as a node in the middle of its transaction has one; they are free when the connection is closed.
async fn hold_heads(town: &Town) -> sqlx::PgConnection {
    let mut other = both::administrator(&town.folder.path().join("data")).await;
    sqlx::raw_sql("BEGIN; SELECT id FROM logs FOR UPDATE").execute(&mut other).await.unwrap();
    other
}

async fn release(held: sqlx::PgConnection) {
    use sqlx::Connection as _;
    held.close().await.unwrap();
}

/// Waits until so many transactions wait for somebody else's.
async fn until_wait(town: &Town, many: i64) {
    let data = town.folder.path().join("data");
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let count =
        async || -> i64 { sqlx::query_scalar(waiting).fetch_one(&mut both::administrator(&data).await).await.unwrap() };
    until(&format!("{many} wait for the row"), || async { count().await == many }).await;
}

/// Nodes look what is due, all at once.
fn all_look<const N: usize>(apps: [&Arc<App>; N]) -> [JoinHandle<Result<(), Error>>; N] {
    apps.map(|app| {
        let app = Arc::clone(app);
        tokio::spawn(async move { jobs::run_once(&app).await })
    })
}

/// How many lines of this kind a round's log has.
async fn lines(town: &Town, slug: &str, event: &str) -> usize {
    let select = "SELECT line FROM log_lines WHERE log_id = (SELECT log_id FROM rounds WHERE slug = $1)";
    let mut other = both::administrator(&town.folder.path().join("data")).await;
    let lines: Vec<Vec<u8>> = sqlx::query_scalar(select).bind(slug).fetch_all(&mut other).await.unwrap();
    let is_one = |line: &&Vec<u8>| String::from_utf8_lossy(line).contains(&format!("\"{event}\":"));
    lines.iter().filter(is_one).count()
}

async fn round(town: &Town, slug: &str) -> RoundResponse {
    town.api.get(&format!("/api/v1/rounds/{slug}"), None).await.unwrap()
}

/// Three nodes have read that the time has come before any of them writes; the first round is raced for in this order, the others as
/// it happens.
#[tokio::test(flavor = "multi_thread")]
async fn rounds_open_and_close_once_by_their_timetable() {
    several!();
    const SLUGS: [&str; 3] = ["first", "second", "third"];
    let town = Town::new().await;
    let nodes = [Node::of(&town).await, Node::of(&town).await];
    for node in [&town.server, &nodes[0].server, &nodes[1].server] {
        node.looked().await;
    }
    let mut draft = town.draft(approval());
    for slug in SLUGS {
        draft.slug = slug.into();
        town.publishes_draft(&draft).await;
    }
    for (second, phase, event) in
        [(draft.opens_at, Phase::Open, "voting-opened"), (draft.closes_at, Phase::Closed, "voting-closed")]
    {
        town.clock.advance(second - town.clock.now());
        let held = hold_heads(&town).await;
        let looking = all_look([&town.server.app, &nodes[0].server.app, &nodes[1].server.app]);
        until_wait(&town, 3).await;
        release(held).await;
        for looked in looking {
            looked.await.unwrap().expect("whoever came late finds nothing to do, which is no fault");
        }
        for slug in SLUGS {
            assert_eq!((round(&town, slug).await.phase, lines(&town, slug, event).await), (phase, 1), "{slug}");
        }
    }
}

/// A node whose clock is a second behind extends the voting while two others, for which it is over, stand behind it.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_to_close_sees_that_the_voting_was_extended() {
    several!();
    let town = Town::new().await;
    let draft = town.draft(approval());
    town.publishes_draft(&draft).await;
    let codes = town.enrols(1).await;
    town.opens().await;
    let (second, behind) = (Node::of(&town).await, Node::with(&town, Clock::standing(draft.closes_at - 1)).await);
    second.server.looked().await;
    behind.server.looked().await;
    town.clock.advance(draft.closes_at - town.clock.now());
    let held = hold_heads(&town).await;
    let official = town.official.at(behind.api.clone());
    let longer = StepRequest::Extend { closes_at: draft.closes_at + HOUR, reason: "a queue at the door".into() };
    let extending = tokio::spawn(async move { official.step(SLUG, &longer).await });
    until_wait(&town, 1).await;
    let looking = all_look([&town.server.app, &second.server.app]);
    until_wait(&town, 3).await;
    release(held).await;
    extending.await.unwrap().expect("it stood first in the line, before the close");
    for looked in looking {
        looked.await.unwrap().unwrap();
    }
    let now = round(&town, SLUG).await;
    assert_eq!((now.phase, now.closes_at), (Phase::Open, draft.closes_at + HOUR));
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.expect("the voting goes on");
    town.clock.advance(HOUR);
    for looked in all_look([&town.server.app, &second.server.app]) {
        looked.await.unwrap().unwrap();
    }
    assert_eq!((round(&town, SLUG).await.phase, lines(&town, SLUG, "voting-closed").await), (Phase::Closed, 1));
    assert_eq!(town.certifies_closed().await.outcome.ballots, 1);
}

/// Two requests for one person's credential, a batch and an official's step, on two nodes: none goes on before its turn.
#[tokio::test(flavor = "multi_thread")]
async fn credentials_batches_and_steps_wait_for_each_other() {
    several!();
    let town = Arc::new(Town::new().await);
    let second = Arc::new(Node::of(&town).await);
    second.server.looked().await;
    let mut draft = town.draft(approval());
    draft.batch = BatchRules { at_least: 3, within: 7200 };
    town.publishes_draft(&draft).await;
    let codes = town.enrols(4).await;
    town.opens().await;
    for code in &codes[..3] {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
    }
    let session = town.session(&codes[3]).await;
    let place = town.place().await;
    let message = || json!({ "blinded": Bytes(place.request().unwrap().blinded) });
    let (one, other) = (message(), message());

    let held = hold_heads(&town).await;
    let (here, with) = (Arc::clone(&town), session.clone());
    let first = tokio::spawn(async move { here.posts("/credential", Some(&with), one).await });
    let there = Arc::clone(&second);
    let last = tokio::spawn(async move { there.posts("/credential", Some(&session), &other).await });
    let [batch] = all_look([&second.server.app]);
    let official = town.official.clone();
    let pause = StepRequest::Pause { reason: "drill".into() };
    let pausing = tokio::spawn(async move { official.step(SLUG, &pause).await });
    until_wait(&town, 4).await;
    let done = [first.is_finished(), last.is_finished(), batch.is_finished(), pausing.is_finished()];
    assert_eq!(done, [false; 4], "somebody went on while another had the row");
    release(held).await;

    let mut said = [first.await.unwrap().status, last.await.unwrap().status];
    said.sort();
    assert_eq!(said, [StatusCode::OK, StatusCode::CONFLICT]);
    batch.await.unwrap().expect("the job went on where the others left the log");
    pausing.await.unwrap().expect("the official's step too");
    assert_eq!((round(&town, SLUG).await.phase, round(&town, SLUG).await.ballots), (Phase::Paused, 3));
    town.acts(Act::Close).await;
    assert_eq!(town.certifies_closed().await.outcome.ballots, 3);
}
