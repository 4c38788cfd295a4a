//! The reserve list: who comes next when a winner drops out or money is added, in order, and what stands in the way now.

use serde::Serialize;

use super::{Limit, Purse, Room};
use crate::{
    election::{Contest, Election},
    methods::{CountFault, Procedure},
    money::Money,
};

/// One that did not win.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reserve {
    /// The candidate, by number.
    pub candidate: u16,
    /// What it costs.
    pub cost: Money,
    /// Whether a winner excludes it, or its group has what it may have.
    pub is_barred: bool,
    /// Money that is missing beyond what is left; none when it would fit.
    pub missing: Option<Money>,
}

/// Those who did not win though their score is high enough, in the election's order.
///
/// # Errors
/// A [`CountFault`] of the budget or the costs.
pub fn reserve(
    contest: &Contest<'_>,
    limits: &[Limit],
    method: Procedure,
    election: &Election,
) -> Result<Vec<Reserve>, CountFault> {
    let purse = Purse::new(contest, method, limits)?;
    let (mut room, mut left) = (Room::new(limits), purse.budget);
    for at in &election.winners {
        let cost = purse.costs[usize::from(*at)];
        room.take(*at, cost);
        left = left.saturating_sub(cost);
    }
    let others = election.order.iter().copied().filter(|at| !election.winners.contains(at));
    let reaching = others.filter(|at| {
        let score = election.scores.get(usize::from(*at)).and_then(crate::exact::Exact::floor);
        score.is_none_or(|score| purse.reaches(score))
    });
    let entry = |candidate: u16| {
        let cost = purse.costs[usize::from(candidate)];
        let missing = cost.checked_sub(left).filter(|missing| *missing > 0).map(|missing| purse.money(missing));
        Reserve { candidate, cost: purse.money(cost), is_barred: !room.has(candidate, cost), missing }
    };
    Ok(reaching.map(entry).collect())
}
