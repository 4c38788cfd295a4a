//! A bundle in a folder.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::PathBuf,
};

use crate::verify::{Source, Spool};

/// A folder that holds a bundle.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Source for Folder {
    fn names(&self) -> io::Result<Vec<String>> {
        let name = |entry: io::Result<std::fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
        std::fs::read_dir(&self.0)?.map(name).collect()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn BufRead + Send + '_>> {
        if name.contains(['/', '\\']) || name.starts_with("..") {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a bundle has no sub-folders"));
        }
        let path = self.0.join(name);
        if !std::fs::symlink_metadata(&path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
    }

    fn spool(&self) -> io::Result<Box<dyn Spool>> {
        Ok(Box::new(tempfile::tempfile()?))
    }
}
