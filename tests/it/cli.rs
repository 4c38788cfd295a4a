//! The command line, as a shell sees it: output, exit codes, files.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    bundle,
    town::{SLUG, Town},
};

/// A vote with a blank ballot, one too many marks, two children, and published numbers.
const VOTE: &str = "\
META
key;value
description;Test vote
country;Nowhere
unit;Nowhere
instance;2026
num_projects;3
num_votes;6
budget;300
vote_type;approval
rule;greedy
max_length;2
PROJECTS
project_id;cost;name;votes;score;selected
a;100;Alley;4;4;1
b;150;Beach;3;3;1
c;200;Court;1;1;0
VOTES
voter_id;age;vote
v1;30;a,b
v2;12;a
v3;41;a,b
v4;13;b
v5;66;
v6;52;a,c
";

fn veche(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
    command.args(arguments).current_dir(folder).env_remove("VECHE_CONFIG").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(output: &Output) -> Value {
    let text = text(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

fn vote(folder: &Path, text: &str) {
    std::fs::write(folder.join("vote.pb"), text).unwrap();
}

#[test]
fn tally_counts_a_file() {
    let folder = TempDir::new().unwrap();
    vote(folder.path(), VOTE);
    let output = veche(&["tally", "vote.pb", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let counted = json(&output);
    assert_eq!((&counted["ballots"], &counted["blank"], &counted["invalid"]), (&6.into(), &1.into(), &0.into()));
    assert_eq!(counted["ties"], serde_json::json!([]));
    let row = |at: usize| {
        let project = &counted["projects"][at];
        Value::from(["id", "votes", "score", "rank", "selected"].map(|key| project[key].clone()).to_vec())
    };
    assert_eq!(row(0), serde_json::json!(["a", 4, 4, 1, true]));
    assert_eq!(row(1), serde_json::json!(["b", 3, 3, 2, true]));
    assert_eq!(row(2), serde_json::json!(["c", 1, 1, 3, false]));
    let people = veche(&["tally", "vote.pb"], folder.path());
    assert!(text(&people.stdout).contains("Alley"));
}

#[test]
fn tally_names_the_line_of_a_mistake() {
    let folder = TempDir::new().unwrap();
    for (from, to, line, word) in
        [("v3;41;a,b", "v3;41;a,x", 22, "x"), ("b;150;", "b;dear;", 16, "cost"), ("PROJECTS\n", "", 0, "PROJECTS")]
    {
        vote(folder.path(), &VOTE.replace(from, to));
        let output = veche(&["tally", "vote.pb"], folder.path());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(word) && (line == 0 || said.contains(&format!("line {line}"))), "{said}");
    }
    let missing = veche(&["tally", "nothing.pb"], folder.path());
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("nothing.pb"));
    let unknown = veche(&["tally", "--no-such"], folder.path());
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn replay_agrees_without_an_age_and_lists_the_children_with_one() {
    let folder = TempDir::new().unwrap();
    vote(folder.path(), VOTE);
    let all = veche(&["replay", "vote.pb", "--min-age", "0", "--json"], folder.path());
    assert_eq!(all.status.code(), Some(0), "{}", text(&all.stderr));
    let all = json(&all);
    assert_eq!((&all["agree"], &all["verified"], &all["accepted"]), (&true.into(), &true.into(), &6.into()));
    let grown = veche(&["replay", "vote.pb", "--json"], folder.path());
    assert_eq!(grown.status.code(), Some(1), "without the children the numbers differ");
    let grown = json(&grown);
    let refused: Vec<_> =
        grown["refused"].as_array().unwrap().iter().map(|one| one["voter"].as_str().unwrap()).collect();
    assert_eq!(refused, ["v2", "v4"]);
    assert!(grown["refused"][0]["reason"].as_str().unwrap().starts_with("under-age"));
}

#[test]
fn demo_runs_to_its_end() {
    let folder = TempDir::new().unwrap();
    let output = veche(&["demo", "--residents", "40", "--to-end", "--json", "--dir", "kept"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0]["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(lines[0]["codes"].as_array().is_some_and(|codes| !codes.is_empty()));
    assert!(lines[0]["round"].is_string() && lines[0]["tokens"].as_object().is_some_and(|tokens| tokens.len() == 3));
    assert_eq!((&lines[1]["result"]["ballots"], &lines[1]["verified"]), (&40.into(), &true.into()));
    let bundle = folder.path().join("kept/bundle");
    let bundle = bundle.to_str().unwrap();
    let holds = veche(&["verify", bundle], folder.path());
    assert_eq!(holds.status.code(), Some(0), "{}", text(&holds.stdout));
    let log = Path::new(bundle).join("log.jsonl");
    let changed = text(&std::fs::read(&log).unwrap()).replacen("\"index\":5,", "\"index\":6,", 1);
    std::fs::write(&log, changed).unwrap();
    let broken = veche(&["verify", bundle, "--json"], folder.path());
    assert_eq!(broken.status.code(), Some(1));
    let checks = json(&broken)["report"]["checks"].as_array().unwrap().clone();
    let lines = checks.iter().find(|check| check["name"] == "lines").unwrap();
    assert_eq!((&lines["failure"]["file"], &lines["failure"]["line"]), (&"log.jsonl".into(), &6.into()));
}

#[test]
fn keys_stay_in_files_of_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    for kind in ["opening", "member", "roll"] {
        let made = veche(&["keys", "new", kind, kind], folder.path());
        assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
        let file = folder.path().join(kind);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let again = veche(&["keys", "new", kind, kind], folder.path());
        assert_eq!(again.status.code(), Some(1), "a key must not be overwritten");
        let public = veche(&["keys", "public", kind, kind], folder.path());
        assert_eq!(public.stdout, made.stdout);
        let other = if kind == "member" { "opening" } else { "member" };
        assert_eq!(veche(&["keys", "public", other, kind], folder.path()).status.code(), Some(1));
    }
    let signed = veche(&["keys", "sign", "member", "AAECAw=="], folder.path());
    assert_eq!((signed.status.code(), text(&signed.stdout).trim().len()), (Some(0), 88));
}

#[test]
fn staff_are_added_listed_and_revoked_on_the_server() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        command.args(arguments).current_dir(folder.path()).env("VECHE_DATA", "data").output().unwrap()
    };
    let added = run(&["admin", "staff", "add", "official-1", "--role", "official"]);
    assert!(text(&added.stdout).starts_with("veche_"), "{}", text(&added.stderr));
    assert_eq!(run(&["admin", "staff", "add", "official-1", "--role", "official"]).status.code(), Some(1));
    assert!(text(&run(&["admin", "staff", "list"]).stdout).contains("official-1"));
    assert_eq!(run(&["admin", "staff", "revoke", "official-1"]).status.code(), Some(0));
    assert!(!text(&run(&["admin", "staff", "list"]).stdout).contains("official-1"));
    assert_eq!(run(&["admin", "staff", "revoke", "nobody"]).status.code(), Some(1));
}

/// `export` writes what the server serves, and `verify` takes an address and an archive.
#[tokio::test(flavor = "multi_thread")]
async fn exports_and_verification_by_address() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.unwrap();
    town.certifies().await;
    let address = format!("{}/rounds/{SLUG}", town.server.url());
    let folder = TempDir::new().unwrap();
    let holds = veche(&["verify", &address], folder.path());
    assert_eq!(holds.status.code(), Some(0), "{}{}", text(&holds.stdout), text(&holds.stderr));
    let archive = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/export/bundle")).await.unwrap();
    std::fs::write(folder.path().join("bundle.tar.zst"), &archive).unwrap();
    assert_eq!(veche(&["verify", "bundle.tar.zst"], folder.path()).status.code(), Some(0));
    std::fs::write(folder.path().join("cut.tar.zst"), &archive[..archive.len() / 2]).unwrap();
    assert_eq!(veche(&["verify", "cut.tar.zst"], folder.path()).status.code(), Some(1));
    let key = town.place().await.rules.log_key;
    assert_eq!(veche(&["verify", "bundle.tar.zst", "--log-key", &key], folder.path()).status.code(), Some(0));
    let files = bundle::fetch(&town).await;
    let town = town.sleeps().await;
    let data = town.folder.path().join("data");
    let export = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
        command.args(["export", SLUG, "--format", format]).env("VECHE_DATA", &data).current_dir(folder.path());
        command.env("VECHE_DATABASE", super::both::database(&data));
        command.output().unwrap()
    };
    for (format, word) in [("csv", "t1"), ("json", "\"t1\""), ("pb", "PROJECTS")] {
        let output = export(format);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(word), "{format}");
    }
    assert!(files.contains_key("log.jsonl"));
    assert_eq!(veche(&["export", "none", "--format", "csv"], folder.path()).status.code(), Some(1));
}

