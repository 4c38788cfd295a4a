//! A whole round of each kind of ballot, from the draft to the certificate, the exports and the audit.

use audit::round::Phase;
use ballots::{
    Ballot, Procedure,
    formats::pabulib,
    methods::{positional::Scale, score::Measure},
    rules::Kind,
};
use veche::{client::receipt, http::ResultResponse};

use super::{
    bundle::{self, Files},
    town::{SLUG, Town, rules},
};

/// What a voter marks: territories, with the number that the kind asks for.
type Marks = &'static [(&'static str, Option<u32>)];

/// Territory, score, votes, selected: by rank.
type Place<'a> = (&'a str, u64, u64, bool);

/// Holds a round in which each of these ballots is cast by somebody of their own.
async fn hold(kind: Kind, method: Procedure, ballots: &[Marks], expected: &[Place<'_>]) {
    let town = Town::new().await;
    town.publishes_over(rules(kind, method)).await;
    let codes = town.enrols(ballots.len() + 1).await;
    town.opens().await;
    let place = town.place().await;
    for (code, marks) in codes.iter().zip(ballots) {
        let mut credential = town.registers(code).await;
        let ballot = Ballot::parse(&place.rules.voting, marks.iter().copied()).unwrap();
        let cast = place.vote(&town.api, &mut credential, &ballot).await.unwrap();
        assert!(matches!(receipt::fetch(&town.api, &place, &cast).await.unwrap(), receipt::Receipt::Waiting(_)));
    }
    let result = town.certifies().await;
    assert_eq!(result.phase, Phase::Certified);
    assert_eq!(result.outcome.ballots, ballots.len() as u64);
    let found: Vec<_> = result.outcome.standings.iter().take(expected.len()).collect();
    let found: Vec<_> = found.iter().map(|s| (s.id.as_str(), s.whole_score().unwrap(), s.votes, s.selected)).collect();
    assert_eq!(found, expected);
    audits(&town).await;
    exports_agree(&town, &result).await;
}

async fn audits(town: &Town) {
    let files: Files = bundle::fetch(town).await;
    let report = audit::verify::verify(&files, None, &|_| {});
    assert!(report.passed(), "{report}");
}

/// The same numbers in every export.
async fn exports_agree(town: &Town, result: &ResultResponse) {
    let path = |format: &str| format!("/api/v1/rounds/{SLUG}/export/{format}");
    let json: serde_json::Value = town.api.get(&path("json"), None).await.unwrap();
    let csv = String::from_utf8(town.api.bytes(&path("csv")).await.unwrap()).unwrap();
    let pb = String::from_utf8(town.api.bytes(&path("pb")).await.unwrap()).unwrap();
    let instance = pabulib::read(&pb).unwrap();
    for standing in &result.outcome.standings {
        let project = instance.projects.iter().find(|project| project.id == standing.id).unwrap();
        let score = standing.whole_score();
        assert_eq!((project.votes, project.score), (Some(standing.votes), score), "{}", standing.id);
        assert!(json.to_string().contains(&format!("\"{}\"", standing.id)), "{json}");
        let row = csv.lines().find(|line| line.split(',').any(|field| field == standing.id));
        let row = row.unwrap_or_else(|| panic!("{} is not in {csv}", standing.id));
        assert!(row.split(',').any(|field| field == score.unwrap().to_string()), "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approval() {
    let ballots: [Marks; 5] =
        [&[("t1", None), ("t2", None)], &[("t2", None)], &[("t2", None), ("t8", None)], &[("t1", None)], &[]];
    let expected = [("t2", 3, 3, true), ("t1", 2, 2, true), ("t8", 1, 1, false)];
    hold(Kind::Approval { max: 3 }, Procedure::Approval, &ballots, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn score() {
    let ballots: [Marks; 3] =
        [&[("t1", Some(10)), ("t2", Some(0))], &[("t1", Some(2)), ("t3", Some(9))], &[("t3", Some(4))]];
    let expected = [("t3", 13, 2, true), ("t1", 12, 2, true), ("t2", 0, 1, false)];
    hold(Kind::Score { max: 10 }, Procedure::Score(Measure::Sum), &ballots, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn borda() {
    let ballots: [Marks; 3] =
        [&[("t1", None), ("t2", None), ("t3", None)], &[("t3", None), ("t1", None)], &[("t3", None)]];
    // 3 2 1, 2 1, 1: the first of a ballot gets its length.
    let expected = [("t1", 4, 2, true), ("t3", 4, 3, true), ("t2", 2, 1, false)];
    hold(Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength), &ballots, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instant_runoff() {
    let ballots: [Marks; 5] = [
        &[("t1", None)],
        &[("t1", None)],
        &[("t2", None)],
        &[("t2", None), ("t1", None)],
        &[("t3", None), ("t2", None)],
    ];
    let expected = [("t2", 3, 3, true), ("t1", 2, 3, true)];
    hold(Kind::Ranked { max: 3 }, Procedure::InstantRunoff { batches: false }, &ballots, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn points() {
    let ballots: [Marks; 3] = [&[("t4", Some(6)), ("t5", Some(4))], &[("t5", Some(6))], &[("t4", Some(1))]];
    let expected = [("t5", 10, 2, true), ("t4", 7, 2, true)];
    hold(Kind::Points { each: Some(6), total: 10 }, Procedure::Points, &ballots, &expected).await;
}
