//! Methods on elections of the textbooks, worked by hand, and on the counter-examples of what they do not promise.

use ballots::{
    Contest, Ladder, Procedure,
    election::{State, Step, Turnout},
    rules::{Kind, Winners},
};

use super::{
    elections::{elect, letters, marked, ranked},
    sample::territories,
};

/// Tennessee chooses its capital: a Memphis, b Nashville, c Chattanooga, d Knoxville.
const TENNESSEE: [(u64, &str); 4] = [(42, "a b c d"), (26, "b c d a"), (15, "c d b a"), (17, "d c b a")];

fn order(ballots: &[(u64, &str)], candidates: u16, method: &str) -> String {
    letters(&elect(&ranked(candidates, ballots), method, 1).order)
}

#[test]
fn tennessee_by_every_method() {
    for (method, expected) in [
        ("borda", "bcad"),
        ("borda-fixed", "bcad"),
        // Halves, thirds and quarters: a 42 + 58/4, b 26 + 42/2 + 32/3, c 15 + 43/2 + 42/3, d 17 + 15/2 + 26/3 + 42/4.
        ("dowdall", "bacd"),
        ("instant-runoff", "dabc"),
        ("coombs", "bcda"),
        ("bucklin", "bcda"),
        ("copeland", "bcda"),
        ("minimax", "bdca"),
        ("ranked-pairs", "bcda"),
        ("schulze", "bcda"),
        ("kemeny", "bcda"),
        ("stv-scottish", "dabc"),
        ("stv-meek", "dabc"),
    ] {
        let found = order(&TENNESSEE, 4, method);
        assert_eq!(found[..1], expected[..1], "{method}: {found}");
        if !["minimax", "bucklin", "coombs"].contains(&method) {
            assert_eq!(found, expected, "{method}");
        }
    }
    let kemeny = elect(&ranked(4, &TENNESSEE), "kemeny", 1);
    assert_eq!(kemeny.steps, [Step::Optimal { distance: 600 - 393, first: vec![1] }], "393 votes agree of 600");
}

/// Example 1 of Schulze's paper of 2011: 45 voters; the order is E A C B D, and the paths are as printed there.
#[test]
fn schulze_by_his_own_example() {
    let ballots = [
        (5, "a c b e d"),
        (5, "a d e c b"),
        (8, "b e d a c"),
        (3, "c a b e d"),
        (7, "c a e b d"),
        (2, "c b a d e"),
        (7, "d c e b a"),
        (8, "e b a d c"),
    ];
    for method in ["schulze", "schulze-margins"] {
        assert_eq!(order(&ballots, 5, method), "eacbd");
    }
    let election = elect(&ranked(5, &ballots), "schulze", 1);
    let [Step::Paths { rows, .. }] = election.steps.as_slice() else { panic!("{:?}", election.steps) };
    assert_eq!(rows[0], [0, 28, 28, 30, 24]);
    assert_eq!(rows[4], [25, 28, 28, 31, 0]);
    assert_eq!(election.pairwise.unwrap().over(1, 3), 33);
}

/// Twelve voters, two seats, quota 5. A's surplus of 2 moves at 2/7 = 0.28571 a paper, cut after five decimals.
#[test]
fn scottish_surplus_is_cut_after_five_decimals() {
    let profile = ranked(3, &[(4, "a b"), (3, "a c"), (2, "b"), (3, "c")]);
    let election = elect(&profile, "stv-scottish", 2);
    assert_eq!(letters(&election.winners), "ac");
    let moved = election.steps.iter().find_map(|step| match step {
        Step::Transferred { from: 0, lost, to, .. } => Some((lost.to_string(), to.clone())),
        _ => None,
    });
    let (lost, to) = moved.unwrap();
    let to: Vec<_> = to.iter().map(|(at, votes)| (*at, votes.to_string())).collect();
    assert_eq!((lost.as_str(), to), ("0.00003", vec![(1, "1.14284".into()), (2, "0.85713".into())]));
    assert_eq!(election.scores[0].to_string(), "5", "who is elected keeps the quota");
}

