//! Reading a table part by part, on several cores; twice where only the rows say how wide a ballot is.

use std::io::{self, Read};

use super::heading::{Heading, heading};
use crate::{
    formats::{
        FormatFault, Poll,
        bounded::not_too_many,
        parts::{Part, Parts, PartsFault, PartsReader, after_a_line},
    },
    profile::Profile,
};

/// Reads a table, each part of its rows on whichever core is free. `open` is asked for the table's bytes, once more where
/// only its rows say how wide a ballot is, and once more where there are too many ballots.
///
/// `start` makes what each core counts into, given the kind of the ballots as a profile without any; `each` gets the ballots of
/// a part, with its number from 0. Back come the vote without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the table were read in one piece.
pub fn fold<R: Read, S: Send>(
    open: impl Fn() -> io::Result<R>,
    parts: Parts,
    start: impl Fn(&Profile) -> S + Sync,
    each: impl Fn(&mut S, usize, Profile) -> Result<(), FormatFault> + Sync,
) -> Result<(Poll, Vec<S>), PartsFault> {
    let begin = |parts| -> Result<(PartsReader<R>, Heading), PartsFault> {
        let mut source = PartsReader::new(open()?, parts);
        let heading = source.head(heading)?;
        Ok((source, heading))
    };
    let (mut source, mut heading) = begin(parts)?;
    let mut widest = 0;
    if !heading.states_limits() {
        let found = source.work(
            after_a_line,
            || 0,
            |widest: &mut u32, part| {
                heading.rows(part.text()?, part.before, |row| {
                    *widest = row.width().max(*widest);
                    Ok(())
                })
            },
        )?;
        widest = found.into_iter().max().unwrap_or(0);
        (source, heading) = begin(parts)?;
    }
    let none = heading.no_ballots(widest).into_profile();
    let zero = || (start(&none), 0_u64);
    let done = source.work(after_a_line, zero, |(state, count), part| {
        let mut ballots = heading.no_ballots(widest);
        heading.rows(part.text()?, part.before, |row| row.add_to(&mut ballots))?;
        *count = count.saturating_add(ballots.ballots());
        each(state, part.number, ballots.into_profile())
    })?;
    let (states, counts): (Vec<S>, Vec<u64>) = done.into_iter().unzip();
    not_too_many(counts.into_iter().fold(0, u64::saturating_add), || {
        let (mut source, heading) = begin(parts.in_order())?;
        let sum = |sum: &mut u64, part: &Part| heading.rows(part.text()?, part.before, |row| row.count_into(sum));
        source.work(after_a_line, || 0, sum).map(drop)
    })?;
    Ok((heading.into_poll(none), states))
}
