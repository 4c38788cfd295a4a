//! Pictures of territories in the log: their hashes, their words for who cannot see them, and what must hold of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Violation;
use crate::log::hash::Hash;

/// Most pictures of one territory at a time.
pub const MOST: usize = 8;
/// Most characters of a picture's words in one language.
pub const MOST_ALT: usize = 300;

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureKind {
    /// The territory as it is, or as it is meant to be.
    Photo,
    /// A plan or a map of it.
    Plan,
}

/// SHA-256 of each file that a picture is served as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureFiles {
    /// The large one as JPEG; this hash names the picture.
    pub large_jpeg: Hash,
    /// The large one as WebP.
    pub large_webp: Hash,
    /// The small one as JPEG.
    pub small_jpeg: Hash,
    /// The small one as WebP.
    pub small_webp: Hash,
}

/// A picture of a territory was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pictured {
    /// What it shows, in words, by language (ISO 639, two or three small letters).
    pub alt: BTreeMap<String, String>,
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// The files.
    pub files: PictureFiles,
    /// What it is.
    pub kind: PictureKind,
    /// Registration number of the territory.
    pub territory: u32,
}

/// A picture was taken away, and is not served any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureRemoved {
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// Its name: `large_jpeg` of its files.
    pub picture: Hash,
    /// Why, in the official's words.
    pub reason: String,
    /// Registration number of the territory.
    pub territory: u32,
}

impl Pictured {
    /// The picture's name.
    #[must_use]
    pub const fn picture(&self) -> Hash {
        self.files.large_jpeg
    }
}

/// Whether a picture has words, at least in one language and not too many, that can be read aloud.
///
/// # Errors
/// [`Violation::Alt`].
pub fn check_alt(alt: &BTreeMap<String, String>) -> Result<(), Violation> {
    let is_language = |key: &str| (2..=3).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_lowercase());
    let says =
        |text: &str| !text.trim().is_empty() && text.chars().count() <= MOST_ALT && !text.chars().any(char::is_control);
    let fits = !alt.is_empty() && alt.iter().all(|(key, text)| is_language(key) && says(text));
    if fits { Ok(()) } else { Err(Violation::Alt) }
}
