//! Commands that work on the database of the machine: on the one that is there, never on one that they make by mistake.

use std::{
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

use super::{
    both,
    town::{SLUG, Town, approval},
};

fn veche(arguments: &[&str], folder: &Path, database: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
    command.args(arguments).current_dir(folder).env("VECHE_DATA", "data").env("VECHE_DATABASE", database);
    command.env_remove("VECHE_CONFIG").env_remove("RUST_LOG").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let text = text(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

/// All that need a database that is there.
const COMMANDS: [&[&str]; 6] = [
    &["admin", "check"],
    &["admin", "relist", SLUG],
    &["admin", "staff", "list"],
    &["admin", "staff", "revoke", "official-1"],
    &["export", SLUG, "--format", "csv"],
    &["publish", "mirror"],
];

/// Each of them says what is missing and which settings name it.
fn are_refused(folder: &Path, database: &str, missing: &str) {
    for arguments in COMMANDS {
        let output = veche(arguments, folder, database);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(missing) && said.contains("VECHE_DATABASE"), "{arguments:?}: {said}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn nothing_is_looked_for_in_a_database_that_is_not_there() {
    let folder = TempDir::new().unwrap();
    are_refused(folder.path(), "", "data/veche.db: there is no database");
    assert!(!folder.path().join("data").exists(), "nothing was made");

    let add = |handle: &str| veche(&["admin", "staff", "add", handle, "--role", "official"], folder.path(), "");
    let first = add("official-1");
    let said = text(&first.stderr);
    assert!(text(&first.stdout).starts_with("veche_"), "{said}");
    assert!(said.contains("data/veche.db: there is no database; this is a new installation"), "{said}");
    let second = add("official-2");
    assert!(text(&second.stdout).starts_with("veche_") && !text(&second.stderr).contains("new installation"));
    let checked = json(&veche(&["admin", "check", "--json"], folder.path(), ""));
    assert_eq!(checked["lines"], 3);

    std::fs::remove_file(folder.path().join("data/master.key")).unwrap();
    are_refused(folder.path(), "", "data/master.key: there is no master key");
    // Those that make a key for a new database make none for one that has had another.
    for arguments in
        [&["admin", "staff", "add", "official-3", "--role", "official"][..], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let output = veche(arguments, folder.path(), "");
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains("copy the key from your backup"), "{arguments:?}: {said}");
    }
    assert!(!folder.path().join("data/master.key").exists(), "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_no_service_has_worked_on_is_not_that_of_the_service() {
    if !both::on_postgres() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    both::make_database(&data).await;
    let database = both::database(&data).replace("veche@", "veche:secret@");
    are_refused(folder.path(), &database, "data/master.key: there is no master key");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("master.key"), "07".repeat(32)).unwrap();
    let name = database.rsplit('/').next().unwrap();
    are_refused(folder.path(), &database, &format!("/{name}: no service has worked on this database"));
    let add = ["admin", "staff", "add", "official-1", "--role", "official"];
    let added = veche(&add, folder.path(), &database);
    let said = text(&added.stderr);
    assert!(text(&added.stdout).starts_with("veche_") && said.contains("new installation"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_printed_is_json_where_that_is_asked_for() {
    let town = Town::new().await;
    let folder = town.folder.path().to_owned();
    let database = both::database(&folder.join("data"));
    let says = |arguments: &[&str]| json(&veche(&[arguments, &["--json"]].concat(), &folder, &database));
    let draft = veche::domain::Draft { slug: "next".into(), ..town.draft(approval()) };
    std::fs::write(folder.join("draft.json"), serde_json::to_string(&draft).unwrap()).unwrap();
    let (url, token) = (town.server.url(), town.tokens[0].clone());
    let drafted = says(&["admin", "draft", "draft.json", "--server", &url, "--token", &token]);
    assert_eq!(drafted["draft"], "next");
    let fails = |arguments: &[&str]| {
        let output = veche(&[arguments, &["--json"]].concat(), &folder, &database);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{}", text(&output.stderr));
        let said = text(&output.stderr);
        serde_json::from_str::<serde_json::Value>(said.lines().last().unwrap()).unwrap()
    };
    let stranger = fails(&["admin", "draft", "draft.json", "--server", &url, "--token", "nobody's"]);
    assert_eq!(stranger["problem"], "token", "{stranger}");
    let nobody = fails(&["admin", "staff", "revoke", "nobody"]);
    assert!(nobody["fault"].is_string() && nobody["problem"].is_null(), "{nobody}");
    town.votes(2).await;
    town.certifies().await;
    let _asleep = town.sleeps().await;

    let staff = says(&["admin", "staff", "list"])["staff"].clone();
    let member = serde_json::json!({ "handle": "member-1", "role": "commission" });
    assert!(staff.as_array().unwrap().contains(&member), "{staff}");
    assert_eq!(says(&["admin", "staff", "revoke", "member-1"])["revoked"], "member-1");
    says(&["keys", "new", "member", "member.key"]);
    let signed = says(&["keys", "sign", "member.key", "AAECAw=="]);
    assert_eq!(signed["signature"].as_str().unwrap().len(), 88);
    assert_eq!(says(&["keys", "new", "roll", "roll.key"])["file"], "roll.key");
    assert!(says(&["keys", "public", "roll", "roll.key"])["public"].is_null());
    let exported = says(&["export", SLUG, "--format", "csv", "--output", "result.csv"]);
    assert_eq!(exported["file"], "result.csv");
    let bundle = says(&["export", SLUG, "--format", "bundle", "--output", "made"]);
    assert_eq!((&bundle["folder"], &bundle["archive"]), (&"made".into(), &"made.tar.zst".into()));
    assert!(folder.join("made.tar.zst").is_file());
}
