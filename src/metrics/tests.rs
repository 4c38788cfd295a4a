//! That the shown numbers move in steps, whoever looks how often.

use super::*;

/// The value of a series in a text.
fn shown(text: &str, series: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

fn cast(metrics: &Metrics) {
    metrics.request(Class::Casting, ["/ballots", "POST"], 201, Duration::from_millis(3));
    metrics.commits("casting").committed(1, Duration::from_millis(2));
}

const CAST: &str = "veche_requests_total{route=\"/ballots\",method=\"POST\",status=\"2xx\"}";

/// A look every second over an hour in which 58 ballots come one by one: the counter moves twice, and each time by at least 20 and
/// at a full ten minutes.
#[test]
fn a_look_every_second_tells_no_single_ballot() {
    let metrics = Metrics::new(0);
    let mut moves = Vec::new();
    let mut before = None;
    for now in 0..3600 {
        if now % 63 == 5 {
            cast(&metrics);
        }
        let text = metrics.text(now, State::default());
        let casts = shown(&text, CAST);
        if casts != before {
            moves.push((now, casts));
            before = casts;
        }
        for series in
            ["veche_commit_size_count{queue=\"casting\"}", "veche_request_duration_seconds_count{class=\"casting\"}"]
        {
            assert_eq!(shown(&text, series), casts, "what counts the same moves at the same time");
        }
    }
    assert_eq!(moves, [(1800, Some(20)), (3000, Some(40))]);
}

/// A burst in the middle of a period is not shown before its end, not even when it is the first of its kind.
#[test]
fn a_new_series_waits_for_the_next_period() {
    let metrics = Metrics::new(0);
    let _ = metrics.text(0, State::default());
    (0..30).for_each(|_| cast(&metrics));
    assert_eq!(shown(&metrics.text(599, State::default()), CAST), None);
    assert_eq!(shown(&metrics.text(600, State::default()), CAST), Some(20));
    (0..9).for_each(|_| cast(&metrics));
    assert_eq!(shown(&metrics.text(1200, State::default()), CAST), Some(20), "39 are not 40");
    assert_eq!(shown(&metrics.text(300, State::default()), CAST), Some(20), "a clock that goes back shows nothing new");
}

#[test]
fn the_mean_of_a_histogram_stays_true() {
    let metrics = Metrics::new(0);
    (0..33).for_each(|_| cast(&metrics));
    let text = metrics.text(0, State::default());
    let name = "veche_request_duration_seconds";
    let sum: f64 = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}_sum{{class=\"casting\"}} ")))
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(shown(&text, &format!("{name}_count{{class=\"casting\"}}")), Some(20));
    assert_eq!(shown(&text, &format!("{name}_bucket{{le=\"0.0025\",class=\"casting\"}}")), Some(0), "{text}");
    assert_eq!(shown(&text, &format!("{name}_bucket{{le=\"0.005\",class=\"casting\"}}")), Some(20), "{text}");
    assert!((sum - 0.06).abs() < 1e-6, "{sum}");
}

#[test]
fn what_waits_is_shown_in_twenties_and_urns_once_in_a_period() {
    let metrics = Metrics::new(0);
    let state = |depth, ballots| State {
        queues: vec![("casting", depth)],
        urns: Some(vec![("spring".to_owned(), ballots)]),
        ..State::default()
    };
    assert!(metrics.wants_urns(0));
    let text = metrics.text(0, state(19, 45));
    assert_eq!(shown(&text, "veche_queue_depth{queue=\"casting\"}"), None, "a gauge is printed with its fraction");
    assert!(text.contains("veche_queue_depth{queue=\"casting\"} 0.0"), "{text}");
    assert!(text.contains("veche_urn_ballots{round=\"spring\"} 40.0"));
    assert!(!metrics.wants_urns(599) && metrics.wants_urns(600));
    let text = metrics.text(1, state(59, 90));
    assert!(text.contains("veche_queue_depth{queue=\"casting\"} 40.0"));
    assert!(text.contains("veche_urn_ballots{round=\"spring\"} 40.0"), "{text}");
}

/// Every name that is filled in is in the catalogue: another would be lost silently.
#[test]
fn every_series_is_described() {
    let metrics = Metrics::new(0);
    (0..20).for_each(|_| cast(&metrics));
    for _ in 0..20 {
        metrics.refused("code");
        metrics.shed(Class::Reading);
        metrics.commits("casting").waited(Duration::ZERO);
    }
    let witness = WitnessOf { log: "log".into(), witness: "w".into(), cosigned: 1, fault: Some("slow") };
    let state = State {
        pools: vec![Pool { name: "readers", most: 4, open_and_used: Some((1, 1)) }],
        queues: vec![("casting", 0)],
        shedding: vec![Share { class: Class::Reading, share: 0.5 }],
        logs: vec![("log".into(), 3)],
        urns: Some(vec![("spring".into(), 0)]),
        witnesses: vec![witness],
        ..State::default()
    };
    let text = metrics.text(0, state);
    for described in CATALOGUE {
        let has = |line: &str| !line.starts_with('#') && line.starts_with(described.name);
        let sample =
            text.lines().find(|line| has(line)).unwrap_or_else(|| panic!("{} has no series: {text}", described.name));
        for label in described.labels {
            assert!(sample.contains(&format!("{label}=\"")), "{sample}");
        }
    }
    assert!(text.ends_with("# EOF\n"));
}
