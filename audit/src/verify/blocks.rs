//! The log in blocks of lines, each block of bounded size, so that reading needs the same memory for any log.

use std::io::{BufRead, Read as _};

use super::{Failure, Source, bundle::LOG, bundle_files::failure};
use crate::log::line::LONGEST;

/// Most lines that are checked together.
const MAX_LINES: usize = 4096;
/// Bytes after which a block is handed over though it has fewer lines.
const FULL: usize = 8 * 1024 * 1024;

/// Lines that follow one another.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Number of the first line, from 1.
    pub(super) first: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Block {
    /// The lines, without their line ends.
    pub(super) fn lines(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end + 1));
        starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end]).collect()
    }
}

/// Reads the log block by block.
pub(super) struct Blocks<'a> {
    file: Box<dyn BufRead + Send + 'a>,
    next: u64,
    over: bool,
}

impl<'a> Blocks<'a> {
    pub(super) fn open(source: &'a dyn Source) -> Result<Self, Failure> {
        let file = source.open(LOG).map_err(|fault| failure(LOG, None, fault))?;
        Ok(Self { file, next: 1, over: false })
    }

    /// The next block, empty at the end, and what is wrong with the line after it. After a failure there are no more blocks.
    pub(super) fn next(&mut self) -> (Block, Option<Failure>) {
        let mut block = Block { first: self.next, bytes: Vec::with_capacity(FULL), ends: Vec::new() };
        while !self.over && block.ends.len() < MAX_LINES && block.bytes.len() < FULL {
            match self.line(&mut block) {
                Ok(true) => self.next += 1,
                Ok(false) => self.over = true,
                Err(fault) => {
                    self.over = true;
                    return (block, Some(fault));
                }
            }
        }
        (block, None)
    }

    /// Adds one line to the block; false at the end of the file.
    fn line(&mut self, block: &mut Block) -> Result<bool, Failure> {
        let (number, start) = (Some(self.next), block.bytes.len());
        let taken = (&mut *self.file).take(LONGEST as u64).read_until(b'\n', &mut block.bytes);
        let read = taken.map_err(|fault| failure(LOG, number, fault))?;
        match &block.bytes[start..] {
            [] => Ok(false),
            [.., b'\r', b'\n'] => {
                Err(failure(LOG, number, "the line ends with CR LF (\\r\\n); lines end with LF (\\n)"))
            }
            [.., b'\n'] => {
                block.ends.push(block.bytes.len() - 1);
                Ok(true)
            }
            _ if read == LONGEST => Err(failure(LOG, number, "the line is longer than 16 MiB")),
            _ => Err(failure(LOG, number, "the last line is cut: it does not end with \\n")),
        }
    }
}
