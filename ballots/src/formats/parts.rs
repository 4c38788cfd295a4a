//! Files read part by part, on several cores: a few parts are in memory at a time, however many ballots a file has.

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

use super::FormatFault;

/// Bytes of a part, where nothing else is said.
const BYTES: NonZeroUsize = NonZeroUsize::new(1 << 20).unwrap();

/// How a file is cut and read. Whatever is said here, the same ballots and the same faults come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// About as many bytes are one part.
    pub bytes: NonZeroUsize,
    /// So many parts are read at the same time.
    pub cores: NonZeroUsize,
}

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

impl Parts {
    /// Parts of a megabyte.
    #[must_use]
    pub const fn on(cores: NonZeroUsize) -> Self {
        Self { bytes: BYTES, cores }
    }

    /// The same on one core, which gets the parts in order.
    pub(super) const fn in_order(self) -> Self {
        Self { cores: NonZeroUsize::MIN, ..self }
    }
}

/// Some whole ballots of a file.
pub(super) struct Part {
    /// Place among the parts, from 0.
    pub(super) number: usize,
    /// Lines that stand before it in the file.
    pub(super) before: usize,
    bytes: Vec<u8>,
}

impl Part {
    pub(super) fn text(&self) -> Result<&str, FormatFault> {
        text(&self.bytes, self.before)
    }
}

/// Where the next part ends, of what was read of a file so far.
pub(super) enum Cut {
    /// After so many bytes.
    At(usize),
    /// More must be read first; at the end of the file there is no further part.
    Later,
    /// There is no further part.
    Never,
}

/// After the last line that is whole.
pub(super) fn after_a_line(bytes: &[u8], ended: bool) -> Cut {
    match memchr::memrchr(b'\n', bytes) {
        _ if ended && bytes.is_empty() => Cut::Never,
        _ if ended => Cut::At(bytes.len()),
        Some(at) => Cut::At(at + 1),
        None => Cut::Later,
    }
}

/// Bytes as text; `before` lines stand before them.
fn text(bytes: &[u8], before: usize) -> Result<&str, FormatFault> {
    std::str::from_utf8(bytes).map_err(|fault| {
        let line = before + 1 + line_ends(&bytes[..fault.valid_up_to()]);
        FormatFault::new(line, "not UTF-8 text")
    })
}

pub(super) fn line_ends(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

/// What is left of a file, with what was read too far.
pub(super) struct PartsReader<R> {
    inner: R,
    parts: Parts,
    number: usize,
    before: usize,
    rest: Vec<u8>,
    ended: bool,
}

impl<R: Read> PartsReader<R> {
    pub(super) fn new(inner: R, parts: Parts) -> Self {
        Self { inner, parts, number: 0, before: 0, rest: Vec::new(), ended: false }
    }

    /// Reads about a part more, and twice as much each time when that is not enough, so that looking through it again costs no
    /// more than reading it.
    fn fill(&mut self) -> io::Result<()> {
        let bytes = self.rest.len().max(self.parts.bytes.get());
        // Fewer come only at the end.
        self.ended = self.inner.by_ref().take(bytes as u64).read_to_end(&mut self.rest)? < bytes;
        Ok(())
    }

    /// Takes what stands before the ballots: `parse` gets whole lines from the start, and whether they are all; it says what it
    /// made of them and where the ballots begin, or nothing while the head is not whole.
    pub(super) fn head<T>(
        &mut self,
        mut parse: impl FnMut(&str, bool) -> Result<Option<(T, usize)>, FormatFault>,
    ) -> Result<T, PartsFault> {
        loop {
            self.fill()?;
            let end = match memchr::memrchr(b'\n', &self.rest) {
                _ if self.ended => self.rest.len(),
                Some(at) => at + 1,
                None => continue,
            };
            // What is no text stands among the ballots if the head ends before it.
            let sound = text(&self.rest[..end], 0);
            let known = match std::str::from_utf8(&self.rest[..end]) {
                Ok(known) => known,
                Err(fault) => text(&self.rest[..fault.valid_up_to()], 0)?,
            };
            match parse(known, self.ended && sound.is_ok())? {
                Some((head, length)) => {
                    let ballots = self.rest.split_off(length);
                    self.before = line_ends(&self.rest);
                    self.rest = ballots;
                    return Ok(head);
                }
                None if self.ended => {
                    let end = line_ends(&self.rest) + 1;
                    sound?;
                    return Err(FormatFault::new(end, "the file ends before its ballots").into());
                }
                None => {
                    sound?;
                }
            }
        }
    }

    /// Reads parts, each on whichever core is free, and hands back what each core made of its own.
    ///
    /// Of several faults the one in the earliest part is told, as if the file were read in one piece; several parts may have
    /// one line.
    pub(super) fn work<W: Send>(
        &mut self,
        cut: impl FnMut(&[u8], bool) -> Cut,
        start: impl Fn() -> W + Sync,
        read: impl Fn(&mut W, &Part) -> Result<(), FormatFault> + Sync,
    ) -> Result<Vec<W>, PartsFault> {
        let cores = self.parts.cores.get();
        let (sender, receiver) = mpsc::sync_channel::<Part>(cores);
        let failed = AtomicBool::new(false);
        let work = &|parts: &Mutex<mpsc::Receiver<Part>>| {
            let mut state = start();
            loop {
                // A worker that panicked while it waited has left the queue as it was.
                let part = parts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
                let Ok(part) = part else { return Ok(state) };
                if let Err(fault) = read(&mut state, &part) {
                    failed.store(true, Ordering::Relaxed);
                    return Err((part.number, fault));
                }
            }
        };
        let (sent, done) = thread::scope(|scope| {
            // Only workers hold the queue's other end: when none is left, nobody waits for room in it.
            let parts = Arc::new(Mutex::new(receiver));
            let hired = std::iter::repeat_n(parts, cores);
            let workers: Vec<_> = hired.map(|parts| scope.spawn(move || work(&parts))).collect();
            let sent = self.send(&sender, &failed, cut);
            drop(sender);
            let done: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
            (sent, done)
        });
        let done = done.into_iter().map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for done in done {
            match done {
                Ok(state) => good.push(state),
                Err(fault) => bad.push(fault),
            }
        }
        if let Some((_, fault)) = bad.into_iter().min_by_key(|(number, _)| *number) {
            return Err(fault.into());
        }
        sent?;
        Ok(good)
    }

    /// Sends part after part until the end, or until nobody wants more.
    fn send(
        &mut self,
        to: &mpsc::SyncSender<Part>,
        failed: &AtomicBool,
        mut cut: impl FnMut(&[u8], bool) -> Cut,
    ) -> io::Result<()> {
        while !failed.load(Ordering::Relaxed) {
            match cut(&self.rest, self.ended) {
                Cut::At(end) => {
                    let rest = self.rest.split_off(end);
                    let bytes = std::mem::replace(&mut self.rest, rest);
                    let part = Part { number: self.number, before: self.before, bytes };
                    self.number += 1;
                    self.before += line_ends(&part.bytes);
                    if to.send(part).is_err() {
                        break;
                    }
                }
                Cut::Later if !self.ended => self.fill()?,
                Cut::Later | Cut::Never => break,
            }
        }
        Ok(())
    }

    /// All that follows the parts, with its number as a part.
    pub(super) fn rest(mut self) -> io::Result<Part> {
        self.inner.read_to_end(&mut self.rest)?;
        Ok(Part { number: self.number, before: self.before, bytes: self.rest })
    }
}
