//! The greedy rule of most cities: by score, the best first, as long as the money lasts.
//!
//! What does not fit into the rest of the budget is passed over, or ends the list ([`Overflow`]); what is below the minimum
//! score, or beyond a limit such as one per group, is passed over in any case. (A. Talmon and P. Faliszewski, A framework for
//! approval-based budgeting methods, AAAI 2019: greedy rules; the score is that of the ballots: marks, points, sums of marks,
//! Borda's points of the ballot's own length.)

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    methods::{
        Halt, Procedure,
        spending::{Purse, Room},
        supports::Supports,
    },
    rules::{Overflow, Winners},
};

/// Counts.
///
/// # Errors
/// A fault of the ballots; [`Halt::Waits`] when a tie must be drawn by hand first.
pub(super) fn count(contest: &Contest<'_>, purse: &Purse<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let supports = Supports::new(contest.profile, Procedure::Greedy)?;
    let scores = supports.scores.iter().map(|score| Exact::from(*score)).collect();
    let ranking = contest.rank_by_score(record, scores)?;
    let stops = matches!(contest.winners, Winners::Budget { overflow: Overflow::Stop, .. });
    let (mut room, mut left, mut winners) = (Room::new(purse.limits), purse.budget, Vec::new());
    for candidate in ranking.order.iter().copied() {
        let cost = purse.costs[usize::from(candidate)];
        if !purse.reaches(supports.scores[usize::from(candidate)]) || !room.has(candidate, cost) {
            continue;
        }
        match left.checked_sub(cost) {
            Some(rest) => {
                left = rest;
                room.take(candidate, cost);
                winners.push(candidate);
                let cost = purse.money(cost);
                record.steps.push(Step::Purchased { candidate, cost, price: None, supporters: None });
            }
            None if stops => break,
            None => {}
        }
    }
    Ok(Ranking { winners: Some(winners), ..ranking })
}
