//! Sealing a choice to the round's key: HPKE (RFC 9180), the counterpart of `ballots::envelope::seal`.

use ballots::envelope::seal::{aad, info};
use hpke::{
    Deserializable, Kem, OpModeS, Serializable, aead::AesGcm128, kdf::HkdfSha256, kem::DhP256HkdfSha256,
    single_shot_seal_with_rng,
};
use rand::CryptoRng;

use super::ClientFault;

/// The round's sealing key, parsed once.
#[derive(Clone)]
pub struct SealingKey(<DhP256HkdfSha256 as Kem>::PublicKey);

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl SealingKey {
    /// Takes an uncompressed P-256 point of 65 bytes.
    ///
    /// # Errors
    /// [`ClientFault::Wrong`] when it is none.
    pub fn from_bytes(point: &[u8]) -> Result<Self, ClientFault> {
        Deserializable::from_bytes(point).map(Self).map_err(ClientFault::wrong)
    }

    /// Encapsulated key ‖ ciphertext of an encoded choice.
    ///
    /// # Errors
    /// [`ClientFault::Wrong`] never in practice: the key was checked when it was parsed.
    pub fn seal(
        &self,
        rng: &mut impl CryptoRng,
        fingerprint: &[u8; 32],
        credential: &[u8; 32],
        version: u32,
        choice: &[u8],
    ) -> Result<Vec<u8>, ClientFault> {
        let (key, text) = single_shot_seal_with_rng::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
            &OpModeS::Base,
            &self.0,
            &info(fingerprint),
            choice,
            &aad(credential, version),
            rng,
        )
        .map_err(ClientFault::wrong)?;
        Ok([key.to_bytes().as_slice(), &text].concat())
    }
}
