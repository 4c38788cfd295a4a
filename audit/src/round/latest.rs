//! Which ballot of each credential counts: the one with the highest version.

use std::collections::HashMap;

/// The same version of a credential stands in the log twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("envelope: version {version} of this credential stands in line {line} already")]
pub struct SecondOfVersion {
    /// The version.
    pub version: u32,
    /// Index of a line that holds a ballot of the same credential.
    pub line: u64,
}

/// The latest version and its line, for each credential. About 100 bytes for a credential.
#[derive(Debug, Default)]
pub struct Latest {
    last: HashMap<[u8; 32], (u32, u64)>,
    replaced: HashMap<[u8; 32], Vec<u32>>,
    replaced_count: u64,
}

impl Latest {
    /// Takes note of a ballot in line `line`.
    ///
    /// # Errors
    /// [`SecondOfVersion`] when the credential has this version already.
    pub fn record(&mut self, credential: [u8; 32], version: u32, line: u64) -> Result<(), SecondOfVersion> {
        let Some(&(last, at)) = self.last.get(&credential) else {
            self.last.insert(credential, (version, line));
            return Ok(());
        };
        let replaced = self.replaced.entry(credential).or_default();
        if last == version || replaced.contains(&version) {
            return Err(SecondOfVersion { version, line: at });
        }
        replaced.push(version.min(last));
        self.replaced_count += 1;
        if version > last {
            self.last.insert(credential, (version, line));
        }
        Ok(())
    }

    /// Whether the ballot in this line is the one that counts for its credential.
    #[must_use]
    pub fn counts(&self, credential: &[u8; 32], line: u64) -> bool {
        self.last.get(credential).is_some_and(|&(_, at)| at == line)
    }

    /// Credentials that cast at least once.
    #[must_use]
    pub fn credentials(&self) -> u64 {
        self.last.len() as u64
    }

    /// Ballots that a later version replaced.
    #[must_use]
    pub fn replaced(&self) -> u64 {
        self.replaced_count
    }
}
