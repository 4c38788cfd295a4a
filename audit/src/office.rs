//! The office log: what concerns no single round (staff and drafts), in the same line format as a round's log.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{log::hash::Hash, round::Bytes};

/// What a member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Confirms officials' acts, reveals the opening key, signs the certificate.
    Commission,
    /// Drafts rounds, imports rolls, proposes acts.
    Official,
}

/// One event of the office log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum OfficeEvent {
    /// The log begins.
    Founded(Founded),
    /// Somebody may act from now on.
    StaffAdded(StaffAdded),
    /// Somebody may not act any more.
    StaffRevoked(StaffRevoked),
    /// A draft of a round was made or changed.
    RoundDrafted(RoundDrafted),
}

/// Line 0 of an office log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founded {
    /// Unix second.
    pub at: i64,
    /// Verifier key of this log, a C2SP `vkey`.
    pub log_key: String,
    /// Name of this log: `HOST/office`.
    pub origin: String,
}

/// A new member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffAdded {
    /// Unix second.
    pub at: i64,
    /// Handle, such as `official-1`.
    pub handle: String,
    /// Ed25519 key with which a commission member signs; officials have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Bytes>,
    /// What they may do.
    pub role: Role,
}

/// The end of somebody's powers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffRevoked {
    /// Unix second.
    pub at: i64,
    /// Handle.
    pub handle: String,
}

/// A draft as it was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundDrafted {
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// SHA-256 of the draft's canonical JSON.
    pub draft: Hash,
    /// Name of the round.
    pub slug: String,
}

/// Who is on the staff, as the office log tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// Handle to role; those revoked are gone.
    pub staff: BTreeMap<String, Role>,
    former: BTreeSet<String>,
    last_at: i64,
    founded: bool,
}

/// Why an event may not follow in the office log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficeViolation {
    /// The first line, and only the first, founds the log.
    #[error("the first line founds the office log, and no other line does")]
    Founding,
    /// Time goes backwards.
    #[error("at: the time {0} is before the line before it")]
    Time(i64),
    /// A handle stands for one person.
    #[error("handle: {0} is or was on the staff; a handle stands for one person for good")]
    Taken(String),
    /// Nobody of that name, or not with that role.
    #[error("{0} is not on the staff with the role that this asks for")]
    Unknown(String),
    /// A commission member without a key, or an official with one.
    #[error("key: a commission member needs an Ed25519 key, an official has none")]
    Key,
}

impl Office {
    /// The office after one more line.
    ///
    /// # Errors
    /// The [`OfficeViolation`] that forbids the line.
    pub fn apply(mut self, event: &OfficeEvent) -> Result<Self, OfficeViolation> {
        if matches!(event, OfficeEvent::Founded(_)) == self.founded {
            return Err(OfficeViolation::Founding);
        }
        let at = match event {
            OfficeEvent::Founded(event) => event.at,
            OfficeEvent::StaffAdded(event) => event.at,
            OfficeEvent::StaffRevoked(event) => event.at,
            OfficeEvent::RoundDrafted(event) => event.at,
        };
        if at < self.last_at {
            return Err(OfficeViolation::Time(at));
        }
        self.last_at = at;
        match event {
            OfficeEvent::Founded(_) => self.founded = true,
            OfficeEvent::StaffAdded(event) => self.add(event)?,
            OfficeEvent::StaffRevoked(event) => {
                let unknown = || OfficeViolation::Unknown(event.handle.clone());
                self.staff.remove(&event.handle).ok_or_else(unknown)?;
                self.former.insert(event.handle.clone());
            }
            OfficeEvent::RoundDrafted(event) if self.staff.get(&event.by) != Some(&Role::Official) => {
                return Err(OfficeViolation::Unknown(event.by.clone()));
            }
            OfficeEvent::RoundDrafted(_) => {}
        }
        Ok(self)
    }

    /// Latest time in any line, a Unix second.
    #[must_use]
    pub fn last_at(&self) -> i64 {
        self.last_at
    }

    fn add(&mut self, event: &StaffAdded) -> Result<(), OfficeViolation> {
        let key = event.key.as_ref().map(|key| crate::round::rules::verifying_key(key).is_some());
        if key != (event.role == Role::Commission).then_some(true) {
            return Err(OfficeViolation::Key);
        }
        let taken = self.former.contains(&event.handle) || self.staff.contains_key(&event.handle);
        if taken {
            return Err(OfficeViolation::Taken(event.handle.clone()));
        }
        self.staff.insert(event.handle.clone(), event.role);
        Ok(())
    }
}
