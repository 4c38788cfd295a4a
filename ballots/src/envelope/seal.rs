//! Opening a sealed choice: HPKE (RFC 9180) in its base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
//!
//! Sealing needs randomness and is the resident's part, so it lives with the client.

mod kem;

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use hpke::{Deserializable, OpModeR, aead::AesGcm128, kdf::HkdfSha256, single_shot_open};

use kem::{P256, POINT_LEN, Point, Receiver};

/// Bytes of an uncompressed P-256 point, which is the encapsulated key.
pub const ENCAPSULATED_LEN: usize = POINT_LEN;
/// Bytes of the AES-128-GCM tag.
pub const TAG_LEN: usize = 16;

/// Separates our HPKE context from every other.
const LABEL: &[u8] = b"veche/seal/v1\0";

/// The HPKE `info`: label and fingerprint, so that a ciphertext opens in one round only.
#[must_use]
pub fn info(fingerprint: &[u8; 32]) -> Vec<u8> {
    [LABEL, fingerprint].concat()
}

/// The HPKE `aad`: credential and version (big-endian), so that a ciphertext opens in one ballot only.
#[must_use]
pub fn aad(credential: &[u8; 32], version: u32) -> Vec<u8> {
    [credential.as_slice(), &version.to_be_bytes()].concat()
}

/// Whether ballots can be sealed to this key: an uncompressed point of P-256, and one that lies on the curve.
#[must_use]
pub fn is_sealing_key(point: &[u8]) -> bool {
    let is_uncompressed = point.len() == ENCAPSULATED_LEN && point[0] == 4;
    is_uncompressed && ParsedPublicKey::try_from(&UnparsedPublicKey::new(&ECDH_P256, point)).is_ok()
}

/// The sealed text does not open under the round's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed text does not open under the round's opening key")]
pub struct SealFault;

/// The round's secret opening key, once the commission has revealed it: a P-256 scalar of 32 bytes.
pub struct OpeningKey(Receiver);

impl std::fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpeningKey(…)")
    }
}

impl OpeningKey {
    /// Takes the big-endian scalar.
    ///
    /// # Errors
    /// [`SealFault`] when it is not a P-256 private key.
    pub fn from_bytes(scalar: &[u8]) -> Result<Self, SealFault> {
        Receiver::from_bytes(scalar).map(Self).map_err(|_| SealFault)
    }

    /// The sealing key that belongs to it: an uncompressed point, as the round's rules publish it.
    #[must_use]
    pub fn sealing_key(&self) -> &[u8; ENCAPSULATED_LEN] {
        &self.0.public.0
    }

    /// Opens encapsulated key ‖ ciphertext.
    ///
    /// # Errors
    /// [`SealFault`] when any byte of text, round, credential or version differs from what was sealed.
    pub fn open(
        &self,
        fingerprint: &[u8; 32],
        credential: &[u8; 32],
        version: u32,
        sealed: &[u8],
    ) -> Result<Vec<u8>, SealFault> {
        let (encapsulated, text) = sealed.split_at_checked(ENCAPSULATED_LEN).ok_or(SealFault)?;
        self.open_in(&info(fingerprint), &aad(credential, version), encapsulated, text)
    }

    /// Opens what was sealed with this `info` and `aad` (RFC 9180 §6.1, single shot).
    fn open_in(&self, info: &[u8], aad: &[u8], encapsulated: &[u8], text: &[u8]) -> Result<Vec<u8>, SealFault> {
        let encapsulated = Point::from_bytes(encapsulated).map_err(|_| SealFault)?;
        single_shot_open::<AesGcm128, HkdfSha256, P256>(&OpModeR::Base, &self.0, &encapsulated, info, text, aad)
            .map_err(|_| SealFault)
    }
}

#[cfg(test)]
mod tests;
