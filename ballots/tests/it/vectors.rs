//! Golden vectors of counting, `tests/vectors/outcomes.json`: rules, opened choices as bytes, and the outcome they must give.
//!
//! `VECHE_BLESS=1` writes the file anew; a change there is a change of how ballots are counted.

use std::path::PathBuf;

use ballots::{
    BallotFault, Money, Outcome, Procedure, Rules, Tally, codec,
    ladder::Seed,
    methods::{positional::Scale, score::Measure},
    outcome::Why,
    rules::{Kind, Overflow, Winners},
};
use serde_json::{Value, json};

use super::sample::{ballot, rules};

mod beyond;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/outcomes.json")
}

/// A name, the rules, and the opened bytes of every ballot.
type Case = (&'static str, Rules, Vec<Vec<u8>>);

fn case(name: &'static str, rules: Rules, ballots: &[(usize, &str)]) -> Case {
    rules.check().unwrap();
    let repeated = ballots.iter().flat_map(|(times, marks)| std::iter::repeat_n(*marks, *times));
    let bytes = repeated.map(|marks| codec::encode(&rules, &ballot(&rules, marks))).collect();
    (name, rules, bytes)
}

fn with_winners(rules: Rules, winners: Winners) -> Rules {
    Rules { winners, ..rules }
}

fn budget(minimum: Option<u64>, overflow: Overflow) -> Winners {
    Winners::Budget { budget: "250".parse().unwrap(), minimum, overflow }
}

/// Choices that no ballot of the kind may be, one for each reason.
fn invalid(name: &'static str, rules: Rules, choices: &[&[u8]]) -> Case {
    let mut padded: Vec<Vec<u8>> = choices.iter().map(|bytes| bytes.to_vec()).collect();
    padded.iter_mut().for_each(|bytes| bytes.resize(codec::len(&rules), 0));
    (name, rules, padded)
}

fn cases() -> Vec<Case> {
    let approval = || rules(4, Kind::Approval { max: 3 }, Procedure::Approval);
    let ranked = |method| rules(4, Kind::Ranked { max: 3 }, method);
    let score = || rules(3, Kind::Score { max: 5 }, Procedure::Score(Measure::Sum));
    let points = || rules(3, Kind::Points { each: Some(6), total: 10 }, Procedure::Points);
    let mut same_day = approval();
    same_day.territories[1].applied = same_day.territories[0].applied.clone();
    same_day.territories[2].applied = None;
    let mut dear = approval();
    dear.territories[1].cost = Some("300".parse().unwrap());
    let money = [(4, "a"), (3, "b"), (2, "c"), (1, "d")];
    vec![
        case("nobody votes", approval(), &[]),
        case("approval, blank ballots", approval(), &[(3, "a b"), (2, "b"), (2, "")]),
        case("a tie that decides, by both rungs", same_day, &[(2, "a b c"), (1, "d")]),
        case("a tie that decides nothing", approval(), &[(3, "a"), (1, "b c")]),
        case("budget, skip", with_winners(dear.clone(), budget(None, Overflow::Skip)), &money),
        case("budget, stop", with_winners(dear.clone(), budget(None, Overflow::Stop)), &money),
        case("budget, minimum score", with_winners(dear, budget(Some(2), Overflow::Skip)), &money),
        case("nobody can be paid", with_winners(approval(), budget(Some(9), Overflow::Skip)), &money),
        case("borda", ranked(Procedure::Borda(Scale::OwnLength)), &[(3, "a b c"), (2, "c"), (1, "b a"), (1, "")]),
        case(
            "run-off, with exhausted ballots",
            ranked(Procedure::InstantRunoff { batches: false }),
            &[(4, "a"), (3, "b a"), (2, "c"), (1, "")],
        ),
        case(
            "run-off, ties",
            ranked(Procedure::InstantRunoff { batches: false }),
            &[(2, "a"), (2, "b c"), (2, "c b"), (1, "d a")],
        ),
        case("score, mean and median", score(), &[(1, "a=5 b=0"), (2, "a=2"), (1, "a=3 c=0"), (1, "")]),
        case("points", points(), &[(2, "a=6 b=4"), (1, "c=1"), (1, "")]),
        invalid(
            "invalid approvals",
            approval(),
            &[
                &[2],
                &[1, 0, 4, 0, 0, 0, 1, 0, 2],
                &[1, 0, 1, 0, 0, 7],
                &[1, 0, 1, 0, 4],
                &[1, 0, 2, 0, 1, 0, 1],
                &[1, 0, 2, 0, 1, 0, 0],
                &[1, 0, 1, 0, 2],
            ],
        ),
        invalid(
            "invalid points",
            points(),
            &[
                &[1, 0, 1, 0, 0, 0, 0, 0, 7],
                &[1, 0, 1, 0, 0, 0, 0, 0, 0],
                &[1, 0, 2, 0, 0, 0, 0, 0, 6, 0, 1, 0, 0, 0, 5],
                &[1, 0, 2, 0, 1, 0, 0, 0, 9, 0, 1, 0, 0, 0, 9],
                &[1, 0, 2, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1],
                &[1, 0, 1, 0, 2, 0, 0, 0, 6],
            ],
        ),
    ]
}

/// Rankings of four territories with ties, a circle of victories, short ballots and blank ones.
const RANKINGS: &[(usize, &str)] =
    &[(5, "a b c"), (4, "b c d"), (4, "c a d"), (3, "d"), (2, "d c b a"), (2, "a d"), (1, "b a"), (2, "")];
/// Marks in which medians, means and sums have different favourites, with noughts and blanks.
const MARKS: &[(usize, &str)] = &[
    (3, "a=5 b=4 c=0"),
    (2, "a=0 b=4 c=5 d=5"),
    (2, "c=3 d=1"),
    (2, "b=2 a=2"),
    (1, "d=5"),
    (1, "a=1 b=0 c=1 d=4"),
    (2, ""),
];
/// Approvals in which a group of voters agrees on dear projects, and others on cheap ones.
const APPROVALS: &[(usize, &str)] = &[(6, "a b"), (3, "a c"), (3, "c d"), (2, "d"), (2, "b d"), (1, "e"), (1, "")];
const POINTS: &[(usize, &str)] = &[(3, "a=6 b=4"), (2, "c=5 d=5"), (2, "b=1 c=2 d=3"), (1, "e=6"), (1, "")];

/// Costs in hundredths, of `a`, `b`, `c` ...
const COSTS: [i64; 5] = [12_000, 9_050, 5_000, 4_000, 3_333];

/// A kind, a number of territories, and ballots.
type Voted = (Kind, u32, &'static [(usize, &'static str)]);

