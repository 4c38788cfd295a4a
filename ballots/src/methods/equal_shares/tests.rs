//! Whole numbers and fractions of any size must buy the same, for the same prices, wherever the whole numbers dare to answer.

use proptest::prelude::*;

use super::*;
use crate::{
    choice::Choice,
    ladder::{Ladder, Rung},
    money::Money,
    profile::Profile,
    rules::{Kind, Overflow, Territory, Winners},
};

/// Runs with whole numbers and with fractions; nothing when the whole numbers are in doubt.
fn both<W: fixed::Whole>(
    costs: &[u32],
    budget: u32,
    ballots: &[(Vec<(u16, u32)>, u64)],
    raises: u32,
) -> Option<[Vec<Step>; 2]> {
    let mut profile = Profile::new(Kind::Points { each: None, total: 100 }, costs.len() as u16);
    for (marks, weight) in ballots {
        let known = marks.iter().filter(|(at, _)| usize::from(*at) < costs.len()).copied();
        let marks: std::collections::BTreeMap<u16, u32> = known.collect();
        profile.add(&Choice::Points(marks.into_iter().collect()), *weight).unwrap();
    }
    let territory = |(cost, number): (&u32, u32)| Territory {
        cost: Some(Money(i64::from(*cost))),
        id: number.to_string(),
        number,
        title: number.to_string(),
        ..Territory::default()
    };
    let territories: Vec<_> = costs.iter().zip(1..).map(territory).collect();
    let winners = Winners::Budget { budget: Money(i64::from(budget)), minimum: None, overflow: Overflow::Skip };
    let ladder = Ladder::new(&[Rung::Registration]);
    let contest =
        Contest { profile: &profile, territories: &territories, winners: &winners, ladder: &ladder, turnout: None };
    let method = Procedure::EqualShares(Satisfaction::Cost, Completion::None);
    let purse = Purse::new(&contest, method, &[]).unwrap();
    let supports = Supports::new(&profile, method).unwrap();
    let shop = Shop {
        supports: &supports,
        costs: &purse.costs,
        worth: purse.costs.clone(),
        voters: profile.ballots(),
        budget: purse.budget,
        patience: Patience::default(),
    };
    let steps = |run: Result<Bought, Stop>| match run {
        Ok(bought) => Some(bought.record.steps),
        Err(Stop::OverBudget) => Some(Vec::new()),
        Err(_) => None,
    };
    let quick = steps(shop.buy(&contest, &purse, fixed::Purses::<W>::new(&shop, raises)?))?;
    Some([quick, steps(shop.buy(&contest, &purse, fractions::Purses::new(&shop, raises))).unwrap()])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn quick_runs_are_exact(
        costs in proptest::collection::vec(1..5_000_u32, 1..8),
        budget in 1..20_000_u32,
        ballots in proptest::collection::vec((proptest::collection::vec((0..8_u16, 1..4_u32), 0..5), 1..40_u64), 1..20),
        raises in 0..20_u32,
    ) {
        if let Some([quick, certain]) = both::<u64>(&costs, budget, &ballots, raises) {
            prop_assert_eq!(quick, certain);
        }
        if let Some([quick, certain]) = both::<u128>(&costs, budget, &ballots, raises) {
            prop_assert_eq!(quick, certain);
        }
    }
}

/// The quick way must not doubt everything: then the property above would hold of nothing.
#[test]
fn quick_runs_answer() {
    let ballots = [(vec![(0, 1), (1, 1)], 50), (vec![(1, 1), (2, 1)], 31), (vec![(0, 2)], 17)];
    for both in [both::<u64>, both::<u128>] {
        let [quick, certain] = both(&[40_000, 30_011, 9_000], 100_000, &ballots, 0).unwrap();
        assert!(!quick.is_empty() && quick == certain, "{quick:?} {certain:?}");
    }
}

/// Whatever a round's rules allow, wide whole numbers hold it: 2^32 - 1 ballots, the greatest budget that is raised, all raises.
#[test]
fn wide_numbers_hold_every_round() {
    let supports = Supports { columns: Vec::new(), scores: Vec::new(), voters: 0 };
    let (voters, budget) = (u64::from(u32::MAX), MOST_RAISED_BUDGET.0.unsigned_abs());
    let patience = Patience::default;
    let shop = Shop { supports: &supports, costs: &[], worth: Vec::new(), voters, budget, patience: patience() };
    assert!(fixed::Purses::<u128>::new(&shop, MOST_RAISES).is_some());
    // A million voters, a billion, and voters raised to twice their share stay in the quickest numbers.
    let city = Shop {
        voters: 1_000_000,
        budget: 100_000_000_000,
        supports: &supports,
        costs: &[],
        worth: Vec::new(),
        patience: patience(),
    };
    assert!(fixed::Purses::<u64>::new(&city, 1_000).is_some());
}

/// Raises end sooner where each of them reads more marks.
#[test]
fn raises_are_bounded_by_the_marks_they_read() {
    let marks = [0, 1, 325_964, 10_000_000, MOST_MARKS_READ, MOST_MARKS_READ + 1];
    assert_eq!(marks.map(most_raises), [0, 100_000, 100_000, 5_000, 1, 0]);
}
