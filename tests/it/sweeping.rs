//! Under load ballots go into the log as others come: as many as before, mixed as before, and none is kept out by a fault there.

use std::sync::{Arc, Mutex};

use audit::round::{Act, Phase, rules::BatchRules};
use reqwest::Method as Verb;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use veche::http::RoundResponse;

use super::{
    both,
    town::{SLUG, Town, approval},
    witnesses::until,
};

/// Fewest in a batch, how many stay in the urn, and how many are moved with a new one when there are so many more.
const AT_LEAST: usize = 3;
const STAY: usize = 50 * AT_LEAST;
const MOVED: usize = 32 * AT_LEAST;

/// Some people vote over and over, each ballot by itself; so many ballots in all.
async fn casts(town: &Town, ballots: usize) {
    let codes = town.enrols(10).await;
    town.opens().await;
    let mut credentials = Vec::new();
    for code in &codes {
        credentials.push(town.registers(code).await);
    }
    for number in 0..ballots {
        let who = number % credentials.len();
        town.casts(&mut credentials[who], &["t1"]).await.expect("the ballot is accepted");
    }
}

async fn publishes(town: &Town) {
    let mut draft = town.draft(approval());
    draft.batch = BatchRules { at_least: u32::try_from(AT_LEAST).unwrap(), within: 7200 };
    town.publishes_draft(&draft).await;
}

async fn in_log(town: &Town) -> u64 {
    town.get::<RoundResponse>("").await.ballots
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_urn_is_emptied_by_whoever_casts() {
    let town = Town::new().await;
    publishes(&town).await;
    casts(&town, STAY + MOVED + 20).await;
    // On PostgreSQL they are moved beside whoever filled the urn.
    until("a stretch was moved", || async { in_log(&town).await >= MOVED as u64 }).await;
    assert_eq!(in_log(&town).await, MOVED as u64, "the ballot that filled the urn took others along");
    town.jobs().await;
    assert_eq!(in_log(&town).await, MOVED as u64, "as long as ballots move by themselves, nobody else moves them");
    town.jobs().await;
    assert_eq!(in_log(&town).await, (STAY + MOVED + 20) as u64, "the last ones are not left behind");
    let result = town.certifies().await;
    assert_eq!((result.outcome.ballots, result.replaced), (10, (STAY + MOVED + 10) as u64));
}

/// What the service says of itself on this thread, on which all of its tasks run.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Ballots come while the database is damaged so that earlier ones cannot be moved: they are accepted, the service says what is wrong, and
/// nothing of what is damaged gets into the log.
async fn ballots_come_despite(damage: &str) -> Town {
    let said = Said::default();
    let told = said.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || told.clone()).finish();
    let _heard = tracing::subscriber::set_default(lines);
    let town = Town::new().await;
    publishes(&town).await;
    casts(&town, STAY + MOVED - 1).await;
    let mut credentials = Vec::new();
    for code in town.enrols_people(&[super::town::person(100), super::town::person(101)]).await {
        credentials.push(town.registers(&code).await);
    }
    let before = log_size(&town).await;
    spoils(&town, damage).await;
    for credential in &mut credentials {
        town.casts(credential, &["t2"]).await.expect("the ballot is accepted");
    }
    let heard = || String::from_utf8_lossy(&said.0.lock().unwrap()).contains("cannot be moved into the log");
    until("somebody tried to move it", || async { heard() }).await;
    assert_eq!(log_size(&town).await, before, "no line was made of what is damaged");
    town
}

#[tokio::test]
async fn a_ballot_that_the_disk_changed_keeps_no_other_out() {
    let first = "(SELECT hash FROM waiting_ballots ORDER BY hash LIMIT 1)";
    let town = ballots_come_despite(&format!("UPDATE waiting_ballots SET envelope = hash WHERE hash = {first}")).await;
    cannot_close(&town).await;
}

/// What the log's lines add up to is damaged so that it takes no ballots: that is a refusal, where other damage is a fault.
#[tokio::test]
async fn a_log_that_refuses_ballots_that_wait_keeps_no_other_out() {
    let phase = |phase| format!("\"phase\":\"{phase}\"");
    let (open, closed) = (phase("open"), phase("closed"));
    ballots_come_despite(&format!(
        "UPDATE logs SET state = replace(state, '{open}', '{closed}') WHERE state LIKE '%{open}%'"
    ))
    .await;
}

/// A row that lies behind all hashes, as a disk may leave one, is found by no batch.
#[tokio::test(flavor = "multi_thread")]
async fn no_round_closes_over_a_ballot_that_is_left_in_the_urn() {
    let town = Town::new().await;
    publishes(&town).await;
    casts(&town, 10).await;
    let behind = if both::on_postgres() {
        "decode(repeat('ff', 34), 'hex')"
    } else {
        "unhex(replace(hex(zeroblob(34)), '00', 'ff'))"
    };
    let last = "(SELECT hash FROM waiting_ballots ORDER BY hash DESC LIMIT 1)";
    spoils(&town, &format!("UPDATE waiting_ballots SET hash = {behind} WHERE hash = {last}")).await;
    cannot_close(&town).await;
}

/// Changes the database past the service.
async fn spoils(town: &Town, statement: &str) {
    let data = town.folder.path().join("data");
    let statement = AssertSqlSafe(statement.to_owned());
    let changed = if both::on_postgres() {
        sqlx::query(statement).execute(&mut both::administrator(&data).await).await.unwrap().rows_affected()
    } else {
        let mut other = SqliteConnection::connect(&format!("sqlite://{}/veche.db", data.display())).await.unwrap();
        let changed = sqlx::query(statement).execute(&mut other).await.unwrap().rows_affected();
        other.close().await.unwrap();
        changed
    };
    assert_eq!(changed, 1);
}

/// A round whose urn is damaged closes only when a whole copy was put back.
async fn cannot_close(town: &Town) {
    let before = log_size(town).await;
    town.official.propose(SLUG, Act::Close, "for the test").await.expect("it is only proposed");
    let fault = town.members[0].0.confirm(SLUG).await.expect_err("the urn is damaged");
    assert_eq!(fault.slug(), Some("unavailable"), "{fault}");
    assert_eq!(town.get::<RoundResponse>("").await.phase, Phase::Open);
    assert_eq!(log_size(town).await, before + 1, "nothing but the proposal was written");
}

async fn log_size(town: &Town) -> u64 {
    let note = town.asks(Verb::GET, &format!("/api/v1/rounds/{SLUG}/log/checkpoint"), None, None).await.text;
    note.lines().nth(1).unwrap().parse().unwrap()
}
