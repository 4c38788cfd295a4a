//! Single transferable vote by Meek's method: every elected candidate keeps just the part of each vote that it needs.
//!
//! B. L. Meek, Mathématiques et sciences humaines 25, 1969; I. D. Hill, B. A. Wichmann and D. R. Woodall, The Computer Journal 30,
//! 1987. Exact fractions would grow without end, so the precision is that of a published rule: the Reference Meek Rule of
//! the Proportional Representation Foundation (prfound.org): nine decimals, parts and keep factors rounded up, quota = votes
//! by seats + 1, cut to nine decimals, plus 10^-9; an iteration ends when somebody is elected, or the total surplus is below
//! 10^-6 or no longer falls. Then the last candidate goes out; those whose votes are within the total surplus of its votes
//! are tied with it, and the ladder decides.

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    methods::{CountFault, Halt, tree::Tree},
    patience::Patience,
};

/// Decimals of a vote.
const PLACES: u32 = 9;
pub(crate) const VOTE: u64 = 10_u64.pow(PLACES);
/// The total surplus, in units, that is small enough.
const OMEGA: u64 = 1_000;

struct Count<'a> {
    contest: &'a Contest<'a>,
    tree: Tree,
    keep: Vec<u64>,
    hopeful: Vec<bool>,
    elected: Vec<u16>,
    defeated: Vec<u16>,
    votes: Vec<u64>,
    quota: u64,
    past: Vec<Vec<Exact>>,
}

/// Counts rankings.
///
/// # Errors
/// [`super::CountFault::EqualPlaces`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let candidates = usize::from(contest.candidates());
    let mut count = Count {
        contest,
        tree: Tree::new(contest)?,
        keep: vec![VOTE; candidates],
        hopeful: vec![true; candidates],
        elected: Vec::new(),
        defeated: Vec::new(),
        votes: vec![0; candidates],
        quota: 0,
        past: Vec::new(),
    };
    let mut round = 1;
    while count.elected.len() < contest.seats() && count.elected.len() + count.left().len() > contest.seats() {
        count.round(round, record)?;
        round += 1;
    }
    Ok(count.finish(round, record))
}

impl Count<'_> {
    fn left(&self) -> Vec<u16> {
        (0u16..).zip(&self.hopeful).filter(|(_, hopeful)| **hopeful).map(|(at, _)| at).collect()
    }

    fn round(&mut self, round: u32, record: &mut Record) -> Result<(), Halt> {
        let (winners, surplus) = self.iterate(&record.patience)?;
        self.show(round, record);
        if winners.is_empty() {
            self.defeat(surplus, round, record)?;
        } else {
            self.elect(winners, round, record);
        }
        self.past.push(self.votes.iter().map(|units| Exact::decimal(*units, PLACES)).collect());
        Ok(())
    }

    /// Distributes votes until somebody reaches the quota or the surplus is small; returns who does, and the surplus.
    fn iterate(&mut self, patience: &Patience) -> Result<(Vec<u16>, u64), CountFault> {
        let mut before = None;
        loop {
            patience.holds()?;
            self.distribute();
            let reached = |at: &u16| self.votes[usize::from(*at)] >= self.quota;
            let winners: Vec<u16> = self.left().into_iter().filter(reached).collect();
            // The sum of what each has above the quota, less what each has below it, but not less than nothing.
            let votes: u64 = self.elected.iter().map(|at| self.votes[usize::from(*at)]).sum();
            let surplus = votes.saturating_sub(self.quota.saturating_mul(self.elected.len() as u64));
            let done = !winners.is_empty() || surplus < OMEGA || before.is_some_and(|before| surplus >= before);
            if done {
                return Ok((winners, surplus));
            }
            before = Some(surplus);
            for at in &self.elected {
                let (keep, votes) = (&mut self.keep[usize::from(*at)], self.votes[usize::from(*at)]);
                let product = (u128::from(*keep) * u128::from(self.quota)).div_ceil(u128::from(VOTE));
                let quotient = (product * u128::from(VOTE)).div_ceil(u128::from(votes.max(1)));
                *keep = u64::try_from(quotient).unwrap_or(VOTE);
            }
        }
    }

    fn distribute(&mut self) {
        self.votes.fill(0);
        self.tree.distribute(&self.keep, &mut self.votes);
        let sum: u64 = self.votes.iter().sum();
        self.quota = sum / (self.contest.seats() as u64 + 1) + 1;
    }

    fn show(&self, round: u32, record: &mut Record) {
        let valid = self.contest.profile.ballots() - self.contest.profile.blank();
        let lost =
            u128::from(valid) * u128::from(VOTE) - self.votes.iter().map(|units| u128::from(*units)).sum::<u128>();
        let decimal = |units: &u64| Exact::decimal(*units, PLACES);
        record.steps.push(Step::Counted {
            exhausted: Exact::decimal(lost, PLACES),
            quota: Some(decimal(&self.quota)),
            round,
            votes: self.votes.iter().map(decimal).collect(),
        });
        record.steps.push(Step::Kept { factors: self.keep.iter().map(decimal).collect(), round });
    }

    fn elect(&mut self, winners: Vec<u16>, round: u32, record: &mut Record) {
        let votes = |at: u16| self.votes[usize::from(at)];
        let winners = self.contest.line_up(record, winners, votes, round, &self.past);
        for at in &winners {
            self.hopeful[usize::from(*at)] = false;
            self.tree.elect(*at);
        }
        self.elected.extend(&winners);
        record.steps.push(Step::Elected { candidates: winners, round });
    }

    fn defeat(&mut self, surplus: u64, round: u32, record: &mut Record) -> Result<(), Halt> {
        let left = self.left();
        let votes = |at: u16| self.votes[usize::from(at)];
        let least = left.iter().map(|at| votes(*at)).min().unwrap_or(0);
        let mut tied: Vec<u16> = left.into_iter().filter(|at| votes(*at) <= least.saturating_add(surplus)).collect();
        self.contest.break_tie(record, &mut tied, Some(round), &self.past)?;
        let out = tied.last().copied().unwrap_or_default();
        (self.hopeful[usize::from(out)], self.keep[usize::from(out)]) = (false, 0);
        self.tree.defeat(out);
        self.defeated.push(out);
        record.steps.push(Step::Eliminated { candidates: vec![out], round });
        Ok(())
    }

    /// Elects who is left if there are seats for all of them; else they are defeated.
    fn finish(mut self, round: u32, record: &mut Record) -> Ranking {
        let mut left = self.left();
        if self.elected.len() < self.contest.seats() && !left.is_empty() {
            if round == 1 {
                self.distribute();
                self.show(round, record);
            }
            self.elect(std::mem::take(&mut left), round, record);
        }
        let votes = |at: u16| self.votes[usize::from(at)];
        let left = self.contest.line_up(record, left, votes, round, &self.past);
        let rest = left.into_iter().chain(self.defeated.into_iter().rev());
        let order: Vec<u16> = self.elected.iter().copied().chain(rest).collect();
        let scores = self.votes.iter().map(|units| Exact::decimal(*units, PLACES)).collect();
        Ranking { places: order.iter().map(|at| vec![*at]).collect(), order, scores, winners: Some(self.elected) }
    }
}
