//! Who wins: seats, money, minimum scores, and the ladder that breaks ties.

use ballots::{
    Exact, Money, Procedure, Rules,
    formats::pabulib::Instance,
    outcome::Why,
    rules::{Kind, Overflow, TieRule, Winners},
};

use super::sample::{ballot, count, rules};

fn approval(count: u32, winners: Winners) -> Rules {
    Rules { winners, ..rules(count, Kind::Approval { max: count as u16 }, Procedure::Approval) }
}

fn budget(budget: &str, minimum: Option<u64>, overflow: Overflow) -> Winners {
    Winners::Budget { budget: budget.parse().unwrap(), minimum, overflow }
}

/// Ids with the reason why they did not win.
fn reasons(outcome: &ballots::Outcome) -> Vec<(&str, Option<Why>)> {
    outcome.standings.iter().map(|standing| (standing.id.as_str(), standing.why)).collect()
}

#[test]
fn seats_go_to_the_best() {
    let rules = approval(4, Winners::Top { minimum: Some(2), seats: 3 });
    let outcome = count(&rules, &[(5, "a"), (4, "b"), (1, "c")]);
    assert_eq!(outcome.winners, ["a", "b"]);
    let low = Some(Why::BelowMinimum);
    assert_eq!(reasons(&outcome), [("a", None), ("b", None), ("c", low), ("d", low)]);
    assert_eq!(outcome.spent, None);
    let rules = approval(3, Winners::Top { minimum: None, seats: 1 });
    assert_eq!(reasons(&count(&rules, &[(2, "b")]))[1], ("a", Some(Why::NoSeat)));
}

/// The second costs 300 and does not fit: skipping goes on to what does, stopping ends there.
#[test]
fn money_is_skipped_over_or_stopped_at() {
    let ballots = [(9, "a"), (8, "b"), (7, "c"), (1, "d")];
    let mut skip = approval(4, budget("250", None, Overflow::Skip));
    skip.territories[1].cost = Some("300".parse().unwrap());
    let outcome = count(&skip, &ballots);
    assert_eq!(outcome.winners, ["a", "c"]);
    assert_eq!(outcome.spent, Some(Money(20_000)));
    let dear = Some(Why::OverBudget);
    assert_eq!(reasons(&outcome), [("a", None), ("b", dear), ("c", None), ("d", dear)]);
    let stop = Rules { winners: budget("250", None, Overflow::Stop), ..skip.clone() };
    let outcome = count(&stop, &ballots);
    let after = Some(Why::AfterStop);
    assert_eq!(reasons(&outcome), [("a", None), ("b", dear), ("c", after), ("d", after)]);
    let minimum = Rules { winners: budget("1000", Some(8), Overflow::Skip), ..skip };
    assert_eq!(count(&minimum, &ballots).winners, ["a", "b"]);
}

#[test]
fn a_budget_is_spent_to_the_last_kopeck_and_no_further() {
    let mut rules = approval(2, budget("200", None, Overflow::Skip));
    assert_eq!(count(&rules, &[(1, "a b")]).winners, ["a", "b"]);
    rules.territories[1].cost = Some("100.01".parse().unwrap());
    assert_eq!(count(&rules, &[(1, "a b")]).winners, ["a"]);
}

#[test]
fn ties_go_by_the_application_and_then_by_the_number() {
    let mut rules = approval(4, Winners::Top { minimum: None, seats: 2 });
    let day = |text: &str| Some(text.parse().unwrap());
    rules.territories[0].applied = None;
    rules.territories[1].applied = day("2026-03-01");
    rules.territories[2].applied = day("2026-02-01");
    rules.territories[3].applied = day("2026-02-01");
    let outcome = count(&rules, &[(3, "a b c d")]);
    let [tie] = outcome.ties.as_slice() else { panic!("{:?}", outcome.ties) };
    assert_eq!(tie.order, ["c", "d", "b", "a"]);
    assert_eq!(tie.rules, [TieRule::Application, TieRule::Registration]);
    assert_eq!((tie.score.clone(), tie.decisive, tie.round), (Some(Exact::from(3)), true, None));
    assert_eq!(outcome.winners, ["c", "d"]);
    assert_eq!(
        tie.to_string(),
        "equal at 3: c > d > b > a, by earlier application, then lower registration number; it was decisive"
    );
    rules.ties = vec![TieRule::Registration];
    let outcome = count(&rules, &[(3, "a b c d")]);
    assert_eq!(
        (outcome.winners.as_slice(), outcome.ties[0].rules.as_slice()),
        (["a".into(), "b".into()].as_slice(), [TieRule::Registration].as_slice())
    );
}

/// Neither a tie among losers nor one in which all win decides anything.
#[test]
fn a_tie_that_changes_nothing_is_shown_but_not_decisive() {
    let one = approval(3, Winners::Top { minimum: None, seats: 1 });
    let two = approval(3, Winners::Top { minimum: None, seats: 2 });
    for (rules, ballots, decisive) in [
        (&one, [(5, "a"), (2, "b c")], false),
        (&two, [(5, "a"), (2, "b c")], true),
        (&two, [(5, "a b"), (2, "c")], false),
        (&one, [(5, "a b"), (2, "c")], true),
    ] {
        let outcome = count(rules, &ballots);
        assert_eq!((outcome.ties.len(), outcome.ties[0].decisive), (1, decisive), "{ballots:?}");
    }
}

/// Two are last in a run-off: the ladder sends out the later application, and the step says so.
#[test]
fn ties_inside_a_run_off_are_recorded_with_their_step() {
    let rules = rules(3, Kind::Ranked { max: 3 }, Procedure::InstantRunoff { batches: false });
    let outcome = count(&rules, &[(3, "a"), (2, "b c"), (2, "c b")]);
    assert_eq!(outcome.winners, ["b"]);
    let [tie] = outcome.ties.as_slice() else { panic!("{:?}", outcome.ties) };
    assert_eq!((tie.round, tie.decisive, tie.score.clone()), (Some(1), true, Some(Exact::from(2))));
    assert_eq!(tie.order, ["b", "c"]);
    assert_eq!(outcome.rounds[0].eliminated.as_deref(), Some("c"));
    // It decided who went out, even where none of the tied could have won.
    let outcome = count(&rules, &[(3, "a"), (1, "b"), (1, "c")]);
    assert_eq!((outcome.winners[0].as_str(), outcome.ties[0].decisive), ("a", true));
}

/// Costs that no winner has to fit into decide nothing, however large: whoever counts a stranger's log must not stop.
#[test]
fn costs_without_a_budget_are_no_matter() {
    let mut rules = approval(3, Winners::Top { minimum: None, seats: 2 });
    rules.territories.iter_mut().for_each(|territory| territory.cost = Some(Money(i64::MAX)));
    let outcome = count(&rules, &[(2, "a b"), (1, "c")]);
    assert_eq!((outcome.winners.len(), outcome.spent), (2, None));
    let ballots = [ballot(&rules, "a b")];
    assert_eq!(Instance::from_round(&rules, ballots, Vec::new()).budget, Money(i64::MAX));
}
