//! What must not be anywhere: the database, the answers and the order of rows tell nobody who cast what.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection as _, Decode, Postgres, Row as _, Sqlite, SqliteConnection, Type};

use super::{
    both,
    town::{HOUR, SLUG, Town},
};

/// Every file of the data folder, and on PostgreSQL every row, as bytes.
async fn stored(town: &Town) -> Vec<u8> {
    let data = town.folder.path().join("data");
    let files = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut stored: Vec<u8> = files.flat_map(|path| std::fs::read(path).unwrap()).collect();
    if both::on_postgres() {
        let mut db = both::administrator(&data).await;
        let names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
        let tables: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut db).await.unwrap();
        for table in tables {
            let rows = AssertSqlSafe(format!("SELECT t::text FROM {table} AS t"));
            let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut db).await.unwrap();
            rows.iter().for_each(|row| stored.extend(row.as_bytes()));
        }
    }
    stored
}

/// Whether it is there, as it is or as PostgreSQL prints bytes.
fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    assert!(needle.len() >= 8, "too short to mean anything");
    let printed = hex::encode(needle);
    let is_there = |needle: &[u8]| memchr::memmem::find(haystack, needle).is_some();
    is_there(needle) || is_there(printed.as_bytes())
}

/// What a query finds, one column.
async fn column<T>(town: &Town, sql: &'static str) -> Vec<T>
where
    T: Send + Unpin + Type<Sqlite> + Type<Postgres>,
    for<'row> T: Decode<'row, Sqlite> + Decode<'row, Postgres>,
{
    let data = town.folder.path().join("data");
    if both::on_postgres() {
        return sqlx::query_scalar(sql).fetch_all(&mut both::administrator(&data).await).await.unwrap();
    }
    sqlx::query_scalar(sql).fetch_all(&mut database(town).await).await.unwrap()
}

async fn database(town: &Town) -> SqliteConnection {
    let path = town.folder.path().join("data/veche.db");
    SqliteConnection::connect(&format!("sqlite://{}?mode=ro", path.display())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_never_has_numbers_letters_or_tokens_in_clear() {
    let town = Town::new().await;
    let codes = town.votes(3).await;
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
    }
    town.jobs().await;
    let stored = stored(&town).await;
    assert!(contains(&stored, SLUG.as_bytes()), "the test reads the right files");
    for (at, code) in codes.iter().enumerate() {
        assert!(!contains(&stored, super::town::person(at).number.as_bytes()), "the number of person {at}");
        assert!(!contains(&stored, code.identifying.letters().as_bytes()));
        assert!(!contains(&stored, code.secret.letters().as_bytes()));
        assert!(!contains(&stored, code.secret.to_string().as_bytes()));
    }
    for token in &town.tokens {
        assert!(!contains(&stored, token.as_bytes()));
    }
    assert!(!contains(&stored, town.opening.secret()));
    assert!(!contains(&stored, b"127.0.0.1"), "nobody's address is kept");
}

/// Row order, row numbers and times could join an issuance with a ballot, so there are none.
#[tokio::test(flavor = "multi_thread")]
async fn tables_have_no_order_of_arrival_and_no_minutes() {
    let town = Town::new().await;
    let codes = town.votes(30).await;
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
    }
    // Only where several nodes count together: places under a secret of theirs, and steps of time of ten seconds and more for residents.
    let limited = both::on_postgres().then(|| ("limited", vec!["operation", "place", "until"]));
    let tables = [
        // The segment into which promises come: 65,536 each, so a promise's tells whether it came before or after one moment (the threat model).
        ("urns", vec!["round_id", "segment"]),
        ("waiting_ballots", vec!["round_id", "hash", "envelope", "in_log_by"]),
        ("accepted_ballots", vec!["round_id", "segment", "credential", "version", "hash", "in_log_by"]),
        ("promise_filters", vec!["round_id", "segment", "filter"]),
        // A run is a batch, or several; in its chunks stand hash, line and promised hour, which are in accepted_ballots and in the log too.
        ("line_runs", vec!["round_id", "run", "level", "ballots"]),
        ("line_chunks", vec!["round_id", "run", "first_hash", "entries"]),
        ("issuances", vec!["round_id", "pseudonym", "blinded_hash", "step"]),
        ("backups", vec!["round_id", "step", "pseudonym", "part", "code_hash", "bytes"]),
        ("voters", vec!["round_id", "pseudonym", "born", "district", "locator", "code_hash", "failures"]),
    ];
    for (table, columns) in tables.into_iter().chain(limited) {
        let found = if both::on_postgres() {
            columns_on_postgres(&town, table).await
        } else {
            columns_on_sqlite(&town, table).await
        };
        assert_eq!(found, columns, "{table}: think what a new column tells before it is added here");
    }
    let promised: Vec<i64> = column(&town, "SELECT DISTINCT in_log_by FROM accepted_ballots").await;
    assert!(promised.len() <= 2 && promised.iter().all(|at| at % HOUR == 0), "{promised:?}");
    let hashes: Vec<Vec<u8>> = column(&town, "SELECT hash FROM waiting_ballots").await;
    // PostgreSQL keeps rows in the order in which they came; docs/threat-model.md says what that tells.
    assert!(hashes.len() == 30 && (hashes.is_sorted() || both::on_postgres()));
}

async fn columns_on_sqlite(town: &Town, table: &str) -> Vec<String> {
    let mut db = database(town).await;
    let sql = sqlx::query_scalar("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = $1");
    let sql: String = sql.bind(table).fetch_one(&mut db).await.unwrap();
    // Chunks come with their batch, sorted by hash: the order of batches is the log's.
    assert!(sql.contains("WITHOUT ROWID") || table == "line_chunks", "{table} would number its rows as they come");
    let found = sqlx::query("SELECT name FROM pragma_table_info($1)").bind(table).fetch_all(&mut db).await.unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

async fn columns_on_postgres(town: &Town, table: &str) -> Vec<String> {
    let mut db = both::administrator(&town.folder.path().join("data")).await;
    let found =
        "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position";
    sqlx::query_scalar(found).bind(table).fetch_all(&mut db).await.unwrap()
}

/// Once a step is reported, its people stand in the order of their pseudonyms, on PostgreSQL too: the order in which they came is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_reported_step_has_no_order_of_arrival() {
    let town = Town::new().await;
    let codes = town.votes(25).await;
    for code in &codes {
        town.registers(code).await;
    }
    town.certifies().await;
    let order = if both::on_postgres() {
        "SELECT pseudonym FROM issuances ORDER BY ctid"
    } else {
        "SELECT pseudonym FROM issuances"
    };
    let people: Vec<Vec<u8>> = column(&town, order).await;
    assert!(people.len() == 25 && people.is_sorted());
}

/// A phone leaves a copy of its credential at once. With the register's next step the copies lie in the order of pseudonyms, in PostgreSQL
/// as the work of one transaction; and the roll does not say who came at all.
#[tokio::test(flavor = "multi_thread")]
async fn copies_for_other_devices_have_no_order_of_arrival() {
    let town = Town::new().await;
    let codes = town.votes(25).await;
    let place = town.place().await;
    for code in &codes {
        let session = town.session(code).await;
        let credential = place.credential(&town.api, &session).await.unwrap();
        place.save(&town.api, &session, &code.secret, &credential).await.unwrap();
    }
    let postgres = both::on_postgres();
    if postgres {
        let fresh: Vec<i64> = column(&town, "SELECT count(DISTINCT xmin::text) FROM backups").await;
        assert_eq!(fresh, [25], "before the step each is a transaction's own: the test sees what it looks for");
        let roll: Vec<i64> = column(&town, "SELECT count(DISTINCT xmin::text || ' ' || xmax::text) FROM voters").await;
        assert_eq!(roll, [1], "the roll bears no mark of who came");
    }
    town.certifies().await;
    let order = if postgres {
        "SELECT pseudonym FROM backups ORDER BY ctid"
    } else {
        "SELECT pseudonym FROM backups ORDER BY round_id, step, pseudonym, part"
    };
    let people: Vec<Vec<u8>> = column(&town, order).await;
    assert!(people.len() == 50 && people.is_sorted());
    assert_eq!(column::<i64>(&town, "SELECT count(*) FROM backups WHERE step = 0").await, [0]);
    if postgres {
        assert_eq!(column::<i64>(&town, "SELECT count(DISTINCT xmin::text) FROM backups").await, [1]);
    } else {
        let overflow = "SELECT count(*) FROM dbstat WHERE name = 'backups' AND pagetype = 'overflow'";
        assert_eq!(column::<i64>(&town, overflow).await, [0], "a page of one's own would keep the order");
        // Where the copies lay before, nothing is left of them.
        let path = town.folder.path().join("data/veche.db");
        let mut db = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut db).await.unwrap();
        let file = std::fs::read(path).unwrap();
        let copies = column::<Vec<u8>>(&town, "SELECT bytes FROM backups").await;
        let twice = |bytes: &&Vec<u8>| memchr::memmem::find_iter(&file, &bytes[..64]).count() > 1;
        // A page that was halved keeps what moved away in its free room: a few, which SQLite overwrites as rows come.
        let left = copies.iter().filter(twice).count();
        assert!(left * 2 < copies.len(), "{left} of {} parts still lie where they came", copies.len());
    }
    let session = town.session(&codes[7]).await;
    place.restore(&town.api, &session, &codes[7].secret, 1).await.unwrap();
}

