//! A small round by every method of the crate: from the draft to the certificate, the page, and the audit that counts again.

use std::fmt::Write as _;

use audit::{round::Phase, verify::verify};
use ballots::{
    Ballot, Money, Procedure, Rules,
    rules::{Kind, Overflow, Winners},
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

/// Holds the round; its bundle.
async fn held(method: Procedure) -> Files {
    let town = Town::new().await;
    town.publishes_over(drafted(method)).await;
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
    assert!(!result.outcome.winners.is_empty(), "{method}: {:?}", result.outcome);
    let page = town.asks(Verb::GET, &format!("/en/rounds/{SLUG}/results"), None, None).await;
    assert_eq!(page.status, StatusCode::OK, "{method}");
    for words in ["<h2>How it was counted</h2>", "The winner", "viewBox"] {
        assert!(page.text.contains(words) || method.adds_up(), "{method}: no {words} in {}", page.text);
    }
    for format in ["json", "csv", "pb"] {
        let export = town.asks(Verb::GET, &format!("/api/v1/rounds/{SLUG}/export/{format}"), None, None).await;
        assert_eq!(export.status, StatusCode::OK, "{method}: {}", export.text);
    }
    bundle::fetch(&town).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_counted_and_counted_again() {
    let mut failed = String::new();
    for method in Procedure::all() {
        let files = held(method).await;
        let report = verify(&files, None, &|_| {});
        if !report.passed() {
            let _ = writeln!(failed, "{method}: {report}");
        }
    }
    assert!(failed.is_empty(), "{failed}");
}
