//! Methods that spend a budget, on elections small enough to be followed by hand.

use ballots::{
    Choice, Contest, Election, Ladder, Procedure, Profile, Rules, count,
    election::{State, Step},
    ladder::Rung,
    methods::{
        CountFault, count_within,
        spending::{Limit, reserve, what_if},
    },
    rules::{Kind, Overflow, Territory, TieRule, Winners},
};

/// Projects of these costs, and how many approve which.
pub struct Town {
    pub profile: Profile,
    pub territories: Vec<Territory>,
    pub winners: Winners,
}

pub fn town(costs: &[&str], budget: &str, ballots: &[(u64, &[u16])]) -> Town {
    let count = costs.len() as u16;
    let mut profile = Profile::new(Kind::Approval { max: count }, count);
    for (weight, marks) in ballots {
        profile.add(&Choice::Approval(marks.to_vec()), *weight).unwrap();
    }
    let territory = |(cost, number): (&&str, u32)| Territory {
        cost: Some(cost.parse().unwrap()),
        id: format!("p{number}"),
        number,
        title: format!("Project {number}"),
        ..Territory::default()
    };
    let winners = Winners::Budget { budget: budget.parse().unwrap(), minimum: None, overflow: Overflow::Skip };
    Town { profile, territories: costs.iter().zip(1..).map(territory).collect(), winners }
}

