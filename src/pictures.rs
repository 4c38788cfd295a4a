//! What is made of an uploaded picture: bounded, turned upright, without metadata, in two sizes and two formats.
//!
//! Only pixels pass from the upload to the files, so that nothing which a camera or a program wrote beside them (place,
//! device, time, names) is ever stored or served.

mod decode;
mod encode;

use audit::log::hash::Hash;
use image::{RgbImage, imageops::FilterType};

use crate::domain::pictures::{Format, PictureFile, Size};

/// Longest upload, in bytes.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Most pixels of an upload.
pub const MOST_PIXELS: u64 = 50_000_000;

/// A file ready to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it is.
    pub file: PictureFile,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why bytes are not taken as a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// Too many bytes.
    #[error("the file has {0} bytes; at most {MOST_BYTES} are taken")]
    Bytes(usize),
    /// Of no format that is taken.
    #[error("the file is neither JPEG nor PNG nor WebP")]
    Format,
    /// Too many pixels, or a side too long.
    #[error("the picture has {width} by {height} pixels; at most {MOST_PIXELS} are taken, on a side at most {most}", most = decode::MOST_SIDE)]
    Pixels {
        /// From left to right.
        width: u32,
        /// From top to bottom.
        height: u32,
    },
    /// Begins like a picture and is none, or needs more memory than it may.
    #[error("the picture cannot be read: {0}")]
    Broken(String),
}

/// Makes the files of a picture, the same for the same bytes: sizes from large to small, JPEG before WebP.
///
/// Takes up to some seconds and 450 MB, so it does not belong on a thread that serves requests.
///
/// # Errors
/// [`PictureFault`].
pub fn make(upload: &[u8]) -> Result<Vec<Made>, PictureFault> {
    let mut picture = decode::read(upload)?;
    let mut made = Vec::new();
    for size in Size::ALL {
        picture = fitted(picture, size.most());
        for format in Format::ALL {
            let bytes = encode::write(&picture, format)?;
            let (width, height) = picture.dimensions();
            made.push(Made { file: PictureFile { size, format, width, height, hash: sha256(&bytes) }, bytes });
        }
    }
    Ok(made)
}

/// Made smaller until neither side exceeds the limit; never larger.
fn fitted(picture: RgbImage, most: u32) -> RgbImage {
    if picture.width() <= most && picture.height() <= most {
        return picture;
    }
    image::DynamicImage::from(picture).resize(most, most, FilterType::Lanczos3).into_rgb8()
}

fn sha256(bytes: &[u8]) -> Hash {
    audit::verify::bundle::file_hash(bytes)
}
