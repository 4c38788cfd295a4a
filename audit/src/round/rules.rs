//! The rules of one round: frozen when it is published, and named by their SHA-256, the fingerprint.

use ballots::{
    Rules,
    envelope::{IssuerPublicKey, public_key, seal::is_sealing_key},
    rules::Day,
};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Bytes;
use crate::log::{hash::Hash, note::VerifierKey, policy::WitnessPolicy};

/// Everything that decides how a round is run and counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundRules {
    /// Ed25519 key that signs acceptances.
    pub acceptance_key: Bytes,
    /// How ballots are gathered before they go into the log.
    pub batch: BatchRules,
    /// Unix second of the close, unless extended.
    pub closes_at: i64,
    /// Who confirms officials' acts and signs the certificate.
    pub commission: Vec<Member>,
    /// Only people of this district may vote; absent: everybody on the roll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// RSA key that signs credentials blindly, DER SubjectPublicKeyInfo.
    pub issuer_key: Bytes,
    /// Verifier key of the log, a C2SP `vkey`.
    pub log_key: String,
    /// Age in full years that must be reached on `reference_date`.
    pub minimum_age: u8,
    /// Unix second of the opening, unless two people open earlier.
    pub opens_at: i64,
    /// Name of the log: `HOST/rounds/SLUG`.
    pub origin: String,
    /// Signatures of members that make the certificate valid.
    pub quorum: u16,
    /// Day on which age is reckoned.
    pub reference_date: Day,
    /// How issued credentials are reported.
    pub register: RegisterRules,
    /// HPKE public key that ballots are sealed to: uncompressed P-256 point.
    pub sealing_key: Bytes,
    /// Name in addresses: `a-z`, `0-9` and `-`.
    pub slug: String,
    /// IANA time zone in which times are shown.
    pub time_zone: String,
    /// What is decided, for people.
    pub title: String,
    /// What a ballot is and how it is counted.
    pub voting: Rules,
    /// Who must have cosigned the log's heads; absent: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<WitnessPolicy>,
}

/// When ballots move from the urn into the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchRules {
    /// Smallest batch, unless one is due or the voting ends.
    pub at_least: u32,
    /// Seconds after acceptance by which a ballot is in the log.
    pub within: u32,
}

/// When the number of issued credentials goes into the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterRules {
    /// Fewest credentials that a step adds, except at the close.
    pub at_least: u32,
}

/// A member of the commission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Staff handle, such as `member-1`.
    pub handle: String,
    /// Ed25519 key that signs the certificate.
    pub key: Bytes,
}

/// Why rules cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoundRulesFault {
    /// What is voted on, or how it is counted, does not fit together.
    #[error("{0}")]
    Voting(#[from] ballots::RulesFault),
    /// A field is out of its range; the text names what is allowed.
    #[error("{field}: {reason}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What it must be.
        reason: &'static str,
    },
}

impl RoundRules {
    /// The canonical bytes: RFC 8785 JSON.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        canonical(self)
    }

    /// SHA-256 of the canonical bytes.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        Hash::from(<[u8; 32]>::from(Sha256::digest(self.canonical())))
    }

    /// The key of the member with this handle.
    #[must_use]
    pub fn member_key(&self, handle: &str) -> Option<VerifyingKey> {
        let member = self.commission.iter().find(|member| member.handle == handle)?;
        verifying_key(&member.key)
    }

    /// Checks every field.
    ///
    /// # Errors
    /// The first field that is out of its range.
    pub fn check(&self) -> Result<(), RoundRulesFault> {
        self.voting.check()?;
        for (holds, field, reason) in self.conditions() {
            if !holds {
                return Err(RoundRulesFault::Field { field, reason });
            }
        }
        let log_key = self.log_key.parse().ok();
        let witnesses = self.witnesses.as_ref().map_or(Ok(()), |policy| policy.check(log_key.as_ref()));
        witnesses.map_err(|reason| RoundRulesFault::Field { field: "witnesses", reason })
    }

    fn conditions(&self) -> [(bool, &'static str, &'static str); 17] {
        let handles: std::collections::BTreeSet<_> = self.commission.iter().map(|m| &m.handle).collect();
        // Two seats with one key would be one person who makes up a quorum alone.
        let keys: std::collections::BTreeSet<_> = self.commission.iter().map(|m| &m.key).collect();
        let log_key = self.log_key.parse::<VerifierKey>();
        [
            (is_slug(&self.slug), "slug", "1 to 63 of a-z, 0-9 and -, not at an end"),
            (!self.title.trim().is_empty(), "title", "must not be empty"),
            (self.origin.ends_with(&format!("/rounds/{}", self.slug)), "origin", "must be HOST/rounds/SLUG"),
            (log_key.is_ok_and(|key| key.name == self.origin), "log_key", "must be a vkey named as origin"),
            (self.opens_at < self.closes_at, "closes_at", "must be after opens_at"),
            (self.opens_at >= 0, "opens_at", "must be a Unix second"),
            ((1..=120).contains(&self.minimum_age) || self.minimum_age == 0, "minimum_age", "0 to 120"),
            ((1..=10_000).contains(&self.batch.at_least), "batch.at_least", "1 to 10000"),
            ((3600..=86_400).contains(&self.batch.within), "batch.within", "3600 to 86400 seconds"),
            ((1..=10_000).contains(&self.register.at_least), "register.at_least", "1 to 10000"),
            (handles.len() == self.commission.len(), "commission", "handles must differ"),
            (keys.len() == self.commission.len(), "commission", "keys must differ"),
            (self.commission.iter().all(|m| verifying_key(&m.key).is_some()), "commission", "keys must be Ed25519"),
            (
                self.quorum >= 1 && usize::from(self.quorum) <= self.commission.len(),
                "quorum",
                "1 to the number of commission members",
            ),
            (verifying_key(&self.acceptance_key).is_some(), "acceptance_key", "must be an Ed25519 key"),
            (IssuerPublicKey::from_der(&self.issuer_key.0).is_ok(), "issuer_key", "must be a DER RSA key"),
            (is_sealing_key(&self.sealing_key.0), "sealing_key", "must be an uncompressed P-256 point of 65 bytes"),
        ]
    }
}

/// RFC 8785 bytes of a value whose struct fields stand in ascending order.
#[must_use]
pub fn canonical<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("our types have string keys and integers only, so they always serialise")
}

/// An Ed25519 key in its one encoding that is not of small order.
pub(crate) fn verifying_key(bytes: &Bytes) -> Option<VerifyingKey> {
    let key = public_key(&bytes.array()?)?;
    (!key.is_weak()).then_some(key)
}

/// Whether a round may have this name in addresses.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}
