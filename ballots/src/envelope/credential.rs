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

/// SEQUENCE of the identifier rsaEncryption (RFC 8017 §A.1) and NULL.
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// INTEGER 65537, the exponent, which ends the key.
const EXPONENT: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
/// Bytes around the modulus.
const FRAME: usize = 38;

/// Length of the modulus in bytes, if the SubjectPublicKeyInfo is exactly what a printer of DER makes of such a key.
///
/// The library that parses it passes over bytes at the end and takes other exponents.
fn modulus_len(der: &[u8]) -> Option<usize> {
    let len = der.len().checked_sub(FRAME).filter(|len| (256..=1024).contains(len))?;
    let long = |tag: u8, rest: usize| {
        let [high, low] = u16::try_from(len + rest).ok()?.to_be_bytes();
        Some([tag, 0x82, high, low])
    };
    let head = [&long(0x30, 34)?[..], &RSA_ENCRYPTION, &long(0x03, 15)?, &[0], &long(0x30, 10)?, &long(0x02, 1)?, &[0]];
    let modulus = der.strip_prefix(head.concat().as_slice())?.strip_suffix(&EXPONENT)?;
    (modulus.len() == len && modulus[0] >= 0x80).then_some(len)
}
