//! Where the words and the page go.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

/// Writes to standard output. A full disk or a reader that went away is a fault to tell, not to panic about.
pub fn say(words: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(words.as_bytes())?;
    out.flush()
}

/// Whether a file, which need not be there yet, is the bundle at this place or lies in it.
pub fn is_in(file: &Path, place: &str) -> bool {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = fs::canonicalize(file).or_else(|_| fs::canonicalize(folder));
    match (real, fs::canonicalize(place)) {
        (Ok(file), Ok(bundle)) => file.starts_with(bundle),
        // What cannot be found is told when it is opened.
        _ => false,
    }
}
