//! A round's outcome and the election that explains it are two programs: they must agree on everything that both say.

use ballots::{
    Ballot, Rules, Tally,
    ladder::Seed,
    recount::recount,
    rules::{Overflow, TieRule, Winners},
};
use proptest::prelude::*;

use super::{sample::any_profile, told::any_ladder};

fn any_winners() -> impl Strategy<Value = Winners> {
    let minimum = || proptest::option::of(0..8_u64);
    prop_oneof![
        (minimum(), 1..4_u16).prop_map(|(minimum, seats)| Winners::Top { minimum, seats }),
        (minimum(), 1..500_i64, any::<bool>()).prop_map(|(minimum, budget, skips)| Winners::Budget {
            budget: ballots::Money(budget * 100),
            minimum,
            overflow: if skips { Overflow::Skip } else { Overflow::Stop },
        }),
    ]
}

/// Rungs of an election and of a round have the same names.
fn names(rungs: &impl serde::Serialize) -> String {
    serde_json::to_string(rungs).unwrap()
}

fn agree(rules: &Rules, ballots: &[Ballot], seed: Seed) -> Result<(), TestCaseError> {
    let mut tally = Tally::new(rules);
    ballots.iter().for_each(|ballot| tally.add(ballot));
    let outcome = tally.finish(rules, Some(seed)).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
    let election = recount(rules, ballots, Some(seed)).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
    let ids = |order: &[u16]| -> Vec<String> {
        order.iter().map(|at| rules.territories[usize::from(*at)].id.clone()).collect()
    };
    let order: Vec<String> = outcome.standings.iter().map(|standing| standing.id.clone()).collect();
    prop_assert_eq!(ids(&election.order), order);
    prop_assert_eq!(ids(&election.winners), outcome.winners.clone());
    prop_assert_eq!(
        (election.ballots, election.blank, election.spent),
        (outcome.ballots, outcome.blank, outcome.spent)
    );
    for standing in &outcome.standings {
        let at = usize::from(rules.position(&standing.id).unwrap());
        prop_assert_eq!(Some(&election.scores[at]), standing.score.as_ref());
        prop_assert_eq!(election.votes[at], standing.votes);
    }
    let ties: Vec<_> =
        election.ties.iter().map(|tie| (ids(&tie.order), tie.round, tie.decisive, names(&tie.rungs))).collect();
    let theirs: Vec<_> =
        outcome.ties.iter().map(|tie| (tie.order.clone(), tie.round, tie.decisive, names(&tie.rules))).collect();
    prop_assert_eq!(ties, theirs);
    Ok(())
}

proptest! {
    #[test]
    fn outcomes_and_elections_agree((rules, ballots) in any_profile(), winners in any_winners(), later in 0..3_u32, seed: [u8; 32], ties in any_ladder()) {
        let mut rules = Rules { winners, ..rules };
        if rules.method.counts_by_rounds() || !ties.iter().any(|rule| matches!(rule, TieRule::Backwards | TieRule::Forwards)) {
            rules.ties = ties;
        }
        // Some applications of one day, some without: all rungs are needed.
        for territory in rules.territories.iter_mut().filter(|territory| territory.number % 3 == later) {
            territory.applied = if later == 0 { None } else { Some("2026-01-01".parse().unwrap()) };
        }
        rules.territories.iter_mut().for_each(|territory| territory.cost = Some(ballots::Money(i64::from(territory.number) * 4000)));
        agree(&rules, &ballots, Seed::from(seed))?;
    }
}
