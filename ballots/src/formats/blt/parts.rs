//! Reading a file part by part, on several cores; what stands after the ballots is read in one piece.

use std::io::{self, Read};

use super::{
    Standing,
    read::{Head, Words, head, papers, rest},
    scan::Scan,
};
use crate::{
    formats::{
        FormatFault, Poll,
        bounded::{not_too_many, up_to},
        parts::{Part, Parts, PartsFault, PartsReader},
    },
    profile::Profile,
};

/// Reads a file, each part of its ballots on whichever core is free. `open` is asked for its bytes, and once more where there
/// are too many ballots.
///
/// `start` makes what each core counts into, given the kind of the ballots as a profile without any; `each` gets the ballots of
/// a part, with its number from 0. Back come the vote without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the file were read in one piece.
pub fn fold<R: Read, S: Send>(
    open: impl Fn() -> io::Result<R>,
    parts: Parts,
    start: impl Fn(&Profile) -> S + Sync,
    each: impl Fn(&mut S, usize, Profile) -> Result<(), FormatFault> + Sync,
) -> Result<(Poll, Vec<S>), PartsFault> {
    let begin = |parts| -> Result<(PartsReader<R>, Head), PartsFault> {
        let mut source = PartsReader::new(open()?, parts);
        let head = source.head(|text, whole| {
            let mut words = Words::new(text);
            match head(&mut words) {
                Ok(head) => Ok(Some((head, text.len() - words.left()))),
                // More may follow what there is so far.
                Err(_) if !whole && words.is_done() => Ok(None),
                Err(fault) => Err(fault),
            }
        })?;
        Ok((source, head))
    };
    let (mut source, head) = begin(parts)?;
    let standing = Standing::new(head.count, &head.withdrawn);
    let none = standing.no_ballots().into_profile();
    let mut scan = Scan::new();
    let done = source.work(
        |bytes, ended| scan.cut(bytes, ended),
        || (start(&none), 0_u64),
        |(state, count), part| {
            let mut ballots = standing.no_ballots();
            let mut words = Words::after(part.before, part.text()?);
            papers(&mut words, &head, |paper| standing.add(&mut ballots, &paper))?;
            *count = count.saturating_add(ballots.ballots());
            each(state, part.number, ballots.into_profile())
        },
    )?;
    let last = source.rest()?;
    // Only a file that ends too early has a ballot here, which is refused.
    let mut ballots = standing.no_ballots();
    let mut words = Words::after(last.before, last.text()?);
    let (names, title) = rest(&mut words, &head, |paper| standing.add(&mut ballots, &paper))?;
    let (mut states, mut count) = (Vec::new(), ballots.ballots());
    for (state, more) in done {
        states.push(state);
        count = count.saturating_add(more);
    }
    not_too_many(count, || {
        let (mut source, head) = begin(parts.in_order())?;
        let mut scan = Scan::new();
        let sum = |sum: &mut u64, part: &Part| {
            let mut words = Words::after(part.before, part.text()?);
            papers(&mut words, &head, |paper| up_to(sum, paper.weight, paper.line))
        };
        source.work(|bytes, ended| scan.cut(bytes, ended), || 0, sum).map(drop)
    })?;
    Ok((standing.poll(none, head.seats, &names, &title), states))
}
