//! The quick way and `verify_strict` agree, on signatures by the book and on those of keys and nonces with a part of small order.

use curve25519_dalek::{EdwardsPoint, Scalar, constants::EIGHT_TORSION};
use ed25519_dalek::{Signature, VerifyingKey};
use proptest::prelude::*;
use sha2::{Digest, Sha512};

use super::*;
use crate::envelope::public_key;

/// What the crate did before, and does still where the quick way says no.
fn strictly(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    public_key(key).is_some_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

/// A signature by `secret` whose key and nonce carry parts of small order. With the cofactor it holds always, without it
/// only where the parts cancel.
fn sign(secret: Scalar, nonce: Scalar, parts: (usize, usize), message: &[u8]) -> ([u8; 32], [u8; 64]) {
    let key = (EdwardsPoint::mul_base(&secret) + EIGHT_TORSION[parts.0]).compress().to_bytes();
    let commitment = (EdwardsPoint::mul_base(&nonce) + EIGHT_TORSION[parts.1]).compress().to_bytes();
    let challenge = Sha512::new().chain_update(commitment).chain_update(key).chain_update(message).finalize();
    let response = nonce + Scalar::from_bytes_mod_order_wide(&challenge.into()) * secret;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&commitment);
    signature[32..].copy_from_slice(response.as_bytes());
    (key, signature)
}

#[test]
fn the_table_is_all_points_of_small_order() {
    let points = EIGHT_TORSION.map(|point| point.compress().to_bytes());
    assert!(points.iter().all(is_small_order));
    for y in SMALL_ORDER {
        assert!(points.iter().any(|point| point[..31] == y[..31]));
        assert!(VerifyingKey::from_bytes(&y).is_ok_and(|key| key.is_weak()));
    }
    assert!(!is_small_order(&EdwardsPoint::mul_base(&Scalar::from(9_u8)).compress().to_bytes()));
}

#[test]
fn both_kinds_of_odd_signatures_are_met() {
    let mut seen = [0; 2];
    for message in 0..64_u8 {
        let parts = (usize::from(message % 8), usize::from(message / 8));
        let (key, signature) = sign(Scalar::from(77_u8), Scalar::from(5 + u64::from(message)), parts, &[message]);
        let quick = holds(&key, &[message], &signature);
        assert_eq!(quick, strictly(&key, &[message], &signature));
        seen[usize::from(quick)] += 1;
    }
    assert!(seen.iter().all(|count| *count >= 8), "{seen:?} refused and taken");
}

proptest! {
    #[test]
    fn they_agree(secret in any::<[u8; 32]>(), nonce in any::<[u8; 32]>(), parts in (0..8_usize, 0..8_usize), zero in (0..8_u8, 0..8_u8), message in any::<[u8; 8]>(), flip in prop::option::of((0..128_usize, 0..8_u8))) {
        // One in eight has no part but the small one.
        let scalar = |bytes, zero| if zero == 0 { Scalar::ZERO } else { Scalar::from_bytes_mod_order(bytes) };
        let (mut key, mut signature) = sign(scalar(secret, zero.0), scalar(nonce, zero.1), parts, &message);
        match flip {
            Some((at @ 0..32, bit)) => key[at] ^= 1 << bit,
            Some((at @ 32..96, bit)) => signature[at - 32] ^= 1 << bit,
            _ => {}
        }
        prop_assert_eq!(holds(&key, &message, &signature), strictly(&key, &message, &signature));
    }

    /// Keys and nonces in a second encoding, y + p, which only the smallest 19 have.
    #[test]
    fn they_agree_on_second_encodings(key in 0..40_u8, nonce in 0..40_u8, signs in any::<(bool, bool)>(), rest in any::<[u8; 31]>()) {
        let small = |value: u8, sign: bool| {
            let mut bytes = if value < 20 { y(value, 0, 0) } else { y(0xed - 20 + (value - 1), 0xff, 0x7f) };
            bytes[31] |= u8::from(sign) << 7;
            bytes
        };
        let (key, nonce) = (small(key, signs.0), small(nonce, signs.1));
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&nonce);
        signature[32..63].copy_from_slice(&rest);
        prop_assert_eq!(holds(&key, b"", &signature), strictly(&key, b"", &signature));
    }
}
