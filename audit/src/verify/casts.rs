//! Which ballot of each credential counts, and the count of those, for any number of ballots in bounded memory.
//!
//! Each ballot becomes a record: credential, version, number of its line, and what was sealed in it. Sorted, the records of
//! one credential stand together by version, and the last of them counts.

use std::io;

use ballots::{Outcome, codec, envelope::Envelope};

use super::{
    CheckName, Report, Source,
    bundle::LOG,
    bundle_files::failure,
    lines::Read,
    sorter::{MEMORY, Sorter},
};
use crate::round::{RoundRules, count::Count, latest::SecondOfVersion};

const CREDENTIAL: usize = 32;
/// Credential and version, u32.
const CAST: usize = CREDENTIAL + 4;
/// And the number of the line, u64.
const PLACE: usize = CAST + 8;
/// And whether it was opened: [`SEALED`] or [`OPENED`]. The text follows.
const HEAD: usize = PLACE + 1;

const SEALED: u8 = 0;
const OPENED: u8 = 1;

/// Every ballot whose signatures hold.
pub(super) struct Casts<'a> {
    sorter: Sorter<'a>,
}

/// What the ballots add up to.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// Credentials that cast at least once.
    pub(super) credentials: u64,
    /// Ballots that a later version replaced.
    pub(super) replaced: u64,
    /// Ballots of a version that its credential had cast before.
    pub(super) again: u64,
    /// The first of those: number of its line, and what it repeats.
    pub(super) first_again: Option<(u64, SecondOfVersion)>,
}

/// The record of a ballot in the line of this number; `text` is what opening it gave.
pub(super) fn record(rules: &RoundRules, envelope: &Envelope, line: u64, text: Option<&[u8]>) -> Vec<u8> {
    let len = record_len(rules);
    let mut record = Vec::with_capacity(len);
    record.extend_from_slice(&envelope.credential);
    record.extend_from_slice(&envelope.version.to_be_bytes());
    record.extend_from_slice(&line.to_be_bytes());
    record.push(if text.is_some() { OPENED } else { SEALED });
    record.extend_from_slice(text.unwrap_or_default());
    record.resize(len, 0);
    record
}

fn record_len(rules: &RoundRules) -> usize {
    HEAD + codec::len(&rules.voting)
}

/// Reports the signatures and the versions of the ballots, keeps the summary, and hands the count on.
pub(super) fn check(
    read: &mut Read,
    counted: io::Result<(Summary, Option<Outcome>)>,
    report: &mut Report,
) -> Option<Outcome> {
    let unsigned = read.ballot_failure.take();
    let (summary, outcome) = match counted {
        Ok(counted) => counted,
        Err(fault) => {
            let fault = failure(LOG, None, format!("the ballots could not be sorted: {fault}"));
            report.record(CheckName::Ballots, 0, Some(unsigned.unwrap_or(fault)));
            return None;
        }
    };
    let again = summary.first_again.map(|(line, again)| failure(LOG, Some(line), again));
    let first = unsigned.into_iter().chain(again).min_by_key(|failure| failure.line);
    report.record(CheckName::Ballots, read.ballots - summary.again, first);
    read.summary = summary;
    outcome
}

impl<'a> Casts<'a> {
    pub(super) fn new(source: &'a dyn Source, rules: &RoundRules) -> Self {
        Self { sorter: Sorter::new(source, record_len(rules), MEMORY) }
    }

    pub(super) fn push(&mut self, record: &[u8]) -> io::Result<()> {
        self.sorter.push(record)
    }

    /// Goes through the ballots by credential; those that count are added to the count, if there is one.
    pub(super) fn finish(self, mut count: Option<&mut Count<'_>>) -> io::Result<Summary> {
        let mut summary = Summary::default();
        let mut last: Vec<u8> = Vec::new();
        self.sorter.finish(|record| {
            if last.get(..CAST) == Some(&record[..CAST]) {
                summary.repeats(&last, record);
                return;
            }
            if last.get(..CREDENTIAL) == Some(&record[..CREDENTIAL]) {
                summary.replaced += 1;
            } else {
                summary.credentials += 1;
                add(&mut count, &last);
            }
            last.clear();
            last.extend_from_slice(record);
        })?;
        add(&mut count, &last);
        Ok(summary)
    }
}

impl Summary {
    fn repeats(&mut self, first: &[u8], second: &[u8]) {
        self.again += 1;
        let number = line_of(second);
        if self.first_again.is_none_or(|(line, _)| number < line) {
            self.first_again = Some((number, SecondOfVersion { version: version_of(second), line: line_of(first) }));
        }
    }
}

/// Adds a ballot that counts; nothing when there is no record yet.
fn add(count: &mut Option<&mut Count<'_>>, record: &[u8]) {
    if let (Some(count), Some((head, text))) = (count, record.split_at_checked(HEAD)) {
        count.add_text((head[PLACE] == OPENED).then_some(text));
    }
}

fn version_of(record: &[u8]) -> u32 {
    record[CREDENTIAL..].first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn line_of(record: &[u8]) -> u64 {
    record[CAST..].first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
