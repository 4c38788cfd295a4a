//! Which ballot of each credential counts: the one with the highest version.

/// The same version of a credential stands in the log twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("envelope: version {version} of this credential stands in line {line} already")]
pub struct SecondOfVersion {
    /// The version.
    pub version: u32,
    /// Index of the first line that holds it.
    pub line: u64,
}

/// Ballots as they are read, in any order: 48 bytes for each.
#[derive(Debug, Default)]
pub struct Versions(Vec<One>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct One {
    credential: [u8; 32],
    version: u32,
    line: u64,
}

impl Versions {
    /// With room for so many ballots.
    #[must_use]
    pub fn with_capacity(ballots: usize) -> Self {
        Self(Vec::with_capacity(ballots))
    }

    /// Takes note of a ballot in line `line`.
    pub fn add(&mut self, credential: [u8; 32], version: u32, line: u64) {
        self.0.push(One { credential, version, line });
    }

    /// Which of them count.
    ///
    /// # Errors
    /// [`SecondOfVersion`] when a credential has a version twice.
    pub fn latest(self) -> Result<Latest, SecondOfVersion> {
        let Self(mut all) = self;
        all.sort_unstable();
        let is_second = |pair: &&[One]| pair[0].credential == pair[1].credential && pair[0].version == pair[1].version;
        if let Some(pair) = all.windows(2).find(is_second) {
            return Err(SecondOfVersion { version: pair[0].version, line: pair[0].line });
        }
        let cast = all.len();
        all.dedup_by(|later, kept| {
            let is_same = later.credential == kept.credential;
            if is_same {
                *kept = *later;
            }
            is_same
        });
        Ok(Latest { replaced: (cast - all.len()) as u64, last: all })
    }
}

/// The latest version and its line, for each credential, in the order of credentials.
#[derive(Debug, Default)]
pub struct Latest {
    last: Vec<One>,
    replaced: u64,
}

impl Latest {
    /// Whether the ballot in this line is the one that counts for its credential.
    #[must_use]
    pub fn counts(&self, credential: &[u8; 32], line: u64) -> bool {
        let found = self.last.binary_search_by(|one| one.credential.cmp(credential));
        found.is_ok_and(|at| self.last[at].line == line)
    }

    /// Credentials that cast at least once.
    #[must_use]
    pub fn credentials(&self) -> u64 {
        self.last.len() as u64
    }

    /// Ballots that a later version replaced.
    #[must_use]
    pub fn replaced(&self) -> u64 {
        self.replaced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(ballots: &[(u8, u32, u64)]) -> Versions {
        let mut cast = Versions::with_capacity(ballots.len());
        ballots.iter().for_each(|&(credential, version, line)| cast.add([credential; 32], version, line));
        cast
    }

    #[test]
    fn the_highest_version_counts_wherever_it_stands() {
        let ballots = [(2, 1, 10), (1, 3, 11), (2, 7, 12), (1, 2, 13), (3, 1, 14), (1, 1, 15)];
        let latest = cast(&ballots).latest().unwrap();
        let counted: Vec<_> =
            ballots.iter().filter(|one| latest.counts(&[one.0; 32], one.2)).map(|one| one.2).collect();
        assert_eq!((counted, latest.credentials(), latest.replaced()), (vec![11, 12, 14], 3, 3));
        assert!(!latest.counts(&[4; 32], 11) && !latest.counts(&[2; 32], 11));
        let none = Versions::default().latest().unwrap();
        assert_eq!((none.credentials(), none.replaced(), none.counts(&[1; 32], 0)), (0, 0, false));
    }

    #[test]
    fn a_version_that_stands_there_twice_is_told() {
        let twice = cast(&[(1, 1, 5), (2, 1, 6), (2, 2, 7), (1, 1, 9), (1, 2, 8)]).latest().unwrap_err();
        assert_eq!(twice, SecondOfVersion { version: 1, line: 5 });
    }
}
