//! A bundle by every method of counting passes, and is found out when the count in it says something else.

use audit::verify::{CheckName, verify};
use ballots::{Exact, Outcome, Procedure, ladder::Seed, rules::TieRule};
use tempfile::TempDir;

use crate::{
    audited::read,
    town::{SPECIAL, Special, Town},
};

const BALLOTS: u64 = 40;

/// What the checks say of a round in which the count was changed so before everybody signed it.
fn failures(method: Procedure, change: impl FnOnce(&mut Outcome)) -> Vec<CheckName> {
    let folder = TempDir::new().expect("a folder");
    let town = Town::new(folder.path(), BALLOTS, 20).expect("a town").counting_by(method);
    town.hold_saying(change).expect("a bundle");
    verify(&read(folder.path()), None, &|_| {}).failures().map(|(check, _)| check.name).collect()
}

#[test]
fn every_method_is_counted_again() {
    for method in Procedure::all() {
        assert_eq!(failures(method, |_| ()), [], "{method}");
    }
}

/// The winner and the second change places, or a number among the steps is one more: nobody but who counts again sees it.
#[test]
fn a_changed_outcome_is_found_by_every_method() {
    for method in Procedure::all() {
        let swapped = failures(method, |outcome| {
            let (first, second) = (outcome.standings[0].id.clone(), outcome.standings[1].id.clone());
            outcome.standings[0].id.clone_from(&second);
            outcome.standings[1].id.clone_from(&first);
            outcome.winners.iter_mut().filter(|id| **id == first).for_each(|id| id.clone_from(&second));
        });
        assert_eq!(swapped, [CheckName::Recount], "{method}");
    }
    for name in ["schulze", "stv-meek", "equal-shares-add1u", "majority-judgement", "dowdall"] {
        let more = failures(name.parse().expect("a method"), |outcome| {
            if outcome.steps.pop().is_none() {
                outcome.standings[0].score = Exact::ratio(1, 3);
            }
        });
        assert_eq!(more, [CheckName::Recount], "{name}");
    }
}

/// As [`failures`], of a round by rules beyond the method.
fn failures_of((_, method, rules): Special, change: impl FnOnce(&mut Outcome)) -> Vec<CheckName> {
    let folder = TempDir::new().expect("a folder");
    let town = Town::new(folder.path(), BALLOTS, 20).expect("a town");
    let town = town.counting_by(method.parse().expect("a method")).ruled(rules);
    town.hold_saying(change).expect("a bundle");
    verify(&read(folder.path()), None, &|_| {}).failures().map(|(check, _)| check.name).collect()
}

#[test]
fn rounds_by_rules_beyond_the_method_are_counted_again() {
    for special in SPECIAL {
        assert_eq!(failures_of(special, |_| ()), [], "{}", special.0);
    }
}

/// Lots from another seed are found out, whether the outcome says which seed or keeps it to itself.
#[test]
fn lots_from_another_seed_are_found() {
    for special in SPECIAL.into_iter().filter(|(name, ..)| name.starts_with("lots")) {
        let other = |outcome: &mut Outcome| {
            let drawn = outcome.ties.iter().filter(|tie| tie.rules.contains(&TieRule::Lots)).count();
            assert!(drawn > 0 && outcome.seed.is_some(), "the sample must draw lots");
            outcome.seed = Some(Seed::from([7; 32]));
        };
        assert_eq!(failures_of(special, other), [CheckName::Recount], "{}", special.0);
        let none = failures_of(special, |outcome| outcome.seed = None);
        assert_eq!(none, [CheckName::Recount], "{}", special.0);
        let drawn_again = failures_of(special, |outcome| {
            let tie = outcome.ties.iter_mut().find(|tie| tie.rules.contains(&TieRule::Lots)).expect("a tie");
            tie.order.reverse();
        });
        assert_eq!(drawn_again, [CheckName::Recount], "{}", special.0);
    }
}
