//! The method of equal shares: the budget is split evenly among the voters, and a project is bought when its supporters can
//! pay for it together; each time the one that costs them least for what they get.
//!
//! Every voter starts with budget ÷ ballots. A project of cost c is affordable at the rate ρ when its supporters i, who hold
//! b_i and get u_i from it, pay min(b_i, ρ·u_i) each and c together. The project with the least ρ is bought and paid for, until
//! none is affordable (D. Peters and P. Skowron, Proportionality and the limits of welfarism, EC 2020; D. Peters, G. Pierczyński
//! and P. Skowron, Proportional participatory budgeting with additive utilities, NeurIPS 2021).
//!
//! *Satisfaction.* u_i is 1 for a mark, the points or the mark given, or Borda's points of the ballot's own length (n for the
//! first of n, 1 for the last); by cost, that times the project's cost, so that money spent counts instead of projects.
//!
//! *Completion.* The method alone often leaves money. `add1`: all voters get one more unit of currency, and one more, and the
//! method begins anew each time, until the purchases would exceed the budget (then those before are kept), no supported
//! project fits into the rest, or there were as many raises as there may be ([`MOST_RAISES`], [`MOST_MARKS_READ`]). `add1u`: after that the rest goes by the greedy rule, most satisfaction for the money first.
//! `greedy`: the same without raises. (equalshares.net; pabutools' `voter_budget_increment=1` and completion by greedy welfare.)
//!
//! All comparisons are exact. They are made with whole numbers that know their own error; where that leaves a doubt, the run is
//! made again with fractions of any size.

use std::cmp::Ordering;

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    ladder::Waiting,
    methods::{
        CountFault, Halt, Procedure,
        spending::{Purse, Room},
        supports::Supports,
    },
    money::Money,
    patience::Patience,
};

mod fixed;
mod fractions;
#[cfg(test)]
mod tests;

/// Hundredths in one unit of currency, which a raise gives to each voter.
const UNIT: u128 = 100;
/// Most raises, with which `add1` ends too: a voter who is left alone with a dear project would otherwise be raised for hours.
pub const MOST_RAISES: u32 = 100_000;
/// Most marks that all raises together read, with which `add1` ends too: so a million ballots of ten marks are raised 5,000 times at
/// most. Cities needed up to about 400 raises, and gave each voter about as much again as at first.
pub const MOST_MARKS_READ: u64 = 50_000_000_000;
/// Greatest budget that is spent by raises. With it whole numbers are wide enough for 2^32 ballots; beyond it every raise might be
/// counted in fractions, and raises of one unit are meaningless.
pub const MOST_RAISED_BUDGET: Money = Money(1_000_000_000_000_000);
/// Decimals of the price that is shown, in units of currency, rounded down; the comparison is exact.
const PRICE_PLACES: u32 = 2;

/// What a project is worth to its supporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Satisfaction {
    /// Its points.
    Units,
    /// Its points times its cost.
    Cost,
}

/// What happens with money that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Completion {
    /// Nothing.
    None,
    /// Voters are raised by a unit at a time.
    Add1,
    /// The same, then most satisfaction for the money.
    Add1u,
    /// Most satisfaction for the money.
    Greedy,
}

/// What is for sale, and to whom.
pub(super) struct Shop<'a> {
    supports: &'a Supports,
    /// Cost of each candidate in hundredths.
    costs: &'a [u64],
    /// What one point is worth: 1, or the cost.
    worth: Vec<u64>,
    /// Ballots.
    voters: u64,
    /// Hundredths to spend at first.
    budget: u64,
    /// Whether somebody still waits.
    patience: Patience,
}

/// Voters' money under one way of calculating.
trait Purses {
    /// What a candidate would cost its supporters, or a bound below that.
    type Offer: Clone;

    /// A bound below a candidate's offers.
    fn bound(&self, candidate: u16) -> Self::Offer;
    /// What a candidate costs its supporters now, or nothing when they cannot pay. `bound` is an earlier offer.
    fn offer(&self, candidate: u16, bound: &Self::Offer) -> Result<Option<Self::Offer>, Stop>;
    /// Compares rates; nothing when that is in doubt.
    fn compare(&self, left: &Self::Offer, right: &Self::Offer) -> Option<Ordering>;
    /// Which is probably less; for sorting alone.
    fn guess(&self, left: &Self::Offer, right: &Self::Offer) -> Ordering;
    /// What one point costs, to [`PRICE_PLACES`] decimals, rounded down.
    fn price(&self, candidate: u16, offer: &Self::Offer) -> Result<Exact, Stop>;
    /// Takes the supporters' money; returns how many paid.
    fn pay(&mut self, candidate: u16, offer: &Self::Offer) -> u64;
}

