//! The alerts that operators load into Prometheus: each asks for what a node prints, and is silent until it should not be.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::ErrorKind,
    path::Path,
    process::Command,
};

use tempfile::TempDir;
use veche::{
    domain::{Refusal, WitnessFault},
    http::problem::Problem,
    metrics::{CATALOGUE, Class, Kind},
};

use super::town::Town;

const RULES: &str = include_str!("../../docs/alerts.yml");
const DOCUMENT: &str = include_str!("../../docs/operations.md");

/// Names of series as Prometheus keeps them, with their labels.
type Series = BTreeMap<String, BTreeSet<&'static str>>;

/// What a node prints.
async fn printed() -> Series {
    let town = Town::with(|config| config.metrics_listen = Some("127.0.0.1:0".parse().unwrap())).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/metrics", town.server.metrics.unwrap());
    let text = client.get(url).send().await.unwrap().text().await.unwrap();
    let mut series = Series::new();
    for described in CATALOGUE {
        let name = described.unit.map_or(described.name.to_owned(), |unit| format!("{}_{unit}", described.name));
        let (kind, endings): (_, &[&str]) = match described.kind {
            Kind::Counter => ("counter", &["_total"]),
            Kind::Gauge => ("gauge", &[""]),
            Kind::Histogram => ("histogram", &["_bucket", "_count", "_sum"]),
            Kind::Info => ("info", &["_info"]),
        };
        assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{name} is not printed");
        for ending in endings {
            let labels = described.labels.iter().copied().chain((*ending == "_bucket").then_some("le"));
            series.insert(format!("{name}{ending}"), labels.collect());
        }
    }
    series
}

/// Every value that a label may have, where the program fixes them.
fn values(label: &str) -> Vec<&'static str> {
    match label {
        "class" => Class::ALL.map(Class::name).into(),
        "fault" => WitnessFault::ALL.into(),
        "slug" => Refusal::ALL.into_iter().chain(Problem::OTHERS).collect(),
        _ => Vec::new(),
    }
}

/// The expressions, without what is said about them.
fn expressions(rules: &str) -> String {
    let mut inside = false;
    let lines = rules.lines().filter(|line| {
        let key = line.strip_prefix("        ").filter(|rest| rest.starts_with(char::is_alphabetic));
        inside = key.map_or(inside && line.starts_with("          "), |key| key.starts_with("expr:"));
        inside
    });
    lines.map(|line| line.trim_start().trim_start_matches("expr:")).collect::<Vec<_>>().join("\n")
}

