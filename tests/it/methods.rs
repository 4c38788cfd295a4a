//! A small round by every method of the crate: from the draft to the certificate, the page, and the audit that counts again.

use std::fmt::Write as _;

use audit::{round::Phase, verify::verify};
use ballots::{
    Ballot, Money, Outcome, Procedure, Rules,
    election::Turnout,
    methods::positional::Scale,
    outcome::Why,
    rules::{Kind, Limit, Overflow, TieRule, Winners},
};
use reqwest::{Method as Verb, StatusCode};

use super::{
    bundle::{self, Files},
    town::{SLUG, Town, rules},
};

/// Rules by this method over ballots of a kind that it counts, with winners that it can find.
fn drafted(method: Procedure) -> Rules {
    let kinds = [
        Kind::Approval { max: if method == Procedure::ChooseOne { 1 } else { 3 } },
        Kind::Ranked { max: 3 },
        Kind::Score { max: 5 },
        Kind::Points { each: Some(6), total: 10 },
    ];
    let kind = kinds.into_iter().find(|kind| method.fits(kind)).unwrap();
    let mut rules = rules(kind, method);
    for (territory, cost) in rules.territories.iter_mut().zip(1..) {
        territory.cost = Some(Money(cost * 1000));
    }
    if method.spends() {
        rules.winners = Winners::Budget { budget: Money(6000), minimum: None, overflow: Overflow::Skip };
    }
    rules
}

fn marks(kind: &Kind) -> [&'static str; 3] {
    match kind {
        Kind::Approval { max: 1 } => ["t1", "t2", "t2"],
        Kind::Approval { .. } => ["t1 t2", "t2 t3", "t3"],
        Kind::Ranked { .. } => ["t1 t2 t3", "t2 t3 t1", "t3 t2"],
        Kind::Score { .. } => ["t1=5 t2=4", "t2=1 t3=5", "t1=0 t3=2"],
        Kind::Points { .. } => ["t1=6 t2=4", "t2=5", "t3=6 t1=1"],
    }
}

/// Holds the round by these rules; its result, the English page of it, and its bundle.
async fn held(rules: Rules) -> (Outcome, String, Files) {
    let method = rules.method;
    let town = Town::new().await;
    town.publishes_over(rules).await;
    let place = town.place().await;
    let ballots = marks(&place.rules.voting.kind);
    let codes = town.enrols(ballots.len()).await;
    town.opens().await;
    for (code, marks) in codes.iter().zip(ballots) {
        let marks = marks.split(' ').map(|mark| match mark.split_once('=') {
            Some((id, value)) => (id, value.parse().ok()),
            None => (mark, None),
        });
        let ballot = Ballot::parse(&place.rules.voting, marks).unwrap();
        place.vote(&town.api, &mut town.registers(code).await, &ballot).await.unwrap();
    }
    let result = town.certifies().await;
    assert_eq!((result.phase, result.outcome.ballots), (Phase::Certified, 3), "{method}");
    let page = town.asks(Verb::GET, &format!("/en/rounds/{SLUG}/results"), None, None).await;
    assert_eq!(page.status, StatusCode::OK, "{method}");
    for format in ["json", "csv", "pb"] {
        let export = town.asks(Verb::GET, &format!("/api/v1/rounds/{SLUG}/export/{format}"), None, None).await;
        assert_eq!(export.status, StatusCode::OK, "{method}: {}", export.text);
    }
    (result.outcome, page.text, bundle::fetch(&town).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_counted_and_counted_again() {
    let mut failed = String::new();
    for method in Procedure::all() {
        let (outcome, page, files) = held(drafted(method)).await;
        assert!(!outcome.winners.is_empty(), "{method}: {outcome:?}");
        for words in ["<h2>How it was counted</h2>", "The winner", "viewBox"] {
            assert!(page.contains(words) || method.adds_up(), "{method}: no {words} in {page}");
        }
        let report = verify(&files, None, &|_| {});
        if !report.passed() {
            let _ = writeln!(failed, "{method}: {report}");
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

fn passes(files: &Files) {
    let report = verify(files, None, &|_| {});
    assert!(report.passed(), "{report}");
}

/// Three territories are equal; the service draws the lots that the audit draws again, and the page says from what.
#[tokio::test(flavor = "multi_thread")]
async fn lots_are_drawn_from_the_log_and_the_key() {
    let ties = vec![TieRule::Backwards, TieRule::Lots];
    let (outcome, page, files) = held(Rules { ties, ..drafted(Procedure::InstantRunoff { batches: false }) }).await;
    assert!(outcome.ties.iter().any(|tie| tie.rules == [TieRule::Lots]), "{:?}", outcome.ties);
    let seed = outcome.seed.expect("the ladder has lots").to_string();
    for words in ["Lots were drawn. Their number is", &seed, "decided by: lots", "Anybody can draw the lots again"] {
        assert!(page.contains(words), "no {words} in {page}");
    }
    passes(&files);
    let (outcome, page, files) = held(drafted(Procedure::Borda(Scale::OwnLength))).await;
    assert!(outcome.seed.is_none() && !page.contains("Lots were drawn"));
    passes(&files);
}

/// Too few voted: the page says so and how many were needed, and nobody wins.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_with_too_few_ballots_has_no_result() {
    for method in [Procedure::Approval, Procedure::Greedy] {
        let turnout = Some(Turnout { eligible: 7, per_mille: 500 });
        let (outcome, page, files) = held(Rules { turnout, ..drafted(method) }).await;
        assert_eq!((outcome.needed, outcome.winners.len(), outcome.standings.len()), (Some(4), 0, 0));
        let words = "The round has no result: at least 4 valid ballots were needed, and 3 were cast.";
        assert!(page.contains(words) && !page.contains("<h2>Ties"), "no {words} in {page}");
        passes(&files);
    }
}

/// Of two that exclude each other only one wins, and the page says what kept the other out.
#[tokio::test(flavor = "multi_thread")]
async fn limits_keep_some_out() {
    let of = ["t2", "t3"].map(str::to_owned).to_vec();
    let limits = vec![Limit { money: None, most: Some(1), of }];
    let (outcome, page, files) = held(Rules { limits, ..drafted(Procedure::Greedy) }).await;
    let barred = outcome.standings.iter().filter(|one| one.why == Some(Why::Barred)).map(|one| one.id.as_str());
    assert_eq!(
        (outcome.winners.join(" "), barred.collect::<Vec<_>>()),
        ("t2 t1".to_owned(), vec!["t3"]),
        "{outcome:?}"
    );
    assert!(page.contains("kept out by a limit in the rules"), "{page}");
    passes(&files);
}
