//! The acceptance: the ballot box's signed promise that a ballot will be in the log, as a Certificate Transparency SCT is (RFC 6962 §3.2).

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use ed25519_dalek::{Signature, VerifyingKey};

/// Separates an acceptance from every other Ed25519 signature.
const LABEL: &[u8] = b"veche/acceptance/v1\0";

/// The ballot box's key, inside AWS-LC, which signs quicker than ed25519-dalek: each ballot that is cast costs a signature. Both
/// write the same bytes, as RFC 8032 §5.1.6 leaves no choice.
#[derive(Debug)]
pub struct AcceptanceKey(Ed25519KeyPair);

impl AcceptanceKey {
    /// The key of a 32-byte secret (RFC 8032 §5.1.5); `None` when AWS-LC cannot make it, as for want of memory.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(secret).ok().map(Self)
    }

    /// The public key that belongs to it.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }
}

/// What the ballot box promises about one ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceptance {
    /// SHA-256 of the round's rules.
    pub fingerprint: [u8; 32],
    /// SHA-256 of the ballot's bytes.
    pub ballot: [u8; 32],
    /// Unix second, a full hour, by which the ballot is in the log.
    pub in_log_by: i64,
}

impl Acceptance {
    /// The signed bytes: label, fingerprint, ballot hash, promised time as 8 bytes big-endian.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        [LABEL, &self.fingerprint, &self.ballot, &self.in_log_by.to_be_bytes()].concat()
    }

    /// The ballot box's signature. Ed25519 is deterministic, so the same ballot gets the same acceptance.
    #[must_use]
    pub fn sign(&self, key: &AcceptanceKey) -> [u8; 64] {
        let signature = key.0.sign(&self.message());
        signature.as_ref().try_into().expect("an Ed25519 signature has 64 bytes")
    }

    /// Whether the ballot box with this key made the promise.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey, signature: &[u8; 64]) -> bool {
        key.verify_strict(&self.message(), &Signature::from_bytes(signature)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    #[test]
    fn both_libraries_write_the_same_signature() {
        for byte in 0..=255 {
            let acceptance =
                Acceptance { fingerprint: [byte; 32], ballot: [!byte; 32], in_log_by: i64::from(byte) << 24 };
            let key = SigningKey::from_bytes(&[byte; 32]);
            let signature = acceptance.sign(&AcceptanceKey::from_secret(&[byte; 32]).unwrap());
            assert_eq!(signature, key.sign(&acceptance.message()).to_bytes());
            assert!(acceptance.is_signed_by(&key.verifying_key(), &signature));
        }
    }
}
