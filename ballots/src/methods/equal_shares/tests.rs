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

/// Runs both ways; nothing when the quick one is in doubt.
fn both(costs: &[u32], budget: u32, ballots: &[(Vec<(u16, u32)>, u64)], raises: u32) -> Option<[Vec<Step>; 2]> {
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
    };
    let steps = |run: Result<Bought, Stop>| match run {
        Ok(bought) => Some(bought.record.steps),
        Err(Stop::OverBudget) => Some(Vec::new()),
        Err(_) => None,
    };
    let quick = steps(shop.buy(&contest, &purse, fixed::Purses::new(&shop, raises)?, &Patience::default()))?;
    Some([
        quick,
        steps(shop.buy(&contest, &purse, fractions::Purses::new(&shop, raises), &Patience::default())).unwrap(),
    ])
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
        if let Some([quick, certain]) = both(&costs, budget, &ballots, raises) {
            prop_assert_eq!(quick, certain);
        }
    }
}

/// The quick way must not doubt everything: then the property above would hold of nothing.
#[test]
fn quick_runs_answer() {
    let ballots = [(vec![(0, 1), (1, 1)], 50), (vec![(1, 1), (2, 1)], 31), (vec![(0, 2)], 17)];
    let [quick, certain] = both(&[40_000, 30_011, 9_000], 100_000, &ballots, 0).unwrap();
    assert!(!quick.is_empty() && quick == certain, "{quick:?} {certain:?}");
}
