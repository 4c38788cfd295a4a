//! What only PostgreSQL has: an owner and a role with few rights, a schema that may be another's, encryption, settings that lose ballots.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    both::{on_postgres, server},
    cluster::{Cluster, program},
};

/// A command that works on a database whether a service has worked on it or not, and may be given again; it tells nothing but faults.
fn founds(command: &mut Command, data: &Path) {
    static TIMES: AtomicUsize = AtomicUsize::new(1);
    let handle = format!("official-{}", TIMES.fetch_add(1, Ordering::Relaxed));
    command.args(["admin", "staff", "add", &handle, "--role", "official"]).env("VECHE_DATA", data);
    command.env("RUST_LOG", "error");
}

/// One cluster for all of it; the other run has its own.
#[test]
fn a_database_that_is_not_ours_is_refused_with_what_to_do() {
    if on_postgres() {
        return;
    }
    let Some(cluster) = server("a database that is not ours", &[]) else { return };
    let data = tempfile::tempdir().unwrap();
    let starts = |database: &str, role: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        founds(&mut command, data.path());
        let output = command.env("VECHE_DATABASE", cluster.url(role, database)).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let refuses = |database: &str, role: &str, word: &str| {
        let (started, said) = starts(database, role);
        assert!(!started && said.contains(word), "{database} as {role}: {said}");
    };
    let migrates = |database: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        let output = command.args(["migrate", "--owner", &cluster.url("owner", database)]).output().unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
        )
    };

    assert_eq!(starts("template", "veche"), (true, String::new()));
    refuses("template", "owner", "owns");
    refuses("template", "postgres", "is a superuser");
    refuses("nothing", "veche", "does not exist");

    cluster.database("empty", None);
    refuses("empty", "veche", "veche migrate");

    cluster.database("foreign", None);
    cluster.sql("foreign", "CREATE TABLE voters (name TEXT)");
    let (done, said) = migrates("foreign");
    assert!(!done && said.contains("another program"), "{said}");

    cluster.database("newer", Some("template"));
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9000, 'later', TRUE, '\\x00', 1)";
    cluster.sql("newer", newer);
    refuses("newer", "veche", "a newer program migrated it");
    assert!(!migrates("newer").0);

    cluster.database("older", Some("template"));
    cluster.sql("older", "DROP TABLE leases, limited, backups, urns; ALTER TABLE voters ADD COLUMN backup BYTEA, ADD CONSTRAINT voters_locator_once UNIQUE (round_id, locator); DROP INDEX voters_by_locator; DELETE FROM _sqlx_migrations WHERE version >= 5");
    let urns = "ALTER TABLE waiting_ballots RENAME TO urn;
                INSERT INTO logs OVERRIDING SYSTEM VALUE VALUES (7, 'one', 0, '', '', '');
                INSERT INTO rounds OVERRIDING SYSTEM VALUE VALUES (7, 'spring', '{}', 7, '{}', 'open', 0, 9), (8, 'autumn', '{}', NULL, NULL, 'draft', 0, 9)";
    cluster.sql("older", urns);
    let lines = "DROP TABLE line_runs, line_chunks;
                 CREATE TABLE ballot_lines (round_id BIGINT, hash BYTEA, line_index BIGINT, in_log_by BIGINT);
                 ALTER TABLE ballot_lines OWNER TO owner;
                 INSERT INTO ballot_lines SELECT 7, int4send(n), n, 3600 FROM generate_series(100, 1, -1) AS n";
    cluster.sql("older", lines);
    let promises = "DROP TABLE promise_filters, accepted_ballots;
                    CREATE TABLE accepted_ballots (round_id BIGINT, credential BYTEA, version BIGINT, hash BYTEA, in_log_by BIGINT);
                    ALTER TABLE accepted_ballots OWNER TO owner;
                    INSERT INTO accepted_ballots SELECT 7, int4send(n / 2), n % 2, int4send(n), 3600 FROM generate_series(70000, 1, -1) AS n";
    cluster.sql("older", promises);
    refuses("older", "veche", "waits for schema 5");
    assert!(migrates("older").1.contains("from 4 to"));
    let segments = "SELECT string_agg(concat_ws(' ', segment, promises, first, last), ',' ORDER BY segment) FROM (
                        SELECT segment, count(*) AS promises, min(encode(credential, 'hex')) AS first, max(encode(credential, 'hex')) AS last
                        FROM accepted_ballots WHERE round_id = 7 GROUP BY segment) AS found";
    assert_eq!(cluster.sql("older", segments), "0 65536 00000000 00008000,1 4464 00008000 000088b8");
    let urns = "SELECT concat_ws(' ', round_id, segment) FROM urns; DELETE FROM urns; DELETE FROM rounds; DELETE FROM logs WHERE id = 7";
    assert_eq!(cluster.sql("older", urns), "7 1", "a round that is published has its urn");
    assert_eq!(starts("older", "veche"), (true, String::new()));
    let runs = "SELECT concat_ws(' ', round_id, run, level, ballots) FROM line_runs";
    assert_eq!(cluster.sql("older", runs), "7 -1 3 100");
    let chunks = "SELECT string_agg(concat_ws(' ', encode(first_hash, 'hex'), length(entries) / 20,
                  encode(substr(entries, 1, 20), 'hex')), ',' ORDER BY first_hash) FROM line_chunks";
    let chunk = |first: u32, ballots| format!("{first:08x} {ballots} {first:08x}{first:016x}{:016x}", 3600);
    assert_eq!(cluster.sql("older", chunks), [chunk(1, 80), chunk(81, 20)].join(","));
    assert!(migrates("older").1.contains("already"), "safe to repeat");

    cluster.database("other", Some("template"));
    cluster.sql("other", "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 4");
    refuses("other", "veche", "another build");

    // The role that the service connects as.
    for forbidden in [
        "UPDATE log_lines SET line = ''",
        "DELETE FROM log_lines",
        "TRUNCATE log_lines",
        "DELETE FROM accepted_ballots",
        "UPDATE accepted_ballots SET version = 1",
        "UPDATE promise_filters SET filter = ''",
        "DELETE FROM promise_filters",
        "UPDATE line_chunks SET entries = ''",
        "UPDATE line_runs SET ballots = 1",
        "UPDATE secrets SET sealed = ''",
        "DELETE FROM logs",
        "DROP TABLE log_lines",
        "CREATE TABLE more (id BIGINT)",
    ] {
        let mut psql = program("psql", cluster.folder.path());
        psql.args([
            "-qtAX",
            "-h",
            "127.0.0.1",
            "-U",
            "veche",
            "-p",
            &cluster.port.to_string(),
            "-d",
            "template",
            "-c",
            forbidden,
        ]);
        let said = psql.output().unwrap();
        let said = String::from_utf8(said.stderr).unwrap();
        assert!(said.contains("permission denied") || said.contains("must be owner"), "{forbidden}: {said}");
    }
}