/// Why a run stops early.
enum Stop {
    /// The numbers are too close to tell.
    Doubt,
    /// The purchases exceed the budget.
    OverBudget,
    /// Nobody waits for it.
    GivenUp(CountFault),
    /// Lots must be drawn by hand.
    Waits(Waiting),
}

/// What one run bought.
struct Bought {
    candidates: Vec<u16>,
    record: Record,
    spent: u128,
}

/// Counts.
///
/// # Errors
/// A fault of the budget; [`Halt::Waits`] when a tie must be drawn by hand first.
pub(super) fn count(
    contest: &Contest<'_>,
    purse: &Purse<'_>,
    (satisfaction, completion): (Satisfaction, Completion),
    record: &mut Record,
) -> Result<Ranking, Halt> {
    let supports = Supports::new(contest.profile, Procedure::EqualShares(satisfaction, completion))?;
    let worth = match satisfaction {
        Satisfaction::Units => vec![1; purse.costs.len()],
        Satisfaction::Cost => purse.costs.clone(),
    };
    let voters = contest.profile.ballots();
    let shop = Shop {
        supports: &supports,
        costs: &purse.costs,
        worth,
        voters,
        budget: purse.budget,
        patience: record.patience.clone(),
    };
    let mut bought = shop.run(contest, purse, 0)?.ok_or(CountFault::Overflow("equal shares exceed the budget"))?;
    let mut share = None;
    if completion.raises() {
        let mut raises = 0;
        let most = most_raises(contest.profile.votes().iter().sum());
        while raises < most && !shop.is_exhausted(purse, &bought) {
            raises += 1;
            match shop.run(contest, purse, raises)? {
                Some(next) => bought = next,
                None => {
                    // The purchases before this raise stand.
                    raises -= 1;
                    break;
                }
            }
        }
        share = shop.share(raises).map(|share| Step::Raised { share, times: raises });
    }
    *record = bought.record;
    record.steps.splice(0..0, share);
    let mut winners = bought.candidates;
    if matches!(completion, Completion::Add1u | Completion::Greedy) {
        let density = |at: u16| {
            let at = usize::from(at);
            Exact::ratio(u128::from(supports.scores[at]) * u128::from(shop.worth[at]), purse.costs[at])
        };
        purse.fill(contest, record, &mut winners, &supports.scores, density)?;
    }
    Ok(purse.rank(contest, winners, &supports.scores))
}

/// How often voters are raised at most, when all ballots have so many marks.
fn most_raises(marks: u64) -> u32 {
    let most = MOST_MARKS_READ.checked_div(marks).unwrap_or(0);
    u32::try_from(most).unwrap_or(MOST_RAISES).min(MOST_RAISES)
}

impl Completion {
    /// Whether it begins anew with more money.
    #[must_use]
    pub const fn raises(self) -> bool {
        matches!(self, Self::Add1 | Self::Add1u)
    }
}

