//! Reading a file part by part, on several cores.

use std::io::{self, Read};

use super::read::{Counts, head, head_end, rows};
use crate::{
    formats::{
        FormatFault, Poll,
        bounded::{not_too_many, up_to},
        parts::{Part, Parts, PartsFault, PartsReader, after_a_line},
        preflib::{DataType, Preferences},
    },
    profile::Profile,
};

/// Reads a file, each part of its ballots on whichever core is free. `open` is asked for its bytes, and once more where there
/// are too many ballots. Where a kind is `named`, as by the ending of the file's name, the file must be of that kind.
///
/// `start` makes what each core counts into, given the kind of the ballots as a profile without any; `each` gets the ballots of
/// a part, with its number from 0. Back come the kind of the file, the vote without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the file were read in one piece.
pub fn fold<R: Read, S: Send>(
    open: impl Fn() -> io::Result<R>,
    named: Option<DataType>,
    parts: Parts,
    start: impl Fn(&Profile) -> S + Sync,
    each: impl Fn(&mut S, usize, Profile) -> Result<(), FormatFault> + Sync,
) -> Result<(DataType, Poll, Vec<S>), PartsFault> {
    let begin = |parts| -> Result<(PartsReader<R>, (Preferences, Counts)), PartsFault> {
        let mut source = PartsReader::new(open()?, parts);
        let head = source.head(|text, whole| {
            let end = head_end(text).or_else(|| whole.then_some(text.len()));
            end.map(|end| Ok((head(&text[..end], named)?, end))).transpose()
        })?;
        Ok((source, head))
    };
    let (mut source, (file, counts)) = begin(parts)?;
    let none = file.no_ballots().into_profile();
    let zero = || (start(&none), Some(0_u64), 0_u64);
    let done = source.work(after_a_line, zero, |(state, voters, orders), part| {
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
    not_too_many(voters.unwrap_or(u64::MAX), || {
        let (mut source, (file, _)) = begin(parts.in_order())?;
        let sum = |sum: &mut u64, part: &Part| {
            rows(part.text()?, part.before, &file, |preference| up_to(sum, preference.count, preference.line))
        };
        source.work(after_a_line, || 0, sum).map(drop)
    })?;
    Ok((file.data_type, file.with(none), states))
}
