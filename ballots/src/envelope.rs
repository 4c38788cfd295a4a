//! The sealed ballot as it travels and as the log keeps it: its bytes, and the checks that anyone can make on it.
//!
//! ```text
//! offset  length  field
//! 0       1       format, 1
//! 1       32      fingerprint of the round's rules
//! 33      32      credential: the resident's Ed25519 public key (RFC 8032)
//! 65      N       issuer's signature on the credential (RFC 9474), N = the issuer key's length, 256 for RSA-2048
//! 65+N    4       version, big-endian, from 1
//! 69+N    65      HPKE encapsulated key (RFC 9180, uncompressed P-256 point)
//! 134+N   L+16    HPKE ciphertext of the L bytes that `codec` writes, with its tag
//! 150+N+L 64      Ed25519 signature by the credential over a label and all of the above
//! ```

pub mod acceptance;
pub mod credential;
pub mod seal;

mod strict;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

pub use acceptance::{Acceptance, AcceptanceKey};
pub use credential::IssuerPublicKey;
pub use seal::{ENCAPSULATED_LEN, OpeningKey, TAG_LEN};

/// The number in the first byte.
const FORMAT: u8 = 1;
/// Separates a resident's signature on a ballot from every other Ed25519 signature.
const LABEL: &[u8] = b"veche/ballot/v1\0";
/// Bytes of a SHA-256 fingerprint.
const FINGERPRINT_LEN: usize = 32;
/// Bytes of an Ed25519 public key.
const CREDENTIAL_LEN: usize = 32;
/// Bytes of an Ed25519 signature.
const SIGNATURE_LEN: usize = 64;

/// Highest first byte of a y that is below 2^255 − 19, when all its other bits are set.
const LAST_BELOW: u8 = 0xec;

/// An Ed25519 public key as RFC 8032 §5.1.3 reads it: a point, in its one encoding. The library takes y + p for y too, and a
/// verifier that does not would see another round.
#[must_use]
pub fn public_key(bytes: &[u8; 32]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(bytes).ok().filter(|_| is_reduced(bytes))
}

/// Whether the y of a point is below 2^255 − 19.
fn is_reduced(point: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = point;
    last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff) || *first <= LAST_BELOW
}

/// Why a sealed ballot is refused before anybody can open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeFault {
    /// Every ballot of a round has one length.
    #[error("the ballot has {given} bytes; every ballot of this round has {expected}")]
    Length {
        /// Bytes received.
        given: usize,
        /// Bytes that every ballot of the round has.
        expected: usize,
    },
    /// The first byte names a format that this program does not know.
    #[error("the ballot's format is {0}; this round takes format 1")]
    Format(u8),
    /// The fingerprint inside is another round's.
    #[error("the ballot was sealed for another round")]
    OtherRound,
    /// Version 0 is not used, so that a missing number cannot pass for one.
    #[error("the ballot's version is 0; versions start at 1")]
    Version,
    /// The credential is not a key that RFC 8032 allows.
    #[error("the credential is not a valid Ed25519 public key")]
    Credential,
    /// The issuer of this round did not sign this credential.
    #[error("the credential is not signed by this round's issuer")]
    IssuerSignature,
    /// The holder of the credential did not sign these bytes.
    #[error("the ballot is not signed by its credential")]
    Signature,
}

/// The parts of a ballot whose signatures were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// SHA-256 of the bytes: the ballot's public name.
    pub hash: [u8; 32],
    /// Ed25519 public key that casts.
    pub credential: [u8; 32],
    /// Grows with each cast of one credential; the last one counts.
    pub version: u32,
    /// Encapsulated key and ciphertext, as [`seal`] takes them.
    pub sealed: Vec<u8>,
}

/// What one round's ballots must look like, with the issuer's key parsed once.
#[derive(Debug)]
pub struct EnvelopeCheck {
    fingerprint: [u8; FINGERPRINT_LEN],
    issuer: IssuerPublicKey,
    choice_len: usize,
}

/// What a resident puts into a ballot, apart from the signature.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// SHA-256 of the round's rules.
    pub fingerprint: &'a [u8; 32],
    /// The issuer's signature on the credential.
    pub issuer_signature: &'a [u8],
    /// 1 for the first cast of a credential.
    pub version: u32,
    /// Encapsulated key and ciphertext.
    pub sealed: &'a [u8],
}