fn kinds_with_ballots() -> [Voted; 5] {
    [
        (Kind::Approval { max: 1 }, 5, &[(3, "a"), (2, "b"), (2, "d"), (1, "")]),
        (Kind::Approval { max: 3 }, 5, APPROVALS),
        (Kind::Points { each: Some(6), total: 10 }, 5, POINTS),
        (Kind::Ranked { max: 4 }, 4, RANKINGS),
        (Kind::Score { max: 5 }, 4, MARKS),
    ]
}

fn described(kind: &Kind) -> String {
    let most = if *kind == (Kind::Approval { max: 1 }) { " of one mark" } else { "" };
    format!("{} ballots{most}", kind.name())
}

/// Every method that is counted from the ballots themselves, with every kind that it fits and every way to win.
fn by_name() -> Vec<(String, Rules, Vec<Vec<u8>>)> {
    let mut cases = Vec::new();
    for (kind, count, ballots) in kinds_with_ballots() {
        for method in Procedure::fitting(&kind) {
            for (way, winners) in ways(method) {
                let mut rules = Rules { winners, ..rules(count, kind.clone(), method) };
                rules
                    .territories
                    .iter_mut()
                    .zip(COSTS)
                    .for_each(|(territory, cost)| territory.cost = Some(Money(cost)));
                // One has no date and another the same one: both rungs are needed.
                rules.territories[2].applied = None;
                rules.territories[1].applied = rules.territories[0].applied.clone();
                if rules.check().is_ok() {
                    let (_, rules, bytes) = case("", rules, ballots);
                    cases.push((format!("{method}, {}, {way}", described(&kind)), rules, bytes));
                }
            }
        }
    }
    cases
}

