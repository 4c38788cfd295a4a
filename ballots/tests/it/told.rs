//! Outcomes of methods that get the ballots at the end: whoever counts, in whatever parts and order, gets the same one, and it says
//! the same as the election that it tells of.

use ballots::{
    Ballot, Choice, Money, Outcome, Procedure, Rules, Tally,
    election::{State, Turnout},
    explain::{Language, explain, outcome_svg, table},
    ladder::Seed,
    methods::spending::Obstacle,
    outcome::Why,
    recount::recount,
    rules::{Kind, Limit, Overflow, Territory, TieRule, Winners},
};
use proptest::prelude::*;

use super::sample::{any_choice, rules};

/// Any ladder that a round may have.
pub fn any_ladder() -> impl Strategy<Value = Vec<TieRule>> {
    let before = [TieRule::Application, TieRule::Backwards, TieRule::Forwards];
    let last = prop_oneof![Just(TieRule::Lots), Just(TieRule::Registration)];
    let before = prop_oneof![
        2 => Just(vec![TieRule::Application]),
        1 => proptest::sample::subsequence(before.to_vec(), 0..=3).prop_shuffle(),
    ];
    (before, last).prop_map(|(before, last)| before.into_iter().chain([last]).collect())
}

/// Some limits on what may win together, over territories `a` to `e`.
fn any_limits() -> impl Strategy<Value = Vec<Limit>> {
    let of = proptest::sample::subsequence(["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(), 1..=5);
    let limit = (of, 1..4_u16, 3000..15_000_i64, 0..3_u8).prop_map(|(of, most, money, which)| Limit {
        money: (which > 0).then_some(Money(money)),
        most: (which < 2).then_some(most),
        of,
    });
    prop_oneof![1 => Just(Vec::new()), 1 => proptest::collection::vec(limit, 1..4)]
}

/// Rules by any method with any way to win that it knows.
fn any_told() -> impl Strategy<Value = Rules> {
    let kind = |count: u16| {
        prop_oneof![
            (1..=count).prop_map(|max| Kind::Approval { max }),
            (1..=count).prop_map(|max| Kind::Ranked { max }),
            (1..=4_u32).prop_map(|max| Kind::Score { max }),
            (1..=9_u32).prop_map(|total| Kind::Points { each: None, total }),
        ]
    };
    let minimum = || proptest::option::weighted(0.2, 0..6_u64);
    let winners = prop_oneof![
        (minimum(), 1..4_u16).prop_map(|(minimum, seats)| Winners::Top { minimum, seats }),
        (minimum(), 1..40_000_i64, any::<bool>()).prop_map(|(minimum, budget, skips)| Winners::Budget {
            budget: Money(budget),
            minimum,
            overflow: if skips { Overflow::Skip } else { Overflow::Stop },
        }),
    ];
    let parts = (1..=5_u16).prop_flat_map(move |count| (Just(count), kind(count)));
    let turnout = proptest::option::weighted(0.2, (1..30_u64, 1..=1000_u16));
    let beyond = (any_ladder(), any_limits(), turnout);
    (parts, winners, any::<prop::sample::Index>(), 0..3_u32, beyond).prop_filter_map(
        "rules that fit",
        |((count, kind), winners, method, undated, (ties, limits, turnout))| {
            let mut rules = Rules { winners, ties, ..rules(count.into(), kind.clone(), Procedure::Approval) };
            rules.turnout = turnout.map(|(eligible, per_mille)| Turnout { eligible, per_mille });
            if matches!(rules.winners, Winners::Budget { .. }) {
                rules.limits = limits;
                rules
                    .limits
                    .iter_mut()
                    .for_each(|limit| limit.of.retain(|id| rules.territories.iter().any(|one| one.id == *id)));
                rules.limits.retain(|limit| !limit.of.is_empty());
            }
            rules
                .territories
                .iter_mut()
                .for_each(|territory| territory.cost = Some(Money(3000 + i64::from(territory.number) * 900)));
            rules.territories.iter_mut().filter(|one| one.number % 3 == undated).for_each(|one| one.applied = None);
            let fits = |method: &Procedure| Rules { method: *method, ..rules.clone() }.check().is_ok();
            let fitting: Vec<_> = Procedure::all().into_iter().filter(fits).collect();
            Some(Rules { method: *fitting.get(method.index(fitting.len().max(1)))?, ..rules })
        },
    )
}

fn any_round() -> impl Strategy<Value = (Rules, Vec<Ballot>)> {
    any_told().prop_flat_map(|rules| {
        let choices = proptest::collection::vec(any_choice(&rules), 0..25);
        choices.prop_map(move |choices| {
            let valid = choices.into_iter().filter_map(|choice| Ballot::new(&rules, choice).ok()).collect();
            (rules.clone(), valid)
        })
    })
}

fn counted<'a>(rules: &Rules, ballots: impl IntoIterator<Item = &'a Ballot>) -> Tally {
    let mut tally = Tally::new(rules);
    ballots.into_iter().for_each(|ballot| tally.add(ballot));
    tally.add_invalid("format");
    tally
}

proptest! {
    #[test]
    fn parts_and_order_do_not_matter((rules, ballots) in any_round(), cut in any::<prop::sample::Index>()) {
        let seed = Some(Seed::from([9; 32]));
        let whole = counted(&rules, &ballots).finish(&rules, seed);
        let (left, right) = ballots.split_at(cut.index(ballots.len() + 1));
        let mut merged = counted(&rules, right.iter().rev());
        merged.merge(counted(&rules, left)).unwrap();
        let (whole, merged) = (whole.unwrap(), merged.finish(&rules, seed).unwrap());
        prop_assert_eq!(merged.ballots, whole.ballots + 1);
        prop_assert_eq!(Outcome { ballots: whole.ballots, invalid: whole.invalid.clone(), ..merged }, whole);
    }

    #[test]
    fn an_outcome_says_what_its_election_says((rules, ballots) in any_round(), seed: [u8; 32]) {
        let seed = Some(Seed::from(seed));
        let outcome = counted(&rules, &ballots).finish(&rules, seed).unwrap();
        prop_assert_eq!(outcome.seed, seed.filter(|_| rules.ties.contains(&TieRule::Lots)));
        let json = serde_json::to_string(&outcome).unwrap();
        let again: Outcome = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&again, &outcome);
        let selected: Vec<_> = outcome.standings.iter().filter(|one| one.selected).map(|one| one.id.clone()).collect();
        prop_assert_eq!(&selected, &outcome.winners);
        prop_assert!(outcome.standings.iter().all(|one| one.selected == one.why.is_none()));
        let election = recount(&rules, &ballots, seed).unwrap();
        prop_assert_eq!(matches!(election.state, State::Void { .. }), outcome.needed.is_some());
        if outcome.needed.is_some() {
            prop_assert!(outcome.standings.is_empty() && outcome.ties.is_empty() && outcome.steps.is_empty());
        } else if rules.method.adds_up() {
            return Ok(());
        }
        for missed in &election.missed {
            let why = outcome.standings.iter().find(|one| one.id == election.candidates[usize::from(missed.candidate)]).unwrap().why;
            prop_assert_eq!(why == Some(Why::Barred), matches!(missed.why, Obstacle::Barred(_)));
            prop_assert_eq!(why == Some(Why::BelowMinimum), matches!(missed.why, Obstacle::BelowMinimum(_)));
        }
        let told = outcome.election(&rules);
        // What only helps to explain is not in a round's outcome.
        let steps = election.steps.iter().filter(|step| step.is_in_outcome()).cloned().collect();
        // Nor is how often each territory was marked, where too few voted.
        let votes = if outcome.needed.is_some() { told.votes.clone() } else { election.votes };
        let election = ballots::Election { steps, votes, ..election };
        for language in [Language::English, Language::Russian] {
            prop_assert_eq!(explain(&told, &rules.territories, language), explain(&election, &rules.territories, language));
            prop_assert_eq!(table(&told, &rules.territories, language), table(&election, &rules.territories, language));
            prop_assert_eq!(outcome_svg(&told, &rules.territories, language), outcome_svg(&election, &rules.territories, language));
        }
        prop_assert_eq!(told.places.len(), told.order.len());
        prop_assert_eq!(ballots::Election { places: election.places.clone(), ..told }, election);
    }
}

