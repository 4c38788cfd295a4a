//! Bytes of a file that is read part by part on all cores, with a bar that tells how much of it was read.

use std::{
    fs::File,
    io::{self, Read},
    num::NonZeroUsize,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use ballots::formats::{Parts, PartsFault};

use super::{super::CliFault, patience::measured};

/// A file to open, once or again.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    path: &'a Path,
    bytes: &'a AtomicU64,
}

/// A file that tells how much of it was read.
pub(super) struct Told<'a> {
    file: File,
    bytes: &'a AtomicU64,
}

impl<'a> Opening<'a> {
    pub(super) fn open(self) -> io::Result<Told<'a>> {
        // Who reads a file a second time sees the bar begin again.
        self.bytes.store(0, Ordering::Relaxed);
        Ok(Told { file: File::open(self.path)?, bytes: self.bytes })
    }
}

impl Read for Told<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads a file; a fault names the file, the line and the reason.
pub(super) fn read<T: Send>(
    path: &Path,
    hidden: bool,
    work: impl FnOnce(Opening<'_>, Parts) -> Result<T, PartsFault> + Send,
) -> Result<T, CliFault> {
    let size = std::fs::metadata(path).map_err(CliFault::file(path))?.len();
    let parts = Parts::on(thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
    let bytes = AtomicU64::new(0);
    let read = measured("reading", hidden, size, &bytes, || work(Opening { path, bytes: &bytes }, parts));
    read.map_err(|fault| match fault {
        PartsFault::Format(fault) => CliFault::Other(format!("{}: {fault}", path.display())),
        PartsFault::Read(fault) => CliFault::file(path)(fault),
    })
}
