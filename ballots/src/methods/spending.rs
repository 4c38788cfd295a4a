//! What every method that spends money shares: costs, the budget, limits on what may be bought together, and what is left.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    ladder,
    methods::{CountFault, Halt, Procedure},
    money::Money,
    rules::Winners,
};

mod missed;
mod reserve;
mod what_if;

pub(crate) use missed::missed;
pub use missed::{Missed, Obstacle};
pub use reserve::{Reserve, reserve};
pub use what_if::{Row, what_if};

/// A limit on what may be bought together: of incompatible projects at most one, of a group at most so many or so dear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Most money for these together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    /// Most of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u16>,
    /// The candidates, by number.
    pub of: Vec<u16>,
}

impl Limit {
    /// At most one of these: they exclude each other, or stand for one place.
    #[must_use]
    pub fn one_of(of: Vec<u16>) -> Self {
        Self { money: None, most: Some(1), of }
    }
}

/// What is left under each limit while candidates are bought.
#[derive(Debug, Clone)]
pub(crate) struct Room<'a> {
    limits: &'a [Limit],
    /// The limits that name each candidate.
    concerned: Arc<HashMap<u16, Vec<usize>>>,
    used: Vec<(u64, u128)>,
}

impl<'a> Room<'a> {
    pub(crate) fn new(limits: &'a [Limit]) -> Self {
        let mut concerned: HashMap<u16, Vec<usize>> = HashMap::new();
        for (limit, number) in limits.iter().zip(0..) {
            for candidate in limit.of.iter().copied().collect::<BTreeSet<_>>() {
                concerned.entry(candidate).or_default().push(number);
            }
        }
        Self { limits, concerned: Arc::new(concerned), used: vec![(0, 0); limits.len()] }
    }

    /// Whether there are no limits at all.
    pub(crate) fn is_everywhere(&self) -> bool {
        self.limits.is_empty()
    }

    /// Whether the limits let a candidate of this cost in, in hundredths.
    pub(crate) fn has(&self, candidate: u16, cost: u64) -> bool {
        self.full(candidate, cost).is_none()
    }

    /// The first limit that does not let it in.
    pub(crate) fn full(&self, candidate: u16, cost: u64) -> Option<&'a Limit> {
        let full = |number: &usize| {
            let (limit, (count, money)) = (&self.limits[*number], self.used[*number]);
            limit.most.is_some_and(|most| count >= u64::from(most))
                || limit.money.is_some_and(|most| money + u128::from(cost) > u128::from(hundredths(most)))
        };
        self.concerned.get(&candidate)?.iter().find(|number| full(number)).map(|number| &self.limits[*number])
    }

    pub(crate) fn take(&mut self, candidate: u16, cost: u64) {
        for number in self.concerned.get(&candidate).into_iter().flatten() {
            let (count, money) = &mut self.used[*number];
            *count += 1;
            *money += u128::from(cost);
        }
    }

    /// How much of each limit is used: what makes two selections alike for what may follow.
    pub(crate) fn used(&self) -> &[(u64, u128)] {
        &self.used
    }
}

/// The money of an election, checked.
#[derive(Debug, Clone)]
pub(super) struct Purse<'a> {
    /// Cost of each candidate in hundredths, above 0.
    pub(super) costs: Vec<u64>,
    /// Hundredths to spend.
    pub(super) budget: u64,
    pub(super) limits: &'a [Limit],
    minimum: Option<u64>,
}

impl<'a> Purse<'a> {
    /// Reads costs and budget.
    ///
    /// # Errors
    /// [`CountFault::Budget`] when there is none, [`CountFault::Cost`] when a cost is missing or not above zero.
    pub(super) fn new(contest: &Contest<'_>, method: Procedure, limits: &'a [Limit]) -> Result<Self, CountFault> {
        let Winners::Budget { budget, minimum, .. } = contest.winners else { return Err(CountFault::Budget(method)) };
        let cost = |territory: &crate::rules::Territory| {
            let cost = territory.cost.map(hundredths).filter(|cost| *cost > 0);
            cost.ok_or_else(|| CountFault::Cost(territory.id.clone()))
        };
        let costs = contest.territories.iter().map(cost).collect::<Result<_, _>>()?;
        Ok(Self { costs, budget: hundredths(*budget), limits, minimum: *minimum })
    }

    /// Whether a score is high enough to win.
    pub(super) fn reaches(&self, score: u64) -> bool {
        self.minimum.is_none_or(|minimum| score >= minimum)
    }

    pub(super) fn money(&self, cost: u64) -> Money {
        // Costs were read from signed amounts.
        Money(i64::try_from(cost).unwrap_or(i64::MAX))
    }

    /// Buys what still fits and has a score that is high enough, the highest key first, and writes it down.
    ///
    /// # Errors
    /// [`Halt::Waits`] when a tie must be drawn by hand first.
    pub(super) fn fill(
        &self,
        contest: &Contest<'_>,
        record: &mut Record,
        winners: &mut Vec<u16>,
        scores: &[u64],
        key: impl Fn(u16) -> Option<Exact>,
    ) -> Result<(), Halt> {
        let mut room = Room::new(self.limits);
        let mut left = u128::from(self.budget);
        for at in winners.iter() {
            let cost = self.costs[usize::from(*at)];
            room.take(*at, cost);
            left = left.saturating_sub(u128::from(cost));
        }
        let may = |at: &u16| !winners.contains(at) && self.reaches(scores[usize::from(*at)]);
        let rest: Vec<u16> = (0..contest.candidates()).filter(may).collect();
        for place in ladder::groups(rest, key) {
            let mut tied = place;
            let fits = |at: &u16| u128::from(self.costs[usize::from(*at)]) <= left;
            let together: u128 = tied.iter().map(|at| u128::from(self.costs[usize::from(*at)])).sum();
            // Where all can be bought, or none can, the tie decides nothing, and lots need not be drawn.
            if tied.iter().any(fits) && (together > left || !self.limits.is_empty()) {
                contest.break_tie(record, &mut tied, Some(winners.len() as u32 + 1), &[])?;
            }
            for candidate in tied {
                let cost = self.costs[usize::from(candidate)];
                if u128::from(cost) <= left && room.has(candidate, cost) {
                    left -= u128::from(cost);
                    room.take(candidate, cost);
                    winners.push(candidate);
                    let cost = self.money(cost);
                    record.steps.push(Step::Purchased { candidate, cost, price: None, supporters: None });
                }
            }
        }
        Ok(())
    }

    /// Winners in the order of purchase, then the others by score: the reserve list.
    pub(super) fn rank(&self, contest: &Contest<'_>, winners: Vec<u16>, scores: &[u64]) -> Ranking {
        let rest = (0..contest.candidates()).filter(|at| !winners.contains(at));
        let groups = ladder::groups(rest, |at| scores[usize::from(at)]);
        let mut order = winners.clone();
        for group in &groups {
            let mut tied = group.clone();
            // These did not win, so lots about them need not be waited for: the list's order stands.
            if contest.ladder.resolve(contest.territories, &mut tied, &[]).is_err() {
                tied.clone_from(group);
            }
            order.extend(tied);
        }
        let places = winners.iter().map(|at| vec![*at]).chain(groups).collect();
        let scores = scores.iter().map(|score| Exact::from(*score)).collect();
        Ranking { order, places, scores, winners: Some(winners) }
    }
}

/// An amount in hundredths; one below zero is none.
fn hundredths(money: Money) -> u64 {
    u64::try_from(money.0).unwrap_or(0)
}
