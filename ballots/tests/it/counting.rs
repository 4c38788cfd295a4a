//! Counting: elections of the textbooks, worked by hand, and what must hold for any.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use ballots::{
    Ballot, Patience, Procedure, Tally,
    methods::{
        CountFault,
        equal_shares::{Completion, Satisfaction},
        positional::Scale,
        score::Measure,
    },
    pairwise::Strength,
    recount::RecountFault,
    rules::{Kind, Overflow, Winners},
};
use proptest::prelude::*;

use super::sample::{any_profile, ballot, count, rules, scores};

const RUNOFF: Procedure = Procedure::InstantRunoff { batches: false };

/// Tennessee chooses its capital: a Memphis, b Nashville, c Chattanooga, d Knoxville; 42, 26, 15 and 17 voters.
/// The example stands in Wikipedia's articles on both methods.
const TENNESSEE: [(u64, &str); 4] = [(42, "a b c d"), (26, "b c d a"), (15, "c d b a"), (17, "d c b a")];

#[test]
fn borda_makes_nashville_the_capital() {
    let rules = rules(4, Kind::Ranked { max: 4 }, Procedure::Borda(Scale::OwnLength));
    let outcome = count(&rules, &TENNESSEE);
    // 194, 173, 126 and 107 with 3 points for a first place; here a first place of four gets 4.
    assert_eq!(scores(&outcome), [("b", 294), ("c", 273), ("a", 226), ("d", 207)]);
    assert_eq!(outcome.winners, ["b"]);
}

#[test]
fn run_off_makes_knoxville_the_capital() {
    let rules = rules(4, Kind::Ranked { max: 4 }, RUNOFF);
    let outcome = count(&rules, &TENNESSEE);
    assert_eq!(outcome.winners, ["d"]);
    let steps: Vec<_> = outcome.rounds.iter().map(|round| (round.eliminated.as_deref(), round.exhausted)).collect();
    assert_eq!(steps, [(Some("c"), 0), (Some("b"), 0), (Some("a"), 0), (None, 0)]);
    assert_eq!(outcome.rounds[1].counts.get("d"), Some(&32));
    assert_eq!(outcome.rounds[2].counts.get("d"), Some(&58));
    assert_eq!(scores(&outcome), [("d", 100), ("a", 42), ("b", 26), ("c", 15)]);
}

/// On a short ballot Borda gives the ballot's own length, and a run-off lets a ballot run out.
#[test]
fn short_rankings() {
    let borda = rules(3, Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength));
    let ballots = [(1, "a"), (1, "b a"), (1, "c b a")];
    assert_eq!(scores(&count(&borda, &ballots)), [("b", 4), ("a", 3), ("c", 3)]);
    let runoff = rules(3, Kind::Ranked { max: 3 }, RUNOFF);
    let outcome = count(&runoff, &[(4, "a"), (3, "b a"), (2, "c")]);
    assert_eq!(outcome.winners, ["a"]);
    let exhausted: Vec<_> = outcome.rounds.iter().map(|round| round.exhausted).collect();
    assert_eq!(exhausted, [0, 2, 2]);
}

#[test]
fn approvals() {
    let rules = rules(3, Kind::Approval { max: 3 }, Procedure::Approval);
    let outcome = count(&rules, &[(3, "a b"), (2, "b c"), (1, "")]);
    assert_eq!(scores(&outcome), [("b", 5), ("a", 3), ("c", 2)]);
    assert_eq!((outcome.ballots, outcome.blank), (6, 1));
}

#[test]
fn scores_with_mean_and_median() {
    let rules = rules(4, Kind::Score { max: 10 }, Procedure::Score(Measure::Sum));
    let outcome = count(&rules, &[(1, "a=10 b=7"), (1, "a=1 b=8 c=0"), (1, "b=8"), (1, "a=4 b=0"), (1, "a=4")]);
    let row = |id: &str| outcome.standings.iter().find(|standing| standing.id == id).unwrap();
    let shown = |id: &str| {
        let standing = row(id);
        let text = |part: Option<ballots::Fraction>| part.map(|part| part.to_string());
        (standing.whole_score().unwrap(), standing.votes, text(standing.mean), text(standing.median))
    };
    let some = |text: &str| Some(text.to_owned());
    // b: 0 7 8 8; a: 1 4 4 10; a left-out territory is no nought.
    assert_eq!(shown("b"), (23, 4, some("23/4"), some("15/2")));
    assert_eq!(shown("a"), (19, 4, some("19/4"), some("4")));
    assert_eq!(shown("c"), (0, 1, some("0"), some("0")));
    assert_eq!(shown("d"), (0, 0, None, None));
}

