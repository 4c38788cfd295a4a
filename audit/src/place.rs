//! Where a bundle is: a folder, an archive, or an address; opened as a folder that can be read.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{
    archive::{self, ArchiveFault},
    fetch::{self, FetchFault},
    folder::Folder,
};

/// What is being done before the audit begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// So many bytes have come, of so many if that is known.
    Downloading(u64, Option<u64>),
    /// The archive is unpacked.
    Unpacking,
}

/// How to open a place.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where a downloaded archive stays; without it, it is gone afterwards.
    pub keep: Option<PathBuf>,
    /// New folder into which an archive is unpacked, and which stays; without it, a temporary one.
    pub into: Option<PathBuf>,
    /// Most bytes that are downloaded, and most that an archive may unpack to.
    pub most: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { keep: None, into: None, most: archive::MOST }
    }
}

/// A folder with a bundle; what was unpacked is gone when this is dropped.
#[derive(Debug)]
pub struct Opened {
    /// The files.
    pub folder: Folder,
    _temporary: Option<TempDir>,
}

/// Why a place cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum PlaceFault {
    /// The archive is not one of a bundle.
    #[error("{place}: {fault}")]
    Archive {
        /// Path or address.
        place: String,
        /// What is wrong with it.
        fault: ArchiveFault,
    },
    /// The download.
    #[error(transparent)]
    Fetch(#[from] FetchFault),
    /// A file or folder of this machine.
    #[error("{place}: {fault}")]
    File {
        /// Path or address.
        place: String,
        /// What is wrong with it.
        fault: io::Error,
    },
}

impl PlaceFault {
    /// Whether something was read and is no bundle, rather than nothing read.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Archive { .. } | Self::Fetch(FetchFault::Large { .. }))
    }
}

/// Whether a place is an address, not a path.
#[must_use]
pub fn is_address(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

/// Opens a folder, unpacks an archive, or downloads one and unpacks it.
///
/// # Errors
/// [`PlaceFault`].
pub fn open(place: &str, options: &Options, progress: &dyn Fn(Opening)) -> Result<Opened, PlaceFault> {
    let path = Path::new(place);
    if !is_address(place) && path.is_dir() {
        return Ok(Opened { folder: Folder(path.to_owned()), _temporary: None });
    }
    let file = |fault| PlaceFault::File { place: place.to_owned(), fault };
    let temporary = TempDir::new().map_err(file)?;
    let archive = if is_address(place) {
        let archive = options.keep.clone().unwrap_or_else(|| temporary.path().join("bundle.tar.zst"));
        let url = fetch::bundle_address(place);
        fetch::download(&url, &archive, options.most, &|came, whole| progress(Opening::Downloading(came, whole)))?;
        archive
    } else {
        path.to_owned()
    };
    progress(Opening::Unpacking);
    let inside = options.into.clone().unwrap_or_else(|| temporary.path().join("bundle"));
    let opened = File::open(&archive).map_err(file)?;
    archive::unpack(opened, &inside, options.most)
        .map_err(|fault| PlaceFault::Archive { place: place.to_owned(), fault })?;
    Ok(Opened { folder: Folder(inside), _temporary: Some(temporary) })
}
