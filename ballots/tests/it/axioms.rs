//! What methods promise, held against any election, and what they do not, shown by counter-examples: each cell of
//! `docs/axioms.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use ballots::{Choice, Exact, Pairwise, Procedure, election::Step, rules::Kind};
use proptest::prelude::*;

mod against;
mod case;

use super::elections::{any_rankings, elect, profile};
use against::{AGAINST, Against};
use case::{Case, any_case, case, choice, liking};

const TABLE: &str = include_str!("../../docs/axioms.md");

/// Cells by method and axiom.
static CELLS: LazyLock<BTreeMap<(String, String), String>> = LazyLock::new(table);

fn table() -> BTreeMap<(String, String), String> {
    let row =
        |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
    let rows: Vec<Vec<String>> = TABLE.lines().filter(|line| line.starts_with('|')).map(row).collect();
    let (head, rows) = rows.split_first().unwrap();
    let cells = rows[1..].iter().flat_map(|row| {
        assert_eq!(row.len(), head.len(), "{row:?}");
        row[1..].iter().zip(&head[1..]).map(|(cell, axiom)| ((row[0].clone(), axiom.clone()), cell.clone()))
    });
    cells.collect()
}

/// Methods that count a case's ballots and promise an axiom.
fn promising(case: &Case, axiom: &str) -> Vec<String> {
    let promises = |name: &String| CELLS.get(&(name.clone(), axiom.to_owned())).is_some_and(|cell| cell == "yes");
    case.methods().into_iter().filter(promises).collect()
}

#[test]
fn every_method_has_its_row_and_every_no_its_counter_example() {
    let table = &*CELLS;
    let rows: BTreeSet<String> = table.keys().map(|(name, _)| name.clone()).collect();
    assert_eq!(rows, Procedure::all().iter().map(ToString::to_string).collect());
    let mut shown = BTreeSet::new();
    for (names, against) in AGAINST {
        for name in *names {
            let axioms: &[&str] = match against {
                Against::Condorcet(_) => &["Condorcet", "Smith"],
                Against::Smith(_) => &["Smith"],
                Against::Clones { .. } => &["clones"],
                Against::Participation { .. } => &["participation"],
                Against::Monotonicity { .. } => &["monotonicity"],
            };
            breaks(name, against);
            shown.extend(axioms.iter().map(|axiom| ((*name).to_owned(), (*axiom).to_owned())));
        }
    }
    let no: BTreeSet<_> = table.iter().filter(|(_, cell)| *cell == "no").map(|(key, _)| key.clone()).collect();
    assert_eq!(no, shown);
    assert!(table.values().all(|cell| ["yes", "no", "-"].contains(&cell.as_str())));
}

/// How many candidates the ballots name.
fn named(ballots: &[(u64, &str)]) -> u16 {
    let last = ballots.iter().flat_map(|(_, text)| text.bytes()).filter(u8::is_ascii_lowercase).max().unwrap();
    u16::from(last - b'a') + 1
}

/// Counts a counter-example by a method, and makes sure that it is one.
fn breaks(name: &str, against: &Against) {
    let read = |ballots: &[(u64, &str)]| case(name, named(ballots), ballots);
    let winner = |case: &Case| case.winner(name).unwrap_or_else(|| panic!("{name}: {:?}", case.elect(name)));
    match against {
        Against::Condorcet(ballots) => {
            let case = read(ballots);
            let pairs = Pairwise::new(&case.profile());
            assert_ne!(pairs.condorcet_winner().unwrap(), winner(&case), "{name}");
        }
        Against::Smith(ballots) => {
            let case = read(ballots);
            assert!(!Pairwise::new(&case.profile()).smith_set().contains(&winner(&case)), "{name}");
        }
        Against::Participation { before, more: (weight, text) } => {
            let before = read(before);
            let more = choice(&before.kind, text);
            let (old, new) = (winner(&before), winner(&before.with(*weight, more.clone())));
            assert!(liking(&more, old) > liking(&more, new), "{name}: {old} and {new}");
        }
        Against::Monotonicity { before, moved: (count, from, to) } => {
            let before = read(before);
            let (from, to) = (choice(&before.kind, from), choice(&before.kind, to));
            let old = winner(&before);
            assert!(is_raised(&from, &to, old), "{name}: {from:?} to {to:?}");
            let mut after = before.with(*count, to);
            after.ballots.iter_mut().find(|(_, choice)| *choice == from).unwrap().0 -= count;
            after.ballots.retain(|(weight, _)| *weight > 0);
            assert_ne!(winner(&after), old, "{name}");
        }
        Against::Clones { of, clones, before, after } => {
            let at = |letter: char| letter as u16 - u16::from(b'a');
            let clones: Vec<u16> = clones.chars().map(at).collect();
            let (before, after, of) = (read(before), read(after), at(*of));
            assert_eq!(merged(&after, of, &clones), merged(&before, of, &[]), "{name}: no clones");
            let old = winner(&before);
            let first = &after.elect(name).places[0];
            let kept = |at: &u16| *at == old || old == of && clones.contains(at);
            assert!(!first.iter().any(kept), "{name}: {first:?} after {old}");
        }
    }
}

