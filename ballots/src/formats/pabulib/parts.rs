//! Reading a file part by part, on several cores.

use std::io::{self, Read};

use super::{
    Instance, Votes,
    read::{Head, Lines, head, is_heading},
    voters::{Doubles, Voters},
};
use crate::formats::{
    FormatFault,
    parts::{Part, Parts, PartsFault, PartsReader, after_a_line},
};

/// Reads a file, each part of its ballots on whichever core is free. `open` is asked for its bytes, and once more where a voter
/// may stand there twice. Of each ballot 8 bytes are kept for that, and nothing else.
///
/// `start` makes what each core counts into, once the file's projects and rules are known; `each` gets the ballots of a part,
/// with its number from 0. Back come the file without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the file were read in one piece.
pub fn fold<R: Read, S: Send>(
    open: impl Fn() -> io::Result<R>,
    parts: Parts,
    start: impl Fn(&Instance) -> S + Sync,
    each: impl Fn(&mut S, usize, &Votes) -> Result<(), FormatFault> + Sync,
) -> Result<(Instance, Vec<S>), PartsFault> {
    let begin = |parts| -> Result<(PartsReader<R>, Head), PartsFault> {
        let mut source = PartsReader::new(open()?, parts);
        let head = source.head(|text, whole| {
            let end = head_end(text).or_else(|| whole.then_some(text.len()));
            end.map(|end| Ok((head(&text[..end])?.0, end))).transpose()
        })?;
        Ok((source, head))
    };
    let (mut source, Head { instance, columns, counts }) = begin(parts)?;
    let zero = || (start(&instance), Voters::default(), Votes::default());
    let done = source.work(after_a_line, zero, |(state, voters, votes), part| {
        votes.clear();
        columns.read(&mut Lines::new(part.text()?, part.before), votes, voters)?;
        each(state, part.number, votes)
    })?;
    let (mut states, mut voters) = (Vec::new(), Voters::default());
    for (state, more, _) in done {
        states.push(state);
        voters.merge(more);
    }
    counts.check(instance.projects.len(), voters.len())?;
    if let Some(doubles) = voters.doubles() {
        let (mut source, Head { columns, .. }) = begin(parts.in_order())?;
        let look = |doubles: &mut Doubles, part: &Part| {
            let mut lines = Lines::new(part.text()?, part.before);
            columns.voters(&mut lines, |voter_id, line| doubles.see(voter_id, line))
        };
        source.work(after_a_line, || doubles.clone(), look)?;
    }
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
