//! What vault and backup share: HKDF-SHA256 (RFC 5869), and AES-256-GCM with its nonce written in front.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Bytes that sealing adds: a nonce of 96 bits in front, a tag of 128 bits behind.
pub(super) const OVERHEAD: usize = NONCE_LEN + 16;

/// A key of 256 bits from a secret.
pub(super) fn derive(salt: &[u8], secret: &[u8], info: &[u8]) -> [u8; 32] {
    let prk = Salt::new(HKDF_SHA256, salt).extract(secret);
    let mut key = [0; 32];
    prk.expand(&[info], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .expect("HKDF-SHA256 gives up to 8160 bytes, and 32 are asked for");
    key
}

/// nonce ‖ ciphertext ‖ tag. The nonce is random, so one key may seal billions of texts.
pub(super) fn seal(rng: &mut (impl CryptoRng + ?Sized), key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    // The buffer never grows, so no copy of the plain text is left behind in freed memory.
    let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut sealed[NONCE_LEN..])
        .expect("AES-256-GCM seals any text below 64 GiB");
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

/// The text inside, or nothing when key, associated data or any byte is another.
pub(super) fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut plain = Zeroizing::new(text.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let len = cipher(key).open_in_place(nonce, Aad::from(aad), plain.as_mut_slice()).ok()?.len();
    plain.truncate(len);
    Some(plain)
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("an AES-256 key has 32 bytes"))
}