/// What the expressions ask for, and no node has.
fn faults(rules: &str, printed: &Series) -> Vec<String> {
    let (text, mut faults) = (expressions(rules), Vec::new());
    for (at, _) in text.match_indices("veche_") {
        let asked = &text[at..];
        let end = asked.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(asked.len());
        let (name, rest) = asked.split_at(end);
        let Some(labels) = printed.get(name) else {
            faults.push(format!("no metric {name}"));
            continue;
        };
        let matchers = rest.strip_prefix('{').map_or("", |rest| rest.split_once('}').unwrap().0);
        for matcher in matchers.split(',').filter(|matcher| !matcher.is_empty()) {
            let (label, value) = matcher.split_once('=').unwrap();
            let known = values(label);
            let asked = value.trim_start_matches('~').trim_matches('"').split('|');
            faults.extend((!labels.contains(label)).then(|| format!("{name} has no label {label}")));
            faults.extend(asked.filter(|one| !known.contains(one)).map(|one| format!("{label} is never {one}")));
        }
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_ask_for_what_a_node_prints() {
    let printed = printed().await;
    assert!(expressions(RULES).matches("veche_").count() > 15, "{}", expressions(RULES));
    assert_eq!(faults(RULES, &printed), [""; 0]);
    for (right, wrong, fault) in [
        ("longer-log|other-log", "longer-log\\\\|other-log", "fault is never longer-log\\\\"),
        ("slug=\"overloaded\"", "slug=\"too-busy\"", "slug is never too-busy"),
        ("veche_faults_total", "veche_faults", "no metric veche_faults"),
        ("veche_shedding{class=", "veche_shed_total{queue=", "veche_shed_total has no label queue"),
    ] {
        assert!(RULES.contains(right), "{right}");
        let found = faults(&RULES.replace(right, wrong), &printed);
        assert!(found.iter().any(|found| found == fault), "{wrong}: {found:?}");
    }
}

#[test]
fn the_document_explains_each_alert() {
    let rules: Vec<_> = RULES.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let rows = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| `Veche")?.split_once('`'));
    let rows: Vec<_> = rows.map(|(name, _)| format!("Veche{name}")).collect();
    assert_eq!(rows, rules);
}

/// Two hours of two nodes in which nothing is wrong, and two of a bad day: `SERIES VALUES` in the notation of promtool.
const CALM: &str = include_str!("alerts/calm.txt");
const BAD: &str = include_str!("alerts/bad.txt");
/// How many alerts of each name there are on the bad day.
const ALARMS: &[(&str, u32)] = &[
    ("VecheNoNodeReady", 1),
    ("VecheBallotsTurnedAway", 1),
    ("VecheWitnessSawAnotherLog", 1),
    ("VecheRequestsFail", 1),
    ("VecheNodeLost", 2),
    ("VecheOverloaded", 2),
    ("VecheReadersTurnedAway", 1),
    ("VecheJobsStandStill", 1),
    ("VecheJobFails", 1),
    ("VecheLogStandsStill", 1),
    ("VecheWitnessBehind", 1),
    ("VecheCommitsSlow", 1),
    ("VecheFilesRunOut", 1),
];

/// One test of promtool: these series, and after two hours these alerts.
fn scenario(series: &str, alarms: &[(&str, u32)]) -> String {
    let series = series.lines().filter_map(|line| line.split_once(' '));
    let series: String =
        series.map(|(name, values)| format!("      - series: '{name}'\n        values: '{values}'\n")).collect();
    let alarms: String = alarms
        .iter()
        .map(|(name, count)| format!("          - labels: '{{alertname=\"{name}\"}}'\n            value: {count}\n"))
        .collect();
    format!(
        "  - interval: 1m\n    input_series:\n{series}    promql_expr_test:\n      \
         - expr: count by (alertname) (ALERTS{{alertstate=\"firing\"}})\n        eval_time: 2h\n        exp_samples:\n{alarms}"
    )
}

/// What `promtool` says of the alerts in these stories; none where there is no such program (`PROMTOOL` names it).
fn promtool(folder: &Path, scenarios: &[String]) -> Option<Result<(), String>> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/alerts.yml");
    let tests = folder.join("tests.yml");
    let text = format!("rule_files: ['{}']\nevaluation_interval: 1m\ntests:\n{}", rules.display(), scenarios.concat());
    fs::write(&tests, text).unwrap();
    let named = std::env::var_os("PROMTOOL").unwrap_or_else(|| "promtool".into());
    match Command::new(named).args(["test", "rules"]).arg(tests).output() {
        Err(fault) if fault.kind() == ErrorKind::NotFound => None,
        output => {
            let output = output.unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            Some(if output.status.success() { Ok(()) } else { Err(said) })
        }
    }
}

#[test]
fn alerts_are_silent_until_something_is_wrong() {
    let folder = TempDir::new().unwrap();
    assert_eq!(ALARMS.len(), RULES.matches("- alert: ").count());
    let Some(done) = promtool(folder.path(), &[scenario(CALM, &[]), scenario(BAD, ALARMS)]) else {
        let must = std::env::var("VECHE_OUTSIDE").as_deref() == Ok("required");
        return super::both::skipped("the alerts on series", "promtool is not installed", must);
    };
    assert_eq!(done, Ok(()));
    let missed = promtool(folder.path(), &[scenario(CALM, ALARMS)]).unwrap();
    assert!(missed.is_err(), "an alert that is expected and does not come is a failure");
}
