//! What a bundle holds: file names, the manifest, the keys file, and the page for the auditor.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    log::hash::Hash,
    round::{Bytes, Round, RoundRules, rules::Member},
};

/// The log: one line of JSON for each event.
pub const LOG: &str = "log.jsonl";
/// The signed head of the log, a C2SP checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// Pseudonyms of issued credentials.
pub const REGISTER: &str = "register.txt";
/// Every public key of the round, and the opening key once revealed.
pub const KEYS: &str = "keys.json";
/// The outcome, as the log's `tallied` line has it.
pub const RESULT: &str = "result.json";
/// What the files are and how to check them.
pub const README: &str = "README.md";
/// SHA-256 of every other file, as `sha256sum` prints it.
pub const MANIFEST: &str = "SHA256SUMS";

/// Every file but the manifest. `result.json` is missing from the bundle of a round that was annulled.
pub const FILES: [&str; 6] = [README, CHECKPOINT, KEYS, LOG, REGISTER, RESULT];

/// The manifest of these files, sorted by name.
#[must_use]
pub fn manifest(hashes: &BTreeMap<String, Hash>) -> String {
    hashes.iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect()
}

/// SHA-256 of a file's bytes.
#[must_use]
pub fn file_hash(bytes: &[u8]) -> Hash {
    Hash::from(<[u8; 32]>::from(Sha256::digest(bytes)))
}

/// The content of `keys.json`: a copy, for convenience, of what the log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Signs acceptances: Ed25519.
    pub acceptance_key: Bytes,
    /// Sign the certificate: Ed25519.
    pub commission: Vec<Member>,
    /// SHA-256 of the rules.
    pub fingerprint: Hash,
    /// Signs credentials: RSA, DER SubjectPublicKeyInfo.
    pub issuer_key: Bytes,
    /// Signs checkpoints: a C2SP vkey.
    pub log_key: String,
    /// Opens ballots: P-256 scalar; absent until revealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_key: Option<Bytes>,
    /// Ballots are sealed to it: P-256 point.
    pub sealing_key: Bytes,
}

impl Keys {
    /// The keys that a round's log names.
    #[must_use]
    pub fn of(round: &Round) -> Self {
        let rules: &RoundRules = &round.rules;
        Self {
            acceptance_key: rules.acceptance_key.clone(),
            commission: rules.commission.clone(),
            fingerprint: round.fingerprint,
            issuer_key: rules.issuer_key.clone(),
            log_key: rules.log_key.clone(),
            opening_key: round.opening_key.clone(),
            sealing_key: rules.sealing_key.clone(),
        }
    }
}

/// The page for the auditor, in Russian and English.
#[must_use]
pub fn readme(round: &Round) -> String {
    include_str!("bundle/README.md")
        .replace("{title}", &round.rules.title)
        .replace("{slug}", &round.rules.slug)
        .replace("{origin}", &round.rules.origin)
        .replace("{fingerprint}", &round.fingerprint.to_string())
        .replace("{log_key}", &round.rules.log_key)
}
