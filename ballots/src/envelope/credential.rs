//! The anonymous credential: an Ed25519 key that the round's issuer has signed blindly (RFC 9474).

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PSS_2048_8192_SHA384};

use super::EnvelopeFault;

/// Separates a credential's message from every other message under an RSA key.
const LABEL: &[u8] = b"veche/credential/v1\0";

/// The message that the issuer signs blindly: label, fingerprint of the rules, Ed25519 public key.
///
/// RFC 9474 §5 variant RSABSSA-SHA384-PSS-Deterministic: the key has the entropy, so nothing is prepended.
#[must_use]
pub fn message(fingerprint: &[u8; 32], credential: &[u8; 32]) -> Vec<u8> {
    [LABEL, fingerprint, credential].concat()
}

/// One round's RSA key that signs credentials, parsed once.
#[derive(Debug, Clone)]
pub struct IssuerPublicKey {
    key: ParsedPublicKey,
    signature_len: usize,
}

/// The bytes are not an RSA public key of 2048 to 8192 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the issuer key is not a DER SubjectPublicKeyInfo of an RSA key of 2048 to 8192 bits with exponent 65537")]
pub struct IssuerKeyFault;

impl IssuerPublicKey {
    /// Parses a DER SubjectPublicKeyInfo with the rsaEncryption identifier.
    ///
    /// # Errors
    /// [`IssuerKeyFault`] when the bytes are anything else.
    pub fn from_der(der: &[u8]) -> Result<Self, IssuerKeyFault> {
        let key = ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA384, der).map_err(|_| IssuerKeyFault)?;
        let signature_len = modulus_len(der).ok_or(IssuerKeyFault)?;
        Ok(Self { key, signature_len })
    }

    /// Bytes of a signature, which is the length of the modulus.
    #[must_use]
    pub fn signature_len(&self) -> usize {
        self.signature_len
    }

    /// Checks the unblinded signature: RSASSA-PSS, SHA-384, salt of 48 bytes.
    ///
    /// # Errors
    /// [`EnvelopeFault::IssuerSignature`].
    pub fn check(&self, fingerprint: &[u8; 32], credential: &[u8; 32], signature: &[u8]) -> Result<(), EnvelopeFault> {
        self.key.verify_sig(&message(fingerprint, credential), signature).map_err(|_| EnvelopeFault::IssuerSignature)
    }
}

/// Length of the modulus in bytes, from the bit string inside a SubjectPublicKeyInfo.
///
/// The key was parsed before, so this only looks for the known sizes' frame: `30 82 .. .. 02 82 hi lo 00 modulus`.
fn modulus_len(der: &[u8]) -> Option<usize> {
    let rsa_encryption = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let at = der.windows(rsa_encryption.len()).position(|part| part == rsa_encryption)?;
    // After the identifier: BIT STRING (03 82 hi lo 00), SEQUENCE (30 82 hi lo), INTEGER (02 82 hi lo), sign byte 00.
    let integer = der.get(at + rsa_encryption.len() + 9..)?;
    let [0x02, 0x82, high, low, 0x00, ..] = integer else { return None };
    Some(usize::from(u16::from_be_bytes([*high, *low])) - 1)
}
