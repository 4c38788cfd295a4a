//! A bundle as a `.tar.zst`, unpacked into a folder: the files of a bundle, each once, and nothing else.
//!
//! An archive comes from strangers. Entries are read raw, so that no extension renames or resizes one; no name of the archive
//! becomes a path; sizes are compared with what is allowed before anything is written, and again while it is.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use tar::EntryType;

use crate::verify::bundle::{FILES, MANIFEST};

/// Most that an archive may unpack to unless the reader says otherwise, in bytes: a round of some 15 million ballots.
pub const MOST: u64 = 16 << 30;
/// Binary logarithm of the largest window that a frame may ask for: 8 MiB, which RFC 8878 §3.1.1.1.2 wants every decoder to have.
const MAX_WINDOW_LOG: u32 = 23;
/// Zeros that a packer writes after the last entry: two blocks, of which reading the entries takes one.
const END: u64 = 512;

/// Why an archive is refused, and where.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveFault {
    /// An entry that no bundle has.
    #[error("entry {number}, {name}: {reason}")]
    Entry {
        /// From 1.
        number: u64,
        /// As the archive has it, made printable.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something else than the end after the last entry.
    #[error("after entry {after}: {reason}")]
    End {
        /// Entries before.
        after: u64,
        /// What is there.
        reason: String,
    },
    /// The folder to unpack into.
    #[error("{0}")]
    Folder(io::Error),
}

/// Unpacks an archive into a new or empty folder, at most so many bytes. What stands there after a fault is of no use.
///
/// # Errors
/// [`ArchiveFault`] at the first entry that is not as it must be.
pub fn unpack(archive: impl Read, folder: &Path, most: u64) -> Result<(), ArchiveFault> {
    fs::create_dir_all(folder).map_err(ArchiveFault::Folder)?;
    let start = |fault: io::Error| ArchiveFault::End { after: 0, reason: format!("not Zstandard: {fault}") };
    let mut decoder = zstd::Decoder::with_buffer(BufReader::new(archive)).map_err(start)?.single_frame();
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(start)?;
    let mut unpacking = Unpacking { folder, left: most, most, number: 0, seen: BTreeSet::new() };
    let mut tar = tar::Archive::new(&mut decoder);
    unpacking.entries(&mut tar)?;
    let after = unpacking.number;
    the_end(decoder).map_err(|reason| ArchiveFault::End { after, reason })
}

struct Unpacking<'a> {
    folder: &'a Path,
    most: u64,
    left: u64,
    number: u64,
    seen: BTreeSet<&'static str>,
}

impl Unpacking<'_> {
    fn entries(&mut self, tar: &mut tar::Archive<impl Read>) -> Result<(), ArchiveFault> {
        let broken = |after, fault: io::Error| ArchiveFault::End { after, reason: chain(&fault) };
        for entry in tar.entries().map_err(|fault| broken(0, fault))?.raw(true) {
            let mut entry = entry.map_err(|fault| broken(self.number, fault))?;
            self.number += 1;
            let path = entry.path_bytes().into_owned();
            self.entry(&mut entry, &path).map_err(|reason| {
                let name = String::from_utf8_lossy(&path).escape_debug().to_string();
                ArchiveFault::Entry { number: self.number, name, reason }
            })?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &mut tar::Entry<'_, impl Read>, path: &[u8]) -> Result<(), String> {
        match entry.header().entry_type() {
            EntryType::Regular => {}
            kind => return Err(format!("it is {}; a bundle has regular files only", describe(kind))),
        }
        let name = known(path).ok_or("no bundle has a file of this name; names are bundle/NAME")?;
        if !self.seen.insert(name) {
            return Err("the archive has this file twice".to_owned());
        }
        let size = entry.header().entry_size().map_err(|fault| chain(&fault))?;
        if size > self.left {
            let before = self.most - self.left;
            return Err(format!("it declares {size} bytes after {before}, more than the {} allowed", self.most));
        }
        let mut file = File::create_new(self.folder.join(name)).map_err(|fault| fault.to_string())?;
        let written = io::copy(&mut entry.take(size), &mut file).map_err(|fault| chain(&fault))?;
        self.left -= written;
        if written == size { Ok(()) } else { Err(format!("it is cut: {written} of {size} bytes are there")) }
    }
}

/// The name of a bundle's file, if the path is just `bundle/NAME`.
fn known(path: &[u8]) -> Option<&'static str> {
    let name = path.strip_prefix(b"bundle/")?;
    FILES.into_iter().chain([MANIFEST]).find(|known| known.as_bytes() == name)
}

/// What an entry is that is no regular file.
fn describe(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Link => "a hard link",
        EntryType::Directory => "a folder",
        EntryType::Fifo | EntryType::Char | EntryType::Block => "a device",
        EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader => {
            "an extension that renames or resizes another entry"
        }
        _ => "of an unknown kind",
    }
}

/// After the entries stand the zeros of a `tar` and the end of the one Zstandard frame.
fn the_end(mut decoder: zstd::Decoder<'_, impl BufRead>) -> Result<(), String> {
    let mut rest = Vec::new();
    (&mut decoder).take(END + 1).read_to_end(&mut rest).map_err(|fault| chain(&fault))?;
    if rest.len() as u64 != END || rest.iter().any(|byte| *byte != 0) {
        return Err("the archive must end here, with two blocks of zeros and nothing more".to_owned());
    }
    match decoder.finish().fill_buf() {
        Ok([]) => Ok(()),
        Ok(more) => Err(format!("at least {} bytes follow the end of the compressed data", more.len())),
        Err(fault) => Err(chain(&fault)),
    }
}

/// A fault and what caused it: what the libraries say first is often only where they were.
fn chain(fault: &io::Error) -> String {
    let (mut text, mut cause) = (fault.to_string(), std::error::Error::source(fault));
    while let Some(inner) = cause {
        if !text.contains(&inner.to_string()) {
            text = format!("{text}: {inner}");
        }
        cause = inner.source();
    }
    text
}