/// A resident with a letter, from two machines one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn voting_from_the_command_line() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let address = format!("{}/rounds/{SLUG}", town.server.url());
    let folder = TempDir::new().unwrap();
    let code = codes[0].to_string();
    let votes = |marks: &[&str]| {
        let arguments = [&["vote", &address, "--code", &code, "--json"], marks].concat();
        veche(&arguments, folder.path())
    };
    let wrong = votes(&["t99"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("t99"), "{}", text(&wrong.stderr));
    assert_eq!(json(&votes(&["t1", "t2"]))["version"], 1);
    assert_eq!(json(&votes(&["t7"]))["version"], 2);
    let outcome = town.certifies().await.outcome;
    assert_eq!((outcome.ballots, outcome.standings[0].id.as_str()), (1, "t7"));
    let late = votes(&["t1"]);
    assert!(late.status.code() == Some(1) && text(&late.stderr).contains("certified"), "{}", text(&late.stderr));
}

/// With `--json` every line of the log is an object for machines, and a stop is orderly.
#[test]
fn serve_logs_json_lines() {
    use std::io::{BufRead as _, BufReader};
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_veche"))
        .args(["--json", "serve", "--data", "data", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_remove("RUST_LOG")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
    assert!(serde_json::from_str::<Value>(&ready).unwrap()["url"].is_string(), "{ready}");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let log = text(&output.stderr);
    assert!(!log.is_empty() && log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log}");
}
