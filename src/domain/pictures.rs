//! Pictures of territories: what is known of one without its bytes, and the names under which its files are served.

use std::{collections::BTreeMap, fmt, str::FromStr};

use audit::{
    log::hash::Hash,
    round::pictures::{PictureFiles, PictureKind},
};

use super::Refusal;

/// How large a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    /// Fits into 1280 by 1280 pixels.
    Large,
    /// Fits into 480 by 480 pixels.
    Small,
}

/// How a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Every browser reads it.
    Jpeg,
    /// Smaller; every browser since 2020 reads it.
    WebP,
}

/// One of the files that a picture is served as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureFile {
    /// How large it is.
    pub size: Size,
    /// How it is encoded.
    pub format: Format,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// SHA-256 of the bytes.
    pub hash: Hash,
}

/// A picture of a territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its name: SHA-256 of the large JPEG.
    pub picture: Hash,
    /// Registration number of the territory.
    pub territory: u32,
    /// What it is.
    pub kind: PictureKind,
    /// What it shows, in words, by language.
    pub alt: BTreeMap<String, String>,
    /// Every size in every format.
    pub files: Vec<PictureFile>,
}

/// Last part of a file's address: the hash of its bytes and what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileName {
    /// SHA-256 of the bytes.
    pub hash: Hash,
    /// How it is encoded.
    pub format: Format,
}

impl Size {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Large, Self::Small];

    /// Pixels that neither side exceeds.
    #[must_use]
    pub const fn most(self) -> u32 {
        match self {
            Self::Large => 1_280,
            Self::Small => 480,
        }
    }

    /// Name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Small => "small",
        }
    }
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Jpeg, Self::WebP];

    /// Ending of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    /// Media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

impl Picture {
    /// The file of this size and format.
    #[must_use]
    pub fn file(&self, size: Size, format: Format) -> Option<&PictureFile> {
        self.files.iter().find(|file| file.size == size && file.format == format)
    }
}

impl Picture {
    /// Whether adding the other one would be asking for this one again.
    #[must_use]
    pub fn repeats(&self, other: &Self) -> bool {
        let told = |picture: &Self| (picture.picture, picture.territory, picture.kind);
        told(self) == told(other) && self.alt == other.alt
    }
}

impl PictureFile {
    /// The name under which it is served.
    #[must_use]
    pub const fn name(&self) -> FileName {
        FileName { hash: self.hash, format: self.format }
    }

    /// The address from which it is served.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/pictures/{}", self.name())
    }
}

/// The hashes as they stand in the log, if no file is missing.
#[must_use]
pub fn hashes(files: &[PictureFile]) -> Option<PictureFiles> {
    let hash = |size, format| {
        let file = files.iter().find(|file| file.size == size && file.format == format)?;
        Some(file.hash)
    };
    Some(PictureFiles {
        large_jpeg: hash(Size::Large, Format::Jpeg)?,
        large_webp: hash(Size::Large, Format::WebP)?,
        small_jpeg: hash(Size::Small, Format::Jpeg)?,
        small_webp: hash(Size::Small, Format::WebP)?,
    })
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.hash, self.format.extension())
    }
}

impl FromStr for FileName {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let (hash, extension) = text.split_once('.').ok_or(Refusal::UnknownPicture)?;
        let format = Format::ALL.into_iter().find(|format| format.extension() == extension);
        let hash = hash.parse().map_err(|_| Refusal::UnknownPicture)?;
        Ok(Self { hash, format: format.ok_or(Refusal::UnknownPicture)? })
    }
}
