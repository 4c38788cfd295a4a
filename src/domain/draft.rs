//! A draft of a round: what an official writes, before keys are made and the rules are frozen.

use audit::{
    log::policy::WitnessPolicy,
    round::{
        Bytes, RoundRules,
        rules::{BatchRules, Member, RegisterRules, RoundRulesFault},
    },
};
use ballots::{Rules, rules::Day};
use serde::{Deserialize, Serialize};

/// What an official decides about a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// How ballots are gathered before they go into the log.
    #[serde(default = "batch")]
    pub batch: BatchRules,
    /// Unix second of the close.
    pub closes_at: i64,
    /// Commission members, with the keys that sign the certificate.
    pub commission: Vec<Member>,
    /// Only people of this district may vote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Age in full years.
    #[serde(default = "fourteen")]
    pub minimum_age: u8,
    /// Unix second of the opening.
    pub opens_at: i64,
    /// Signatures that make the certificate valid.
    pub quorum: u16,
    /// Day on which age is reckoned.
    pub reference_date: Day,
    /// How issued credentials are reported.
    #[serde(default = "register")]
    pub register: RegisterRules,
    /// The commission's public sealing key: uncompressed P-256 point of 65 bytes.
    pub sealing_key: Bytes,
    /// Name in addresses.
    pub slug: String,
    /// IANA time zone in which times are shown.
    pub time_zone: String,
    /// What is decided, for people.
    pub title: String,
    /// What a ballot is and how it is counted.
    pub voting: Rules,
    /// Who must cosign the log's heads; absent: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<WitnessPolicy>,
}

/// The keys that the service makes for a round when it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceKeys {
    /// Ed25519, signs acceptances.
    pub acceptance_key: Bytes,
    /// RSA, signs credentials.
    pub issuer_key: Bytes,
    /// C2SP vkey, signs checkpoints.
    pub log_key: String,
    /// Name of the log.
    pub origin: String,
}

impl Draft {
    /// Checks what the service asks beyond the rules of rounds: that no ballot stands in the log alone, nor beside a single other, as soon as it
    /// comes, and no credential in the register.
    ///
    /// # Errors
    /// The field that asks for less than `least`.
    pub fn check(&self, least: u32) -> Result<(), RoundRulesFault> {
        let refuse = |field, reason| Err(RoundRulesFault::Field { field, reason });
        if self.batch.at_least < least {
            return refuse("batch.at_least", "at least 3: a full batch of one or two would show whose ballot is whose");
        }
        if self.register.at_least < least {
            return refuse(
                "register.at_least",
                "at least 3: a step of one or two would show when somebody got a credential",
            );
        }
        Ok(())
    }

    /// The rules that are frozen.
    #[must_use]
    pub fn freeze(self, keys: ServiceKeys) -> RoundRules {
        RoundRules {
            acceptance_key: keys.acceptance_key,
            batch: self.batch,
            closes_at: self.closes_at,
            commission: self.commission,
            district: self.district,
            issuer_key: keys.issuer_key,
            log_key: keys.log_key,
            minimum_age: self.minimum_age,
            opens_at: self.opens_at,
            origin: keys.origin,
            quorum: self.quorum,
            reference_date: self.reference_date,
            register: self.register,
            sealing_key: self.sealing_key,
            slug: self.slug,
            time_zone: self.time_zone,
            title: self.title,
            voting: self.voting,
            witnesses: self.witnesses,
        }
    }
}

/// At least 20 ballots at once, at most two hours after acceptance.
fn batch() -> BatchRules {
    BatchRules { at_least: 20, within: 7200 }
}

fn register() -> RegisterRules {
    RegisterRules { at_least: 50 }
}

fn fourteen() -> u8 {
    14
}
