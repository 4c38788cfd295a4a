//! The database goes back under a running node: what the node has seen of a log is not there any more, so it takes nothing more into it.

use std::time::Duration;

use reqwest::{Method as Verb, StatusCode};
use serde_json::{Value, json};
use veche::{
    app::{casting, heads},
    error::Error,
    http::StepRequest,
};

use super::{
    indexing::executes,
    town::{Answer, SLUG, Town},
};

/// What of the database goes back: heads and lines.
const TABLES: [&str; 2] = ["logs", "log_lines"];

/// Keeps the state of now under a name.
async fn keeps(town: &Town, name: &str) {
    let keep = TABLES.map(|table| format!("CREATE TABLE {name}_{table} AS SELECT * FROM {table};"));
    executes(town, &keep.concat()).await;
}

/// Puts the state of then in the place of that of now.
async fn puts_back(town: &Town, name: &str) {
    let back = format!(
        "BEGIN;
         UPDATE logs SET size = was.size, last_leaf = was.last_leaf, checkpoint = was.checkpoint, state = was.state
         FROM {name}_logs AS was WHERE was.id = logs.id;
         DELETE FROM log_lines;
         INSERT INTO log_lines SELECT * FROM {name}_log_lines;
         COMMIT;"
    );
    executes(town, &back).await;
}

/// What the node says of its readiness once that is this.
async fn is_ready(town: &Town, status: StatusCode) -> Answer {
    for _ in 0..600 {
        let answer = town.asks(Verb::GET, "/readyz", None, None).await;
        if answer.status == status {
            return answer;
        }
        // An answer is repeated for a second.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the node never says {status}");
}

fn noted(town: &Town) -> Value {
    serde_json::from_slice(&std::fs::read(town.folder.path().join("data/heads.json")).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_node_takes_nothing_into_a_log_that_is_shorter_than_it_was() {
    let town = Town::new().await;
    let app = &town.server.app;
    let codes = town.votes(3).await;
    let mut credential = town.registers(&codes[0]).await;
    keeps(&town, "old").await;
    let reason = || "for the test".to_owned();
    town.official.step(SLUG, &StepRequest::Pause { reason: reason() }).await.unwrap();
    town.official.step(SLUG, &StepRequest::Resume { reason: reason() }).await.unwrap();
    heads::remember(app).await.unwrap();
    keeps(&town, "new").await;
    let before = noted(&town);

    puts_back(&town, "old").await;
    heads::remember(app).await.unwrap();
    let refused = town.casts(&mut credential, &["t1"]).await.unwrap_err();
    assert_eq!(refused.slug(), Some("log-behind"), "{refused}");
    let refused = town.place().await.register(&town.api, &codes[1]).await.unwrap_err();
    assert_eq!(refused.slug(), Some("log-behind"), "{refused}");
    let answer = is_ready(&town, StatusCode::SERVICE_UNAVAILABLE).await;
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("older than the logs") && !detail.contains("does not answer"), "{detail}");
    let reads = town.asks(Verb::GET, &format!("/rounds/{SLUG}/log/checkpoint"), None, None).await;
    assert_eq!(reads.status, StatusCode::OK, "reading goes on");
    heads::remember(app).await.unwrap();
    assert_eq!(noted(&town), before, "what was seen is not forgotten");

    // The right database comes back, and with it the service, by itself.
    puts_back(&town, "new").await;
    heads::remember(app).await.unwrap();
    town.casts(&mut credential, &["t1"]).await.unwrap();
    is_ready(&town, StatusCode::NO_CONTENT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_into_a_log_that_lacks_what_this_node_committed() {
    let town = Town::new().await;
    let app = &town.server.app;
    let codes = town.votes(1).await;
    let mut credential = town.registers(&codes[0]).await;
    heads::remember(app).await.unwrap();
    keeps(&town, "old").await;
    let (before, origin) = (noted(&town), format!("localhost/rounds/{SLUG}"));
    let pause = StepRequest::Pause { reason: "for the test".into() };
    town.official.step(SLUG, &pause).await.unwrap();
    keeps(&town, "new").await;
    let ballot = town.place().await.fill(&mut credential, &town.ballot(&[("t2", None)]).await).unwrap();
    let checked = casting::check(app, SLUG, ballot).await.unwrap();
    puts_back(&town, "old").await;
    // Nobody has looked since, and the file knows less than the node.
    let refused = town.official.step(SLUG, &pause).await.unwrap_err();
    assert_eq!(refused.slug(), Some("log-behind"), "{refused}");
    assert_eq!(noted(&town), before);
    // From then on everybody hears it, also whose ballot was checked before, and whether anybody looked or not.
    let refused = casting::cast(app, checked).await.unwrap_err();
    assert!(matches!(&refused, Error::Refused(refusal) if refusal.slug() == "log-behind"), "{refused}");
    let refused = town.casts(&mut credential, &["t1"]).await.unwrap_err();
    assert_eq!(refused.slug(), Some("log-behind"), "{refused}");
    heads::remember(app).await.unwrap();
    let size = |heads: &Value| heads[&origin]["size"].as_u64().unwrap();
    assert_eq!(size(&noted(&town)), size(&before) + 1, "whoever starts again knows it too");

    puts_back(&town, "new").await;
    heads::remember(app).await.unwrap();
    town.official.step(SLUG, &StepRequest::Resume { reason: "for the test".into() }).await.unwrap();
    town.casts(&mut credential, &["t1"]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_node_takes_nothing_into_another_log_unless_the_loss_was_accepted() {
    let town = Town::new().await;
    let app = &town.server.app;
    let codes = town.votes(2).await;
    let mut credential = town.registers(&codes[0]).await;
    heads::remember(app).await.unwrap();
    let (right, origin) = (noted(&town), format!("localhost/rounds/{SLUG}"));
    let size = right[&origin]["size"].as_u64().unwrap();
    let writes = |heads: &Value| {
        std::fs::write(town.folder.path().join("data/heads.json"), heads.to_string()).unwrap();
    };
    // As long as it was, and longer.
    for size in [size, size - 1] {
        let mut other = right.clone();
        other[&origin] = json!({ "size": size, "root": right["localhost/office"]["root"] });
        writes(&other);
        heads::remember(app).await.unwrap();
        let refused = town.casts(&mut credential, &["t1"]).await.unwrap_err();
        assert_eq!(refused.slug(), Some("log-behind"), "{size}: {refused}");
        assert_eq!(noted(&town), other, "{size}: what was seen is not forgotten");
        other[&origin]["loss_accepted"] = "the disk burned".into();
        writes(&other);
        heads::remember(app).await.unwrap();
        town.casts(&mut credential, &["t1"]).await.unwrap();
        is_ready(&town, StatusCode::NO_CONTENT).await;
    }
}
