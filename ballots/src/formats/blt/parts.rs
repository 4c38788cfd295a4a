//! Reading a file part by part, on several cores; what stands after the ballots is read in one piece.

use std::io::Read;

use super::{
    Standing,
    read::{Words, head, papers, rest},
    scan::Scan,
};
use crate::{
    formats::{
        FormatFault, Poll,
        bounded::not_too_many,
        parts::{Parts, PartsFault, PartsReader},
    },
    profile::Profile,
};

/// Reads a file, each part of its ballots on whichever core is free.
///
/// `start` makes what each core counts into, given the kind of the ballots as a profile without any; `each` gets the ballots of
/// a part, with its number from 0. Back come the vote without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the file were read in one piece.
pub fn fold<S: Send>(
    source: impl Read,
    parts: Parts,
    start: impl Fn(&Profile) -> S + Sync,
    each: impl Fn(&mut S, usize, Profile) -> Result<(), FormatFault> + Sync,
) -> Result<(Poll, Vec<S>), PartsFault> {
    let mut source = PartsReader::new(source, parts);
    let head = source.head(|text, whole| {
        let mut words = Words::new(text);
        match head(&mut words) {
            Ok(head) => Ok(Some((head, text.len() - words.left()))),
            // More may follow what there is so far.
            Err(_) if !whole && words.is_done() => Ok(None),
            Err(fault) => Err(fault),
        }
    })?;
    let standing = Standing::new(head.count, &head.withdrawn);
    let none = standing.no_ballots().into_profile();
    let mut scan = Scan::new();
    let done = source.work(
        |bytes, ended| scan.cut(bytes, ended),
        || (start(&none), 0_u64),
        |(state, count), part| {
            let mut ballots = standing.no_ballots();
            let mut words = Words::after(part.before, part.text()?);
            papers(&mut words, &head, |paper, line| standing.add(&mut ballots, &paper, line))?;
            *count = count.saturating_add(ballots.ballots());
            each(state, part.number, ballots.into_profile())
        },
    )?;
    let last = source.rest()?;
    // Only a file that ends too early has a ballot here, which is refused.
    let mut ballots = standing.no_ballots();
    let mut words = Words::after(last.before, last.text()?);
    let (names, title) = rest(&mut words, &head, |paper, line| standing.add(&mut ballots, &paper, line))?;
    let (mut states, mut count) = (Vec::new(), ballots.ballots());
    for (state, more) in done {
        states.push(state);
        count = count.saturating_add(more);
    }
    not_too_many(count)?;
    Ok((standing.poll(none, head.seats, &names, &title), states))
}
