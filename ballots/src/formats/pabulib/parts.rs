//! Reading a file part by part, on several cores.

use std::io::Read;

use super::{
    Instance, Votes,
    read::{Head, Lines, head, is_heading},
};
use crate::formats::{
    FormatFault,
    parts::{Parts, PartsFault, PartsReader, after_a_line},
};

/// Reads a file, each part of its ballots on whichever core is free.
///
/// `start` makes what each core counts into, once the file's projects and rules are known; `each` gets the ballots of a part,
/// with its number from 0. Back come the file without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the file were read in one piece.
pub fn fold<S: Send>(
    source: impl Read,
    parts: Parts,
    start: impl Fn(&Instance) -> S + Sync,
    each: impl Fn(&mut S, usize, &Votes) -> Result<(), FormatFault> + Sync,
) -> Result<(Instance, Vec<S>), PartsFault> {
    let mut source = PartsReader::new(source, parts);
    let Head { instance, columns, counts } = source.head(|text, whole| {
        let end = head_end(text).or_else(|| whole.then_some(text.len()));
        end.map(|end| Ok((head(&text[..end])?.0, end))).transpose()
    })?;
    let begin = || (start(&instance), 0, Votes::default());
    let done = source.work(after_a_line, begin, |(state, read, votes), part| {
        votes.clear();
        columns.read(&mut Lines::new(part.text()?, part.before), votes)?;
        *read += votes.len();
        each(state, part.number, votes)
    })?;
    let (mut states, mut read) = (Vec::new(), 0);
    for (state, more, _) in done {
        states.push(state);
        read += more;
    }
    counts.check(instance.projects.len(), read)?;
    Ok((instance, states))
}

/// Where the ballots begin: after the first line that is not blank below the heading VOTES.
fn head_end(text: &str) -> Option<usize> {
    let (mut from, mut below) = (0, false);
    for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
        let line = &text[from..end];
        from = end + 1;
        if below && !line.trim().is_empty() {
            return Some(from);
        }
        below |= is_heading(line) && line.trim().trim_end_matches(';').eq_ignore_ascii_case("VOTES");
    }
    None
}