impl Shop<'_> {
    /// What each voter has after so many raises, in units of currency; nothing without voters.
    fn share(&self, raises: u32) -> Option<Exact> {
        Some(Exact::ratio(self.budget, u128::from(self.voters) * UNIT)? + Exact::from(u64::from(raises)))
    }

    /// One run after so many raises: what is bought, or nothing when that exceeds the budget.
    fn run(&self, contest: &Contest<'_>, purse: &Purse<'_>, raises: u32) -> Result<Option<Bought>, Halt> {
        let mut certain = self.quick::<u64>(contest, purse, raises);
        if matches!(certain, Err(Stop::Doubt)) {
            certain = self.quick::<u128>(contest, purse, raises);
        }
        if matches!(certain, Err(Stop::Doubt)) {
            certain = self.buy(contest, purse, fractions::Purses::new(self, raises));
        }
        match certain {
            Ok(bought) => Ok(Some(bought)),
            Err(Stop::OverBudget) => Ok(None),
            Err(Stop::GivenUp(fault)) => Err(fault.into()),
            Err(Stop::Waits(waiting)) => Err(waiting.into()),
            Err(Stop::Doubt) => Err(CountFault::Overflow("equal shares").into()),
        }
    }

    /// A run with whole numbers of so many bits.
    fn quick<W: fixed::Whole>(&self, contest: &Contest<'_>, purse: &Purse<'_>, raises: u32) -> Result<Bought, Stop> {
        let purses = fixed::Purses::<W>::new(self, raises).ok_or(Stop::Doubt)?;
        self.buy(contest, purse, purses)
    }

    fn buy<P: Purses>(&self, contest: &Contest<'_>, purse: &Purse<'_>, mut purses: P) -> Result<Bought, Stop> {
        let mut room = Room::new(purse.limits);
        let mut bought = Bought { candidates: Vec::new(), record: Record::default(), spent: 0 };
        let reaching = (0..contest.candidates()).filter(|at| {
            let column = &self.supports.columns[usize::from(*at)];
            !column.is_empty() && purse.reaches(self.supports.scores[usize::from(*at)])
        });
        let mut sale: Vec<(u16, P::Offer)> = reaching.map(|at| (at, purses.bound(at))).collect();
        loop {
            self.patience.holds().map_err(Stop::GivenUp)?;
            sale.retain(|(at, _)| room.has(*at, self.costs[usize::from(*at)]));
            sale.sort_by(|left, right| purses.guess(&left.1, &right.1));
            let tied = cheapest(&purses, &mut sale)?;
            let Some((first, offer)) = tied.first() else { return Ok(bought) };
            let mut order: Vec<u16> = tied.iter().map(|(at, _)| *at).collect();
            let round = bought.candidates.len() as u32 + 1;
            contest.break_tie(&mut bought.record, &mut order, Some(round), &[]).map_err(Stop::Waits)?;
            // All that are tied have the same rate, but each has its own price of a point.
            let candidate = order.first().copied().unwrap_or(*first);
            let offer = tied.iter().find(|(at, _)| *at == candidate).map_or(offer, |(_, offer)| offer);
            let cost = self.costs[usize::from(candidate)];
            bought.spent += u128::from(cost);
            if bought.spent > u128::from(self.budget) {
                return Err(Stop::OverBudget);
            }
            // Where some give more points than others, no one price is the most that each pays.
            let is_plain = self.supports.columns[usize::from(candidate)].iter().all(|support| support.units == 1);
            let price = if is_plain { Some(purses.price(candidate, offer)?) } else { None };
            let supporters = purses.pay(candidate, offer);
            bought.record.steps.push(Step::Purchased {
                candidate,
                cost: purse.money(cost),
                price,
                supporters: Some(supporters),
            });
            bought.candidates.push(candidate);
            room.take(candidate, cost);
            sale.retain(|(at, _)| *at != candidate);
        }
    }

    /// Whether no supported project that the limits allow fits into the rest of the budget.
    fn is_exhausted(&self, purse: &Purse<'_>, bought: &Bought) -> bool {
        let mut room = Room::new(purse.limits);
        bought.candidates.iter().for_each(|at| room.take(*at, self.costs[usize::from(*at)]));
        let fits = |at: &u16| {
            let place = usize::from(*at);
            let score = self.supports.scores[place];
            score > 0
                && purse.reaches(score)
                && !bought.candidates.contains(at)
                && bought.spent + u128::from(self.costs[place]) <= u128::from(self.budget)
                && room.has(*at, self.costs[place])
        };
        !(0..self.costs.len() as u16).any(|at| fits(&at))
    }
}

/// The candidates whose offers have the least rate; what nobody can pay for leaves the sale.
///
/// Purses only shrink, so an earlier offer is a bound below a later one, and most need not be made again.
fn cheapest<P: Purses>(purses: &P, sale: &mut Vec<(u16, P::Offer)>) -> Result<Vec<(u16, P::Offer)>, Stop> {
    let mut offers: Vec<(u16, P::Offer)> = Vec::new();
    let mut best = 0;
    let mut gone = Vec::new();
    for (at, bound) in sale.iter_mut() {
        if offers.get(best).is_some_and(|(_, best)| purses.compare(bound, best) == Some(Ordering::Greater)) {
            break;
        }
        match purses.offer(*at, bound)? {
            None => gone.push(*at),
            Some(offer) => {
                *bound = offer.clone();
                offers.push((*at, offer));
                let last = offers.len() - 1;
                if purses.guess(&offers[last].1, &offers[best].1).is_lt() {
                    best = last;
                }
            }
        }
    }
    sale.retain(|(at, _)| !gone.contains(at));
    let Some((_, least)) = offers.get(best).cloned() else { return Ok(Vec::new()) };
    let mut tied = Vec::new();
    for (place, (at, offer)) in offers.into_iter().enumerate() {
        // An offer is equal to itself, however little is known about it.
        match if place == best { Some(Ordering::Equal) } else { purses.compare(&offer, &least) } {
            Some(Ordering::Greater) => {}
            Some(Ordering::Equal) => tied.push((at, offer)),
            // The guess was wrong, or nothing is known: whole fractions tell.
            Some(Ordering::Less) | None => return Err(Stop::Doubt),
        }
    }
    Ok(tied)
}
