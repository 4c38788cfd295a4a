//! From pixels to the bytes of a file, with nothing in it but the pixels.

use image::{ExtendedColorType, RgbImage, codecs::jpeg::JpegEncoder};

use super::PictureFault;
use crate::domain::pictures::Format;

/// Quality of JPEG and of WebP, of 100: beyond it photos grow faster than they gain.
const QUALITY: u8 = 80;

/// The file.
pub(super) fn write(picture: &RgbImage, format: Format) -> Result<Vec<u8>, PictureFault> {
    let (width, height) = picture.dimensions();
    match format {
        Format::Jpeg => {
            let mut bytes = Vec::new();
            let written = JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode(
                picture.as_raw(),
                width,
                height,
                ExtendedColorType::Rgb8,
            );
            written.map_err(|fault| PictureFault::Broken(fault.to_string()))?;
            Ok(bytes)
        }
        Format::WebP => {
            let encoder = webp::Encoder::from_rgb(picture.as_raw(), width, height);
            let written = encoder.encode_simple(false, QUALITY.into());
            let written = written.map_err(|fault| PictureFault::Broken(format!("{fault:?}")))?;
            Ok(written.to_vec())
        }
    }
}