impl Town {
    fn with<T>(&self, ladder: &Ladder, work: impl FnOnce(&Contest<'_>) -> T) -> T {
        work(&Contest {
            profile: &self.profile,
            territories: &self.territories,
            winners: &self.winners,
            ladder,
            turnout: None,
        })
    }

    pub fn count(&self, method: &str) -> Election {
        self.within(&[], method)
    }

    pub fn within(&self, limits: &[Limit], method: &str) -> Election {
        let method: Procedure = method.parse().unwrap();
        let ladder = Ladder::new(&[Rung::Registration]);
        self.with(&ladder, |contest| count_within(contest, limits, method)).unwrap()
    }
}

/// 60 people want one thing, 40 another: greedily the larger group takes everything, equal shares give each group its part.
fn two_groups() -> Town {
    town(&["30", "30", "30", "20", "20"], "100", &[(60, &[0, 1, 2]), (40, &[3, 4])])
}

#[test]
fn a_minority_gets_its_share() {
    assert_eq!(two_groups().count("greedy").winners, [0, 1, 2]);
    // 60 people have 60 together: two of theirs; 40 have 40: both of theirs.
    let shared = two_groups().count("equal-shares");
    let mut winners = shared.winners.clone();
    winners.sort_unstable();
    assert_eq!((winners, shared.spent.unwrap().to_string().as_str()), (vec![0, 1, 3, 4], "100"));
    let Step::Purchased { candidate: 0, price: Some(price), supporters: Some(60), .. } = &shared.steps[0] else {
        panic!("{:?}", shared.steps[0])
    };
    assert_eq!(price.to_string(), "0.5");
    let mut loads = two_groups().count("phragmen").winners;
    loads.sort_unstable();
    assert_eq!(loads, [0, 1, 3, 4]);
    // Four projects with 60, 60, 40 and 40 marks are more than three with 60.
    assert_eq!(two_groups().count("knapsack").winners, [0, 1, 3, 4]);
}

/// Money that equal shares leave is spent by raises, by the greedy rule, or not at all.
#[test]
fn completions_spend_what_is_left() {
    // Nobody's supporters have their project's cost together at first: 25 each.
    let town = town(&["60", "50"], "100", &[(2, &[0]), (2, &[1]), (0, &[])]);
    assert_eq!(town.count("equal-shares").winners, [1]);
    // Raised by 5 they could pay for the other too, but that exceeds the budget: the earlier purchases stand.
    assert_eq!(town.count("equal-shares-add1").winners, [1]);
    assert_eq!(town.count("equal-shares-greedy").winners, [1]);
    let town = self::town(&["60", "30"], "100", &[(2, &[0]), (2, &[1])]);
    assert_eq!(town.count("equal-shares").winners, [1]);
    // Raised by 5, each pays half of what is marked per unit of cost: a tie, bought in the order of registration.
    assert_eq!(town.count("equal-shares-add1").winners, [0, 1]);
    assert_eq!(town.count("equal-shares-greedy").winners, [1, 0]);
}

#[test]
fn too_dear_is_passed_over_or_ends_the_list() {
    let mut town = town(&["80", "50", "20"], "100", &[(3, &[0]), (2, &[1]), (1, &[2])]);
    assert_eq!(town.count("greedy").winners, [0, 2]);
    town.winners = Winners::Budget { budget: "100".parse().unwrap(), minimum: None, overflow: Overflow::Stop };
    assert_eq!(town.count("greedy").winners, [0]);
    town.winners = Winners::Budget { budget: "100".parse().unwrap(), minimum: Some(2), overflow: Overflow::Skip };
    assert_eq!(town.count("greedy").winners, [0]);
}

#[test]
fn incompatible_projects_and_groups_are_kept_apart() {
    let limits = [Limit::one_of(vec![0, 1])];
    for method in ["greedy", "equal-shares-add1", "phragmen", "knapsack"] {
        let winners = two_groups().within(&limits, method).winners;
        assert!(winners.contains(&0) && !winners.contains(&1), "{method}: {winners:?}");
    }
    let limits = [Limit { money: Some("25".parse().unwrap()), most: None, of: vec![3, 4] }];
    assert_eq!(two_groups().within(&limits, "knapsack").spent.unwrap().to_string(), "90");
    assert!(!two_groups().within(&limits, "equal-shares").winners.contains(&4));
    let ladder = Ladder::default();
    let refused = two_groups().with(&ladder, |contest| count_within(contest, &limits, Procedure::Approval));
    assert_eq!(refused, Err(CountFault::Limits(Procedure::Approval)));
}

#[test]
fn ties_go_by_the_ladder_and_are_written_down() {
    let town = town(&["60", "60"], "100", &[(2, &[0]), (2, &[1])]);
    for method in ["greedy", "equal-shares-greedy", "phragmen"] {
        let election = town.count(method);
        assert_eq!(election.winners, [0], "{method}");
        assert!(election.ties.iter().any(|tie| tie.decisive && tie.rungs == [Rung::Registration]), "{method}");
    }
    let by_hand = Ladder::new(&[Rung::ByHand]);
    let waits = town.with(&by_hand, |contest| count(contest, Procedure::Greedy)).unwrap();
    assert!(matches!(waits.state, State::Waits(_)) && waits.winners.is_empty());
}

#[test]
fn the_reserve_and_other_budgets_are_told() {
    let town = town(&["80", "50", "20"], "100", &[(3, &[0]), (2, &[1]), (1, &[2])]);
    let ladder = Ladder::default();
    let election = town.count("greedy");
    town.with(&ladder, |contest| {
        let next = reserve(contest, &[], Procedure::Greedy, &election).unwrap();
        assert_eq!(next.iter().map(|one| one.candidate).collect::<Vec<_>>(), [1]);
        assert_eq!(next[0].missing.map(|missing| missing.to_string()), Some("50".to_owned()));
        let rows = what_if(contest, &[], Procedure::Greedy, &["60".parse().unwrap(), "150".parse().unwrap()]).unwrap();
        assert_eq!((&rows[0].winners, &rows[0].gained, &rows[0].lost), (&vec![1], &vec![1], &vec![0, 2]));
        assert_eq!((&rows[1].winners, &rows[1].gained), (&vec![0, 1, 2], &vec![1]));
    });
}

#[test]
fn what_cannot_be_counted_is_refused_with_the_reason() {
    let town = two_groups();
    let ladder = Ladder::default();
    let seats = Winners::Top { minimum: None, seats: 2 };
    let refused = town.with(&ladder, |contest| count(&Contest { winners: &seats, ..*contest }, Procedure::Knapsack));
    assert_eq!(refused, Err(CountFault::Budget(Procedure::Knapsack)));
    let mut free = two_groups();
    free.territories[2].cost = None;
    let refused = free.with(&ladder, |contest| count(contest, Procedure::Greedy));
    assert_eq!(refused, Err(CountFault::Cost("p3".to_owned())));
    let many: Vec<&str> = vec!["1"; 101];
    let large = self::town(&many, "10", &[(1, &[0])]);
    let refused = large.with(&ladder, |contest| count(contest, Procedure::Knapsack)).unwrap_err().to_string();
    assert!(refused.contains("at most 100 territories, not 101"), "{refused}");
}

/// A million voters and a budget of a billion are raised with whole numbers, to the same end as by hand: 500,000 voters of each
/// half hold 500 million, a project of 600 million is out of their reach until everybody has 1,200.
#[test]
fn a_million_voters_spend_a_billion() {
    let half = 500_000;
    let town = town(&["400000000", "600000000"], "1000000000", &[(half, &[0]), (half, &[1])]);
    assert_eq!(town.count("equal-shares").winners, [0]);
    assert_eq!(town.count("equal-shares-add1").winners, [0, 1]);
    let Some(Step::Purchased { price, .. }) = town.count("equal-shares-add1").steps.pop() else { panic!() };
    assert_eq!(price.unwrap().to_string(), "1200");
}

/// What would be raised in numbers that are too large is refused with what to choose instead, when a round is drafted as when a file is counted.
#[test]
fn budgets_too_large_for_raises_are_refused() {
    let said = "spends at most 10000000000000 so, not 10000000000000.01; give all money in a larger unit, or choose equal-shares-units-greedy";
    let large = town(&["1", "2"], "10000000000000.01", &[(3, &[0]), (2, &[1])]);
    let method: Procedure = "equal-shares-units-add1u".parse().unwrap();
    let ladder = Ladder::new(&[Rung::Registration]);
    let fault = large.with(&ladder, |contest| count(contest, method)).unwrap_err();
    assert!(matches!(fault, CountFault::Raises { .. }) && fault.to_string().contains(said), "{fault}");
    let rules = |method: &str, winners: &Winners| Rules {
        kind: Kind::Approval { max: 2 },
        limits: Vec::new(),
        method: method.parse().unwrap(),
        territories: large.territories.clone(),
        ties: vec![TieRule::Registration],
        turnout: None,
        winners: winners.clone(),
    };
    let drafted = rules("equal-shares-units-add1u", &large.winners).check().unwrap_err().to_string();
    assert!(drafted.contains(said), "{drafted}");
    assert_eq!(rules("equal-shares-units-greedy", &large.winners).check(), Ok(()));
    let most = town(&["1", "2"], "10000000000000", &[(3, &[0]), (2, &[1])]);
    assert_eq!(rules("equal-shares-units-add1u", &most.winners).check(), Ok(()));
    assert_eq!(most.count("equal-shares-units-add1u").winners, [0, 1]);
}
