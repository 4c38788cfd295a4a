//! Whether the node lives and takes requests, as proxies and supervisors ask it.

use std::{sync::Arc, time::Duration};

use reqwest::{Method as Verb, StatusCode};
use veche::{
    app::readiness::{self, NotReady},
    clock::Clock,
    domain::Draft,
    jobs, server,
};

use super::{
    both,
    town::{Town, approval, config},
    witnesses::until,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_told_to_stop_says_so_and_serves_on() {
    let town = Town::with(|config| config.drain_seconds = 3600).await;
    let ready =
        async |town: &str| reqwest::Client::builder().no_proxy().build().unwrap().get(town).send().await.unwrap();
    let url = town.server.url();
    assert_eq!(ready(&format!("{url}/readyz")).await.status(), StatusCode::NO_CONTENT);
    let stopping = tokio::spawn(town.server.stop());
    let is_stopping = async || ready(&format!("{url}/readyz")).await.status() == StatusCode::SERVICE_UNAVAILABLE;
    until("it says that it stops", || async { is_stopping().await }).await;
    assert_eq!(ready(&format!("{url}/readyz")).await.headers()["retry-after"], "1");
    assert_eq!(ready(&format!("{url}/healthz")).await.status(), StatusCode::NO_CONTENT, "it lives");
    assert_eq!(ready(&format!("{url}/api/v1/rounds")).await.status(), StatusCode::OK, "it serves those who still come");
    stopping.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_its_jobs_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path().join("data"));
    both::make_database(&config.data).await;
    let app = server::open(config, Clock::system()).await.unwrap();
    assert_eq!(readiness::ready(&app).await, Err(NotReady::Jobs));
    let (jobs, _) = jobs::start(Arc::clone(&app), Duration::from_secs(3600));
    assert_eq!(readiness::ready(&app).await, Ok(()));
    jobs.abort();
    let _ = jobs.await;
    assert_eq!(readiness::ready(&app).await, Err(NotReady::Jobs), "also when they ended by a panic");
    app.stop().await;
}

/// Somebody else holds the database: the node lives, is not ready, and is ready again by itself. Whoever wants something written meanwhile
/// is told when to come again, and nothing of it keeps a connection for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_database_takes_no_writes_is_not_ready() {
    let town = Town::new().await;
    let data = town.folder.path().join("data");
    let readyz = async || town.asks(Verb::GET, "/readyz", None, None).await.status;
    let codes = town.votes(1).await;
    let mut credential = town.registers(&codes[0]).await;
    let ballot = town.place().await.fill(&mut credential, &town.ballot(&[("t1", None)]).await).unwrap();
    town.official.draft(&Draft { slug: "next".into(), ..town.draft(approval()) }).await.unwrap();
    let publishes =
        async || town.asks(Verb::POST, "/api/v1/drafts/next/publication", Some(&town.tokens[0]), None).await;
    assert_eq!(readyz().await, StatusCode::NO_CONTENT);
    let held = hold(&data).await;
    until("it is not ready", || async { readyz().await == StatusCode::SERVICE_UNAVAILABLE }).await;
    assert_eq!(town.asks(Verb::GET, "/healthz", None, None).await.status, StatusCode::NO_CONTENT);
    let (cast, published) = tokio::join!(town.posts_ballot(&ballot), publishes());
    for answer in [cast, published] {
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert!(answer.headers.contains_key("retry-after"), "{answer:?}");
    }
    drop(held);
    until("it is ready again", || async { readyz().await == StatusCode::NO_CONTENT }).await;
    assert!(town.posts_ballot(&ballot).await.status.is_success(), "the same bytes are taken now");
    assert!(publishes().await.status.is_success());
    assert_eq!(town.certifies().await.outcome.ballots, 1);
}

/// The look at the database is the same however many rounds it holds: those of years ago are not read. This one cannot be read at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_read_the_rounds_to_be_ready() {
    let town = Town::new().await;
    let data = town.folder.path().join("data");
    let old = "INSERT INTO rounds (slug, draft, log_id, rules, phase, opens_at, closes_at)
               SELECT 'old', '{}', min(id), '{}', 'certified', 0, 0 FROM logs";
    if both::on_postgres() {
        sqlx::query(old).execute(&mut both::administrator(&data).await).await.unwrap();
    } else {
        use sqlx::Connection as _;
        let url = format!("sqlite://{}", data.join("veche.db").display());
        sqlx::query(old).execute(&mut sqlx::SqliteConnection::connect(&url).await.unwrap()).await.unwrap();
    }
    let asked = town.asks(Verb::GET, "/api/v1/rounds/old", None, None).await;
    assert_eq!(asked.status, StatusCode::SERVICE_UNAVAILABLE, "whoever asks for it is told: {}", asked.text);
    // Past the answer that is repeated for a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(town.asks(Verb::GET, "/readyz", None, None).await.status, StatusCode::NO_CONTENT);
}

/// Keeps every writer waiting until what is returned is dropped.
pub async fn hold(data: &std::path::Path) -> Box<dyn std::any::Any> {
    use sqlx::Connection as _;
    if both::on_postgres() {
        let mut administrator = both::administrator(data).await;
        let lock = "BEGIN; LOCK TABLE leases, accepted_ballots IN ACCESS EXCLUSIVE MODE; LOCK TABLE logs IN SHARE MODE";
        sqlx::raw_sql(lock).execute(&mut administrator).await.unwrap();
        return Box::new(administrator);
    }
    let url = format!("sqlite://{}", data.join("veche.db").display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    Box::new(other)
}
