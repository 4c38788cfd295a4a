//! Reading a file part by part, on several cores: a few parts are in memory at a time, however many ballots the file has.

use std::{
    io::{self, Read},
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use super::{
    Instance, Votes,
    read::{Columns, Head, Lines, head, is_heading},
};
use crate::formats::FormatFault;

/// About as many bytes are one part.
const PART: usize = 1 << 20;

/// Why a file was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum PartsFault {
    /// The file is wrong, or what was made of a part.
    #[error(transparent)]
    Format(#[from] FormatFault),
    /// The bytes did not come.
    #[error(transparent)]
    Read(#[from] io::Error),
}

/// Some whole lines of a file.
struct Part {
    number: usize,
    before: usize,
    bytes: Vec<u8>,
}

/// Reads a file, each part of its ballots on whichever core is free.
///
/// `start` makes what each core counts into, once the file's projects and rules are known; `each` gets the ballots of a part,
/// with its number from 0. Back come the file without its ballots, and what each core counted.
///
/// # Errors
/// [`PartsFault`]: of several faults the one in the earliest line, as if the file were read in one piece.
pub fn fold<S: Send>(
    source: impl Read,
    cores: NonZeroUsize,
    start: impl Fn(&Instance) -> S + Sync,
    each: impl Fn(&mut S, usize, &Votes) -> Result<(), FormatFault> + Sync,
) -> Result<(Instance, Vec<S>), PartsFault> {
    let mut source = Source { inner: source, number: 0, before: 0, rest: Vec::new() };
    let Head { instance, columns, counts } = source.head()?;
    let (sender, receiver) = mpsc::sync_channel::<Part>(cores.get());
    let failed = AtomicBool::new(false);
    let work = &|parts: &Mutex<mpsc::Receiver<Part>>| {
        let (mut state, mut read, mut votes) = (start(&instance), 0, Votes::default());
        loop {
            // A worker that panicked while it waited has left the queue as it was.
            let part = parts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
            let Ok(part) = part else { return Ok((state, read)) };
            let done = part.read(&columns, &mut votes).and_then(|()| {
                read += votes.len();
                each(&mut state, part.number, &votes)
            });
            if let Err(fault) = done {
                failed.store(true, Ordering::Relaxed);
                return Err(fault);
            }
        }
    };
    let (sent, done) = thread::scope(|scope| {
        // Only workers hold the queue's other end: when none is left, nobody waits for room in it.
        let parts = Arc::new(Mutex::new(receiver));
        let hired = std::iter::repeat_n(parts, cores.get());
        let workers: Vec<_> = hired.map(|parts| scope.spawn(move || work(&parts))).collect();
        let sent = source.send(&sender, &failed);
        drop(sender);
        let done: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        (sent, done)
    });
    let done = done.into_iter().map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    let (good, mut bad): (Vec<_>, Vec<_>) = done.partition(Result::is_ok);
    bad.sort_by_key(|fault| fault.as_ref().err().map(|fault| fault.line));
    if let Some(Err(fault)) = bad.into_iter().next() {
        return Err(fault.into());
    }
    sent?;
    let (states, read): (Vec<S>, Vec<usize>) = good.into_iter().flatten().unzip();
    counts.check(instance.projects.len(), read.into_iter().sum())?;
    Ok((instance, states))
}

impl Part {
    fn read(&self, columns: &Columns, votes: &mut Votes) -> Result<(), FormatFault> {
        votes.clear();
        columns.read(&mut Lines::new(text(&self.bytes, self.before)?, self.before), votes)
    }
}

/// Bytes as text; `before` lines stand before them.
fn text(bytes: &[u8], before: usize) -> Result<&str, FormatFault> {
    std::str::from_utf8(bytes).map_err(|fault| {
        let line = before + 1 + line_ends(&bytes[..fault.valid_up_to()]);
        FormatFault::new(line, "not UTF-8 text")
    })
}

fn line_ends(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

/// What is left of a file, with what was read too far.
struct Source<R> {
    inner: R,
    number: usize,
    before: usize,
    rest: Vec<u8>,
}

impl<R: Read> Source<R> {
    /// Reads as many bytes more; fewer come only at the end.
    fn fill(&mut self, bytes: usize) -> io::Result<bool> {
        Ok(self.inner.by_ref().take(bytes as u64).read_to_end(&mut self.rest)? < bytes)
    }

    /// Takes all before the ballots, and leaves them.
    fn head(&mut self) -> Result<Head, PartsFault> {
        let end = loop {
            // Twice as much each time, so that looking through it again costs no more than reading it.
            let ended = self.fill(self.rest.len().max(PART))?;
            match head_end(&self.rest) {
                Some(end) => break end,
                None if ended => break self.rest.len(),
                None => {}
            }
        };
        let ballots = self.rest.split_off(end);
        let bytes = std::mem::replace(&mut self.rest, ballots);
        self.before = line_ends(&bytes);
        let (head, _) = head(text(&bytes, 0)?)?;
        Ok(head)
    }

    /// Sends part after part until the end, or until nobody wants more.
    fn send(mut self, to: &mpsc::SyncSender<Part>, failed: &AtomicBool) -> io::Result<()> {
        let mut ended = false;
        while !ended && !failed.load(Ordering::Relaxed) {
            ended = self.fill(PART)?;
            let last = memchr::memrchr(b'\n', &self.rest).map(|at| at + 1);
            let Some(end) = last.filter(|_| !ended).or_else(|| ended.then_some(self.rest.len())) else {
                continue;
            };
            let rest = self.rest.split_off(end);
            let bytes = std::mem::replace(&mut self.rest, rest);
            let part = Part { number: self.number, before: self.before, bytes };
            self.number += 1;
            self.before += line_ends(&part.bytes);
            if to.send(part).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Where the ballots begin: after the first line that is not blank below the heading VOTES.
fn head_end(bytes: &[u8]) -> Option<usize> {
    let (mut from, mut below) = (0, false);
    for end in memchr::memchr_iter(b'\n', bytes) {
        // What is no text is found when the head is read; here it is no heading.
        let line = std::str::from_utf8(&bytes[from..end]).unwrap_or("?");
        from = end + 1;
        if below && !line.trim().is_empty() {
            return Some(from);
        }
        below |= is_heading(line) && line.trim().trim_end_matches(';').eq_ignore_ascii_case("VOTES");
    }
    None
}
