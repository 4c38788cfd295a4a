//! Sorts any number of records of one length in bounded memory: sorted runs go to a spool and are merged from there.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::{self, Seek, SeekFrom, Write},
};

use rayon::prelude::*;

use super::{Source, source::Spool};

/// Bytes of records that are kept in memory, when a run is made and when runs are merged.
pub(super) const MEMORY: usize = 16 * 1024 * 1024;

/// Records that are still coming in.
pub(super) struct Sorter<'a> {
    source: &'a dyn Source,
    len: usize,
    memory: usize,
    kept: Vec<u8>,
    spool: Option<Box<dyn Spool>>,
    runs: Vec<Run>,
}

/// A sorted part of the spool, of which `buffer` is read and `at` handed out.
struct Run {
    next: u64,
    end: u64,
    buffer: Vec<u8>,
    at: usize,
}

impl<'a> Sorter<'a> {
    /// For records of `len` bytes, at least one; `memory` bytes of them are kept, but always one.
    pub(super) fn new(source: &'a dyn Source, len: usize, memory: usize) -> Self {
        Self { source, len, memory: memory.max(len), kept: Vec::new(), spool: None, runs: Vec::new() }
    }

    /// Takes a record, which must have the length.
    pub(super) fn push(&mut self, record: &[u8]) -> io::Result<()> {
        debug_assert_eq!(record.len(), self.len, "every record has the length");
        if self.kept.len() + self.len > self.memory {
            self.spill()?;
        }
        self.kept.extend_from_slice(record);
        Ok(())
    }

    /// Hands out every record, in ascending order of bytes.
    pub(super) fn finish(mut self, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        if self.runs.is_empty() {
            for at in order(&self.kept, self.len) {
                each(record(&self.kept, self.len, at));
            }
            return Ok(());
        }
        self.spill()?;
        self.kept = Vec::new();
        let Some(mut spool) = self.spool else { return Ok(()) };
        let size = (self.memory / self.runs.len() / self.len).max(1) * self.len;
        let mut heap = BinaryHeap::with_capacity(self.runs.len());
        for (number, run) in self.runs.iter_mut().enumerate() {
            if let Some(first) = run.next(&mut *spool, self.len, size)? {
                heap.push(Reverse((first.to_vec(), number)));
            }
        }
        while let Some(Reverse((mut least, number))) = heap.pop() {
            each(&least);
            if let Some(next) = self.runs[number].next(&mut *spool, self.len, size)? {
                least.copy_from_slice(next);
                heap.push(Reverse((least, number)));
            }
        }
        Ok(())
    }

    /// Writes what is kept as one more run.
    fn spill(&mut self) -> io::Result<()> {
        let spool = match &mut self.spool {
            Some(spool) => spool,
            none => none.insert(self.source.spool()?),
        };
        let start = spool.seek(SeekFrom::End(0))?;
        let mut out = io::BufWriter::with_capacity(1 << 16, &mut **spool);
        for at in order(&self.kept, self.len) {
            out.write_all(record(&self.kept, self.len, at))?;
        }
        out.flush()?;
        drop(out);
        let end = start + self.kept.len() as u64;
        self.runs.push(Run { next: start, end, buffer: Vec::new(), at: 0 });
        self.kept.clear();
        Ok(())
    }
}

impl Run {
    fn next(&mut self, spool: &mut dyn Spool, len: usize, size: usize) -> io::Result<Option<&[u8]>> {
        if self.at == self.buffer.len() {
            let left = self.end - self.next;
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(size);
            self.buffer.resize(take, 0);
            spool.seek(SeekFrom::Start(self.next))?;
            spool.read_exact(&mut self.buffer)?;
            self.next += take as u64;
            self.at = 0;
        }
        let record = self.buffer.get(self.at..self.at + len);
        self.at += if record.is_some() { len } else { 0 };
        Ok(record)
    }
}

/// The numbers of the records in ascending order of their bytes.
fn order(records: &[u8], len: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..(records.len() / len) as u32).collect();
    order.par_sort_unstable_by(|left, right| record(records, len, *left).cmp(record(records, len, *right)));
    order
}

fn record(records: &[u8], len: usize, number: u32) -> &[u8] {
    let start = number as usize * len;
    &records[start..start + len]
}

#[cfg(test)]
mod tests;