/// Six votes for A are two more than a third of twelve: B gets them without anybody's last votes being lost.
#[test]
fn meek_keeps_what_is_needed() {
    let profile = ranked(3, &[(6, "a b"), (3, "b"), (3, "c")]);
    let election = elect(&profile, "stv-meek", 2);
    assert_eq!(letters(&election.winners), "ab");
    let factors = election.steps.iter().filter_map(|step| match step {
        Step::Kept { factors, .. } => Some(factors[0].to_string()),
        _ => None,
    });
    assert_eq!(factors.collect::<Vec<_>>(), ["1", "0.666666667"]);
}

/// A is raised by ten voters and loses for it: 39 and 26 beat 35; with 49 to 25 B goes out, and its voters make C win.
#[test]
fn run_off_is_not_monotone() {
    let before = [(39, "a b c"), (35, "b c a"), (26, "c a b")];
    let after = [(49, "a b c"), (25, "b c a"), (26, "c a b")];
    for method in ["instant-runoff", "instant-runoff-batches", "stv-meek", "stv-scottish"] {
        assert_eq!((&order(&before, 3, method)[..1], &order(&after, 3, method)[..1]), ("a", "c"), "{method}");
    }
}

/// Two more voters who prefer B to C come, and C wins in B's place: they had better stayed at home.
#[test]
fn run_off_fails_participation() {
    let without = [(10, "c a b"), (8, "b c a"), (7, "a b c")];
    let with = [(10, "c a b"), (8, "b c a"), (9, "a b c")];
    assert_eq!((&order(&without, 3, "instant-runoff")[..1], &order(&with, 3, "instant-runoff")[..1]), ("b", "c"));
}

/// B brings a clone, and Borda elects it although nobody changed their mind about A; Schulze and ranked pairs do not.
#[test]
fn borda_rewards_clones() {
    let (alone, cloned) = ([(3, "a b"), (2, "b a")], [(3, "a b c"), (2, "b c a")]);
    assert_eq!((order(&alone, 2, "borda-fixed"), order(&cloned, 3, "borda-fixed")), ("ab".into(), "bac".into()));
    for method in ["schulze", "ranked-pairs", "instant-runoff"] {
        assert_eq!((&order(&alone, 2, method)[..1], &order(&cloned, 3, method)[..1]), ("a", "a"), "{method}");
    }
}

/// D loses to all, but by little; the others beat each other by much, in a circle. Minimax goes outside the Smith set.
#[test]
fn minimax_may_leave_the_smith_set() {
    let ballots =
        [(16, "a b c d"), (14, "d a b c"), (16, "b c a d"), (14, "d b c a"), (16, "c a b d"), (14, "d c a b")];
    let election = elect(&ranked(4, &ballots), "minimax", 1);
    assert_eq!(letters(&election.winners), "d");
    assert_eq!(election.pairwise.unwrap().smith_set(), [0, 1, 2]);
    for method in ["schulze", "ranked-pairs", "copeland", "kemeny"] {
        assert_ne!(&order(&ballots, 4, method)[..1], "d", "{method}");
    }
}

/// The last two together have less than the next one: they go out at once, and nobody draws lots for them.
#[test]
fn batches_spare_lots() {
    let profile = ranked(4, &[(9, "a"), (8, "b"), (2, "c b"), (2, "d b")]);
    let one_by_one = elect(&profile, "instant-runoff", 1);
    let batches = elect(&profile, "instant-runoff-batches", 1);
    assert_eq!((one_by_one.winners, batches.winners), (vec![1], vec![1]));
    assert!(batches.steps.contains(&Step::Eliminated { candidates: vec![3, 2], round: 1 }), "{:?}", batches.steps);
    assert!(batches.ties.iter().all(|tie| !tie.decisive));
    assert!(one_by_one.ties.iter().any(|tie| tie.decisive));
}

