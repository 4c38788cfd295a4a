//! From an upload's bytes to upright pixels in sRGB: limits first, then as little memory as the picture allows.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, metadata::Orientation};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{MOST_BYTES, MOST_PIXELS, PictureFault};
use crate::domain::pictures::Size;

/// Longest side that is decoded.
pub(super) const MOST_SIDE: u32 = 20_000;
/// Bytes of pixels: 50 megapixels of four channels, 8 bits each. With 16 bits there may be half as many.
const MOST_MEMORY: u64 = MOST_PIXELS * 4;
/// Longest colour profile that is read; those of cameras and programs have a few kilobytes.
const MOST_PROFILE: usize = 1024 * 1024;

/// The picture as it is meant to be seen, no larger than twice what is served.
pub(super) fn read(upload: &[u8]) -> Result<RgbImage, PictureFault> {
    if upload.len() > MOST_BYTES {
        return Err(PictureFault::Bytes(upload.len()));
    }
    let format = image::guess_format(upload).map_err(|_| PictureFault::Format)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(PictureFault::Format);
    }
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MOST_PIXELS || width.max(height) > MOST_SIDE {
        return Err(PictureFault::Pixels { width, height });
    }
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(PictureFault::Broken("it needs too much memory".to_owned()));
    }
    // What stands beside the pixels may be damaged without harm: then the picture is upright and in sRGB.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let mut picture = smaller(DynamicImage::from_decoder(decoder).map_err(broken)?);
    picture.apply_orientation(orientation);
    let mut picture = on_white(picture);
    if let Some(profile) = profile {
        to_srgb(&mut picture, &profile);
    }
    Ok(picture)
}

fn broken(fault: image::ImageError) -> PictureFault {
    PictureFault::Broken(fault.to_string())
}

/// A rough and frugal step down, from which the finer one starts.
fn smaller(picture: DynamicImage) -> DynamicImage {
    let most = Size::Large.most() * 2;
    let large = picture.width() > most || picture.height() > most;
    if large { picture.thumbnail(most, most) } else { picture }
}

/// JPEG knows no transparency, and both formats must show the same.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        let mix = |colour: u16| u8::try_from((colour * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX);
        image::Rgb([red, green, blue].map(mix))
    })
}

/// Converts colours by the upload's profile (phones write Display P3), which is not served: without one, browsers mean sRGB.
fn to_srgb(picture: &mut RgbImage, profile: &[u8]) {
    if profile.len() > MOST_PROFILE {
        return;
    }
    let Ok(source) = ColorProfile::new_from_slice(profile) else { return };
    if source.color_space != DataColorSpace::Rgb {
        return;
    }
    let (target, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let Ok(transform) = source.create_transform_8bit(Layout::Rgb, &target, Layout::Rgb, options) else { return };
    let mut converted = vec![0; picture.as_raw().len()];
    if transform.transform(picture.as_raw(), &mut converted).is_ok() {
        picture.copy_from_slice(&converted);
    }
}
