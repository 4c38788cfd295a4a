//! The acceptance: the ballot box's signed promise that a ballot will be in the log, as a Certificate Transparency SCT is (RFC 6962 §3.2).

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// Separates an acceptance from every other Ed25519 signature.
const LABEL: &[u8] = b"veche/acceptance/v1\0";

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
    pub fn sign(&self, key: &SigningKey) -> [u8; 64] {
        key.sign(&self.message()).to_bytes()
    }

    /// Whether the ballot box with this key made the promise.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey, signature: &[u8; 64]) -> bool {
        key.verify_strict(&self.message(), &Signature::from_bytes(signature)).is_ok()
    }
}
