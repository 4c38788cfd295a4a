//! A picture of a territory as pages show it: addresses of its files, and words for who cannot see it.

use audit::round::pictures::PictureKind;

use crate::domain::pictures::{self, Format, PictureFile, Size};

/// One picture in its two sizes, each in two formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What is to be seen, in the page's language or else in one that there is.
    pub alt: String,
    /// Language of these words.
    pub language: String,
    /// Whether it is a plan, not a photograph.
    pub plan: bool,
    /// For lists.
    pub small: Files,
    /// For the territory's own page.
    pub large: Files,
}

/// A picture of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Address of the WebP file.
    pub webp: String,
    /// Address of the JPEG file.
    pub jpeg: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Picture {
    /// A picture for a page in this language, on a site in that one; none if a file is missing.
    #[must_use]
    pub fn new(picture: &pictures::Picture, language: &str, site: &str) -> Option<Self> {
        let alt = [language, site].into_iter().find_map(|code| picture.alt.get_key_value(code));
        let (code, alt) = alt.or_else(|| picture.alt.first_key_value())?;
        Some(Self {
            alt: alt.clone(),
            language: code.clone(),
            plan: picture.kind == PictureKind::Plan,
            small: files(picture, Size::Small)?,
            large: files(picture, Size::Large)?,
        })
    }
}

fn files(picture: &pictures::Picture, size: Size) -> Option<Files> {
    let jpeg = picture.file(size, Format::Jpeg)?;
    let webp = picture.file(size, Format::WebP).map(PictureFile::address)?;
    Some(Files { webp, jpeg: jpeg.address(), width: jpeg.width, height: jpeg.height })
}
