//! From an order to winners: the best so many, or the best that the money pays for.

use crate::{
    money::Money,
    outcome::{Standing, Why},
    rules::{Overflow, Rules, Winners},
};

/// Marks the winners among standings, which are sorted by rank, and returns what they cost under a budget.
pub(crate) fn select(rules: &Rules, standings: &mut [Standing]) -> Option<Money> {
    let mut spent = Money(0);
    let (mut taken, mut stopped) = (0, false);
    let is_budget = matches!(rules.winners, Winners::Budget { .. });
    for standing in standings {
        let (minimum, why) = match &rules.winners {
            Winners::Top { minimum, seats } => (*minimum, (taken >= *seats).then_some(Why::NoSeat)),
            Winners::Budget { budget, minimum, .. } => {
                let fits = cost(rules, &standing.id).is_some_and(|cost| spent.0.saturating_add(cost.0) <= budget.0);
                let why = if stopped { Some(Why::AfterStop) } else { (!fits).then_some(Why::OverBudget) };
                (*minimum, why)
            }
        };
        standing.why =
            if minimum.is_some_and(|minimum| standing.score < minimum) { Some(Why::BelowMinimum) } else { why };
        standing.selected = standing.why.is_none();
        if standing.selected {
            taken += 1;
            // Only under a budget: there the sum stays within it, elsewhere nothing bounds the costs.
            let counted = cost(rules, &standing.id).filter(|_| is_budget);
            spent.0 += counted.map_or(0, |cost| cost.0);
        }
        let stops = matches!(rules.winners, Winners::Budget { overflow: Overflow::Stop, .. });
        stopped |= stops && standing.why == Some(Why::OverBudget);
    }
    is_budget.then_some(spent)
}

fn cost(rules: &Rules, id: &str) -> Option<Money> {
    rules.position(id).and_then(|at| rules.territories[usize::from(at)].cost)
}