/// Neither half of the service can name what belongs to the other: their rows share no value.
#[tokio::test(flavor = "multi_thread")]
async fn issuances_and_ballots_share_no_value() {
    let town = Town::new().await;
    let codes = town.votes(25).await;
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
    }
    town.jobs().await;
    let values = async |sql: &'static str| -> BTreeSet<Vec<u8>> { column(&town, sql).await.into_iter().collect() };
    let people: BTreeSet<_> = [
        values("SELECT pseudonym FROM issuances").await,
        values("SELECT blinded_hash FROM issuances").await,
        values("SELECT code_hash FROM voters").await,
        values("SELECT bytes FROM backups WHERE part = 0").await,
    ]
    .into_iter()
    .flatten()
    .collect();
    let ballots: BTreeSet<_> = [
        values("SELECT credential FROM accepted_ballots").await,
        values("SELECT hash FROM accepted_ballots").await,
        values("SELECT line FROM log_lines").await,
    ]
    .into_iter()
    .flatten()
    .collect();
    assert_eq!((people.len(), ballots.len() > 50), (100, true));
    for person in &people {
        let hidden = ballots.iter().all(|ballot| !ballot.windows(person.len()).any(|window| window == person));
        assert!(hidden, "a value of the registrar stands in the ballot box or the log");
    }
}

