//! `veche publish`: what is brought to readers is a list and nothing else, a head comes last, and from the files alone readers learn the same.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

use audit::{log::path::TilePath, round::Bytes};
use axum::{Router, extract::Request, http::StatusCode};
use ballots::Rules;
use serde_json::Value;
use tempfile::TempDir;
use veche::{
    app::measuring,
    http::{Http, PictureRequest},
    outbound::mirror::Mirror,
    publishing::{Publisher, Report},
};

use super::{
    both,
    camera::camera_jpeg,
    town::{SLUG, Town, approval},
};

/// What is public before the close, by the form of its name; `#` stands for any digits, `H` for a hash.
const BEFORE: &[&str] = &[
    "api/v1/rounds/index.json",
    "api/v1/rounds/square-2027/index.json",
    "api/v1/rounds/square-2027/pictures",
    "assets/A",
    "office/log/checkpoint",
    "office/log/tile/#/#.p/#",
    "office/log/tile/entries/#.p/#",
    "office/log/vkey",
    "pictures/H.jpg",
    "pictures/H.webp",
    "rounds/square-2027/log/checkpoint",
    "rounds/square-2027/log/event/H",
    "rounds/square-2027/log/tile/#/#.p/#",
    "rounds/square-2027/log/tile/entries/#.p/#",
    "rounds/square-2027/log/vkey",
];
/// What is public after the count beside that.
const AFTER: &[&str] = &[
    "api/v1/rounds/square-2027/certificate",
    "api/v1/rounds/square-2027/export/bundle",
    "api/v1/rounds/square-2027/export/csv",
    "api/v1/rounds/square-2027/export/json",
    "api/v1/rounds/square-2027/export/pb",
    "api/v1/rounds/square-2027/result",
    "en/rounds/square-2027/results",
    "rounds/square-2027/results",
];

fn publisher(town: &Town, folder: &Path) -> Publisher {
    let mirror = Mirror::open(folder.to_str().unwrap(), None).unwrap();
    Publisher::new(Http::new(town.server.app.clone()), mirror, false)
}

async fn push(town: &Town, folder: &Path) -> Report {
    publisher(town, folder).pass(&|_, _| ()).await.unwrap()
}

