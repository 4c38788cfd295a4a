//! What a commission member signs: the round and the line of the count, and through its chain all lines before it.

use crate::log::hash::Hash;

/// Separates a certificate's signature from every other Ed25519 signature.
const LABEL: &[u8] = b"veche/certificate/v1\0";

/// The signed bytes: label, fingerprint of the rules, RFC 6962 leaf hash of the `tallied` line.
#[must_use]
pub fn message(fingerprint: &Hash, tally_line: &Hash) -> Vec<u8> {
    [LABEL, fingerprint.as_bytes(), tally_line.as_bytes()].concat()
}