/// Both have the middle mark 3 of five; without one 3 each, the lower middle of four is 3 for A and 2 for B.
#[test]
fn majority_judgement_takes_middles_out() {
    let profile = marked(2, 5, &[(1, "a5 b5"), (1, "a4 b5"), (1, "a3 b3"), (1, "a3 b2"), (1, "a0 b0")]);
    let election = elect(&profile, "majority-judgement", 1);
    assert_eq!(letters(&election.order), "ab");
    let told = Step::MiddleMarks { better: 0, marks: [3, 2], other: 1, taken: 1 };
    assert_eq!(election.steps, [Step::Medians { grades: vec![3, 3] }, told]);
    // A mark left out is nought, and nobody counts a ballot that marks nobody.
    let profile = marked(2, 5, &[(2, "a1"), (1, "b5"), (9, "")]);
    assert_eq!(elect(&profile, "majority-judgement", 1).steps, [Step::Medians { grades: vec![1, 0] }]);
}

/// A has most stars, but more people prefer B.
#[test]
fn star_lets_the_two_best_meet() {
    let profile = marked(3, 5, &[(4, "a5 b1 c0"), (5, "a3 b5 c1"), (1, "c5")]);
    let election = elect(&profile, "star", 1);
    assert_eq!(letters(&election.order), "bac");
    assert_eq!(election.steps, [Step::Finalists { equal: 1, pair: [0, 1], preferred: [4, 5] }]);
}

#[test]
fn means_with_and_without_blanks() {
    let profile = marked(2, 5, &[(1, "a5"), (3, "b4"), (1, "")]);
    for (method, scores, winner) in
        [("score", ["5", "12"], "b"), ("score-mean", ["5", "4"], "a"), ("score-mean-blanks-zero", ["1.25", "3"], "b")]
    {
        let election = elect(&profile, method, 1);
        let found: Vec<_> = election.scores.iter().map(ToString::to_string).collect();
        assert_eq!((found, letters(&election.winners)), (scores.map(String::from).to_vec(), winner.into()), "{method}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_what_does() {
    let profile = ranked(13, &[(1, "a b"), (1, "b=c")]);
    let (territories, ladder) = (territories(13), Ladder::default());
    let winners = Winners::Top { minimum: Some(1), seats: 1 };
    let contest =
        Contest { profile: &profile, territories: &territories, winners: &winners, ladder: &ladder, turnout: None };
    let refused =
        |contest: &Contest<'_>, method: &str| ballots::count(contest, method.parse().unwrap()).unwrap_err().to_string();
    let said = refused(&contest, "star");
    assert!(
        said.starts_with("method: star cannot count ranked ballots; what can: borda, borda-fixed, dowdall"),
        "{said}"
    );
    assert!(refused(&contest, "schulze").contains("minimum score has no meaning"));
    let winners = Winners::Top { minimum: None, seats: 1 };
    let contest = Contest { winners: &winners, ..contest };
    assert!(refused(&contest, "kemeny").contains("at most 12 territories, not 13"));
    for method in ["instant-runoff", "coombs", "stv-meek", "stv-scottish"] {
        assert!(refused(&contest, method).contains("equal places"), "{method}");
    }
    let said = "dice".parse::<Procedure>().unwrap_err().to_string();
    assert!(said.contains("no method \"dice\"") && said.contains("ranked-pairs"), "{said}");
    let points = Procedure::fitting(&Kind::Points { each: None, total: 5 });
    assert_eq!(points.into_iter().filter(|method| !method.spends()).collect::<Vec<_>>(), [Procedure::Points]);
}

/// 1000 people, a quarter must vote: 250 ballots do, 249 do not.
#[test]
fn too_few_votes_make_it_void() {
    let territories = territories(2);
    let winners = Winners::Top { minimum: Some(200), seats: 1 };
    for (voters, state) in [(249, State::Void { needed: 250 }), (250, State::Decided)] {
        let profile = ranked(2, &[(voters, "a b")]);
        let turnout = Some(Turnout { eligible: 1000, per_mille: 250 });
        let ladder = Ladder::default();
        let contest =
            Contest { profile: &profile, territories: &territories, winners: &winners, ladder: &ladder, turnout };
        let election = ballots::count(&contest, "borda".parse().unwrap()).unwrap();
        assert_eq!(election.state, state);
        assert_eq!(election.winners.len(), usize::from(state == State::Decided), "b has 250 points and reaches 200");
    }
}
