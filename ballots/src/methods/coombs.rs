//! Coombs: whoever has more than half of the first places wins; else the one with most last places goes out.
//!
//! C. H. Coombs, *A Theory of Data*, 1964, with the stop at a majority; B. Grofman and S. L. Feld, Electoral Studies 23, 2004. On
//! a short ballot all that it does not name share its last place equally. Ballots that name nobody who is still in count for
//! nothing. A winner is set aside and the count goes on among the others still in, for the second place, and so on; who went out
//! before comes after them. Steps are written down until the seats are filled. Of several with most last places the one that the ladder puts last goes out.

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    methods::{CountFault, Halt, Procedure},
};

/// Counts rankings.
///
/// # Errors
/// [`CountFault::EqualPlaces`]; [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    if contest.profile.has_equal_places() {
        return Err(CountFault::EqualPlaces(Procedure::Coombs).into());
    }
    let candidates = usize::from(contest.candidates());
    let mut still_in = vec![true; candidates];
    let (mut first, mut last, mut past) = (Vec::new(), Vec::new(), Vec::new());
    let mut scores = vec![Exact::zero(); candidates];
    for round in 1..=u32::from(contest.candidates()) {
        let places = Places::new(contest, &still_in);
        let votes: Vec<Exact> = places.first.iter().copied().map(Exact::from).collect();
        let exhausted = Exact::from(contest.profile.ballots() - places.supporting);
        let filled = first.len() >= contest.seats();
        let steps = record.steps.len();
        record.steps.push(Step::Counted { exhausted, quota: None, round, votes: votes.clone() });
        let remaining: Vec<u16> = (0u16..).zip(&still_in).filter(|(_, still)| **still).map(|(at, _)| at).collect();
        let majority = |at: &&u16| remaining.len() == 1 || places.first[usize::from(**at)] > places.supporting / 2;
        let leaving = if let Some(winner) = remaining.iter().find(majority) {
            first.push(*winner);
            record.steps.push(Step::Elected { candidates: vec![*winner], round });
            *winner
        } else {
            let lasts = |at: &u16| &places.last[usize::from(*at)];
            let most = remaining.iter().map(lasts).max().cloned().unwrap_or_else(Exact::zero);
            let mut tied: Vec<u16> = remaining.iter().copied().filter(|at| *lasts(at) == most).collect();
            contest.settle(record, &mut tied, Some(round), &past, !filled)?;
            let out = tied.pop().unwrap_or_default();
            last.push(out);
            record.steps.push(Step::LastPlaces { round, votes: places.last });
            record.steps.push(Step::Eliminated { candidates: vec![out], round });
            out
        };
        if filled {
            record.steps.truncate(steps);
        }
        still_in[usize::from(leaving)] = false;
        scores[usize::from(leaving)] = votes[usize::from(leaving)].clone();
        past.push(votes);
    }
    let order: Vec<u16> = first.into_iter().chain(last.into_iter().rev()).collect();
    Ok(Ranking { places: order.iter().map(|at| vec![*at]).collect(), order, scores, winners: None })
}

/// First and last places among those who are in.
struct Places {
    first: Vec<u64>,
    last: Vec<Exact>,
    /// Ballots that name somebody who is in.
    supporting: u64,
}

impl Places {
    fn new(contest: &Contest<'_>, still_in: &[bool]) -> Self {
        let size = still_in.len();
        let is_in = |at: &u16| still_in[usize::from(*at)];
        let remaining = still_in.iter().filter(|still| **still).count();
        // Whole last places, and by how many share them.
        let (mut first, mut whole, mut shared) = (vec![0; size], vec![0; size], vec![0_u64; size + 1]);
        // Of the shared ones, what each candidate has no part in, because the ballot names it.
        let mut named: Vec<Vec<u64>> = vec![vec![0; size + 1]; size];
        let mut supporting = 0;
        for paper in contest.profile.papers() {
            let mut kept = paper.marks.iter().filter(|at| is_in(at));
            let Some(best) = kept.next() else { continue };
            let count = 1 + kept.clone().count();
            supporting += paper.weight;
            first[usize::from(*best)] += paper.weight;
            let unnamed = remaining - count;
            if unnamed == 0 {
                whole[usize::from(*kept.next_back().unwrap_or(best))] += paper.weight;
            } else {
                shared[unnamed] += paper.weight;
                std::iter::once(best).chain(kept).for_each(|at| named[usize::from(*at)][unnamed] += paper.weight);
            }
        }
        let part = |at: usize| -> Exact {
            let parts = (1..=size).filter_map(|sharing| Exact::ratio(shared[sharing] - named[at][sharing], sharing));
            parts.sum::<Exact>() + Exact::from(whole[at])
        };
        let last = (0..size).map(|at| if still_in[at] { part(at) } else { Exact::zero() }).collect();
        Self { first, last, supporting }
    }
}
