//! The quorum: which witnesses a round names, how many of them must have cosigned a head, and who did.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    cosignature::CosignerKey,
    note::{Note, VerifierKey},
};

/// Most witnesses that rules may name. A note has room for that many signatures and the log's own with every reader.
pub const MAX_WITNESSES: usize = 16;

/// Which witnesses are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessPolicy {
    /// Their C2SP vkeys, in ascending order.
    pub keys: Vec<String>,
    /// How many of them a head needs.
    pub quorum: u16,
}

/// Who cosigned a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// Witnesses of the policy whose cosignature holds, with its Unix second, in the policy's order.
    pub signed: Vec<(CosignerKey, u64)>,
    /// Names of witnesses of the policy under whose key stands a cosignature that does not hold.
    pub forged: Vec<String>,
    /// How many are needed.
    pub quorum: u16,
}

impl Witnessed {
    /// Who of these witnesses cosigned this note, whose log signature was checked before. A cosignature without a time says
    /// nothing of the newest head, and does not count.
    #[must_use]
    pub fn of(keys: impl IntoIterator<Item = CosignerKey>, quorum: u16, note: &Note) -> Self {
        let mut found = Self { signed: Vec::new(), forged: Vec::new(), quorum };
        for key in keys {
            match key.time(note) {
                Ok(None | Some(0)) => {}
                Ok(Some(time)) => found.signed.push((key, time)),
                Err(_) => found.forged.push(key.name),
            }
        }
        found
    }

    /// Whether enough cosigned, and nobody's cosignature is false.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.forged.is_empty() && self.signed.len() >= usize::from(self.quorum)
    }
}

impl WitnessPolicy {
    /// Checks number and form of the keys, and that none is the log's own: a log that witnesses itself shows nothing.
    ///
    /// # Errors
    /// What must be otherwise.
    pub fn check(&self, log: Option<&VerifierKey>) -> Result<(), &'static str> {
        if self.keys.is_empty() || self.keys.len() > MAX_WITNESSES || !self.keys.is_sorted_by(|one, next| one < next) {
            return Err("keys must be 1 to 16 vkeys in ascending order, each once");
        }
        let keys: Vec<CosignerKey> = self.keys.iter().filter_map(|key| key.parse().ok()).collect();
        if keys.len() != self.keys.len() {
            return Err("keys must be vkeys of type 0x04 (Ed25519) or 0x06 (ML-DSA-44)");
        }
        let owners: BTreeSet<_> = keys.iter().map(CosignerKey::public).collect();
        let names: BTreeSet<_> = keys.iter().map(|key| (&key.name, key.id())).collect();
        if owners.len() != keys.len() || names.len() != keys.len() {
            return Err("keys must belong to different witnesses");
        }
        if log.is_some_and(|log| owners.contains(log.public().as_slice())) {
            return Err("keys must not hold the log's own key");
        }
        if (1..=self.keys.len()).contains(&usize::from(self.quorum)) {
            Ok(())
        } else {
            Err("quorum must be 1 to the number of keys")
        }
    }

    /// Who of the policy cosigned this note, whose log signature was checked before.
    #[must_use]
    pub fn witnessed(&self, note: &Note) -> Witnessed {
        Witnessed::of(self.keys.iter().filter_map(|key| key.parse().ok()), self.quorum, note)
    }
}
