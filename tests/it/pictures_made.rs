//! What is made of an upload: upright, bounded, without metadata; and what is refused before it costs anything.

use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;
use veche::{
    domain::pictures::{Format, Size},
    pictures::{MOST_BYTES, Made, PictureFault, make},
};

use super::camera::*;

fn shape(made: &[Made]) -> Vec<(Size, Format, u32, u32)> {
    made.iter().map(|made| (made.file.size, made.file.format, made.file.width, made.file.height)).collect()
}

#[test]
fn two_sizes_in_two_formats_and_never_larger() {
    let sizes = |large: (u32, u32), small: (u32, u32)| {
        let both = |size, (width, height)| [Format::Jpeg, Format::WebP].map(|format| (size, format, width, height));
        [both(Size::Large, large), both(Size::Small, small)].concat()
    };
    for (upload, large, small) in [
        (jpeg(2000, 1000), (1280, 640), (480, 240)),
        (png(600, 900), (600, 900), (320, 480)),
        (encoded(quarters(100, 50), ImageFormat::WebP), (100, 50), (100, 50)),
        (png(1, 1), (1, 1), (1, 1)),
        (png(6000, 1), (1280, 1), (480, 1)),
    ] {
        let made = make(&upload).unwrap();
        assert_eq!(shape(&made), sizes(large, small));
        for one in &made {
            assert_eq!(image::load_from_memory(&one.bytes).unwrap().width(), one.file.width);
            assert_eq!(one.file.hash, audit::verify::bundle::file_hash(&one.bytes));
            assert!(is_bare(&one.bytes));
        }
        assert_eq!(made, make(&upload).unwrap(), "the same upload makes the same files");
    }
}

/// Each way to hold a camera: upright again, the quarters stand where the photographer saw them.
#[test]
fn pictures_stand_upright() {
    let [red, green, blue, white] = [RED, GREEN, BLUE, WHITE];
    for (orientation, wanted) in [
        (1, [red, green, blue, white]),
        (2, [green, red, white, blue]),
        (3, [white, blue, green, red]),
        (4, [blue, white, red, green]),
        (5, [red, blue, green, white]),
        (6, [blue, red, white, green]),
        (7, [white, green, blue, red]),
        (8, [green, white, red, blue]),
        (9, [red, green, blue, white]),
    ] {
        for upload in [camera_jpeg(160, 80, orientation), camera_png(160, 80, orientation)] {
            for made in make(&upload).unwrap() {
                let (colours, size) = seen(&made.bytes);
                assert!(alike(colours, wanted), "orientation {orientation}: {colours:?}");
                assert_eq!(size, if (5..=8).contains(&orientation) { (80, 160) } else { (160, 80) });
            }
        }
    }
}

#[test]
fn nothing_but_pixels_survives() {
    for upload in [camera_jpeg(1500, 900, 6), camera_png(1500, 900, 6)] {
        assert!(upload.windows(9).any(|part| part == b"SecretCam"), "the upload itself must tell");
        assert!(!is_bare(&upload));
        assert!(make(&upload).unwrap().iter().all(|made| is_bare(&made.bytes)));
    }
}

/// Colours of a phone's wide gamut are converted, not just relabelled; a damaged profile is passed over.
#[test]
fn colours_mean_the_same_without_their_profile() {
    let flat = encoded(RgbImage::from_pixel(64, 64, Rgb([200, 100, 100])), ImageFormat::Jpeg);
    let wide = with_profile(&flat, &moxcms::ColorProfile::new_display_p3().encode().unwrap());
    let damaged = with_profile(&flat, &[7; 300]);
    let red = |upload: &[u8]| seen(&make(upload).unwrap()[0].bytes).0[0][0];
    assert!(red(&flat).abs_diff(200) < 4);
    assert!(red(&wide) > 208, "{} is no redder than in sRGB", red(&wide));
    assert_eq!(red(&damaged), red(&flat));
}

#[test]
fn transparent_becomes_white() {
    let ghost = RgbaImage::from_pixel(64, 64, Rgba([200, 0, 0, 0]));
    let half = RgbaImage::from_pixel(64, 64, Rgba([255, 0, 0, 128]));
    for made in make(&encoded(ghost, ImageFormat::Png)).unwrap() {
        assert!(alike(seen(&made.bytes).0, [[255; 3]; 4]));
    }
    for made in make(&encoded(half, ImageFormat::Png)).unwrap() {
        assert!(alike(seen(&made.bytes).0, [[255, 127, 127]; 4]), "{:?}", seen(&made.bytes).0);
    }
}

/// Files that are small and announce a lot are refused by their headers, before memory is asked for.
#[test]
fn bombs_are_refused() {
    let pixels = |width, height| Err(PictureFault::Pixels { width, height });
    assert_eq!(make(&boasting_png(60_000, 60_000, 8, 2)), pixels(60_000, 60_000));
    assert_eq!(make(&boasting_png(20_001, 10, 8, 2)), pixels(20_001, 10));
    assert_eq!(make(&boasting_png(7072, 7071, 1, 0)), pixels(7072, 7071), "just above 50 megapixels");
    assert_eq!(make(&boasting_jpeg(65_000, 65_000)), pixels(65_000, 65_000));
    let deep = make(&boasting_png(7000, 7000, 16, 6));
    assert!(matches!(&deep, Err(PictureFault::Broken(_))), "{deep:?}");
    let within = make(&boasting_png(7000, 7000, 8, 2));
    assert!(matches!(&within, Err(PictureFault::Broken(_))), "announced and not there: {within:?}");
    assert_eq!(make(&vec![0xff; MOST_BYTES + 1]), Err(PictureFault::Bytes(MOST_BYTES + 1)));
}

#[test]
fn what_is_no_picture_is_refused() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".as_slice();
    for junk in [b"".as_slice(), b"GIF89a\x01\0\x01\0\0\0\0;", b"BM", b"%PDF-1.4", b"<html></html>", svg] {
        assert_eq!(make(junk), Err(PictureFault::Format));
    }
    for whole in [jpeg(64, 64), png(64, 64), encoded(quarters(64, 64), ImageFormat::WebP)] {
        for cut in [12, 24, whole.len() / 3] {
            let fault = make(&whole[..cut]).unwrap_err();
            assert!(matches!(fault, PictureFault::Broken(_) | PictureFault::Format), "{cut}: {fault}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A damaged file is refused or becomes a picture, and either way nothing panics or leaks.
    #[test]
    fn damage_is_survived(which in 0..3usize, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let uploads = [camera_jpeg(40, 30, 6), camera_png(40, 30, 6), encoded(quarters(40, 30), ImageFormat::WebP)];
        let mut upload = uploads[which].clone();
        for (at, byte) in damage {
            let at = at.index(upload.len());
            upload[at] = byte;
        }
        if let Ok(made) = make(&upload) {
            prop_assert!(made.iter().all(|made| is_bare(&made.bytes)));
        }
    }
}
