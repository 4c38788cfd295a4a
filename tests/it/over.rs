//! Rounds that are over: no job reads them any more, however many there are.

use std::path::Path;

use audit::round::{Act, Phase};
use sqlx::{Connection as _, SqliteConnection};
use veche::{http::RoundResponse, jobs};

use super::{
    both,
    town::{HOUR, SLUG, Town, approval},
};

/// Makes what the lines of a round's log add up to unreadable: whoever reads it fails.
async fn spoils(data: &Path, slug: &str) {
    let update = "UPDATE logs SET state = 'unreadable' WHERE origin = $1";
    let origin = format!("localhost/rounds/{slug}");
    let changed = if both::on_postgres() {
        let done = sqlx::query(update).bind(origin).execute(&mut both::administrator(data).await).await;
        done.unwrap().rows_affected()
    } else {
        let mut other = SqliteConnection::connect(&format!("sqlite://{}/veche.db", data.display())).await.unwrap();
        sqlx::query(update).bind(origin).execute(&mut other).await.unwrap().rows_affected()
    };
    assert_eq!(changed, 1, "{slug}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_is_over_is_not_looked_at_by_jobs() {
    let town = Town::new().await;
    let data = town.folder.path().join("data");
    town.votes(1).await;
    town.certifies().await;
    for slug in ["annulled", "next"] {
        town.publishes_draft(&veche::domain::Draft { slug: slug.into(), ..town.draft(approval()) }).await;
    }
    town.official.propose("annulled", Act::Annul, "for the test").await.unwrap();
    town.members[0].0.confirm("annulled").await.unwrap();
    for slug in [SLUG, "annulled"] {
        spoils(&data, slug).await;
    }

    town.clock.advance(24 * HOUR);
    town.jobs().await;
    let phase = async || town.api.get::<RoundResponse>("/api/v1/rounds/next", None).await.unwrap().phase;
    assert_eq!(phase().await, Phase::Open);
    town.clock.advance(24 * HOUR);
    town.jobs().await;
    assert_eq!(phase().await, Phase::Closed);
    // Nothing is due in it until the commission reveals the key; then it is read, and that it cannot be is told.
    town.members[0].0.reveal("next", town.opening.secret()).await.unwrap();
    spoils(&data, "next").await;
    assert!(jobs::run_once(&town.server.app).await.is_err());
}
