//! Uploads as cameras, programs and mischief makers write them.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// What must never be found in a file that is served.
pub const SECRETS: [&[u8]; 9] = [
    b"Exif",
    b"SecretCam",
    b"SecretPlace",
    b"SecretComment",
    b"ns.adobe.com",
    b"Photoshop",
    b"ICC_PROFILE",
    b"iCCP",
    &LATITUDE,
];
/// The degrees of a latitude as EXIF has them: 55/1, 45/1, 123456/1000.
const LATITUDE: [u8; 24] = [55, 0, 0, 0, 1, 0, 0, 0, 45, 0, 0, 0, 1, 0, 0, 0, 0x40, 0xe2, 1, 0, 0xe8, 3, 0, 0];

pub const RED: [u8; 3] = [200, 40, 40];
pub const GREEN: [u8; 3] = [40, 160, 60];
pub const BLUE: [u8; 3] = [40, 60, 200];
pub const WHITE: [u8; 3] = [250, 250, 250];

/// Four quarters: red and green above, blue and white below.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    })
}

/// The colours in the middle of the quarters of a file, row by row, and its width and height.
pub fn seen(file: &[u8]) -> ([[u8; 3]; 4], (u32, u32)) {
    let picture = image::load_from_memory(file).unwrap().into_rgb8();
    let (width, height) = picture.dimensions();
    let at = |x: u32, y: u32| picture.get_pixel(x * width / 4, y * height / 4).0;
    ([at(1, 1), at(3, 1), at(1, 3), at(3, 3)], (width, height))
}

/// Whether colours are the same but for what lossy coding does.
pub fn alike(seen: [[u8; 3]; 4], wanted: [[u8; 3]; 4]) -> bool {
    seen.as_flattened().iter().zip(wanted.as_flattened()).all(|(seen, wanted)| seen.abs_diff(*wanted) < 24)
}

pub fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(quarters(width, height), ImageFormat::Jpeg)
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(quarters(width, height), ImageFormat::Png)
}

/// A TIFF block with a camera's name, the way it was held, and where it was.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let (make, gps, degrees) = (50, 60, 90);
    let mut block = b"II*\0\x08\0\0\0\x03\0".to_vec();
    block.extend(entry(0x010f, 2, 10, make));
    block.extend(entry(0x0112, 3, 1, orientation.into()));
    block.extend(entry(0x8825, 4, 1, gps));
    block.extend([0; 4]);
    assert_eq!(block.len(), make as usize);
    block.extend(b"SecretCam\0");
    block.extend(b"\x02\0");
    block.extend(entry(1, 2, 2, u32::from(b'N')));
    block.extend(entry(2, 5, 3, degrees));
    block.extend([0; 4]);
    assert_eq!(block.len(), degrees as usize);
    block.extend(LATITUDE);
    block
}

/// A JPEG with everything that cameras and programs write beside the pixels.
pub fn camera_jpeg(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>SecretPlace</x:xmpmeta>".to_vec();
    let iptc = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x5a\0\x0bSecretPlace".to_vec();
    let mut bytes = with_segment(&jpeg(width, height), 0xfe, b"SecretComment");
    bytes = with_segment(&bytes, 0xed, &iptc);
    bytes = with_segment(&bytes, 0xe1, &xmp);
    bytes = with_profile(&bytes, &moxcms::ColorProfile::new_srgb().encode().unwrap());
    with_segment(&bytes, 0xe1, &[b"Exif\0\0".as_slice(), &exif(orientation)].concat())
}

/// A PNG with the same.
pub fn camera_png(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let bytes = with_chunk(&png(width, height), b"tEXt", b"Comment\0SecretComment");
    let xmp = b"XML:com.adobe.xmp\0\0\0\0\0http://ns.adobe.com/xap/1.0/ SecretPlace";
    with_chunk(&with_chunk(&bytes, b"iTXt", xmp), b"eXIf", &exif(orientation))
}

/// A JPEG with a segment after its first marker.
pub fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, content, &jpeg[2..]].concat()
}

/// A JPEG whose colours mean what this ICC profile says.
pub fn with_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    with_segment(jpeg, 0xe2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), profile].concat())
}

/// A PNG with a chunk after its header.
pub fn with_chunk(png: &[u8], name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), content].concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&png[..33], &length, &named, &crc(&named).to_be_bytes(), &png[33..]].concat()
}

/// A PNG whose header announces this much, whatever its content is.
pub fn boasting_png(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut bytes = png(8, 8);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    (bytes[24], bytes[25]) = (depth, colour);
    let sum = crc(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&sum);
    bytes
}

/// A JPEG whose header announces this much.
pub fn boasting_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(8, 8);
    let frame = bytes.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// CRC-32 of ISO 3309, as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        let one = |sum: u32, _| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
        (0..8).fold(sum ^ u32::from(*byte), one)
    };
    !bytes.iter().fold(!0, step)
}

/// Whether a file that is served holds pixels and nothing else: its segments or chunks are those that pixels need.
pub fn is_bare(file: &[u8]) -> bool {
    let clean = SECRETS.iter().all(|secret| !file.windows(secret.len()).any(|part| part == *secret));
    clean
        && if file.starts_with(b"RIFF") {
            &file[8..16] == b"WEBPVP8 " && is_one_chunk(file)
        } else {
            is_plain_jpeg(file)
        }
}

fn is_one_chunk(webp: &[u8]) -> bool {
    let length = u32::from_le_bytes(webp[16..20].try_into().unwrap()) as usize;
    webp.len() == 20 + length + length % 2
}

/// Only the JFIF header, tables and frame stand before the scan, and nothing after the end.
fn is_plain_jpeg(jpeg: &[u8]) -> bool {
    let mut at = 2;
    while jpeg[at + 1] != 0xda {
        let allowed = [0xe0, 0xdb, 0xc0, 0xc4].contains(&jpeg[at + 1]);
        if jpeg[at] != 0xff || !allowed {
            return false;
        }
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9])
}
