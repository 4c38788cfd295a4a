//! "What if the budget were …": the same ballots counted with other budgets, and who would win or lose by it.

use serde::Serialize;

use super::Limit;
use crate::{
    election::Contest,
    methods::{CountFault, Procedure, count_within},
    money::Money,
    rules::Winners,
};

/// The answer for one budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The budget.
    pub budget: Money,
    /// Who wins here and not with the contest's own budget.
    pub gained: Vec<u16>,
    /// Who wins with the contest's own budget and not here.
    pub lost: Vec<u16>,
    /// What the winners cost.
    pub spent: Money,
    /// The winners, as the method orders them.
    pub winners: Vec<u16>,
}

/// Counts with each of the budgets.
///
/// # Errors
/// A [`CountFault`] of any of the counts.
pub fn what_if(
    contest: &Contest<'_>,
    limits: &[Limit],
    method: Procedure,
    budgets: &[Money],
) -> Result<Vec<Row>, CountFault> {
    let Winners::Budget { minimum, overflow, .. } = *contest.winners else { return Err(CountFault::Budget(method)) };
    let own = count_within(contest, limits, method)?.winners;
    let row = |budget: &Money| {
        let winners = Winners::Budget { budget: *budget, minimum, overflow };
        let election = count_within(&Contest { winners: &winners, ..*contest }, limits, method)?;
        let without = |these: &[u16], those: &[u16]| these.iter().copied().filter(|at| !those.contains(at)).collect();
        Ok(Row {
            budget: *budget,
            gained: without(&election.winners, &own),
            lost: without(&own, &election.winners),
            spent: election.spent.unwrap_or_default(),
            winners: election.winners,
        })
    };
    budgets.iter().map(row).collect()
}