/// Whatever the role was given beyond its few rights, on any table that only grows, is named, and the service does not start.
#[test]
fn a_role_that_may_do_more_than_it_needs_is_refused() {
    if on_postgres() {
        return;
    }
    let Some(cluster) = server("a role that may do too much", &[]) else { return };
    let data = tempfile::tempdir().unwrap();
    let starts = |database: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        founds(&mut command, data.path());
        let output = command.env("VECHE_DATABASE", cluster.url("veche", database)).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let migrates = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        let output = command.args(["migrate", "--owner", &cluster.url("owner", "given")]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    cluster.database("given", Some("template"));
    assert_eq!(starts("given"), (true, String::new()));
    let cases = [
        ("UPDATE ON log_lines", "may change rows of log_lines"),
        ("UPDATE (line) ON log_lines", "may change rows of log_lines"),
        ("DELETE ON log_lines", "may delete rows of log_lines"),
        ("TRUNCATE ON log_lines", "may empty log_lines"),
        ("UPDATE (event) ON long_lines", "may change rows of long_lines"),
        ("UPDATE ON accepted_ballots", "may change rows of accepted_ballots"),
        ("DELETE ON accepted_ballots", "may delete rows of accepted_ballots"),
        ("UPDATE (entries) ON line_chunks", "may change rows of line_chunks"),
        ("UPDATE ON waiting_ballots", "may change rows of waiting_ballots"),
        ("UPDATE (step) ON issuances", "may change rows of issuances"),
        ("UPDATE ON secrets", "may change rows of secrets"),
        ("DELETE ON log_tiles", "may delete rows of log_tiles"),
        ("DELETE ON voters", "may delete rows of voters"),
        ("TRUNCATE ON turnout", "may empty turnout"),
        ("TRIGGER ON accepted_ballots", "may put triggers on accepted_ballots"),
        ("UPDATE ON cosigned_heads", "may change the note of a cosigned head"),
        ("UPDATE ON _sqlx_migrations", "may change rows of _sqlx_migrations"),
        ("owner", "owns"),
        ("pg_write_all_data", "may change rows of"),
    ];
    for (right, words) in cases {
        // Given to somebody whom the role can become, it is as good as given to the role.
        for to in ["veche", "another"] {
            cluster.sql("given", "CREATE ROLE another NOLOGIN; GRANT another TO veche; ALTER ROLE veche NOINHERIT");
            cluster.sql("given", &format!("GRANT {right} TO {to}"));
            let (started, said) = starts("given");
            assert!(!started && said.contains(words) && said.contains("veche migrate"), "{right} to {to}: {said}");
            cluster.sql("given", &format!("REVOKE {right} FROM {to}"));
            cluster.sql("given", "ALTER ROLE veche INHERIT; DROP ROLE another");
        }
        // What the role needs stands where the whole table was given and taken.
        migrates();
        assert_eq!(starts("given"), (true, String::new()), "{right} taken back");
    }
    for (change, back, words) in [
        ("ALTER TABLE line_runs OWNER TO veche", "ALTER TABLE line_runs OWNER TO owner", "owns line_runs"),
        ("ALTER SCHEMA public OWNER TO veche", "ALTER SCHEMA public OWNER TO pg_database_owner", "owns the schema"),
        ("ALTER DATABASE given OWNER TO veche", "ALTER DATABASE given OWNER TO owner", "owns the database"),
        ("ALTER ROLE veche CREATEROLE", "ALTER ROLE veche NOCREATEROLE", "may make roles"),
        ("ALTER ROLE veche SUPERUSER", "ALTER ROLE veche NOSUPERUSER", "is a superuser"),
    ] {
        cluster.sql("given", change);
        let (started, said) = starts("given");
        assert!(!started && said.contains(words), "{change}: {said}");
        cluster.sql("given", back);
    }
    migrates();
    assert_eq!(starts("given"), (true, String::new()));
}

#[test]
fn a_server_that_could_lose_an_answered_commit_is_refused() {
    if on_postgres() {
        return;
    }
    let Some(cluster) = server("a server that could lose a commit", &["fsync=off"]) else { return };
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
    founds(&mut command, data.path());
    let output = command.env("VECHE_DATABASE", cluster.url("veche", "template")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("fsync = off"), "{said}");
}

/// What is measured on PostgreSQL in the README can be measured: a round, its ceilings, and more devices than there are places.
#[test]
fn the_bench_runs_on_it_on_little() {
    if on_postgres() {
        return;
    }
    let Some(cluster) = server("the bench", &[]) else { return };
    for (what, figures) in [
        ("round", &["casting on PostgreSQL", "credentials", "inserts alone", "ceiling of casting"][..]),
        ("overload", &["casting by 125 devices on PostgreSQL", "past capacity, of the best rate"]),
    ] {
        cluster.database(what, None);
        let mut bench = Command::new(env!("CARGO_BIN_EXE_veche"));
        bench.args(["--json", "bench", what, "--ballots", "1000", "--rate", "200"]);
        bench.args(["--database", &cluster.url("veche", what), "--owner", &cluster.url("owner", what)]);
        let output = bench.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{what}: {said}");
        let measured: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for name in figures {
            let figure = measured["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == *name);
            assert!(figure.is_some_and(|figure| figure["value"].as_f64() > Some(0.0)), "{name}: {measured}");
        }
    }
}

/// Encryption to the database: the right certificate is taken, another authority's or another name's is not.
#[test]
fn a_far_database_must_show_its_certificate() {
    if on_postgres() {
        return;
    }
    let Some(mut cluster) = server("the certificate of a far database", &[]) else { return };
    let folder = Cluster::folder();
    let openssl = |arguments: &str| {
        let mut openssl = Command::new("openssl");
        let output = openssl.args(arguments.split(' ')).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    };
    for name in ["ca", "stranger"] {
        openssl(&format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt"
        ));
    }
    openssl(
        "req -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout server.key -out server.csr",
    );
    openssl(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copyall -out server.crt",
    );
    let keep = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let files = ["server.key", "server.crt", "ca.crt", "stranger.crt"].map(|name| (name, keep(name)));
    for (name, bytes) in files {
        let path = cluster.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        cluster.owns(&path);
    }
    cluster.also(&["ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key"]);
    cluster.kill();
    cluster.starts_again();
    let data = tempfile::tempdir().unwrap();
    let starts = |host: &str, parameters: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        founds(&mut command, data.path());
        let url = format!("postgres://veche@{host}:{}/template?{parameters}", cluster.port);
        let output = command.env("VECHE_DATABASE", url).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let authority =
        |name: &str| format!("sslmode=verify-full&sslrootcert={}", cluster.folder.path().join(name).display());
    assert_eq!(starts("localhost", &authority("ca.crt")), (true, String::new()));
    let (started, said) = starts("localhost", &authority("stranger.crt"));
    assert!(!started && said.to_lowercase().contains("certificate"), "{said}");
    let (started, said) = starts("127.0.0.1", &authority("ca.crt"));
    assert!(!started && said.to_lowercase().contains("certificate"), "a certificate for another name: {said}");
    let (started, said) = starts("localhost", "sslmode=prefer");
    assert!(!started && said.contains("verify-full"), "{said}");
}
