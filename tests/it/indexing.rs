//! Where a ballot stands is found however often the list of lines was merged, whoever died at it, and damage is told.

use std::collections::BTreeSet;

use audit::round::rules::BatchRules;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use veche::{client::resident::Cast, http::ReceiptResponse};

use super::{
    both,
    town::{SLUG, Town, approval},
};

/// Batches that are merged together, and ballots in each.
const BATCHES: usize = 32;
const AT_LEAST: usize = 3;

/// Votes in so many batches. The jobs merge nothing before there are [`BATCHES`].
async fn casts(town: &Town, batches: usize) -> Vec<Cast> {
    let mut draft = town.draft(approval());
    draft.batch = BatchRules { at_least: u32::try_from(AT_LEAST).unwrap(), within: 7200 };
    town.publishes_draft(&draft).await;
    let codes = town.enrols(AT_LEAST).await;
    town.opens().await;
    let (mut credentials, mut cast) = (Vec::new(), Vec::new());
    for code in &codes {
        credentials.push(town.registers(code).await);
    }
    for _ in 0..batches {
        for credential in &mut credentials {
            cast.push(town.casts(credential, &["t1"]).await.expect("the ballot is accepted"));
        }
        town.jobs().await;
    }
    cast
}

/// Every ballot is found in a line of its own, by its hash and by its tracker.
async fn all_are_found(town: &Town, cast: &[Cast]) {
    let mut lines = BTreeSet::new();
    for ballot in cast {
        let hash = hex::encode(ballot.acceptance.ballot);
        for name in [hash.as_str(), &hash[..16]] {
            let receipt: ReceiptResponse = town.get(&format!("/receipts/{name}")).await;
            lines.insert(receipt.index.expect("it is in the log"));
        }
    }
    assert_eq!(lines.len(), cast.len());
    let unknown = format!("/api/v1/rounds/{SLUG}/receipts/{}", "0".repeat(64));
    assert_eq!(town.asks(reqwest::Method::GET, &unknown, None, None).await.problem(), "unknown-ballot");
}

async fn executes(town: &Town, sql: &str) {
    let data = town.folder.path().join("data");
    let sql = AssertSqlSafe(sql.to_owned());
    if both::on_postgres() {
        sqlx::query(sql).execute(&mut both::administrator(&data).await).await.unwrap();
    } else {
        let mut file = SqliteConnection::connect(&format!("sqlite://{}/veche.db", data.display())).await.unwrap();
        sqlx::query(sql).execute(&mut file).await.unwrap();
        file.close().await.unwrap();
    }
}

/// What `veche admin check` finds.
async fn damage(town: &Town) -> Vec<String> {
    veche::app::checking::look(&town.server.app).await.unwrap().damage
}

/// Levels of the runs in the list.
async fn levels(town: &Town) -> Vec<i64> {
    let (data, select) = (town.folder.path().join("data"), "SELECT level FROM line_runs ORDER BY level, run");
    if both::on_postgres() {
        return sqlx::query_scalar(select).fetch_all(&mut both::administrator(&data).await).await.unwrap();
    }
    let mut file = SqliteConnection::connect(&format!("sqlite://{}/veche.db", data.display())).await.unwrap();
    sqlx::query_scalar(select).fetch_all(&mut file).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_become_one_run_and_every_ballot_is_found() {
    let town = Town::new().await;
    let cast = casts(&town, BATCHES + 2).await;
    assert_eq!(levels(&town).await, [0, 0, 1], "a merge, and two batches after it");
    all_are_found(&town, &cast).await;
    assert_eq!(damage(&town).await, [""; 0]);
    let result = town.certifies().await;
    assert_eq!(result.outcome.ballots, AT_LEAST as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_left_that_died_at_a_merge_is_cleared_away() {
    let town = Town::new().await;
    let mut cast = casts(&town, BATCHES - 1).await;
    for sql in [
        "INSERT INTO line_runs SELECT round_id, -77, -1, 0 FROM line_runs LIMIT 1",
        "INSERT INTO line_chunks SELECT round_id, -77, first_hash, entries FROM line_chunks",
    ] {
        executes(&town, sql).await;
    }
    all_are_found(&town, &cast).await;
    assert_eq!(levels(&town).await.len(), BATCHES);
    cast.extend(more(&town).await);
    assert_eq!(levels(&town).await, [1]);
    all_are_found(&town, &cast).await;
}

/// Another batch, by people who were not there before.
async fn more(town: &Town) -> Vec<Cast> {
    let people: Vec<_> = (100..100 + AT_LEAST).map(super::town::person).collect();
    let mut cast = Vec::new();
    for code in town.enrols_people(&people).await {
        let mut credential = town.registers(&code).await;
        cast.push(town.casts(&mut credential, &["t2"]).await.expect("the ballot is accepted"));
    }
    town.jobs().await;
    cast
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_lost_ballots_is_not_made_into_a_shorter_one() {
    let town = Town::new().await;
    casts(&town, BATCHES - 1).await;
    executes(&town, "DELETE FROM line_chunks WHERE run = (SELECT min(run) FROM line_runs)").await;
    let told = damage(&town).await;
    assert!(told.len() == 1 && told[0].contains(&format!("lines is wrong in {AT_LEAST} places")), "{told:?}");
    let people: Vec<_> = (100..100 + AT_LEAST).map(super::town::person).collect();
    for code in town.enrols_people(&people).await {
        let mut credential = town.registers(&code).await;
        town.casts(&mut credential, &["t2"]).await.expect("the ballot is accepted");
    }
    for _ in 0..2 {
        let done = veche::jobs::run_once(&town.server.app).await;
        assert!(done.is_err_and(|fault| fault.to_string().contains("ballots are missing in the list of their lines")));
        assert_eq!(levels(&town).await.iter().filter(|level| **level == 0).count(), BATCHES);
    }
}