/// Borda's own example in the Mémoire of 1781: 21 voters, 1 for A B C, 7 for A C B, 7 for B C A and 6 for C B A. A has the
/// most first places, but C wins with 3, 2 and 1 points a place: A 8·3 + 13·1 = 37, B 7·3 + 7·2 + 7·1 = 42, C 6·3 + 14·2 + 1·1 = 47.
#[test]
fn most_first_places_do_not_win_under_borda() {
    let ballots = [(1, "a b c"), (7, "a c b"), (7, "b c a"), (6, "c b a")];
    let borda = rules(3, Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength));
    assert_eq!(scores(&count(&borda, &ballots)), [("c", 47), ("b", 42), ("a", 37)]);
    // In a run-off C is the first to go out with 6, and B gets its ballots: 13 to 8.
    let runoff = rules(3, Kind::Ranked { max: 3 }, RUNOFF);
    let outcome = count(&runoff, &ballots);
    assert_eq!(outcome.winners, ["b"]);
    assert_eq!(scores(&outcome), [("b", 21), ("a", 8), ("c", 6)]);
}

#[test]
fn points_add_up() {
    let rules = rules(3, Kind::Points { each: None, total: 10 }, Procedure::Points);
    let outcome = count(&rules, &[(2, "a=7 b=3"), (1, "c=10"), (1, "b=1")]);
    assert_eq!(scores(&outcome), [("a", 14), ("c", 10), ("b", 7)]);
}

#[test]
fn invalid_ballots_are_counted_by_reason() {
    let rules = rules(2, Kind::Approval { max: 1 }, Procedure::Approval);
    let mut tally = Tally::new(&rules);
    tally.add(&ballot(&rules, "b"));
    tally.add_invalid("format");
    tally.add_invalid("sealed");
    tally.add_invalid("format");
    let outcome = tally.finish(&rules, None).unwrap();
    assert_eq!((outcome.ballots, outcome.blank), (4, 0));
    assert_eq!(outcome.invalid.into_iter().collect::<Vec<_>>(), [("format".into(), 2), ("sealed".into(), 1)]);
}

