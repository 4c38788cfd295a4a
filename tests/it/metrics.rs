//! The operator's numbers: what is printed is what the document says, and no look at them tells of one resident.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method as Verb, StatusCode};
use veche::metrics::{CATALOGUE, K, Kind, PERIOD};

use super::town::{SLUG, Town};

const DOCUMENT: &str = include_str!("../../docs/metrics.md");

async fn town() -> Town {
    let town = Town::with(|config| config.metrics_listen = Some("127.0.0.1:0".parse().unwrap())).await;
    // At the beginning of a period, which lasts longer than any test.
    town.clock.advance(PERIOD - town.clock.now().rem_euclid(PERIOD));
    town
}

/// What a program that looks gets.
async fn look(town: &Town) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/metrics", town.server.metrics.unwrap());
    let response = client.get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], veche::metrics::CONTENT_TYPE);
    response.text().await.unwrap()
}

/// Series by their names with labels.
fn series(text: &str) -> BTreeMap<String, String> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Name, kind, unit, labels and meaning of each metric.
type Described = BTreeMap<String, [String; 4]>;

fn of_document() -> Described {
    let rows = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| `veche_"));
    let cells = |row: &str| {
        let mut cells = row.split('|').map(|cell| cell.replace('`', "").trim().to_owned());
        let name = format!("veche_{}", cells.next().unwrap());
        (name, [(); 4].map(|()| cells.next().unwrap()))
    };
    rows.map(cells).collect()
}

fn of_answer(text: &str) -> Described {
    let mut found = Described::new();
    for (word, at) in [("# TYPE ", 0), ("# UNIT ", 1), ("# HELP ", 3)] {
        for (name, value) in text.lines().filter_map(|line| line.strip_prefix(word)?.split_once(' ')) {
            found.entry(name.to_owned()).or_default()[at] = value.to_owned();
        }
    }
    for name in series(text).keys() {
        let (sample, labels) = name.split_once('{').unwrap_or((name, ""));
        let metric =
            found.keys().filter(|metric| sample.starts_with(metric.as_str())).max_by_key(|metric| metric.len());
        let labels =
            labels.split("\",").filter_map(|label| Some(label.split_once('=')?.0)).filter(|label| *label != "le");
        let metric = metric.unwrap_or_else(|| panic!("{sample} has no description")).clone();
        found.get_mut(&metric).unwrap()[2] = labels.collect::<Vec<_>>().join(", ");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_the_catalogue_and_the_answer_say_the_same() {
    let town = town().await;
    town.publishes().await;
    for _ in 0..K {
        assert_eq!(town.asks(Verb::GET, "/how", None, None).await.status, StatusCode::OK);
        assert_eq!(town.asks(Verb::GET, "/nowhere/at/all", None, None).await.status, StatusCode::NOT_FOUND);
    }
    let text = look(&town).await;
    let (document, answer) = (of_document(), of_answer(&text));
    assert_eq!(document.keys().collect::<Vec<_>>(), answer.keys().collect::<Vec<_>>());
    for described in CATALOGUE {
        let name = described.unit.map_or(described.name.to_owned(), |unit| format!("{}_{unit}", described.name));
        let kind = match described.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Info => "info",
        };
        let labels = described.labels.join(", ");
        let ours = [kind, described.unit.unwrap_or_default(), &labels, described.help].map(str::to_owned);
        assert_eq!(document[&name], ours, "docs/metrics.md: {name}");
        let printed = &answer[&name];
        assert_eq!([&printed[0], &printed[1], &printed[3]], [&ours[0], &ours[1], &ours[3]], "{name}");
        // A metric whose label has no value yet has no series.
        assert!(printed[2].is_empty() || printed[2] == labels, "{name}: {printed:?}");
    }
    let shown = series(&text);
    for (name, value) in [
        ("veche_requests_total{route=\"/how\",method=\"GET\",status=\"2xx\"}", "20"),
        ("veche_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"}", "20"),
        ("veche_refusals_total{slug=\"not-found\"}", "20"),
        ("veche_ready", "1.0"),
        ("veche_database_up", "1.0"),
        ("veche_log_lines{log=\"localhost/rounds/square-2027\"}", "1.0"),
        ("veche_urn_ballots{round=\"square-2027\"}", "0.0"),
    ] {
        assert_eq!(shown.get(name).map(String::as_str), Some(value), "{name} in {text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

/// What may differ between two looks when nobody did anything but one resident: nothing that counts what people do. Other tests open
/// files of this process too.
const MOVES: [&str; 6] = [
    "veche_process_memory",
    "veche_process_files",
    "veche_executor_delay",
    "veche_jobs_age",
    "veche_checkpoint_age",
    "veche_database_connections{pool=\"readers\"",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_look_before_and_after_tells_of_no_resident() {
    let town = town().await;
    let codes = town.votes(3).await;
    let mut before = series(&look(&town).await);
    for code in &codes {
        let mut credential = town.registers(code).await;
        town.casts(&mut credential, &["t1"]).await.unwrap();
        assert_eq!(town.identifies("nonsense").await.problem(), "code-mistyped");
        let after = series(&look(&town).await);
        let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let moved: Vec<_> = names.into_iter().filter(|name| before.get(*name) != after.get(*name)).collect();
        let allowed = |name: &&String| MOVES.iter().any(|may| name.starts_with(may));
        assert!(moved.iter().all(allowed), "{moved:?} moved when one resident registered and cast");
        before = after;
    }
}

/// After twenty ballots and ten minutes they are shown, in twenties.
#[tokio::test(flavor = "multi_thread")]
async fn many_ballots_are_shown_after_ten_minutes() {
    let town = town().await;
    let codes = town.votes(25).await;
    let mut credentials = Vec::new();
    for code in &codes {
        credentials.push(town.registers(code).await);
    }
    let _ = look(&town).await;
    for credential in &mut credentials {
        town.casts(credential, &["t1"]).await.unwrap();
    }
    let name =
        format!("veche_requests_total{{route=\"{}\",method=\"POST\",status=\"2xx\"}}", "/api/v1/rounds/{slug}/ballots");
    let urn = format!("veche_urn_ballots{{round=\"{SLUG}\"}}");
    town.clock.advance(PERIOD);
    let shown = series(&look(&town).await);
    assert_eq!((shown[&name].as_str(), shown[&urn].as_str()), ("20", "20.0"));
    // One after the other, so each in a commit of its own.
    assert_eq!(shown["veche_commit_size_count{queue=\"casting\"}"], K.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_listener_shows_no_metrics() {
    let town = town().await;
    assert_eq!(town.asks(Verb::GET, "/metrics", None, None).await.status, StatusCode::NOT_FOUND);
    assert_ne!(town.server.metrics, Some(town.server.address));
    assert_eq!(Town::new().await.server.metrics, None, "it is off by default");
}
