//! Where a bundle's files come from, and where notes about them are kept: a folder, a test.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Cursor, Read, Seek, Write},
};

/// A place for what does not fit into memory: written once, then read from any place in it.
pub trait Spool: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Spool for T {}

/// The files of a bundle, by name.
pub trait Source: Sync {
    /// Every name in the bundle, folders included, in any order.
    ///
    /// # Errors
    /// Whatever reading a folder can meet.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Opens one file for reading from its start.
    ///
    /// # Errors
    /// `NotFound`, or whatever reading a file can meet.
    fn open(&self, name: &str) -> io::Result<Box<dyn BufRead + Send + '_>>;

    /// An empty spool, which is gone when it is dropped.
    ///
    /// # Errors
    /// Whatever making a file can meet.
    fn spool(&self) -> io::Result<Box<dyn Spool>>;
}

/// A bundle in memory.
impl Source for BTreeMap<String, Vec<u8>> {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn BufRead + Send + '_>> {
        let bytes = self.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(bytes.as_slice()))
    }

    fn spool(&self) -> io::Result<Box<dyn Spool>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}