/// Whether the second order is the first with one candidate higher up.
fn is_raised(from: &Choice, to: &Choice, at: u16) -> bool {
    let (Choice::Ranked(from), Choice::Ranked(to)) = (from, to) else { return false };
    let others = |order: &[u16]| order.iter().copied().filter(|other| *other != at).collect::<Vec<_>>();
    let place = |order: &[u16]| order.iter().position(|other| *other == at);
    others(from) == others(to) && place(to) < place(from)
}

/// Alike ballots when clones are taken for the one whose clones they are; they must stand together.
fn merged(case: &Case, of: u16, clones: &[u16]) -> BTreeMap<Vec<(u16, u32)>, u64> {
    let is_clone = |at: u16| at == of || clones.contains(&at);
    let mut merged = BTreeMap::new();
    for (weight, choice) in &case.ballots {
        let marks: Vec<(u16, u32)> = match choice {
            Choice::Approval(marks) => marks
                .iter()
                .map(|at| (if is_clone(*at) { of } else { *at }, 0))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            Choice::Ranked(marks) => {
                let places = marks.iter().enumerate().filter(|(_, at)| is_clone(**at)).map(|(place, _)| place);
                let places: Vec<usize> = places.collect();
                assert!(places.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{marks:?}");
                marks.iter().filter(|at| !clones.contains(at)).map(|at| (*at, 0)).collect()
            }
            Choice::Score(marks) => {
                let own: Vec<u32> = marks.iter().filter(|(at, _)| is_clone(*at)).map(|(_, mark)| *mark).collect();
                let (least, most) = (own.iter().min().unwrap(), own.iter().max().unwrap());
                assert!(marks.iter().all(|(at, mark)| is_clone(*at) || !(least..=most).contains(&mark)), "{marks:?}");
                // Whoever has clones is read as the mark of the first of them.
                marks.iter().filter(|(at, _)| !clones.contains(at)).copied().collect()
            }
            Choice::Points(marks) => {
                let mut sums = BTreeMap::new();
                marks
                    .iter()
                    .for_each(|(at, points)| *sums.entry(if is_clone(*at) { of } else { *at }).or_default() += points);
                sums.into_iter().collect()
            }
        };
        *merged.entry(marks).or_default() += weight;
    }
    merged
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn anonymity(case in any_case()) {
        let one_by_one = case.ballots.iter().flat_map(|(weight, choice)| (0..*weight).map(|_| (1, choice.clone())));
        let split = Case { ballots: one_by_one.rev().collect(), ..case.clone() };
        for name in promising(&case, "anonymity") {
            prop_assert_eq!(case.elect(&name), split.elect(&name), "{}", name);
        }
    }

    #[test]
    fn neutrality(case in any_case(), turn in 1..5_u16) {
        let name = |at: u16| (at + turn) % case.candidates;
        let renamed = case.renamed(name);
        for method in promising(&case, "neutrality") {
            let (one, two) = (case.elect(&method), renamed.elect(&method));
            let again = |these: &[u16]| these.iter().map(|at| name(*at)).collect::<Vec<_>>();
            let spends = method.parse::<Procedure>().unwrap().spends();
            if spends {
                // Who was not bought stands in the ladder's order, which decides nothing and is no tie; nor is it one when the
                // same sum of scores can be bought twice.
                let all_differ = one.scores.iter().collect::<BTreeSet<_>>().len() == one.scores.len();
                if all_differ && one.ties.is_empty() && two.ties.is_empty() {
                    let set = |these: Vec<u16>| these.into_iter().collect::<BTreeSet<_>>();
                    prop_assert_eq!(set(again(&one.winners)), set(two.winners), "{}", &method);
                }
            } else if one.ties.is_empty() && two.ties.is_empty() {
                prop_assert_eq!(again(&one.order), two.order, "{}", &method);
                prop_assert_eq!(again(&one.winners), two.winners, "{}", &method);
            }
        }
    }

    #[test]
    fn monotonicity(case in any_case(), ballot in 0..8_usize) {
        for name in promising(&case, "monotonicity") {
            let Some(winner) = case.winner(&name) else { continue };
            let Some(raised) = case.raised(ballot % case.ballots.len(), winner) else { continue };
            let after = raised.elect(&name);
            if after.ties.iter().all(|tie| tie.round.is_none()) {
                prop_assert!(after.places[0].contains(&winner), "{}: {:?}", name, after.places);
            }
        }
    }

    #[test]
    fn condorcet_and_smith(case in any_case()) {
        let is_ordered = matches!(case.kind, Kind::Ranked { .. } | Kind::Score { .. });
        prop_assume!(is_ordered);
        let pairs = Pairwise::new(&case.profile());
        for name in promising(&case, "Condorcet") {
            if let Some(winner) = pairs.condorcet_winner() {
                prop_assert_eq!(&case.elect(&name).places[0], &[winner], "{}", name);
            }
        }
        for name in promising(&case, "Smith") {
            prop_assert!(pairs.smith_set().contains(&case.elect(&name).winners[0]), "{}", name);
        }
    }

    #[test]
    fn clones(case in any_case(), of in 0..5_u16) {
        let (of, clone) = (of % case.candidates, case.candidates);
        let with = case.cloned(of);
        for name in promising(&case, "clones") {
            let Some(winner) = case.winner(&name) else { continue };
            let after = with.elect(&name);
            if after.ties.iter().all(|tie| tie.round.is_none()) {
                let same = |at: &u16| *at == winner || winner == of && *at == clone;
                prop_assert!(after.places[0].iter().all(same), "{}: {:?} after {}", name, after.places, winner);
            }
        }
    }

    #[test]
    fn participation(case in any_case(), last in 0..8_usize) {
        // One of the ballots is the one that comes last.
        let mut without = case.clone();
        let (weight, more) = without.ballots.remove(last % case.ballots.len());
        prop_assume!(!without.ballots.is_empty());
        for name in promising(&case, "participation") {
            let (old, new) = (without.winner(&name), without.with(weight, more.clone()).winner(&name));
            if let (Some(old), Some(new)) = (old, new) {
                prop_assert!(liking(&more, old) <= liking(&more, new), "{}: {} and then {}", name, old, new);
            }
        }
    }

    /// Every round's votes, exhausted ones too, are the ballots; seats are filled; an elected one is never out.
    #[test]
    fn transferable_votes_are_conserved((candidates, ballots) in any_rankings(), seats in 1..4_u16, length in 1..5_usize) {
        let short: Vec<_> = ballots.iter().map(|(weight, ranking)| (*weight, ranking.iter().copied().take(length).collect())).collect();
        let profile = profile(candidates, &short);
        for method in ["stv-scottish", "stv-meek", "instant-runoff", "instant-runoff-batches"] {
            let election = elect(&profile, method, seats);
            prop_assert_eq!(election.winners.len(), usize::from(seats.min(candidates)), "{}", method);
            for step in &election.steps {
                if let Step::Counted { exhausted, votes, .. } = step {
                    let sum: Exact = votes.iter().cloned().sum::<Exact>() + exhausted.clone();
                    prop_assert_eq!(sum, Exact::from(profile.ballots()), "{}", method);
                }
                if let Step::Eliminated { candidates, .. } = step {
                    let lost = |at: &u16| method.starts_with("instant") || !election.winners.contains(at);
                    prop_assert!(candidates.iter().all(lost), "{}", method);
                }
            }
        }
    }

    /// Who is put first by more than the quota wins a seat under both transferable votes, whoever else runs.
    #[test]
    fn a_quota_of_first_places_is_a_seat((candidates, ballots) in any_rankings(), seats in 1..4_u16) {
        let profile = profile(candidates, &ballots);
        let quota = profile.ballots() / (u64::from(seats) + 1) + 1;
        for method in ["stv-scottish", "stv-meek"] {
            let election = elect(&profile, method, seats);
            for at in 0..candidates {
                let firsts: u64 = ballots.iter().filter(|(_, ranking)| ranking[0] == at).map(|(weight, _)| weight).sum();
                prop_assert!(firsts < quota || election.winners.contains(&at), "{}", method);
            }
        }
    }
}
