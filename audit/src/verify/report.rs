//! What a verification found: each check by name, how many items it covered, and where it failed first.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::{
    text,
    words::{self, Language},
};

/// The checks, in the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// Every file is in `SHA256SUMS` with its hash, and no other file is there.
    Files,
    /// Each line is canonical, names its index and the hash of the line before it.
    Lines,
    /// The rules are consistent and every event was allowed where it stands.
    Acts,
    /// Each ballot carries the issuer's and its credential's valid signatures, and no version twice.
    Ballots,
    /// The signed checkpoint commits to exactly these lines.
    Checkpoint,
    /// The log had each head that the auditor knows from elsewhere. Only there when the auditor knows one.
    Heads,
    /// As many witnesses as the rules ask for cosigned the checkpoint.
    Witnesses,
    /// The register's steps have the hashes in the log, sorted, no pseudonym twice; ballots ≤ credentials ≤ roll.
    Register,
    /// The revealed key opens the ballots, and counting them again gives the outcome in the log.
    Recount,
    /// Enough commission members signed the count.
    Certificate,
    /// `keys.json` and `result.json` say what the log says.
    Result,
}

impl CheckName {
    /// Every check that needs the bundle alone.
    pub const ALL: [Self; 10] = [
        Self::Files,
        Self::Lines,
        Self::Acts,
        Self::Ballots,
        Self::Checkpoint,
        Self::Witnesses,
        Self::Register,
        Self::Recount,
        Self::Certificate,
        Self::Result,
    ];

    /// What the check covers, in a few words of English.
    #[must_use]
    pub const fn title(self) -> &'static str {
        words::check(self).title.en
    }
}

/// Where and why a check failed first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// File in the bundle.
    pub file: String,
    /// Line in the file, from 1, where it has lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Field or place inside the line, and what is wrong with it.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::place(self, Language::English))
    }
}

/// One check's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which check.
    pub name: CheckName,
    /// Items that it covered before it passed or failed: files, lines, ballots, signatures.
    pub items: u64,
    /// The first failure; none means passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// False when an earlier failure, or the phase of the round, left nothing to check. Then it counts as not passed.
    pub reached: bool,
}

/// The whole verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Every check of [`CheckName::ALL`], in that order, and [`CheckName::Heads`] in its place where heads are known.
    pub checks: Vec<Check>,
    /// What the bundle is about: round, fingerprint, numbers.
    pub facts: BTreeMap<&'static str, String>,
}

impl Report {
    pub(crate) fn new(heads_are_known: bool) -> Self {
        let mut names = CheckName::ALL.to_vec();
        names.extend(heads_are_known.then_some(CheckName::Heads));
        names.sort_unstable();
        let check = |name| Check { name, items: 0, failure: None, reached: false };
        Self { checks: names.into_iter().map(check).collect(), facts: BTreeMap::new() }
    }

    /// Whether every check was reached and passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.reached && check.failure.is_none())
    }

    /// The failures, in the order of the checks.
    pub fn failures(&self) -> impl Iterator<Item = (&Check, &Failure)> {
        self.checks.iter().filter_map(|check| Some((check, check.failure.as_ref()?)))
    }

    pub(crate) fn record(&mut self, name: CheckName, items: u64, failure: Option<Failure>) {
        if let Some(check) = self.checks.iter_mut().find(|check| check.name == name) {
            check.items = check.items.max(items);
            check.reached = true;
            if check.failure.is_none() {
                check.failure = failure;
            }
        }
    }
}

/// As text in English.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::write(self, Language::English))
    }
}
