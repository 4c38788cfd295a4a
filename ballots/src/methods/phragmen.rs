//! Sequential Phragmén with money: supporters of a project share its cost as a load, and the project is bought that keeps the
//! greatest load the least.
//!
//! In other words: everybody earns money at the same speed from nothing; as soon as the supporters of a project have its cost
//! together, it is bought, and they have nothing again. A project whose turn comes but that exceeds the budget ends the method,
//! or with [`Overflow::Skip`] is passed over. (E. Phragmén, Sur une méthode nouvelle pour réaliser, dans les élections, la
//! représentation proportionnelle des partis, 1894; with costs: M. Los, Z. Christoff and D. Grossi, Proportional budget
//! allocations: towards a systematization, IJCAI 2022.)

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{One, Zero};

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

/// Decimals of the load that is shown, in units of currency; the comparison is exact.
const LOAD_PLACES: u32 = 6;

/// What each supporter of a candidate would carry: `parts` of a unit, divided among so many.
struct Load {
    parts: BigInt,
    supporters: u64,
}

impl Load {
    fn compare(&self, other: &Self) -> Ordering {
        (&self.parts * other.supporters).cmp(&(&other.parts * self.supporters))
    }
}

/// Who carries what, in whole numbers of one unit that is made smaller whenever a load needs it: fractions of their own would
/// have to be shortened millions of times.
struct Loads<'a> {
    supports: &'a Supports,
    /// Supporters of each candidate.
    supporters: Vec<u64>,
    /// Units in a hundredth.
    unit: BigInt,
    /// Candidates that each ballot supports.
    rows: Vec<Vec<u16>>,
    /// The loads there are, from none, in the order in which they arose.
    loads: Vec<BigInt>,
    /// Of each ballot, its place in `loads`.
    carried: Vec<usize>,
    /// Of each candidate, what all its supporters carry together.
    sums: Vec<BigInt>,
}

/// Counts.
///
/// # Errors
/// A fault of the ballots; [`Halt::Waits`] when a tie must be drawn by hand first.
pub(super) fn count(contest: &Contest<'_>, purse: &Purse<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let supports = Supports::new(contest.profile, Procedure::Phragmen)?;
    let skips = matches!(contest.winners, Winners::Budget { overflow: Overflow::Skip, .. });
    let mut loads = Loads::new(&supports);
    let (mut room, mut winners) = (Room::new(purse.limits), Vec::new());
    let mut left = purse.budget;
    let possible = |at: &u16| {
        let score = supports.scores[usize::from(*at)];
        score > 0 && purse.reaches(score) && purse.costs[usize::from(*at)] <= purse.budget
    };
    let mut sale: Vec<u16> = (0..contest.candidates()).filter(possible).collect();
    loop {
        record.patience.holds()?;
        sale.retain(|at| room.has(*at, purse.costs[usize::from(*at)]));
        let next: Vec<Load> = sale.iter().map(|at| loads.after(*at, purse.costs[usize::from(*at)])).collect();
        let Some(least) = next.iter().min_by(|left, right| left.compare(right)) else { break };
        let lightest = sale.iter().zip(&next).filter(|(_, load)| load.compare(least).is_eq()).map(|(at, _)| *at);
        let (mut tied, dear): (Vec<u16>, Vec<u16>) = lightest.partition(|at| purse.costs[usize::from(*at)] <= left);
        if !dear.is_empty() && !skips {
            break;
        }
        sale.retain(|at| !dear.contains(at));
        contest.break_tie(record, &mut tied, Some(winners.len() as u32 + 1), &[])?;
        let Some(candidate) = tied.first().copied() else { continue };
        let cost = purse.costs[usize::from(candidate)];
        let shown = loads.shown(least);
        record.steps.push(Step::Purchased {
            candidate,
            cost: purse.money(cost),
            price: Some(Exact::decimal(shown, LOAD_PLACES)),
            supporters: Some(loads.supporters[usize::from(candidate)]),
        });
        left -= cost;
        room.take(candidate, cost);
        winners.push(candidate);
        sale.retain(|at| *at != candidate);
        loads.buy(candidate, least, &sale);
    }
    Ok(purse.rank(contest, winners, &supports.scores))
}

impl<'a> Loads<'a> {
    fn new(supports: &'a Supports) -> Self {
        let mut rows = vec![Vec::new(); supports.voters];
        for (column, at) in supports.columns.iter().zip(0u16..) {
            column.iter().for_each(|support| rows[support.voter as usize].push(at));
        }
        Self {
            supports,
            supporters: supports
                .columns
                .iter()
                .map(|column| column.iter().map(|one| u64::from(one.weight)).sum())
                .collect(),
            unit: BigInt::one(),
            rows,
            loads: vec![BigInt::zero()],
            carried: vec![0; supports.voters],
            sums: vec![BigInt::zero(); supports.columns.len()],
        }
    }

    /// What its supporters would carry each, once they had bought a candidate.
    fn after(&self, candidate: u16, cost: u64) -> Load {
        let at = usize::from(candidate);
        // Only what has a supporter is for sale.
        Load { parts: &self.sums[at] + &self.unit * cost, supporters: self.supporters[at].max(1) }
    }

    /// A load in units of currency, cut to [`LOAD_PLACES`] decimals.
    fn shown(&self, load: &Load) -> BigInt {
        &load.parts * BigInt::from(10).pow(LOAD_PLACES) / (&self.unit * load.supporters * 100u32)
    }

    /// Gives the load to all supporters of a candidate.
    fn buy(&mut self, candidate: u16, load: &Load, sale: &[u16]) {
        let load = self.refine(load);
        let mut moved = vec![vec![0u64; self.loads.len()]; self.sums.len()];
        for support in &self.supports.columns[usize::from(candidate)] {
            let voter = support.voter as usize;
            let from = std::mem::replace(&mut self.carried[voter], self.loads.len());
            self.rows[voter].iter().for_each(|at| moved[usize::from(*at)][from] += u64::from(support.weight));
        }
        for at in sale.iter().map(|at| usize::from(*at)) {
            for (from, ballots) in moved[at].iter().enumerate().filter(|(_, ballots)| **ballots > 0) {
                self.sums[at] -= &self.loads[from] * *ballots;
            }
            self.sums[at] += &load * moved[at].iter().sum::<u64>();
        }
        self.loads.push(load);
    }

    /// Makes the unit so small that a load is a whole number of it, and returns that.
    fn refine(&mut self, load: &Load) -> BigInt {
        let common = gcd(&load.parts % load.supporters, load.supporters);
        let finer = load.supporters / common;
        if finer > 1 {
            self.unit *= finer;
            self.loads.iter_mut().chain(&mut self.sums).for_each(|number| *number *= finer);
        }
        &load.parts / common
    }
}

/// The greatest number that divides both.
fn gcd(rest: BigInt, number: u64) -> u64 {
    let (mut left, mut right) = (number, u64::try_from(rest).unwrap_or(0));
    while right > 0 {
        (left, right) = (right, left % right);
    }
    left
}
