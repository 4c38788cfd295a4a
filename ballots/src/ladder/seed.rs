//! The public seed that lots are drawn from: 32 bytes that nobody could choose, and that everybody can make again.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};

/// What the seed of a round is made under, so that the same parts hashed for something else give another number.
const SEED: &[u8] = b"veche/seed/v1\0";

/// Thirty-two bytes; shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed([u8; 32]);

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a seed must be 64 lower-case hexadecimal digits")]
pub struct SeedFault;

impl Seed {
    /// The seed of a round: SHA-256 of `"veche/seed/v1\0" ‖ root ‖ opening key`, 32 bytes each.
    ///
    /// `root` is that of the log's tree up to the line that closes the voting, which is written before the log's writer knows the
    /// key; and the key was fixed by its public half in the rules, before anybody could know the root.
    #[must_use]
    pub fn of_round(root: &[u8; 32], opening_key: &[u8; 32]) -> Self {
        Self(Sha256::new().chain_update(SEED).chain_update(root).chain_update(opening_key).finalize().into())
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Seed {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({self})")
    }
}

impl FromStr for Seed {
    type Err = SeedFault;

    fn from_str(text: &str) -> Result<Self, SeedFault> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| SeedFault)?;
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Err(SeedFault) } else { Ok(Self(bytes)) }
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
