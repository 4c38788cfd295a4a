//! From a ranking to winners: the best so many, or the best that the money pays for, of those that reach the minimum.

use crate::{
    election::{Contest, Election, Ranking},
    exact::Exact,
    money::Money,
    rules::{Overflow, Winners},
};

/// Fills in who wins, what that costs, and which ties decided it.
pub(crate) fn choose(contest: &Contest<'_>, election: &mut Election, ranking: Ranking) {
    let Ranking { order, places, scores, winners } = ranking;
    let reaches = |at: u16, minimum: &Option<u64>| match (minimum, scores.get(usize::from(at))) {
        (Some(minimum), Some(score)) => *score >= Exact::from(*minimum),
        _ => true,
    };
    let chosen = winners.unwrap_or_else(|| match contest.winners {
        Winners::Top { minimum, seats } => {
            let reaching = order.iter().copied().filter(|at| reaches(*at, minimum));
            reaching.take(usize::from(*seats)).collect()
        }
        Winners::Budget { budget, minimum, overflow } => {
            let reaching = order.iter().copied().filter(|at| reaches(*at, minimum));
            spend(contest, reaching, *budget, *overflow)
        }
    });
    if matches!(contest.winners, Winners::Budget { .. }) {
        let sum = chosen.iter().filter_map(|at| contest.territories[usize::from(*at)].cost).map(|cost| cost.0);
        // Costs of winners fit into the budget, so their sum does.
        election.spent = Some(Money(sum.fold(0, i64::saturating_add)));
    }
    for tie in election.ties.iter_mut().filter(|tie| tie.round.is_none()) {
        let won = tie.order.iter().filter(|at| chosen.contains(at)).count();
        tie.decisive = won > 0 && won < tie.order.len();
    }
    (election.order, election.places) = (order, places);
    (election.scores, election.winners) = (scores, chosen);
}

fn spend(contest: &Contest<'_>, order: impl Iterator<Item = u16>, budget: Money, overflow: Overflow) -> Vec<u16> {
    let (mut left, mut chosen) = (budget.0, Vec::new());
    for at in order {
        match contest.territories[usize::from(at)].cost {
            Some(cost) if cost.0 <= left => {
                left -= cost.0;
                chosen.push(at);
            }
            _ if overflow == Overflow::Stop => break,
            _ => {}
        }
    }
    chosen
}
