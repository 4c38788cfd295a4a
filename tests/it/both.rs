//! The same tests on PostgreSQL: this program runs itself again over a throw-away cluster, and tells each town where its database is.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::Write as _,
    path::Path,
    process::Command,
};

use super::cluster::Cluster;

/// Address of the cluster for its administrator, set for the second run.
const ON: &str = "VECHE_TEST_POSTGRES";
/// `required` makes it a failure that there is no PostgreSQL.
const WANTED: &str = "VECHE_POSTGRES";
/// Part of the names of the tests that run there, if not all of them do.
pub const ONLY: &str = "VECHE_POSTGRES_ONLY";

/// Whether this is the run on PostgreSQL.
pub fn on_postgres() -> bool {
    std::env::var_os(ON).is_some()
}

/// What `database` in the settings of the town with this data folder must be; empty: SQLite.
pub fn database(data: &Path) -> String {
    let Ok(base) = std::env::var(ON) else { return String::new() };
    format!("{}/{}", base.replace("postgres://postgres@", "postgres://veche@"), name(data))
}

/// Makes the database of the town with this data folder, unless it is there.
pub async fn make_database(data: &Path) {
    use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
    let Ok(base) = std::env::var(ON) else { return };
    let mut admin = PgConnection::connect(&format!("{base}/postgres")).await.unwrap();
    let create = format!("CREATE DATABASE {} OWNER owner TEMPLATE template STRATEGY WAL_LOG", name(data));
    let made = sqlx::query(AssertSqlSafe(create)).execute(&mut admin).await;
    let there = |fault: &sqlx::Error| {
        fault.as_database_error().and_then(|fault| fault.code()).is_some_and(|code| code == "42P04")
    };
    assert!(made.as_ref().err().is_none_or(there), "{made:?}");
    admin.close().await.unwrap();
}

/// For whoever must look into the town's database past the service.
pub async fn administrator(data: &Path) -> sqlx::PgConnection {
    use sqlx::Connection as _;
    sqlx::PgConnection::connect(&format!("{}/{}", std::env::var(ON).unwrap(), name(data))).await.unwrap()
}

fn name(data: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    format!("town_{:016x}", hasher.finish())
}

/// Says aloud what was not tested here, and why; where it must be, that is a failure. The test's runner keeps back what the print macros
/// write in a test that passed, so it is written past them.
pub fn skipped(what: &str, because: &str, must: bool) {
    assert!(!must, "{what}: {because}");
    writeln!(std::io::stderr().lock(), "SKIPPED: {what}: {because}").unwrap();
}

/// A server with these settings for what this is, or nothing, said aloud, where PostgreSQL is not installed.
pub fn server(what: &str, settings: &[&str]) -> Option<Cluster> {
    let cluster = Cluster::with(settings);
    if cluster.is_none() {
        skipped(what, "PostgreSQL is not installed", std::env::var(WANTED).as_deref() == Ok("required"));
    }
    cluster
}

#[test]
fn every_test_holds_on_postgresql() {
    if on_postgres() {
        return;
    }
    let Some(cluster) = server("all that touches the store, on PostgreSQL", &[]) else { return };
    let mut again = Command::new(std::env::current_exe().unwrap());
    // Tests wait for the database more than they work.
    again.args(["--skip", "every_test_holds_on_postgresql", "--test-threads", "4"]);
    let only = std::env::var(ONLY).ok();
    if let Some(only) = &only {
        again.args([only, "--show-output"]);
    }
    again.env(ON, format!("postgres://postgres@127.0.0.1:{}", cluster.port));
    let output = again.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "on PostgreSQL: {said}{}", String::from_utf8_lossy(&output.stderr));
    if only.is_some() {
        assert!(!said.contains("ok. 0 passed"), "no test has such a name: {only:?}");
        println!("{said}");
    }
    println!("on PostgreSQL: {}", said.lines().filter(|line| line.starts_with("test result")).collect::<String>());
}
