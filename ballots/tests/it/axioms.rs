//! What methods promise, held against any election.

use ballots::{Choice, Exact, Pairwise, Profile, election::Step, rules::Kind};
use proptest::prelude::*;

use super::elections::{RANKED, any_rankings, elect, profile};

/// Methods whose places depend on the ballots alone.
const WITHOUT_ROUNDS: [&str; 8] =
    ["borda", "borda-fixed", "dowdall", "bucklin", "copeland", "minimax", "schulze", "schulze-margins"];

proptest! {
    /// Who cast a ballot, and when, is nothing to the count.
    #[test]
    fn anonymity((candidates, ballots) in any_rankings()) {
        let mut split: Vec<_> = ballots.iter().flat_map(|(weight, ranking)| {
            (0..*weight).map(|_| (1, ranking.clone()))
        }).collect();
        split.reverse();
        for method in RANKED {
            let (one, other) = (elect(&profile(candidates, &ballots), method, 2), elect(&profile(candidates, &split), method, 2));
            prop_assert_eq!(&one, &other, "{}", method);
            prop_assert_eq!(one, elect(&profile(candidates, &split).distinct(), method, 2), "{}", method);
        }
    }

    /// Other names, the same places.
    #[test]
    fn neutrality((candidates, ballots) in any_rankings(), turn in 1..5_u16) {
        let renamed = |at: u16| (at + turn) % candidates;
        let other: Vec<_> = ballots.iter().map(|(weight, ranking)| {
            (*weight, ranking.iter().map(|at| renamed(*at)).collect::<Vec<_>>())
        }).collect();
        for method in RANKED {
            let one = elect(&profile(candidates, &ballots), method, 1);
            let two = elect(&profile(candidates, &other), method, 1);
            if WITHOUT_ROUNDS.contains(&method) || one.ties.is_empty() && two.ties.is_empty() {
                let mut places: Vec<Vec<u16>> = one.places.iter().map(|place| place.iter().map(|at| renamed(*at)).collect()).collect();
                places.iter_mut().for_each(|place| place.sort_unstable());
                prop_assert_eq!(places, two.places, "{}", method);
            }
        }
    }

    /// Who beats everybody wins, and nobody from outside the Smith set does.
    #[test]
    fn condorcet_and_smith((candidates, ballots) in any_rankings()) {
        let profile = profile(candidates, &ballots);
        let pairs = Pairwise::new(&profile);
        for method in ["copeland", "minimax", "minimax-margins", "ranked-pairs", "ranked-pairs-winning-votes", "schulze", "schulze-margins", "kemeny"] {
            let election = elect(&profile, method, 1);
            if let Some(winner) = pairs.condorcet_winner() {
                prop_assert_eq!(&election.places[0], &[winner], "{}", method);
            }
            if !method.starts_with("minimax") {
                prop_assert!(pairs.smith_set().contains(&election.winners[0]), "{}", method);
            }
        }
    }

    /// Raising the only winner by a place on some ballots keeps it the winner.
    #[test]
    fn monotonicity((candidates, ballots) in any_rankings(), ballot in 0..9_usize) {
        for method in ["borda", "borda-fixed", "dowdall", "bucklin", "copeland", "minimax", "ranked-pairs", "schulze", "schulze-margins"] {
            let before = elect(&profile(candidates, &ballots), method, 1);
            let [winner] = before.places[0][..] else { continue };
            let mut raised = ballots.clone();
            let ranking = &mut raised[ballot % ballots.len()].1;
            let at = ranking.iter().position(|at| *at == winner).unwrap();
            ranking.swap(at, at.saturating_sub(1));
            let after = elect(&profile(candidates, &raised), method, 1);
            if method != "ranked-pairs" || before.ties.is_empty() && after.ties.is_empty() {
                prop_assert!(after.places[0].contains(&winner), "{}: {:?}", method, after.places);
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

    /// A higher mark never harms: sums and medians are monotone, STAR's run-off aside.
    #[test]
    fn higher_marks_do_not_harm(marks in proptest::collection::vec((1..4_u64, proptest::array::uniform3(0..=5_u32)), 1..9), ballot in 0..9_usize) {
        let count = |marks: &[(u64, [u32; 3])], method| {
            let mut profile = Profile::new(Kind::Score { max: 6 }, 3);
            for (weight, marks) in marks {
                profile.add(&Choice::Score((0..3).zip(*marks).collect()), *weight).unwrap();
            }
            elect(&profile, method, 1)
        };
        for method in ["score", "score-mean", "score-mean-blanks-zero", "majority-judgement"] {
            let winner = count(&marks, method).winners[0];
            let mut raised = marks.clone();
            raised[ballot % marks.len()].1[usize::from(winner)] += 1;
            prop_assert_eq!(count(&raised, method).winners[0], winner, "{}", method);
        }
    }
}
