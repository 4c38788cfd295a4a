//! Databases of older programs, brought to the schema of this one.

use sqlx::{SqlitePool, migrate::Migrator, sqlite::SqliteConnectOptions};
use veche::store::Db;

use super::both;

/// Another program's file, and one that a newer program migrated, are refused, and get no table of ours.
#[tokio::test]
async fn a_file_that_is_not_of_this_program_is_refused_with_what_to_do() {
    if both::on_postgres() {
        return;
    }
    let folder = tempfile::tempdir().expect("there is room");
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9000, 'later', TRUE, x'00', 1)";
    for (name, change, word) in [
        ("foreign.db", "CREATE TABLE notes (text TEXT)", "the database of another program; name another data folder"),
        ("newer.db", newer, "a newer program migrated it; use that one"),
    ] {
        let path = folder.path().join(name);
        if name == "newer.db" {
            Db::open(&path).await.expect("it is new").close().await;
        }
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let other = SqlitePool::connect_with(options).await.expect("it opens");
        sqlx::query(change).execute(&other).await.expect("there is room");
        let schema = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master ORDER BY name)";
        let before: String = sqlx::query_scalar(schema).fetch_one(&other).await.expect("it reads");
        other.close().await;
        let bytes = std::fs::read(&path).expect("it reads");
        let refused = Db::open(&path).await.expect_err("it is not ours").to_string();
        assert!(refused.contains(word), "{refused}");
        if name == "foreign.db" {
            assert_eq!(
                std::fs::read(&path).expect("it reads"),
                bytes,
                "not a byte is another, its kind of journal included"
            );
        }
        let options = SqliteConnectOptions::new().filename(&path);
        let other = SqlitePool::connect_with(options).await.expect("it opens");
        let after: String = sqlx::query_scalar(schema).fetch_one(&other).await.expect("it reads");
        assert_eq!(after, before, "nothing was made there");
        other.close().await;
    }
}

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// What a database of an older program holds is there afterwards, in the tables that were made anew too.
#[tokio::test]
async fn a_file_of_schema_6_is_migrated_with_all_that_it_holds() {
    if both::on_postgres() {
        return;
    }
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("veche.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true).foreign_keys(true);
    let older = SqlitePool::connect_with(options).await.expect("it opens");
    let first_six = MIGRATIONS.iter().filter(|migration| migration.version <= 6).cloned().collect();
    Migrator::with_migrations(first_six).run(&older).await.expect("they run");
    for insert in [
        "INSERT INTO logs VALUES (1, 'one', 2, x'00', '', 'null')",
        "INSERT INTO log_lines VALUES (1, 1, x'0b'), (1, 0, x'0a')",
        "INSERT INTO log_tiles VALUES (1, 1, 0, x'bb'), (1, 0, 0, x'aa')",
        "INSERT INTO rounds VALUES (1, 'spring', '{}', 1, '{}', 'open', 0, 9)",
        "INSERT INTO voters VALUES (1, x'b2', '2000-01-02', NULL, 'BBBBBB', x'22', 3), (1, x'a1', '2000-01-01', 'north', 'AAAAAA', x'11', 0)",
        "INSERT INTO issuances VALUES (1, x'b2', x'bb', 1), (1, x'a1', x'aa', 0)",
        "INSERT INTO urn VALUES (1, x'02', x'2222', 7200), (1, x'01', x'1111', 3600)",
        "INSERT INTO accepted_ballots VALUES (1, x'cc', 1, x'02', 7200), (1, x'aa', 1, x'01', 3600)",
        "INSERT INTO ballot_lines VALUES (1, x'04', 1, 3600), (1, x'03', 0, 0)",
    ] {
        sqlx::query(insert).execute(&older).await.expect("the older schema takes it");
    }
    older.close().await;
    let db = Db::open(&path).await.expect("it is migrated");
    let Db::Lite { readers, .. } = &db else { panic!("this is a file") };
    for (select, expected) in [
        ("SELECT group_concat(log_id || '.' || line_index || '.' || hex(line)) FROM log_lines", "1.0.0A,1.1.0B"),
        (
            "SELECT group_concat(log_id || '.' || level || '.' || tile_index || hex(hashes)) FROM log_tiles",
            "1.0.0AA,1.1.0BB",
        ),
        (
            "SELECT group_concat(concat_ws('.', round_id, hex(pseudonym), born, district, locator, hex(code_hash), failures)) FROM voters",
            "1.A1.2000-01-01.north.AAAAAA.11.0,1.B2.2000-01-02.BBBBBB.22.3",
        ),
        (
            "SELECT group_concat(round_id || hex(pseudonym) || hex(blinded_hash) || step) FROM issuances",
            "1A1AA0,1B2BB1",
        ),
        ("SELECT CAST(count(*) AS TEXT) FROM sqlite_stat4", "0"),
        (
            "SELECT group_concat(round_id || hex(hash) || hex(envelope) || in_log_by) FROM waiting_ballots",
            "10111113600,10222227200",
        ),
        (
            "SELECT group_concat(round_id || '.' || segment || hex(credential) || version || hex(hash) || in_log_by) FROM accepted_ballots",
            "1.0AA1013600,1.0CC1027200",
        ),
        ("SELECT group_concat(round_id || '.' || segment) FROM urns", "1.0"),
        ("SELECT group_concat(round_id || '.' || run || '.' || level || '.' || ballots) FROM line_runs", "1.-1.3.2"),
        (
            "SELECT group_concat(round_id || '.' || run || '.' || hex(first_hash) || '.' || hex(entries)) FROM line_chunks",
            "1.-1.03.03000000000000000000000000000000000400000000000000010000000000000E10",
        ),
    ] {
        let found: String = sqlx::query_scalar(select).fetch_one(readers).await.expect("the table is there");
        assert_eq!(found, expected, "{select}");
    }
}