/// Every file below a folder, by its name from there.
fn files(folder: &Path) -> BTreeSet<String> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// The name with what differs from log to log taken out.
fn form(name: &str) -> String {
    if let Some((log, path)) = name.split_once("/log/tile/") {
        let path: TilePath = format!("tile/{path}").parse().unwrap();
        let kind = if matches!(path, TilePath::Entries(..)) { "entries" } else { "#" };
        return format!("{log}/log/tile/{kind}/#{}", if path.width() < 256 { ".p/#" } else { "" });
    }
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let part = |part: &str| match part.split_once('.') {
        Some((stem, end)) if is_hash(stem) => format!("H.{end}"),
        _ if is_hash(part) => "H".to_owned(),
        _ => part.to_owned(),
    };
    if name.starts_with("assets/") {
        "assets/A".to_owned()
    } else {
        name.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

fn forms(folder: &Path) -> BTreeSet<String> {
    files(folder).iter().map(|name| form(name)).collect()
}

fn list(lists: &[&[&str]]) -> BTreeSet<String> {
    lists.concat().into_iter().map(str::to_owned).collect()
}

async fn with_picture(town: &Town) -> audit::log::hash::Hash {
    let alt = [("ru".to_owned(), "Площадь".to_owned())].into();
    let request = PictureRequest {
        alt,
        image: Bytes(camera_jpeg(640, 480, 1)),
        kind: audit::round::pictures::PictureKind::Photo,
    };
    town.official.add_picture(SLUG, 1, &request).await.unwrap().picture
}

/// Rules of which the line in the log is too long for a leaf.
pub(super) fn wordy() -> Rules {
    let mut rules = approval();
    rules.territories.iter_mut().for_each(|territory| territory.description = Some("щ".repeat(3_900)));
    let mut copies = rules.territories.clone();
    for (number, territory) in (9..).zip(&mut copies) {
        (territory.id, territory.number) = (format!("t{number}"), number);
    }
    rules.territories.extend(copies);
    rules
}

/// A town that votes, with a picture, a line that is long, and so many ballots of which some are in the urn.
async fn voting(ballots: usize) -> Town {
    let town = Town::new().await;
    town.publishes_over(wordy()).await;
    with_picture(&town).await;
    let codes = town.enrols(ballots).await;
    town.opens().await;
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1", "t2"]).await.unwrap();
    }
    town.jobs().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_is_the_list_before_the_close_and_after_the_count() {
    let (town, folder) = (voting(23).await, TempDir::new().unwrap());
    let first = push(&town, folder.path()).await;
    assert_eq!(forms(folder.path()), list(&[BEFORE]), "before the close");
    assert_eq!(first.heads.len(), 2);
    let all: String =
        files(folder.path()).iter().filter_map(|name| std::fs::read_to_string(folder.path().join(name)).ok()).collect();
    assert!(!all.contains("\"tally\"") && !all.contains("\"outcome\""), "nobody has counted yet");
    // An event is not looked for again where the leaves that name it are.
    let looked_at = files(folder.path()).iter().filter(|name| !name.contains("/event/")).count() as u64;
    let mut again = publisher(&town, folder.path());
    for _ in 0..2 {
        let report = again.pass(&|_, _| ()).await.unwrap();
        assert_eq!((report.pushed, report.bytes, report.kept), (vec![], 0, looked_at), "nothing is new");
    }
    town.certifies().await;
    let last = again.pass(&|_, _| ()).await.unwrap();
    assert_eq!(forms(folder.path()), list(&[BEFORE, AFTER]), "after the count");
    assert!(last.pushed.iter().all(|name| !name.starts_with("assets/") && !name.starts_with("pictures/")), "{last:?}");
    for name in files(folder.path()).into_iter().filter(|name| !name.contains("/export/")) {
        let address = name.trim_end_matches("/index.json");
        let served = town.api.bytes(&format!("/{address}")).await.unwrap();
        assert!(served == std::fs::read(folder.path().join(&name)).unwrap(), "{name} is not what the service answers");
    }
    town.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_comes_after_all_that_it_covers_and_a_broken_push_is_mended() {
    let (town, folder) = (voting(21).await, TempDir::new().unwrap());
    measuring::append(&town.server.app, "official-1", 600).await.unwrap();
    push(&town, folder.path()).await;
    let at = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().modified().unwrap();
    for log in ["office", "rounds/square-2027"] {
        let head = at(&format!("{log}/log/checkpoint"));
        let below = files(folder.path())
            .into_iter()
            .filter(|name| name.starts_with(&format!("{log}/log/")))
            .map(|name| at(&name));
        assert_eq!(below.max(), Some(head), "{log}");
        assert!(head <= SystemTime::now());
    }
    let whole = files(folder.path());
    // As if the push had ended anywhere: each file may be missing, so all of them are tried with some others gone.
    for (every, name) in whole.iter().enumerate().filter(|(_, name)| !name.ends_with("/checkpoint")) {
        if every % 3 == 0 {
            std::fs::remove_file(folder.path().join(name)).unwrap();
        }
    }
    // An event is missed only together with the leaves that name it, which come after it.
    let events = whole.iter().filter(|name| name.contains("/event/")).count();
    assert!(events > 0);
    for name in whole.iter().filter(|name| name.contains("/event/") || name.contains("/tile/entries/")) {
        std::fs::remove_file(folder.path().join(name)).ok();
    }
    push(&town, folder.path()).await;
    assert_eq!(files(folder.path()), whole);
    town.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_picture_is_taken_away_and_nothing_else_is() {
    let (town, folder) = (Town::new().await, TempDir::new().unwrap());
    town.publishes().await;
    let picture = with_picture(&town).await;
    for strange in ["pictures/cat.jpg", "notes.txt"] {
        std::fs::create_dir_all(folder.path().join("pictures")).unwrap();
        std::fs::write(folder.path().join(strange), "not ours").unwrap();
    }
    push(&town, folder.path()).await;
    let shown = |folder: &Path| files(folder).iter().filter(|name| form(name).starts_with("pictures/H")).count();
    assert_eq!(shown(folder.path()), 4);
    town.official.remove_picture(SLUG, &picture, "a face").await.unwrap();
    assert_eq!(push(&town, folder.path()).await.removed.len(), 4);
    assert_eq!(shown(folder.path()), 0);
    assert!(["pictures/cat.jpg", "notes.txt"].iter().all(|name| folder.path().join(name).exists()));
    town.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_does_not_go_on_is_not_pushed_over_the_one_that_readers_know() {
    let (first, folder) = (Town::new().await, TempDir::new().unwrap());
    measuring::append(&first.server.app, "official-1", 20).await.unwrap();
    push(&first, folder.path()).await;
    let head = folder.path().join("office/log/checkpoint");
    let known = std::fs::read(&head).unwrap();
    let other = Town::new().await;
    let refused = async |why: &str| {
        let fault = publisher(&other, folder.path()).pass(&|_, _| ()).await.unwrap_err().to_string();
        assert!(fault.contains(why), "{fault}");
        assert_eq!(std::fs::read(&head).unwrap(), known, "the head was overwritten");
    };
    refused("the database is older than what was published").await;
    let (have, wanted) =
        (measuring::size(&other.server.app).await.unwrap(), measuring::size(&first.server.app).await.unwrap());
    measuring::append(&other.server.app, "official-1", wanted - have).await.unwrap();
    refused("one of both is not the log that was signed first").await;
    first.server.stop().await.unwrap();
    other.server.stop().await.unwrap();
}

/// Serves the files of a folder as they are, and knows nothing of logs.
async fn serve(folder: PathBuf) -> String {
    let answer = move |request: Request| {
        let path = folder.join(request.uri().path().trim_start_matches('/'));
        async move {
            std::fs::read(if path.is_dir() { path.join("index.json") } else { path }).map_err(|_| StatusCode::NOT_FOUND)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    url
}

async fn veche(arguments: Vec<String>) -> Output {
    let run =
        move || Command::new(env!("CARGO_BIN_EXE_veche")).args(arguments).env_remove("VECHE_CONFIG").output().unwrap();
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// Exit code and output of a command at an address, which itself is taken out of what is said.
async fn said(command: &[&str], url: &str) -> (Option<i32>, String) {
    let arguments = command.iter().map(|part| part.replace("URL", &format!("{url}/rounds/{SLUG}"))).collect();
    let output = veche(arguments).await;
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap().replace(url, "URL"))
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_learn_from_the_files_what_they_learn_from_the_service() {
    let (town, folder) = (voting(22).await, TempDir::new().unwrap());
    town.certifies().await;
    let data = town.folder.path().join("data");
    let database = both::database(&data);
    let mut arguments: Vec<String> =
        ["--json", "publish", folder.path().to_str().unwrap(), "--data", data.to_str().unwrap()]
            .map(str::to_owned)
            .into();
    if !database.is_empty() {
        arguments.extend(["--database".to_owned(), database]);
    }
    let mut dry = arguments.clone();
    dry.push("--dry-run".to_owned());
    let would = veche(dry).await;
    assert!(would.status.success() && files(folder.path()).is_empty(), "{}", String::from_utf8_lossy(&would.stderr));
    let did = veche(arguments).await;
    assert!(did.status.success(), "{}", String::from_utf8_lossy(&did.stderr));
    let pushed = |output: &Output| {
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["report"]["pushed"].as_array().unwrap().len()
    };
    assert_eq!((pushed(&would), pushed(&did)), (files(folder.path()).len(), files(folder.path()).len()));
    let (service, files) = (town.server.url(), serve(folder.path().to_owned()).await);
    let state = TempDir::new().unwrap();
    for command in [&["--json", "head", "URL"][..], &["--json", "verify", "URL"]] {
        let told = async |url| {
            let (code, text) = said(command, url).await;
            assert_eq!(code, Some(0), "{command:?}: {text}");
            let mut told: Value = serde_json::from_str(&text).unwrap();
            told.as_object_mut().unwrap().remove("read_at");
            told
        };
        assert_eq!(told(&service).await, told(&files).await, "{command:?}");
    }
    let mut seen = Vec::new();
    for (name, url) in [("service", &service), ("files", &files)] {
        let state = state.path().join(name);
        let watched = said(&["--json", "monitor", "--once", "--state", state.to_str().unwrap(), "URL"], url).await;
        assert_eq!(watched.0, Some(0), "{name}: {}", watched.1);
        let events: Vec<Value> = watched.1.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        seen.push(events.iter().map(|event| event["event"].clone()).collect::<Vec<_>>());
    }
    assert!(seen[0].len() > 5, "{seen:?}");
    assert_eq!(seen[0], seen[1]);
    town.server.stop().await.unwrap();
}
