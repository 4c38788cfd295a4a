//! The browser's side, as built from `web/` and embedded in this program: each file with its address and its hashes.

use std::{collections::BTreeMap, sync::LazyLock};

use audit::{log::hash::Hash, round::event::Client};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Digits of the hash that stand in an address, so that other content has another address.
const DIGITS: usize = 16;

/// A file that browsers are given.
#[derive(Debug, Clone)]
pub struct File {
    /// Name, as in the log of a round.
    pub name: &'static str,
    /// Address on this server; it names the content, so it may be kept for ever.
    pub address: String,
    /// Subresource Integrity: the browser refuses any other content.
    pub integrity: String,
    /// SHA-256 of the bytes.
    pub hash: Hash,
    /// The content.
    pub bytes: &'static [u8],
}

static FILES: LazyLock<BTreeMap<&'static str, File>> = LazyLock::new(|| {
    let file = |(name, bytes): &(&'static str, &'static [u8])| (*name, File::new(name, bytes));
    EMBEDDED.iter().map(file).collect()
});

impl File {
    fn new(name: &'static str, bytes: &'static [u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        let hash = Hash::from(digest);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        Self {
            name,
            address: format!("/assets/{stem}-{}.{extension}", &hash.to_string()[..DIGITS]),
            integrity: format!("sha256-{}", STANDARD.encode(digest)),
            hash,
            bytes,
        }
    }

    /// What the bytes are, for `Content-Type`.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("txt") => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}

/// The file of this name.
#[must_use]
pub fn file(name: &str) -> Option<&'static File> {
    FILES.get(name)
}

/// The file at this address.
#[must_use]
pub fn at(address: &str) -> Option<&'static File> {
    FILES.values().find(|file| file.address == address)
}

/// What a round's log says of the files when the voting opens: each name with its SHA-256.
#[must_use]
pub fn client() -> Client {
    FILES.values().map(|file| (file.name.to_owned(), file.hash)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_content() {
        let (one, other) = (File::new("vote.js", b"1"), File::new("vote.js", b"2"));
        assert_ne!(one.address, other.address);
        assert!(one.address.starts_with("/assets/vote-") && one.address.ends_with(".js"), "{}", one.address);
        // SHA-256 of "1", by sha256sum and base64.
        assert_eq!(one.integrity, "sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=");
    }

    #[test]
    fn every_embedded_file_is_found_by_its_address() {
        assert!(!EMBEDDED.is_empty());
        for (name, bytes) in EMBEDDED {
            let found = file(name).and_then(|file| at(&file.address)).unwrap();
            assert_eq!((found.name, found.bytes.len()), (*name, bytes.len()));
            assert_ne!(found.media_type(), "application/octet-stream", "{name}: say what it is");
        }
    }
}
