//! Points for places: Borda by the ballot's own length or by the number of candidates, and Dowdall.
//!
//! *Own length*: on a ballot of m places the first gets m, the second m − 1, … the last 1. *Fixed length*: with n candidates the
//! first place gets n, the second n − 1, …, whatever the ballot's length (J.-C. de Borda, Mémoire sur les élections au scrutin,
//! 1781, with n − 1 … 0 or n … 1: the order is the same where ballots are complete). *Dowdall*: the first gets 1, the second
//! 1/2, the third 1/3 … (Nauru's Electoral Act 1965, s. 28, after D. Dowdall; J. Fraenkel and B. Grofman, Australian Journal
//! of Political Science 49, 2014). Who is not named gets nothing. Equals share the points of the places they fill.

use crate::{
    election::{Contest, Ranking, Record},
    exact::Exact,
    methods::Halt,
};

/// What a place is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scale {
    /// The ballot's length less the place, from 0.
    OwnLength,
    /// The number of candidates less the place, from 0.
    FixedLength,
    /// One by the place, from 1.
    Dowdall,
}

/// Counts rankings.
///
/// # Errors
/// [`Halt::Waits`] when a tie must be drawn by hand first.
pub fn count(contest: &Contest<'_>, scale: Scale, record: &mut Record) -> Result<Ranking, Halt> {
    let scores = match scale {
        Scale::Dowdall => harmonic(contest),
        Scale::OwnLength | Scale::FixedLength => linear(contest, scale),
    };
    Ok(contest.rank_by_score(record, scores)?)
}

/// Twice the points, so that equals share whole numbers; halved at the end.
fn linear(contest: &Contest<'_>, scale: Scale) -> Vec<Exact> {
    let mut doubled = vec![0_u128; usize::from(contest.candidates())];
    for paper in contest.profile.papers() {
        let length = match scale {
            Scale::FixedLength => u64::from(contest.candidates()),
            _ => paper.marks.len() as u64,
        };
        let mut before = 0;
        for group in paper.groups() {
            let equals = group.len() as u64;
            // First and last place of the group, whose mean is what each of it gets.
            let points = (length - before) + (length - before - equals + 1);
            let weighed = u128::from(points) * u128::from(paper.weight);
            group.iter().for_each(|at| doubled[usize::from(*at)] += weighed);
            before += equals;
        }
    }
    doubled.into_iter().filter_map(|points| Exact::ratio(points, 2)).collect()
}

/// Ballots by place and group size first: the fractions come in once for each, not once for each ballot.
fn harmonic(contest: &Contest<'_>) -> Vec<Exact> {
    let candidates = usize::from(contest.candidates());
    let mut held = vec![std::collections::BTreeMap::<(u64, u64), u64>::new(); candidates];
    for paper in contest.profile.papers() {
        let mut before = 0;
        for group in paper.groups() {
            let equals = group.len() as u64;
            group.iter().for_each(|at| *held[usize::from(*at)].entry((before, equals)).or_default() += paper.weight);
            before += equals;
        }
    }
    let worth = |before: u64, equals: u64| -> Exact {
        let places = (before + 1..=before + equals).filter_map(|place| Exact::ratio(1, place * equals));
        places.sum()
    };
    let sum = |held: std::collections::BTreeMap<(u64, u64), u64>| -> Exact {
        held.into_iter().map(|((before, equals), weight)| &worth(before, equals) * &Exact::from(weight)).sum()
    };
    held.into_iter().map(sum).collect()
}
