//! Rules and ballots that several tests use, and how proptest makes them.

use ballots::{
    Ballot, Choice, Outcome, Procedure, Rules, Tally,
    methods::{positional::Scale, score::Measure},
    rules::{Kind, Territory, TieRule, Winners},
};
use proptest::prelude::*;

/// Territories `a`, `b`, `c` …, applied for in this order, numbered from 1, each costing 100.
pub fn territories(count: u32) -> Vec<Territory> {
    let territory = |number: u32| {
        let id = char::from_u32('a' as u32 + number - 1).unwrap().to_string();
        Territory {
            applied: Some(format!("2026-01-{number:02}").parse().unwrap()),
            cost: Some("100".parse().unwrap()),
            title: format!("Territory {id}"),
            id,
            number,
            ..Territory::default()
        }
    };
    (1..=count).map(territory).collect()
}

/// One winner.
pub fn rules(count: u32, kind: Kind, method: Procedure) -> Rules {
    Rules {
        kind,
        limits: Vec::new(),
        method,
        territories: territories(count),
        ties: vec![TieRule::Application, TieRule::Registration],
        turnout: None,
        winners: Winners::Top { minimum: None, seats: 1 },
    }
}

/// A ballot of marks such as `a`, or `a=5` where the kind asks for a value.
pub fn ballot(rules: &Rules, marks: &str) -> Ballot {
    let marks = marks.split_whitespace().map(|mark| match mark.split_once('=') {
        Some((id, value)) => (id, Some(value.parse().unwrap())),
        None => (mark, None),
    });
    Ballot::parse(rules, marks).unwrap()
}

/// Counts so many of each ballot.
pub fn count(rules: &Rules, ballots: &[(u64, &str)]) -> Outcome {
    rules.check().unwrap();
    let mut tally = Tally::new(rules);
    for (times, marks) in ballots {
        let ballot = ballot(rules, marks);
        (0..*times).for_each(|_| tally.add(&ballot));
    }
    tally.finish(rules, None).unwrap()
}

/// Ids with scores, by rank.
pub fn scores(outcome: &Outcome) -> Vec<(&str, u64)> {
    outcome.standings.iter().map(|standing| (standing.id.as_str(), standing.whole_score().unwrap())).collect()
}

/// Rules of any kind and method, with few territories.
pub fn any_rules() -> impl Strategy<Value = Rules> {
    let kind = |count: u32| {
        let most = count as u16;
        prop_oneof![
            (1..=most).prop_map(|max| (Kind::Approval { max }, Procedure::Approval)),
            (1..=most).prop_map(|max| (Kind::Ranked { max }, Procedure::Borda(Scale::OwnLength))),
            (1..=most).prop_map(|max| (Kind::Ranked { max }, Procedure::InstantRunoff { batches: false })),
            (1..=20_u32).prop_map(|max| (Kind::Score { max }, Procedure::Score(Measure::Sum))),
            (1..=20_u32, proptest::option::of(1..=20_u32)).prop_map(|(total, each)| {
                (Kind::Points { each: each.map(|each| each.min(total)), total }, Procedure::Points)
            }),
        ]
    };
    (1..=7_u32).prop_flat_map(move |count| kind(count).prop_map(move |(kind, method)| rules(count, kind, method)))
}

/// A choice of the round's kind that may break any of its limits.
pub fn any_choice(rules: &Rules) -> BoxedStrategy<Choice> {
    let at = 0..rules.territories.len() as u16 + 1;
    let marks = proptest::collection::vec(at.clone(), 0..9);
    let values = proptest::collection::vec((at, 0..24_u32), 0..9);
    match rules.kind {
        Kind::Approval { .. } => marks.prop_map(Choice::Approval).boxed(),
        Kind::Ranked { .. } => marks.prop_map(Choice::Ranked).boxed(),
        Kind::Score { .. } => values.prop_map(Choice::Score).boxed(),
        Kind::Points { .. } => values.prop_map(Choice::Points).boxed(),
    }
}

/// Rules with some valid ballots of them.
pub fn any_profile() -> impl Strategy<Value = (Rules, Vec<Ballot>)> {
    any_rules().prop_flat_map(|rules| {
        let ballots = proptest::collection::vec(any_choice(&rules), 0..40);
        ballots.prop_map(move |choices| {
            let valid = choices.into_iter().filter_map(|choice| Ballot::new(&rules, choice).ok()).collect();
            (rules.clone(), valid)
        })
    })
}
