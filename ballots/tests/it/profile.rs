//! Profiles take sound ballots only, join alike ones, and compare pairs as a voter would.

use ballots::{
    Ballot, Choice, Exact, Pairwise, Procedure, Profile,
    profile::{MOST_BALLOTS, ProfileFault},
    rules::Kind,
};
use proptest::prelude::*;

use super::{
    elections::{marked, ranked},
    sample::{ballot, rules},
};

#[test]
fn unsound_ballots_are_refused_and_leave_no_trace() {
    let mut profile = Profile::new(Kind::Score { max: 5 }, 3);
    let score = |marks: &[(u16, u32)]| Choice::Score(marks.to_vec());
    assert_eq!(profile.add(&score(&[(0, 6)]), 1), Err(ProfileFault::Value { value: 6, most: 5 }));
    assert_eq!(profile.add(&score(&[(3, 1)]), 1), Err(ProfileFault::Unknown(3)));
    assert_eq!(profile.add(&score(&[(1, 1), (1, 2)]), 1), Err(ProfileFault::Duplicate(1)));
    assert_eq!(profile.add(&Choice::Ranked(vec![0]), 1), Err(ProfileFault::Kind));
    assert_eq!(profile.add_groups(&[vec![0]], 1), Err(ProfileFault::Kind));
    assert_eq!(profile.add(&score(&[(0, 1)]), MOST_BALLOTS + 1), Err(ProfileFault::TooMany));
    assert_eq!((profile.ballots(), profile.papers().count()), (0, 0));
    profile.add(&score(&[(1, 1), (0, 2)]), MOST_BALLOTS).unwrap();
    assert_eq!(profile.add(&score(&[]), 1), Err(ProfileFault::TooMany));
    assert_eq!(profile.ballots(), MOST_BALLOTS);
}

/// A ballot after a refused one is not mistaken for its double.
#[test]
fn a_refused_ballot_does_not_mark_the_next_one() {
    let mut profile = Profile::new(Kind::Ranked { max: 3 }, 3);
    for bad in [vec![0, 1, 1], vec![0, 9]] {
        profile.add(&Choice::Ranked(bad), 1).unwrap_err();
        profile.add(&Choice::Ranked(vec![0, 1, 2]), 1).unwrap();
    }
    assert_eq!(profile.votes(), [2, 2, 2]);
}

#[test]
fn strict_rankings_get_their_places_when_equals_come() {
    let profile = ranked(3, &[(2, "c a"), (1, "a=b c"), (3, "b")]);
    let groups: Vec<Vec<Vec<u16>>> =
        profile.papers().map(|paper| paper.groups().map(<[u16]>::to_vec).collect()).collect();
    assert_eq!(groups, [vec![vec![2], vec![0]], vec![vec![0, 1], vec![2]], vec![vec![1]]]);
    assert!(profile.has_equal_places() && !ranked(2, &[(1, "a b")]).has_equal_places());
}

#[test]
fn rounds_and_profiles_hold_the_same_ballots() {
    let rules = rules(3, Kind::Approval { max: 2 }, Procedure::Approval);
    let ballots: Vec<Ballot> = ["c a", "b", ""].iter().map(|marks| ballot(&rules, marks)).collect();
    let profile = Profile::from_ballots(&rules, &ballots).unwrap();
    assert_eq!((profile.ballots(), profile.blank(), profile.votes()), (3, 1, vec![1, 1, 1]));
}

/// B over A on 3 ballots, A over B on 2; who is ranked is preferred to who is not, and equals are not preferred.
#[test]
fn pairs_of_short_and_equal_rankings() {
    let pairs = Pairwise::new(&ranked(3, &[(2, "a"), (3, "b=c a"), (4, "c")]));
    let row = |at| (0..3).map(|other| pairs.over(at, other)).collect::<Vec<_>>();
    assert_eq!((row(0), row(1), row(2)), (vec![0, 2, 2], vec![3, 0, 0], vec![7, 4, 0]));
    let pairs = Pairwise::new(&marked(3, 5, &[(1, "a5 b0"), (2, "a1 b1 c4")]));
    assert_eq!((pairs.over(0, 1), pairs.over(1, 0), pairs.over(1, 2), pairs.over(2, 1)), (1, 0, 1, 2));
}

#[test]
fn exact_numbers_are_written_as_people_would() {
    let third = Exact::ratio(1, 3).unwrap();
    for (number, text) in [
        (Exact::from(12), "12"),
        (Exact::decimal(1_234_567, 5), "12.34567"),
        (third.clone(), "1/3"),
        (Exact::ratio(-1, 8).unwrap(), "-0.125"),
        (Exact::decimal(5, 2), "0.05"),
    ] {
        assert_eq!(number.to_string(), text);
        assert_eq!(text.parse(), Ok(number));
    }
    for text in ["", ".5", "1.", "1/0", "1,5", "1/2.5", "+1", "1e3", "--1"] {
        assert!(text.parse::<Exact>().is_err(), "{text}");
    }
    assert_eq!(third.clone() + third.clone() + third, Exact::from(1));
}

proptest! {
    /// Joining alike ballots and merging parts change no sum.
    #[test]
    fn parts_and_wholes(rankings in proptest::collection::vec((1..5_u64, proptest::collection::btree_set(0..4_u16, 0..4), any::<bool>()), 0..20), cut in 0..20_usize) {
        let fill = |rankings: &[(u64, std::collections::BTreeSet<u16>, bool)]| {
            let mut profile = Profile::new(Kind::Ranked { max: 4 }, 4);
            for (weight, marks, together) in rankings {
                let marks: Vec<u16> = marks.iter().copied().collect();
                let groups = if *together { vec![marks] } else { marks.into_iter().map(|at| vec![at]).collect() };
                profile.add_groups(&groups, *weight).unwrap();
            }
            profile
        };
        let whole = fill(&rankings);
        let (left, right) = rankings.split_at(cut.min(rankings.len()));
        let mut merged = fill(left);
        merged.merge(&fill(right)).unwrap();
        for other in [merged, whole.distinct()] {
            prop_assert_eq!((other.ballots(), other.blank(), other.votes()), (whole.ballots(), whole.blank(), whole.votes()));
            prop_assert_eq!(Pairwise::new(&other), Pairwise::new(&whole));
            prop_assert_eq!(other.distinct(), whole.distinct());
        }
    }
}
