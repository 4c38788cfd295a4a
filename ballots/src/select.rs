//! From an order to winners: the best so many, or the best that the money pays for; and of whoever did not win, why.

use crate::{
    exact::Exact,
    methods::spending::Room,
    money::Money,
    outcome::{Standing, Why},
    rules::{Overflow, Rules, Winners},
};

/// Marks the winners among standings, which are sorted by rank, and returns what they cost under a budget.
pub(crate) fn select(rules: &Rules, standings: &mut [Standing]) -> Option<Money> {
    let mut spent = Money(0);
    let (mut taken, mut stopped) = (0, false);
    let is_budget = matches!(rules.winners, Winners::Budget { .. });
    let limits = rules.limits_by_position();
    let mut room = Room::new(&limits);
    for standing in standings {
        let (minimum, why) = match &rules.winners {
            Winners::Top { minimum, seats } => (*minimum, (taken >= *seats).then_some(Why::NoSeat)),
            Winners::Budget { budget, minimum, .. } => {
                let fits = cost(rules, &standing.id).is_some_and(|cost| spent.0.saturating_add(cost.0) <= budget.0);
                let why = match () {
                    () if !has_room(rules, &room, &standing.id) => Some(Why::Barred),
                    () if stopped => Some(Why::AfterStop),
                    () => (!fits).then_some(Why::OverBudget),
                };
                (*minimum, why)
            }
        };
        standing.why = if below(minimum, standing) { Some(Why::BelowMinimum) } else { why };
        standing.selected = standing.why.is_none();
        if standing.selected {
            taken += 1;
            take(rules, &mut room, &standing.id);
            // Only under a budget: there the sum stays within it, elsewhere nothing bounds the costs.
            let counted = cost(rules, &standing.id).filter(|_| is_budget);
            spent.0 += counted.map_or(0, |cost| cost.0);
        }
        let stops = matches!(rules.winners, Winners::Budget { overflow: Overflow::Stop, .. });
        stopped |= stops && standing.why == Some(Why::OverBudget);
    }
    is_budget.then_some(spent)
}

/// Marks the winners that a method bought by itself, and says of each other why it did not buy it.
pub(crate) fn bought(rules: &Rules, standings: &mut [Standing], winners: &[String], spent: Option<Money>) {
    let (budget, minimum, stops) = match &rules.winners {
        Winners::Budget { budget, minimum, overflow } => (*budget, *minimum, *overflow == Overflow::Stop),
        Winners::Top { minimum, .. } => (Money(0), *minimum, false),
    };
    let left = budget.0.saturating_sub(spent.unwrap_or_default().0);
    let limits = rules.limits_by_position();
    let mut room = Room::new(&limits);
    winners.iter().for_each(|id| take(rules, &mut room, id));
    for standing in standings {
        standing.selected = winners.contains(&standing.id);
        let fits = cost(rules, &standing.id).is_some_and(|cost| cost.0 <= left);
        let is_supported = standing.score.as_ref().is_some_and(|score| !score.is_zero());
        standing.why = match () {
            () if standing.selected => None,
            () if below(minimum, standing) => Some(Why::BelowMinimum),
            () if !has_room(rules, &room, &standing.id) => Some(Why::Barred),
            () if !fits => Some(Why::OverBudget),
            () if stops && is_supported => Some(Why::AfterStop),
            () => Some(Why::NoSupport),
        };
    }
}

/// Marks the winners of a method that fills seats by itself.
pub(crate) fn elected(standings: &mut [Standing], winners: &[String]) {
    for standing in standings {
        standing.selected = winners.contains(&standing.id);
        standing.why = (!standing.selected).then_some(Why::NoSeat);
    }
}

fn below(minimum: Option<u64>, standing: &Standing) -> bool {
    let short = |minimum: u64| standing.score.as_ref().is_some_and(|score| *score < Exact::from(minimum));
    minimum.is_some_and(short)
}

/// Whether the limits let a territory in, with the winners so far.
fn has_room(rules: &Rules, room: &Room<'_>, id: &str) -> bool {
    room.is_everywhere() || rules.position(id).is_some_and(|at| room.has(at, hundredths(cost(rules, id))))
}

fn take(rules: &Rules, room: &mut Room<'_>, id: &str) {
    if let Some(at) = rules.position(id).filter(|_| !room.is_everywhere()) {
        room.take(at, hundredths(cost(rules, id)));
    }
}

/// A cost in hundredths; where there is a budget, each is above zero.
fn hundredths(cost: Option<Money>) -> u64 {
    cost.and_then(|cost| u64::try_from(cost.0).ok()).unwrap_or(0)
}

fn cost(rules: &Rules, id: &str) -> Option<Money> {
    rules.position(id).and_then(|at| rules.territories[usize::from(at)].cost)
}