/// Nobody reads a count, or a choice, before the close.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_public_depends_on_what_was_chosen() {
    let shape = async |marks: &[&str]| {
        let town = Town::new().await;
        let codes = town.votes(1).await;
        let mut credential = town.registers(&codes[0]).await;
        let cast = town.casts(&mut credential, marks).await.unwrap();
        let round = town.asks(reqwest::Method::GET, &format!("/api/v1/rounds/{SLUG}"), None, None).await;
        let page = town.asks(reqwest::Method::GET, &format!("/rounds/{SLUG}"), None, None).await;
        for format in ["csv", "json", "pb", "bundle"] {
            let path = format!("/api/v1/rounds/{SLUG}/export/{format}");
            assert_eq!(town.asks(reqwest::Method::GET, &path, None, None).await.problem(), "no-result-yet", "{format}");
        }
        let result = town.asks(reqwest::Method::GET, &format!("/api/v1/rounds/{SLUG}/result"), None, None).await;
        assert_eq!(result.problem(), "no-result-yet");
        // The time left is the clock's, and two towns are founded at two moments: "2 days" may be "47 hours" a moment later.
        let page: usize = page.text.lines().filter(|line| !line.contains("class=\"status\"")).map(str::len).sum();
        (cast.ballot.len(), round.text.len(), page)
    };
    assert_eq!(shape(&[]).await, shape(&["t1", "t2", "t3"]).await);
}
