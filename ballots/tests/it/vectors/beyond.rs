//! Vectors of rules beyond the method: ladders with lots and earlier rounds, a least turnout, limits on what may win together.

use ballots::{
    Money, Procedure, Rules, codec,
    election::Turnout,
    outcome::Why,
    rules::{Kind, Limit, Overflow, TieRule, Winners},
};

use super::{super::sample::rules, RANKINGS, case, counted, ways};

/// A name, the rules, and the opened bytes of every ballot.
type Named = (String, Rules, Vec<Vec<u8>>);

pub fn cases() -> Vec<Named> {
    [by_ladder(), by_turnout(), by_limit()].concat()
}

/// What no vector shows would be left to the reader's guess.
pub fn covers_everything(cases: &[Named]) {
    covers_every_rung(cases);
    covers_both_turnouts(cases);
    covers_every_limit(cases);
}

/// Ladders with lots by every method, and with earlier rounds where there are some: of equals as many as can be.
fn by_ladder() -> Vec<Named> {
    // A leads B at first, B leads A later, and in the third round they are equal.
    const CHANGING: &[(usize, &str)] = &[(5, "a"), (4, "b"), (1, "c a"), (2, "c"), (2, "d b")];
    const EQUAL: &[(usize, &str)] = &[(2, "a b"), (2, "b c"), (2, "c d"), (2, "d a")];
    let mut cases = Vec::new();
    let mut add = |method: Procedure, kind: &Kind, ties: &[TieRule], ballots: &[(usize, &str)]| {
        let winners = ways(method).swap_remove(0).1;
        let mut rules = Rules { winners, ties: ties.to_vec(), ..rules(4, kind.clone(), method) };
        rules.territories[2].applied = rules.territories[3].applied.clone();
        let (_, rules, bytes) = case("", rules, ballots);
        let ladder = serde_json::to_string(ties).unwrap();
        cases.push((
            format!("{method}, {} ballots, ties by {ladder}, {} ballots", kind.name(), bytes.len()),
            rules,
            bytes,
        ));
    };
    for method in Procedure::all() {
        let marks: &[(usize, &str)] = &[(2, "a=3 b=2"), (2, "b=3 c=2"), (2, "c=3 d=2"), (2, "d=3 a=2")];
        let kinds = [
            (Kind::Approval { max: 1 }, &[(2, "a"), (2, "b"), (2, "c"), (2, "d")][..]),
            (Kind::Approval { max: 2 }, EQUAL),
            (Kind::Ranked { max: 4 }, EQUAL),
            (Kind::Score { max: 5 }, marks),
            (Kind::Points { each: None, total: 5 }, marks),
        ];
        let fits =
            |kind: &Kind| method.fits(kind) && (method == Procedure::ChooseOne || *kind != Kind::Approval { max: 1 });
        let (kind, equal) = kinds.into_iter().find(|(kind, _)| fits(kind)).unwrap();
        add(method, &kind, &[TieRule::Application, TieRule::Lots], equal);
        if method.counts_by_rounds() {
            for rounds in [TieRule::Backwards, TieRule::Forwards] {
                add(method, &kind, &[rounds, TieRule::Lots], CHANGING);
                add(method, &kind, &[rounds, TieRule::Lots], RANKINGS);
                add(method, &kind, &[TieRule::Application, rounds, TieRule::Registration], CHANGING);
            }
        }
    }
    cases
}

/// Costs that make limits matter, and limits on number, on money, and on both: by every method that spends.
fn by_limit() -> Vec<Named> {
    const APPROVALS: &[(usize, &str)] = &[(6, "a b"), (3, "c d"), (2, "a b c"), (1, "d"), (1, "")];
    let limit = |most, money: Option<i64>, of: &[&str]| Limit {
        money: money.map(Money),
        most,
        of: of.iter().map(|id| (*id).to_owned()).collect(),
    };
    let named = [
        ("one of two", vec![limit(Some(1), None, &["a", "b"])]),
        ("several", vec![limit(Some(2), Some(9_000), &["b", "c", "d"]), limit(None, Some(10_500), &["a", "c"])]),
    ];
    let mut cases = Vec::new();
    for method in Procedure::all().into_iter().filter(Procedure::spends) {
        for kind in [Kind::Approval { max: 3 }, Kind::Ranked { max: 3 }].into_iter().filter(|kind| method.fits(kind)) {
            for (overflow, way) in [(Overflow::Skip, "skip"), (Overflow::Stop, "stop")] {
                for (what, limits) in &named {
                    let winners = Winners::Budget { budget: Money(20_000), minimum: None, overflow };
                    let mut rules = Rules { winners, limits: limits.clone(), ..rules(4, kind.clone(), method) };
                    for (territory, cost) in rules.territories.iter_mut().zip([6_000, 5_000, 5_000, 4_000]) {
                        territory.cost = Some(Money(cost));
                    }
                    if rules.check().is_ok() {
                        let (_, rules, bytes) = case("", rules, APPROVALS);
                        cases.push((format!("{method}, {} ballots, {way}, limits: {what}", kind.name()), rules, bytes));
                    }
                }
            }
        }
    }
    cases
}

