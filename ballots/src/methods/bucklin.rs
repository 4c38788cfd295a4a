//! Bucklin: first places count, then first and second, and so on, until somebody is on more than half of the ballots.
//!
//! J. W. Bucklin's "Grand Junction system" of 1909 (H. Hoag and G. Hallett, *Proportional Representation*, 1926, § 261). Half is
//! of the ballots that name anybody. In the round in which the first reach it, the one with most votes wins; who reaches it
//! in a later round comes after, and who never does comes last, by the votes of all places. Equals share their place's round.

use std::cmp::Reverse;

use crate::{
    election::{Contest, Ranking, Record, Step},
    exact::Exact,
    methods::Halt,
};

/// Counts rankings.
///
/// # Errors
/// [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, record: &mut Record) -> Result<Ranking, Halt> {
    let candidates = usize::from(contest.candidates());
    let mut at_place: Vec<Vec<u64>> = Vec::new();
    for paper in contest.profile.papers() {
        for (place, group) in paper.groups().enumerate() {
            if at_place.len() == place {
                at_place.push(vec![0; candidates]);
            }
            group.iter().for_each(|at| at_place[place][usize::from(*at)] += paper.weight);
        }
    }
    let naming = contest.profile.ballots() - contest.profile.blank();
    let mut votes = vec![0_u64; candidates];
    // Round of the majority, and the votes in it.
    let mut reached: Vec<Option<(u32, u64)>> = vec![None; candidates];
    for (place, round) in at_place.iter().zip(1..) {
        let decided = reached.iter().any(Option::is_some);
        for ((sum, more), reached) in votes.iter_mut().zip(place).zip(&mut reached) {
            *sum += more;
            if reached.is_none() && *sum > naming / 2 {
                *reached = Some((round, *sum));
            }
        }
        if !decided {
            let shown = votes.iter().copied().map(Exact::from).collect();
            let quota = Some(Exact::from(naming / 2 + 1));
            record.steps.push(Step::Counted { exhausted: contest.profile.blank().into(), quota, round, votes: shown });
        }
    }
    let standing = |at: usize| reached[at].unwrap_or((u32::MAX, votes[at]));
    let key = |at: u16| {
        let (round, votes) = standing(usize::from(at));
        (Reverse(round), votes)
    };
    let scores = (0..candidates).map(|at| Exact::from(standing(at).1)).collect();
    Ok(Ranking { scores, ..contest.rank(record, key)? })
}