impl Draft<'_> {
    /// The bytes to cast, signed by the credential's secret key.
    #[must_use]
    pub fn sign(&self, credential: &SigningKey) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend_from_slice(self.fingerprint);
        bytes.extend_from_slice(credential.verifying_key().as_bytes());
        bytes.extend_from_slice(self.issuer_signature);
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes.extend_from_slice(self.sealed);
        let signature = credential.sign(&labelled(&bytes));
        bytes.extend_from_slice(&signature.to_bytes());
        bytes
    }
}

impl EnvelopeCheck {
    /// A check for the round with this fingerprint, issuer key, and length of an encoded choice in bytes.
    #[must_use]
    pub fn new(fingerprint: [u8; 32], issuer: IssuerPublicKey, choice_len: usize) -> Self {
        Self { fingerprint, issuer, choice_len }
    }

    /// Bytes that every ballot of the round has.
    #[must_use]
    pub fn ballot_len(&self) -> usize {
        self.sealed_at() + ENCAPSULATED_LEN + self.choice_len + TAG_LEN + SIGNATURE_LEN
    }

    fn sealed_at(&self) -> usize {
        1 + FINGERPRINT_LEN + CREDENTIAL_LEN + self.issuer.signature_len() + size_of::<u32>()
    }

    /// Checks length, format, round, version and both signatures, in this order: cheap refusals first.
    ///
    /// # Errors
    /// The first [`EnvelopeFault`] found.
    pub fn check(&self, bytes: &[u8]) -> Result<Envelope, EnvelopeFault> {
        let parts = self.split(bytes)?;
        let issued = self.issuer.check(&self.fingerprint, parts.credential, parts.issuer_signature);
        let message = labelled(parts.signed);
        if issued.is_err() || !strict::holds(parts.credential, &message, parts.signature) {
            // What the quick way does not take is decided, and its fault named, in the order of the protocol.
            let key = public_key(parts.credential).ok_or(EnvelopeFault::Credential)?;
            issued?;
            let signature = Signature::from_bytes(parts.signature);
            key.verify_strict(&message, &signature).map_err(|_| EnvelopeFault::Signature)?;
        }
        Ok(parts.envelope(bytes))
    }

    /// Reads a ballot whose signatures were checked before; here only length, format, round and version are.
    ///
    /// # Errors
    /// The first [`EnvelopeFault`] found.
    pub fn read(&self, bytes: &[u8]) -> Result<Envelope, EnvelopeFault> {
        Ok(self.split(bytes)?.envelope(bytes))
    }

    fn split<'a>(&self, bytes: &'a [u8]) -> Result<Parts<'a>, EnvelopeFault> {
        let fault = EnvelopeFault::Length { given: bytes.len(), expected: self.ballot_len() };
        if bytes.len() != self.ballot_len() {
            return Err(fault);
        }
        let (signed, signature) = bytes.split_last_chunk::<SIGNATURE_LEN>().ok_or(fault)?;
        let (format, rest) = signed.split_first().ok_or(fault)?;
        let (fingerprint, rest) = rest.split_first_chunk::<FINGERPRINT_LEN>().ok_or(fault)?;
        let (credential, rest) = rest.split_first_chunk::<CREDENTIAL_LEN>().ok_or(fault)?;
        let (issuer_signature, rest) = rest.split_at(self.issuer.signature_len());
        let (version, sealed) = rest.split_first_chunk::<4>().ok_or(fault)?;
        let version = u32::from_be_bytes(*version);
        match (*format == FORMAT, *fingerprint == self.fingerprint, version > 0) {
            (false, _, _) => Err(EnvelopeFault::Format(*format)),
            (_, false, _) => Err(EnvelopeFault::OtherRound),
            (_, _, false) => Err(EnvelopeFault::Version),
            _ => Ok(Parts { signed, credential, issuer_signature, version, sealed, signature }),
        }
    }
}

/// The fields of a ballot, where they stand in its bytes.
struct Parts<'a> {
    signed: &'a [u8],
    credential: &'a [u8; 32],
    issuer_signature: &'a [u8],
    version: u32,
    sealed: &'a [u8],
    signature: &'a [u8; 64],
}

impl Parts<'_> {
    fn envelope(&self, bytes: &[u8]) -> Envelope {
        Envelope {
            hash: Sha256::digest(bytes).into(),
            credential: *self.credential,
            version: self.version,
            sealed: self.sealed.to_vec(),
        }
    }
}

/// The bytes that the credential signs.
fn labelled(bytes: &[u8]) -> Vec<u8> {
    [LABEL, bytes].concat()
}