/// Too few ballots and just enough, by methods that are counted as ballots come and by others.
fn by_turnout() -> Vec<Named> {
    let turnout = |name: &str, kind: Kind, ballots: &[(usize, &str)], eligible, lots: bool| {
        let method: Procedure = name.parse().unwrap();
        let mut rules = Rules { winners: ways(method).swap_remove(0).1, ..rules(4, kind, method) };
        rules.turnout = Some(Turnout { eligible, per_mille: 333 });
        if lots {
            rules.ties = vec![TieRule::Lots];
        }
        let (_, rules, mut bytes) = case("", rules, ballots);
        // One more that is invalid, and so is none of those that are needed.
        bytes.push(vec![9; codec::len(&rules)]);
        (format!("{name}, a third of {eligible} needed, {} valid", bytes.len() - 1), rules, bytes)
    };
    let approvals = &[(4, "a"), (2, "b"), (1, "")][..];
    let rankings = &[(4, "a b"), (2, "b"), (1, "")][..];
    let (approval, ranked) = (|| Kind::Approval { max: 2 }, || Kind::Ranked { max: 2 });
    vec![
        turnout("approval", approval(), approvals, 21, false),
        turnout("approval", approval(), approvals, 22, true),
        turnout("approval", approval(), approvals, 10_000_000_000, false),
        turnout("greedy", approval(), approvals, 21, false),
        turnout("greedy", approval(), approvals, 22, false),
        turnout("instant-runoff", ranked(), rankings, 22, true),
        turnout("schulze", ranked(), rankings, 21, false),
        turnout("schulze", ranked(), rankings, 22, false),
    ]
}

/// Each rung breaks a tie somewhere, by each method that knows it; and the two that look at earlier rounds say something else.
fn covers_every_rung(cases: &[Named]) {
    let used = |method: Procedure, rung: TieRule| {
        let mut of_it = cases.iter().filter(|(_, rules, _)| rules.method == method);
        of_it.any(|(_, rules, choices)| counted(rules, choices).ties.iter().any(|tie| tie.rules.contains(&rung)))
    };
    for rung in [TieRule::Backwards, TieRule::Forwards] {
        let without: Vec<_> =
            Procedure::all().into_iter().filter(|method| method.counts_by_rounds() && !used(*method, rung)).collect();
        assert_eq!(without, [], "{rung:?}");
    }
    let without: Vec<_> = Procedure::all().into_iter().filter(|method| !used(*method, TieRule::Lots)).collect();
    assert_eq!(without, [Procedure::Knapsack], "of those bought together none is told as a tie");
}

fn covers_both_turnouts(cases: &[Named]) {
    let asked = cases.iter().filter(|(_, rules, _)| rules.turnout.is_some());
    let needed: Vec<_> = asked.map(|(_, rules, choices)| counted(rules, choices).needed).collect();
    assert!(needed.contains(&Some(8)) && needed.contains(&None), "{needed:?}");
}

/// Each method that spends is kept by a limit from buying something, and another one wins with it than without.
fn covers_every_limit(cases: &[Named]) {
    for method in Procedure::all().into_iter().filter(Procedure::spends) {
        let mut of_it = cases.iter().filter(|(_, rules, _)| rules.method == method);
        let differs = |(_, rules, choices): &Named| {
            let (bound, free) =
                (counted(rules, choices), counted(&Rules { limits: Vec::new(), ..rules.clone() }, choices));
            bound.winners != free.winners && bound.standings.iter().any(|one| one.why == Some(Why::Barred))
        };
        assert!(of_it.any(differs), "{method}");
    }
}
