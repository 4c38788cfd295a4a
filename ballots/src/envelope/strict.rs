//! Strict Ed25519 in the quick way: a signature that holds here holds for `verify_strict` too, which decides about all others.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

use super::is_reduced;

/// The y of the points whose order is 1, 2, 4 or 8, least significant byte first. Each but 1 and −1 has two of them.
const SMALL_ORDER: [[u8; 32]; 5] = [
    y(0x01, 0x00, 0x00),
    y(0xec, 0xff, 0x7f),
    y(0x00, 0x00, 0x00),
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
];

/// The bytes of a y whose middle bytes are all alike.
const fn y(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// Whether the signature surely holds. False says nothing.
///
/// AWS-LC computes S·B − k·A, prints it, and compares the 32 bytes with those of R, as `verify_strict` does; both ask for an S
/// below the group's order. So an R that passes is in its one encoding. What `verify_strict` asks for beyond that is tested
/// first: neither A nor R is of small order. And AWS-LC takes a y that is not below 2^255 − 19, as the credential must not.
pub(super) fn holds(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let [nonce, _] = signature.as_chunks::<32>().0 else { return false };
    is_reduced(key)
        && !is_small_order(key)
        && !is_small_order(nonce)
        && UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok()
}

/// Whether a point in its one encoding, whatever its sign, is of small order.
fn is_small_order(point: &[u8; 32]) -> bool {
    let mut y = *point;
    y[31] &= 0x7f;
    SMALL_ORDER.contains(&y)
}

#[cfg(test)]
mod tests;
