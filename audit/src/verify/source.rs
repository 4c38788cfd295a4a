//! Where a bundle's files come from: a folder, an archive, a test.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

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
}
