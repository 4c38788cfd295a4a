//! Instant run-off: each ballot supports its first candidate that is still in; the last by support goes out, again and again.
//!
//! The alternative vote (W. R. Ware 1871; *Robert's Rules of Order*, 12th ed., 45:62). The order of going out, backwards, is the
//! ranking. When several are last, the one that the ladder puts last goes out. *With batches* all go out at once whose
//! votes together are fewer than those of the next one above them: none of them could have passed it, so the winners are the
//! same with fewer lots (Minneapolis Code of Ordinances § 167.20, "mathematically impossible to be elected"). A batch never
//! leaves fewer candidates than seats; those in it are ranked by the votes that they had.

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    methods::{Halt, Procedure, piles::Piles},
};

/// Where the candidates are while they go out.
struct Race {
    still_in: Vec<bool>,
    past: Vec<Vec<Exact>>,
    // The worst first.
    out: Vec<u16>,
    scores: Vec<Exact>,
}

/// Counts rankings.
///
/// # Errors
/// [`super::CountFault::EqualPlaces`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, batches: bool, record: &mut Record) -> Result<Ranking, Halt> {
    let candidates = usize::from(contest.candidates());
    let mut piles = Piles::new(contest, Procedure::InstantRunoff { batches }, 1)?;
    let mut race = Race {
        still_in: vec![true; candidates],
        past: Vec::new(),
        out: Vec::new(),
        scores: vec![Exact::zero(); candidates],
    };
    let mut exhausted = piles.blank;
    for round in 1.. {
        let totals = piles.totals();
        let votes: Vec<Exact> = totals.iter().copied().map(Exact::from).collect();
        record.steps.push(Step::Counted { exhausted: exhausted.into(), quota: None, round, votes: votes.clone() });
        let leaving = race.leaving(contest, &totals, batches, round, record)?;
        for at in &leaving {
            race.still_in[usize::from(*at)] = false;
            race.scores[usize::from(*at)] = votes[usize::from(*at)].clone();
        }
        race.out.extend(&leaving);
        race.past.push(votes);
        if race.out.len() == candidates {
            record.steps.push(Step::Elected { candidates: leaving, round });
            break;
        }
        record.steps.push(Step::Eliminated { candidates: leaving.clone(), round });
        for from in leaving {
            let moved = piles.pass_on(from, &race.still_in, |worth| worth);
            exhausted += moved.lost;
            let to = (0u16..).zip(moved.to).filter(|(_, votes)| *votes > 0);
            let to = to.map(|(at, votes)| (at, votes.into())).collect();
            record.steps.push(Step::Transferred { from, lost: moved.lost.into(), round, to });
        }
    }
    race.out.reverse();
    let places = race.out.iter().map(|at| vec![*at]).collect();
    Ok(Ranking { order: race.out, places, scores: race.scores, winners: None })
}

impl Race {
    /// Who goes out, the worst first; of the last one it says that it is left.
    fn leaving(
        &self,
        contest: &Contest<'_>,
        totals: &[u64],
        batches: bool,
        round: u32,
        record: &mut Record,
    ) -> Result<Vec<u16>, Halt> {
        let total = |at: u16| totals[usize::from(at)];
        let mut remaining: Vec<u16> =
            (0u16..).zip(&self.still_in).filter(|(_, still)| **still).map(|(at, _)| at).collect();
        remaining.sort_by_key(|at| total(*at));
        let most = if batches { remaining.len().saturating_sub(contest.seats().max(1)) } else { 0 };
        let hopeless = |length: &usize| {
            let sum: u64 = remaining[..*length].iter().map(|at| total(*at)).sum();
            remaining.get(*length).is_some_and(|next| sum < total(*next))
        };
        if let Some(length) = (2..=most).rev().find(hopeless) {
            return Ok(self.batch(contest, &remaining[..length], &total, round, record));
        }
        let least = remaining.first().map_or(0, |at| total(*at));
        let mut last: Vec<u16> = remaining.into_iter().filter(|at| total(*at) == least).collect();
        contest.break_tie(record, &mut last, Some(round), &self.past)?;
        Ok(last.pop().into_iter().collect())
    }

    /// A batch in order. A tie inside it decides nothing that elects, so it does not wait for lots by hand.
    fn batch(
        &self,
        contest: &Contest<'_>,
        batch: &[u16],
        total: &impl Fn(u16) -> u64,
        round: u32,
        record: &mut Record,
    ) -> Vec<u16> {
        let mut order = contest.line_up(record, batch.iter().copied(), total, round, &self.past);
        order.reverse();
        order
    }
}
