//! What a budget was not spent on, and what stood in the way of each: the price, a limit, the minimum, or too little support.

use serde::{Deserialize, Serialize};

use super::{Limit, Room, hundredths};
use crate::{
    election::Election,
    exact::Exact,
    methods::{Procedure, equal_shares::Completion},
    money::Money,
    rules::{Overflow, Territory, Winners},
};

/// One that was not bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missed {
    /// The candidate, by number.
    pub candidate: u16,
    /// What stood in the way.
    pub why: Obstacle,
}

/// What stood in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// The count had stopped at one that did not fit.
    AfterStop,
    /// These were bought, and a limit allows it no more.
    Barred(Vec<u16>),
    /// Its score is below this minimum.
    BelowMinimum(u64),
    /// No ballot supports it.
    NoSupport,
    /// It costs more than this, which was left.
    OverBudget(Money),
    /// There was money, but not in its supporters' hands.
    SharesShort,
}

/// Of each candidate that did not win under a budget, in the election's order, what stood in the way.
///
/// Where a method goes down the list, that is seen when its turn comes; elsewhere in the end.
pub(crate) fn missed(
    winners: &Winners,
    territories: &[Territory],
    limits: &[Limit],
    method: Procedure,
    election: &Election,
) -> Vec<Missed> {
    let Winners::Budget { budget, minimum, overflow } = winners else { return Vec::new() };
    let cost = |at: u16| territories[usize::from(at)].cost.map_or(0, hundredths);
    let sum = |bought: &[u16]| bought.iter().map(|at| cost(*at)).fold(0, u64::saturating_add);
    let left = |bought: &[u16]| hundredths(*budget).saturating_sub(sum(bought));
    let score = |at: u16| election.scores.get(usize::from(at));
    let by_list = matches!(method, Procedure::Greedy) || !method.spends();
    let mut bought = if by_list { Vec::new() } else { election.winners.clone() };
    let mut room = Room::new(limits);
    bought.iter().for_each(|at| room.take(*at, cost(*at)));
    let (mut missed, mut stopped) = (Vec::new(), false);
    for candidate in election.order.iter().copied() {
        if election.winners.contains(&candidate) {
            if by_list {
                bought.push(candidate);
                room.take(candidate, cost(candidate));
            }
            continue;
        }
        let below = minimum.filter(|minimum| score(candidate).is_some_and(|score| *score < Exact::from(*minimum)));
        // Those bought that take up a limit of this one.
        let barred = room
            .full(candidate, cost(candidate))
            .map(|full| bought.iter().copied().filter(|at| full.of.contains(at)).collect::<Vec<_>>());
        let rest = left(&bought);
        let is_dear = cost(candidate) > rest;
        let why = match (below, barred) {
            (Some(minimum), _) => Obstacle::BelowMinimum(minimum),
            (None, Some(by)) => Obstacle::Barred(by),
            (None, None) if stopped => Obstacle::AfterStop,
            (None, None) if shares_alone(method) || !is_dear => no_support(score(candidate), *overflow, method),
            (None, None) => {
                stopped = by_list && *overflow == Overflow::Stop;
                Obstacle::OverBudget(Money(i64::try_from(rest).unwrap_or(i64::MAX)))
            }
        };
        missed.push(Missed { candidate, why });
    }
    missed
}

/// Whether nothing but the supporters' own shares buys.
const fn shares_alone(method: Procedure) -> bool {
    matches!(method, Procedure::EqualShares(_, Completion::None))
}

/// Why one was not bought for which there was money.
fn no_support(score: Option<&Exact>, overflow: Overflow, method: Procedure) -> Obstacle {
    match () {
        () if score.is_some_and(Exact::is_zero) => Obstacle::NoSupport,
        () if method == Procedure::Phragmen && overflow == Overflow::Stop => Obstacle::AfterStop,
        () => Obstacle::SharesShort,
    }
}
