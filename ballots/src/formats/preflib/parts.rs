//! Reading a file part by part, on several cores.

use std::io::Read;

use super::read::{head, head_end, rows};
use crate::{
    formats::{
        FormatFault, Poll,
        bounded::not_too_many,
        parts::{Parts, PartsFault, PartsReader, after_a_line},
        preflib::DataType,
    },
    profile::Profile,
};

/// Reads a file, each part of its ballots on whichever core is free.
///
/// `start` makes what each core counts into, given the kind of the ballots as a profile without any; `each` gets the ballots of
/// a part, with its number from 0. Back come the kind of the file, the vote without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the file were read in one piece.
pub fn fold<S: Send>(
    source: impl Read,
    parts: Parts,
    start: impl Fn(&Profile) -> S + Sync,
    each: impl Fn(&mut S, usize, Profile) -> Result<(), FormatFault> + Sync,
) -> Result<(DataType, Poll, Vec<S>), PartsFault> {
    let mut source = PartsReader::new(source, parts);
    let (file, counts) = source.head(|text, whole| {
        let end = head_end(text).or_else(|| whole.then_some(text.len()));
        end.map(|end| Ok((head(&text[..end])?, end))).transpose()
    })?;
    let none = file.no_ballots().into_profile();
    let begin = || (start(&none), Some(0_u64), 0_u64);
    let done = source.work(after_a_line, begin, |(state, voters, orders), part| {
        let mut ballots = file.no_ballots();
        rows(part.text()?, part.before, &file, |preference| {
            *voters = voters.and_then(|voters| voters.checked_add(preference.count));
            *orders += 1;
            file.add(&mut ballots, &preference)
        })?;
        each(state, part.number, ballots.into_profile())
    })?;
    let (mut states, mut voters, mut orders) = (Vec::new(), Some(0_u64), 0);
    for (state, more, lines) in done {
        states.push(state);
        voters = voters.zip(more).and_then(|(voters, more)| voters.checked_add(more));
        orders += lines;
    }
    counts.check(&file, voters, orders)?;
    not_too_many(voters.unwrap_or(u64::MAX))?;
    Ok((file.data_type, file.with(none), states))
}