/// The longest outcome that a round's rules allow fits into a line of the log, 16 MiB: 256 territories with ids of 64 characters of
/// three bytes, and in every round all who are left are equal and named.
#[test]
fn the_longest_outcome_fits_into_a_line() {
    for method in ["instant-runoff", "instant-runoff-batches", "stv-meek", "stv-scottish", "coombs", "ranked-pairs"] {
        let territory = |number: u32| Territory {
            id: format!("{number:03}{}", "€".repeat(61)),
            number,
            title: number.to_string(),
            ..Territory::default()
        };
        let rules = Rules {
            kind: Kind::Ranked { max: 2 },
            limits: Vec::new(),
            method: method.parse().unwrap(),
            territories: (1..=256).map(territory).collect(),
            ties: vec![TieRule::Registration],
            turnout: None,
            winners: Winners::Top { minimum: None, seats: 1 },
        };
        rules.check().unwrap();
        let ring = |at: u16| Ballot::new(&rules, Choice::Ranked(vec![at, (at + 1) % 256])).unwrap();
        let mut tally = Tally::new(&rules);
        (0..256).for_each(|at| tally.add(&ring(at)));
        let line = serde_json::to_string(&tally.finish(&rules, None).unwrap()).unwrap();
        assert!(line.len() < 15 << 20, "{method}: {}", line.len());
    }
}
