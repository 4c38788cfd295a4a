//! Single transferable vote as Scotland's councils count it: weighted inclusive Gregory, five decimals.
//!
//! The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45-52. Quota: valid ballots by one more
//! than the seats, whole part, plus 1 (rule 46). A surplus moves on all papers of the candidate, each at *surplus × its value ÷
//! the candidate's votes*, to five decimals, the rest ignored (48). The largest surplus moves first (49); without one the
//! last candidate goes out and its papers move at their values (50). When as many are left as seats, they are elected (52).
//! Ties (49, 51) go by the ladder: the Order's own is `backwards`, then `lots`. Backwards takes the latest round in which two of
//! them differed; the Order says no more of three than of two.

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    methods::{Halt, Procedure, piles::Moved, piles::Piles},
};

/// Decimals of a vote.
const PLACES: u32 = 5;
const VOTE: u64 = 10_u64.pow(PLACES);

struct Count<'a> {
    contest: &'a Contest<'a>,
    piles: Piles,
    continuing: Vec<bool>,
    elected: Vec<u16>,
    excluded: Vec<u16>,
    // Votes credited, in units; whose surplus has moved keeps the quota.
    credited: Vec<u64>,
    lost: u64,
    quota: u64,
    past: Vec<Vec<Exact>>,
}

/// Counts rankings.
///
/// # Errors
/// [`super::CountFault::EqualPlaces`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let piles = Piles::new(contest, Procedure::ScottishStv, VOTE)?;
    let valid = contest.profile.ballots() - contest.profile.blank();
    let seats = contest.seats() as u64;
    let mut count = Count {
        contest,
        credited: piles.totals(),
        piles,
        continuing: vec![true; usize::from(contest.candidates())],
        elected: Vec::new(),
        excluded: Vec::new(),
        lost: 0,
        quota: (valid / (seats + 1) + 1) * VOTE,
        past: Vec::new(),
    };
    for round in 1.. {
        if count.round(round, record)? {
            break;
        }
    }
    Ok(count.finish(record))
}

impl Count<'_> {
    /// One stage; says whether it was the last.
    fn round(&mut self, round: u32, record: &mut Record) -> Result<bool, Halt> {
        record.patience.holds()?;
        let votes: Vec<Exact> = self.credited.iter().map(|units| Exact::decimal(*units, PLACES)).collect();
        let (exhausted, quota) = (Exact::decimal(self.lost, PLACES), Some(Exact::decimal(self.quota, PLACES)));
        record.steps.push(Step::Counted { exhausted, quota, round, votes: votes.clone() });
        let reached: Vec<u16> = self.left().filter(|at| self.credited[usize::from(*at)] >= self.quota).collect();
        self.elect(reached, round, record);
        let vacancies = self.contest.seats().saturating_sub(self.elected.len());
        if self.left().count() <= vacancies {
            let rest = self.left().collect();
            self.elect(rest, round, record);
            return Ok(true);
        }
        if vacancies == 0 {
            return Ok(true);
        }
        if !self.transfer_surplus(round, record)? {
            self.exclude(round, record)?;
        }
        self.past.push(votes);
        Ok(false)
    }

    fn left(&self) -> impl Iterator<Item = u16> {
        (0u16..).zip(&self.continuing).filter(|(_, continuing)| **continuing).map(|(at, _)| at)
    }

    /// Elects, most votes first; the order of equals decides nothing here.
    fn elect(&mut self, candidates: Vec<u16>, round: u32, record: &mut Record) {
        if candidates.is_empty() {
            return;
        }
        let votes = |at: u16| self.credited[usize::from(at)];
        let order = self.contest.line_up(record, candidates, votes, round, &self.past);
        order.iter().for_each(|at| self.continuing[usize::from(*at)] = false);
        self.elected.extend(&order);
        record.steps.push(Step::Elected { candidates: order, round });
    }

    fn transfer_surplus(&mut self, round: u32, record: &mut Record) -> Result<bool, Halt> {
        let surplus = |at: u16| self.credited[usize::from(at)].saturating_sub(self.quota);
        let Some(most) = self.elected.iter().map(|at| surplus(*at)).max().filter(|most| *most > 0) else {
            return Ok(false);
        };
        let mut tied: Vec<u16> = self.elected.iter().copied().filter(|at| surplus(*at) == most).collect();
        self.contest.break_tie(record, &mut tied, Some(round), &self.past)?;
        let from = tied.first().copied().unwrap_or_default();
        let total = self.credited[usize::from(from)];
        let share = |worth: u64| {
            let units = u128::from(worth) * u128::from(most) / u128::from(total);
            // At most `worth`, because a surplus is a part of the total.
            u64::try_from(units).unwrap_or(worth)
        };
        let moved = self.piles.pass_on(from, &self.continuing, share);
        self.credited[usize::from(from)] = self.quota;
        self.credit(from, most, &moved, round, record);
        Ok(true)
    }

    fn exclude(&mut self, round: u32, record: &mut Record) -> Result<(), Halt> {
        let votes = |at: u16| self.credited[usize::from(at)];
        let least = self.left().map(votes).min().unwrap_or(0);
        let mut tied: Vec<u16> = self.left().filter(|at| votes(*at) == least).collect();
        self.contest.break_tie(record, &mut tied, Some(round), &self.past)?;
        let from = tied.last().copied().unwrap_or_default();
        self.continuing[usize::from(from)] = false;
        self.excluded.push(from);
        record.steps.push(Step::Eliminated { candidates: vec![from], round });
        let moved = self.piles.pass_on(from, &self.continuing, |worth| worth);
        self.credited[usize::from(from)] = 0;
        self.credit(from, least, &moved, round, record);
        Ok(())
    }

    /// Credits what moved; what did not arrive anywhere, the ignored rest too, is lost.
    fn credit(&mut self, from: u16, units: u64, moved: &Moved, round: u32, record: &mut Record) {
        self.credited.iter_mut().zip(&moved.to).for_each(|(credited, more)| *credited += more);
        let lost = units - moved.to.iter().sum::<u64>();
        self.lost += lost;
        let to = (0u16..).zip(&moved.to).filter(|(_, units)| **units > 0);
        let to = to.map(|(at, units)| (at, Exact::decimal(*units, PLACES))).collect();
        record.steps.push(Step::Transferred { from, lost: Exact::decimal(lost, PLACES), round, to });
    }

    fn finish(self, record: &mut Record) -> Ranking {
        let votes = |at: u16| self.credited[usize::from(at)];
        let left = self.contest.line_up(record, self.left(), votes, self.past.len() as u32 + 1, &self.past);
        let rest = left.into_iter().chain(self.excluded.into_iter().rev());
        let order: Vec<u16> = self.elected.iter().copied().chain(rest).collect();
        let scores = self.credited.iter().map(|units| Exact::decimal(*units, PLACES)).collect();
        Ranking { places: order.iter().map(|at| vec![*at]).collect(), order, scores, winners: Some(self.elected) }
    }
}
