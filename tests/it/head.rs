//! `veche head`: the code of a head, and what a code on paper says of a log that has grown, shrunk or changed since.

use std::{fs, path::Path};

use audit::log::short::HeadCode;
use serde_json::Value;
use tempfile::TempDir;

use super::{
    bundle,
    lying::Lying,
    served::Served,
    town::{SLUG, Town},
};

async fn head(arguments: &[&str]) -> (Option<i32>, Value, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_veche"));
    command.args(["head"]).args(arguments).env_remove("VECHE_CONFIG");
    let output = tokio::task::block_in_place(|| command.output()).unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    (output.status.code(), serde_json::from_str(&out).unwrap_or_default(), format!("{out}{err}"))
}

async fn compared(place: &str, paper: &HeadCode) -> (Option<i32>, String) {
    let (code, json, text) =
        head(&[place, "--json", "--compare", &paper.to_string().to_lowercase().replace('-', " ")]).await;
    (code, json["compared"]["verdict"].as_str().unwrap_or(&text).to_owned())
}

fn numbers(size: u64) -> Served {
    Served::of("log.example/numbers", (0..size).map(|number| number.to_string().into_bytes()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_newspaper_checks_a_grown_log() {
    let log = numbers(700);
    let code = |size| HeadCode::of(&log.at(size).head());
    let server = Lying::new(&log.at(300)).await;
    let (exit, shown, _) = head(&[&server.url, "--json"]).await;
    assert_eq!((exit, &shown["code"], &shown["size"]), (Some(0), &code(300).to_string().into(), &300.into()));
    server.shows(&log);
    for (paper, expected) in [(code(700), "same"), (code(300), "older"), (code(1), "older"), (code(256), "older")] {
        assert_eq!(compared(&server.url, &paper).await, (Some(0), expected.to_owned()));
    }
    let mut forged = log.clone();
    forged.lines[299].push(b'!');
    server.shows(&forged);
    assert_eq!(compared(&server.url, &code(300)).await, (Some(1), "other".to_owned()));
    assert_eq!(compared(&server.url, &code(700)).await, (Some(1), "other".to_owned()));
    assert_eq!(compared(&server.url, &code(299)).await, (Some(0), "older".to_owned()), "the change is after it");
    server.shows(&log.at(200));
    assert_eq!(compared(&server.url, &code(300)).await, (Some(1), "longer".to_owned()));
    let (exit, _, words) = head(&[&server.url, "--compare", &code(300).to_string()]).await;
    assert!(exit == Some(1) && words.contains("lines were taken away"), "{words}");
}

/// A server cannot pass the comparison with tiles that are not those of its head.
#[tokio::test(flavor = "multi_thread")]
async fn tiles_of_another_tree_compare_nothing() {
    let log = numbers(700);
    let mut lying = log.clone();
    lying.lines[299].push(b'!');
    for (path, bytes) in log.paths().into_iter().filter(|(path, _)| path.starts_with("tile/1/")) {
        lying.lies.insert(path, Some(bytes));
    }
    let server = Lying::new(&lying).await;
    let (exit, words) = compared(&server.url, &HeadCode::of(&log.at(256).head())).await;
    assert!(exit == Some(1) && words.contains("do not lead to its own signed head"), "{words}");
}

/// Whoever serves a log may drop a partial tile once the full one is there, also below a head that was read before.
#[tokio::test(flavor = "multi_thread")]
async fn a_partial_tile_that_was_dropped_is_read_from_the_full_one() {
    let (mut log, grown) = (numbers(700), numbers(768));
    let full = grown.paths().remove("tile/0/002").unwrap();
    log.lies.insert("tile/0/002.p/188".to_owned(), None);
    let server = Lying::new(&log).await;
    let paper = HeadCode::of(&log.at(300).head());
    let (exit, words) = compared(&server.url, &paper).await;
    assert!(exit == Some(1) && words.contains("tile/0/002.p/188"), "neither is there: {words}");
    log.lies.insert("tile/0/002".to_owned(), Some(full));
    server.shows(&log);
    assert_eq!(compared(&server.url, &paper).await, (Some(0), "older".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_code_is_told_from_another_head() {
    let log = numbers(3);
    let server = Lying::new(&log).await;
    let mut code = HeadCode::of(&log.head()).to_string();
    let last = code.pop().unwrap();
    code.push(if last == 'A' { 'B' } else { 'A' });
    let (exit, _, words) = head(&[&server.url, "--compare", &code]).await;
    assert!(exit == Some(2) && words.contains("row 2 of the letters is mistyped"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_a_file_and_a_page_show_the_same_code() {
    let town = Town::new().await;
    town.votes(3).await;
    let address = format!("{}/rounds/{SLUG}", town.server.url());
    let (_, opened, _) = head(&[&address, "--json"]).await;
    let paper: HeadCode = opened["code"].as_str().unwrap().parse().unwrap();
    let page = town.asks(reqwest::Method::GET, &format!("/rounds/{SLUG}"), None, None).await.text;
    assert!(paper.rows().iter().all(|row| page.contains(row)), "the round's page shows the head");
    town.certifies().await;
    let folder = TempDir::new().unwrap();
    let files = bundle::fetch(&town).await;
    for (name, bytes) in &files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let text = |path: &Path| path.display().to_string();
    let place = text(folder.path());
    assert_eq!(compared(&address, &paper).await, (Some(0), "older".to_owned()));
    assert_eq!(compared(&place, &paper).await, (Some(0), "older".to_owned()));
    let (_, now, _) = head(&[&place, "--json"]).await;
    let now: HeadCode = now["code"].as_str().unwrap().parse().unwrap();
    let file = text(&folder.path().join("checkpoint"));
    assert_eq!(compared(&file, &now).await, (Some(0), "same".to_owned()));
    assert_eq!(compared(&file, &paper).await, (Some(1), "unknown".to_owned()));
    // A line that was changed in the bundle is not the log of its own head.
    let log = String::from_utf8(files["log.jsonl"].clone()).unwrap().replacen("Which square", "What square", 1);
    fs::write(folder.path().join("log.jsonl"), log).unwrap();
    assert_eq!(compared(&place, &paper).await.0, Some(1));
    let wall = folder.path().join("wall.html");
    let (exit, _, words) = head(&[&file, "--print", &text(&wall)]).await;
    let wall = fs::read_to_string(wall).unwrap();
    assert!(exit == Some(0) && words.contains("NOT CHECKED"), "{words}");
    assert!(now.rows().iter().all(|row| wall.contains(row) && words.contains(row)));
}