#[test]
fn the_outcome_as_it_stands_in_the_log() {
    let rules = rules(2, Kind::Score { max: 5 }, Procedure::Score(Measure::Sum));
    let outcome = count(&rules, &[(1, "a=5"), (1, "b=5")]);
    insta::assert_snapshot!(serde_json::to_string(&outcome).unwrap(), @r#"{"ballots":2,"blank":0,"invalid":{},"rounds":[],"standings":[{"id":"a","mean":{"den":1,"num":5},"median":{"den":1,"num":5},"rank":1,"score":5,"selected":true,"votes":1},{"id":"b","mean":{"den":1,"num":5},"median":{"den":1,"num":5},"rank":2,"score":5,"selected":false,"votes":1,"why":"no-seat"}],"ties":[{"decisive":true,"order":["a","b"],"rules":["application"],"score":5}],"winners":["a"]}"#);
}

/// JSON with keys in ascending order, whatever order serde_json's map keeps.
fn sorted(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(map) => {
            let keys: std::collections::BTreeMap<_, _> = map.iter().collect();
            let fields: Vec<_> = keys.into_iter().map(|(key, value)| format!("{key:?}:{}", sorted(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        serde_json::Value::Array(items) => format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// Keys in ascending order, at every depth: the outcome is hashed as it is written.
#[test]
fn outcomes_are_canonical_json() {
    for (kind, method, ballots) in [
        (Kind::Ranked { max: 4 }, RUNOFF, ["a b", "b a", "c d", "d c"]),
        (Kind::Ranked { max: 4 }, Procedure::Borda(Scale::OwnLength), ["a b", "b a", "c d", "d c"]),
        (Kind::Score { max: 4 }, Procedure::Score(Measure::Sum), ["a=1 b=3", "b=1 a=3", "c=2", "d=2"]),
    ] {
        let mut rules = rules(4, kind, method);
        rules.winners = ballots::rules::Winners::Budget {
            budget: "150".parse().unwrap(),
            minimum: Some(1),
            overflow: ballots::rules::Overflow::Skip,
        };
        let mut outcome = count(&rules, &ballots.map(|marks| (1, marks)));
        outcome.invalid = [("too-many".to_owned(), 1), ("duplicate".to_owned(), 2)].into();
        assert!(!outcome.ties.is_empty() && outcome.spent.is_some());
        let text = serde_json::to_string(&outcome).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sorted(&value), text);
        assert_eq!(serde_json::from_str::<ballots::Outcome>(&text).unwrap(), outcome);
    }
}

/// Two offers that differ only past the figures of a quick look are no tie.
#[test]
fn equal_shares_see_the_smallest_difference() {
    let mut rules = rules(2, Kind::Points { each: None, total: i32::MAX as u32 }, "equal-shares".parse().unwrap());
    for (cost, budget, voters) in [("0.02", "0.03", 4), ("6000000.00", "10000000.00", 1_000)] {
        rules.territories.iter_mut().for_each(|territory| territory.cost = Some(cost.parse().unwrap()));
        rules.winners = Winners::Budget { budget: budget.parse().unwrap(), minimum: None, overflow: Overflow::Skip };
        let outcome = count(&rules, &[(voters, "a=1073741823 b=1073741824")]);
        assert_eq!((outcome.winners.as_slice(), outcome.ties.len()), (&["b".to_owned()][..], 0), "{budget}");
    }
}

/// Parts of other rules are refused, and leave the count as it was.
#[test]
fn parts_of_other_rules_are_refused() {
    let borda = Procedure::Borda(Scale::OwnLength);
    let kinds = [
        (3, Kind::Ranked { max: 3 }, borda),
        (4, Kind::Ranked { max: 3 }, borda),
        (3, Kind::Ranked { max: 3 }, RUNOFF),
        (4, Kind::Ranked { max: 3 }, RUNOFF),
        (3, Kind::Ranked { max: 3 }, Procedure::Schulze(Strength::Margins)),
        (4, Kind::Ranked { max: 3 }, Procedure::Schulze(Strength::Margins)),
        (3, Kind::Score { max: 5 }, Procedure::Score(Measure::Sum)),
        (3, Kind::Score { max: 3 }, Procedure::Score(Measure::Sum)),
        (2, Kind::Score { max: 5 }, Procedure::Score(Measure::Sum)),
        (3, Kind::Score { max: 5 }, Procedure::MajorityJudgement),
    ];
    let tallies = kinds.map(|(territories, kind, method)| {
        let mut tally = Tally::new(&rules(territories, kind, method));
        tally.add_invalid("format");
        tally
    });
    for (at, left) in tallies.iter().enumerate() {
        for (other, right) in tallies.iter().enumerate() {
            let mut merged = left.clone();
            assert_eq!(merged.merge(right.clone()).is_ok(), at == other, "{at} {other}");
            assert_eq!(merged.ballots(), if at == other { 2 } else { 1 });
        }
    }
}

/// A count that nobody waits for ends at the next question, in every method that may take minutes; and as long as the answer is
/// yes, being asked changes nothing.
#[test]
fn a_count_ends_when_it_is_not_wanted_any_more() {
    let budget = |method| {
        let mut rules = rules(3, Kind::Approval { max: 3 }, method);
        for (territory, cost) in rules.territories.iter_mut().zip(["30.00", "40.00", "50.00"]) {
            territory.cost = Some(cost.parse().unwrap());
        }
        rules.winners = Winners::Budget { budget: "90.00".parse().unwrap(), minimum: None, overflow: Overflow::Skip };
        rules
    };
    let seats = |method| {
        let mut rules = rules(3, Kind::Ranked { max: 3 }, method);
        rules.winners = Winners::Top { minimum: None, seats: 2 };
        rules
    };
    let add1 = Procedure::EqualShares(Satisfaction::Cost, Completion::Add1);
    for (rules, marks) in [
        (budget(add1), ["a b", "b c", "c"]),
        (budget(Procedure::Phragmen), ["a b", "b c", "c"]),
        (seats(Procedure::MeekStv), ["a b c", "b c a", "c a b"]),
        (seats(Procedure::ScottishStv), ["a b c", "b c a", "c a b"]),
    ] {
        rules.check().unwrap();
        let mut tally = Tally::new(&rules);
        for (marks, times) in marks.into_iter().zip([5, 3, 2]) {
            (0..times).for_each(|_| tally.add(&ballot(&rules, marks)));
        }
        let asked = Arc::new(AtomicU32::new(0));
        let patient = |most: u32| {
            let asked = Arc::clone(&asked);
            asked.store(0, Ordering::Relaxed);
            Patience::while_true(move || asked.fetch_add(1, Ordering::Relaxed) < most)
        };
        let whole = tally.clone().finish_patiently(&rules, None, &patient(u32::MAX));
        assert_eq!(whole, tally.clone().finish(&rules, None), "{}", rules.method);
        let questions = asked.load(Ordering::Relaxed);
        assert!(questions >= 2, "{} is asked {questions} times", rules.method);
        for most in 0..questions {
            let ended = tally.clone().finish_patiently(&rules, None, &patient(most));
            assert_eq!(ended, Err(RecountFault::Count(CountFault::GivenUp)), "{} after {most}", rules.method);
            assert_eq!(asked.load(Ordering::Relaxed), most + 1, "it ends at once");
        }
    }
}

proptest! {
    /// However the ballots are dealt out to counters, and in whatever order they come, the outcome is the same.
    #[test]
    fn any_split_and_order_gives_one_outcome(
        (rules, ballots) in any_profile(),
        parts in proptest::collection::vec(0..4_usize, 40),
        order in any::<u64>(),
    ) {
        let mut whole = Tally::new(&rules);
        ballots.iter().for_each(|ballot| whole.add(ballot));
        let reason = |part: &usize| ["format", "sealed"][part % 2];
        parts.iter().for_each(|part| whole.add_invalid(reason(part)));
        let mut tallies = vec![Tally::new(&rules); 4];
        let mut mixed: Vec<(usize, &Ballot)> = ballots.iter().enumerate().collect();
        mixed.sort_by_key(|(at, _)| (*at as u64 + 1).wrapping_mul(order | 1));
        for ((_, ballot), part) in mixed.into_iter().zip(&parts) {
            tallies[*part].add(ballot);
        }
        parts.iter().for_each(|part| tallies[*part].add_invalid(reason(part)));
        let mut merged = Tally::new(&rules);
        tallies.into_iter().for_each(|tally| merged.merge(tally).unwrap());
        prop_assert_eq!(merged.ballots(), (ballots.len() + parts.len()) as u64);
        prop_assert_eq!(merged.finish(&rules, None), whole.finish(&rules, None));
    }

    #[test]
    fn sums_add_up((rules, ballots) in any_profile()) {
        let mut tally = Tally::new(&rules);
        ballots.iter().for_each(|ballot| tally.add(ballot));
        let outcome = tally.finish(&rules, None).unwrap();
        let marks = || ballots.iter().flat_map(Ballot::marks);
        prop_assert_eq!(outcome.standings.iter().map(|standing| standing.votes).sum::<u64>(), marks().count() as u64);
        // What all the ballots give is what all the territories get; a ranking of n gives n + … + 2 + 1 under Borda.
        let triangle = |ballot: &Ballot| (1..=ballot.marks().len() as u64).sum::<u64>();
        let given = match rules.method {
            Procedure::Approval => marks().count() as u64,
            Procedure::Borda(Scale::OwnLength) => ballots.iter().map(triangle).sum(),
            Procedure::Score(Measure::Sum) | Procedure::Points => marks().filter_map(|(_, value)| value).map(u64::from).sum(),
            _ => 0,
        };
        if rules.method != RUNOFF {
            prop_assert_eq!(outcome.standings.iter().filter_map(ballots::outcome::Standing::whole_score).sum::<u64>(), given);
        }
        prop_assert_eq!(outcome.blank, ballots.iter().filter(|ballot| ballot.is_blank()).count() as u64);
        let ranks: Vec<_> = outcome.standings.iter().map(|standing| standing.rank).collect();
        prop_assert_eq!(ranks, (1..=rules.territories.len() as u32).collect::<Vec<_>>());
        if rules.method != RUNOFF {
            prop_assert!(outcome.standings.is_sorted_by(|left, right| left.score >= right.score));
        }
        for round in &outcome.rounds {
            prop_assert_eq!(round.counts.values().sum::<u64>() + round.exhausted, ballots.len() as u64);
        }
    }

    /// Monotony: one more ballot for a territory never lowers its place. (A run-off does not promise that.)
    #[test]
    fn more_support_never_harms((rules, ballots) in any_profile()) {
        let mark = match rules.kind {
            _ if rules.method == RUNOFF => return Ok(()),
            Kind::Approval { .. } | Kind::Ranked { .. } => "",
            Kind::Score { .. } | Kind::Points { .. } => "=1",
        };
        let mut tally = Tally::new(&rules);
        ballots.iter().for_each(|ballot| tally.add(ballot));
        let before = tally.clone().finish(&rules, None).unwrap();
        for standing in &before.standings {
            let mut more = tally.clone();
            more.add(&ballot(&rules, &format!("{}{mark}", standing.id)));
            let after = more.finish(&rules, None).unwrap();
            let rank = after.standings.iter().find(|after| after.id == standing.id).unwrap().rank;
            prop_assert!(rank <= standing.rank);
        }
    }
}