/// Ways to win that tell methods apart; what a method cannot do its rules refuse.
fn ways(method: Procedure) -> Vec<(&'static str, Winners)> {
    let budget = |money, minimum, overflow| Winners::Budget { budget: Money(money), minimum, overflow };
    if method.spends() {
        return vec![
            ("skip", budget(20_000, None, Overflow::Skip)),
            ("stop", budget(20_000, None, Overflow::Stop)),
            ("minimum", budget(17_000, Some(6), Overflow::Skip)),
        ];
    }
    vec![
        ("one seat", Winners::Top { minimum: None, seats: 1 }),
        ("two seats", Winners::Top { minimum: None, seats: 2 }),
        ("a budget", budget(10_000, None, Overflow::Skip)),
    ]
}

/// The seed of every vector whose ladder has lots.
fn seed() -> Seed {
    Seed::of_round(&[1; 32], &[2; 32])
}

fn counted(rules: &Rules, choices: &[Vec<u8>]) -> Outcome {
    let mut tally = Tally::new(rules);
    for bytes in choices {
        match codec::decode(rules, bytes) {
            Ok(ballot) => tally.add(&ballot),
            Err(fault) => tally.add_invalid(BallotFault::slug(&fault)),
        }
    }
    tally.finish(rules, Some(seed())).unwrap()
}

#[test]
fn every_outcome_is_the_published_one() {
    let cases = cases();
    let named = by_name();
    let all = cases.iter().map(|(name, rules, choices)| (*name, rules, choices));
    let beyond = beyond::cases();
    let named_all = named.iter().chain(&beyond);
    let all = all.chain(named_all.map(|(name, rules, choices)| (name.as_str(), rules, choices)));
    let computed: Vec<Value> = all
        .map(|(name, rules, choices)| {
            let mut vector = json!({
                "name": name,
                "rules": serde_json::to_string(rules).unwrap(),
                "choices": choices.iter().map(hex::encode).collect::<Vec<_>>(),
                "outcome": serde_json::to_string(&counted(rules, choices)).unwrap(),
            });
            if rules.draws_lots() {
                vector["seed"] = json!(seed());
            }
            vector
        })
        .collect();
    if std::env::var_os("VECHE_BLESS").is_some() {
        std::fs::write(path(), format!("{}\n", serde_json::to_string_pretty(&computed).unwrap())).unwrap();
    }
    let file: Vec<Value> = serde_json::from_slice(&std::fs::read(path()).unwrap()).unwrap();
    assert_eq!(computed, file);
    covers_every_method(&named);
    covers_every_reason(&cases);
    beyond::covers_everything(&beyond);
}

/// A method that no vector shows could be counted in two ways.
fn covers_every_method(cases: &[(String, Rules, Vec<Vec<u8>>)]) {
    for method in Procedure::all() {
        assert!(cases.iter().any(|(_, rules, _)| rules.method == method), "{method}");
    }
    let outcomes: Vec<_> = cases.iter().map(|(_, rules, choices)| counted(rules, choices)).collect();
    assert!(
        outcomes.iter().flat_map(|outcome| &outcome.standings).any(|standing| standing.why == Some(Why::NoSupport))
    );
    assert!(outcomes.iter().any(|outcome| outcome.ties.iter().any(|tie| tie.decisive)));
}

/// A reason that no vector shows would be left to the reader's guess.
fn covers_every_reason(cases: &[Case]) {
    let outcomes: Vec<_> = cases.iter().map(|(_, rules, choices)| counted(rules, choices)).collect();
    for why in [Why::AfterStop, Why::BelowMinimum, Why::NoSeat, Why::OverBudget] {
        let shown = outcomes.iter().flat_map(|outcome| &outcome.standings).any(|standing| standing.why == Some(why));
        assert!(shown, "{why:?}");
    }
    for reason in
        ["format", "too-many", "padding", "unknown-territory", "duplicate", "order", "out-of-range", "too-many-points"]
    {
        assert!(outcomes.iter().any(|outcome| outcome.invalid.contains_key(reason)), "{reason}");
    }
    for decisive in [true, false] {
        let mut ties = outcomes.iter().flat_map(|outcome| &outcome.ties);
        assert!(ties.any(|tie| tie.decisive == decisive && tie.round.is_none()));
    }
}
