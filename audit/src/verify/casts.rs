//! Which ballot of each credential counts, and the count of those, for any number of ballots in bounded memory.
//!
//! Each ballot becomes a record: credential, version, number of its line, and its sealed text. Sorted, the records of one
//! credential stand together by version, and the last of them counts: only that one is opened.

use std::{
    io,
    panic::resume_unwind,
    sync::mpsc::{self, SyncSender},
    thread,
};

use ballots::{
    codec,
    envelope::{ENCAPSULATED_LEN, Envelope, TAG_LEN},
};
use rayon::prelude::*;

use super::{
    CheckName, Progress, Report, Source,
    bundle::LOG,
    bundle_files::failure,
    lines::Read,
    recount::Recounted,
    sorter::{MEMORY, Sorter},
};
use crate::round::{
    RoundRules,
    count::{Count, Sealed},
    latest::SecondOfVersion,
};

const CREDENTIAL: usize = 32;
/// Credential and version, u32.
const CAST: usize = CREDENTIAL + 4;
/// And the number of the line, u64. Encapsulated key and ciphertext follow.
const HEAD: usize = CAST + 8;
/// Ballots that are opened together.
const TOGETHER: usize = 4096;

/// Every ballot whose signatures hold.
pub(super) struct Casts<'a> {
    sorter: Sorter<'a>,
    len: usize,
}

/// Records of ballots that count, gathered so that many are opened together.
struct Gathering {
    full: SyncSender<Vec<u8>>,
    len: usize,
    records: Vec<u8>,
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

/// The record of a ballot in the line of this number.
pub(super) fn record(envelope: &Envelope, line: u64) -> Vec<u8> {
    let (version, line) = (envelope.version.to_be_bytes(), line.to_be_bytes());
    [&envelope.credential[..], &version, &line, &envelope.sealed].concat()
}

fn record_len(rules: &RoundRules) -> usize {
    HEAD + ENCAPSULATED_LEN + codec::len(&rules.voting) + TAG_LEN
}

/// Reports the signatures and the versions of the ballots, keeps the summary, and hands the count on.
pub(super) fn check(
    read: &mut Read,
    counted: io::Result<(Summary, Option<Recounted>)>,
    report: &mut Report,
) -> Option<Recounted> {
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
        let len = record_len(rules);
        Self { sorter: Sorter::new(source, len, MEMORY), len }
    }

    pub(super) fn push(&mut self, record: &[u8]) -> io::Result<()> {
        self.sorter.push(record)
    }

    /// Goes through the ballots by credential; those that count are opened and added to the count, if there is one, on every core,
    /// while those that follow are sorted. It waits for both, so no thread of the pool may call it: with one, nobody would sort.
    pub(super) fn finish(
        self,
        mut count: Option<&mut Count<'_>>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> io::Result<Summary> {
        let (len, mut done) = (self.len, 0);
        let (full, gathered) = mpsc::sync_channel(1);
        thread::scope(|scope| {
            let sorting = scope.spawn(move || self.sort(Gathering { full, len, records: Vec::new() }));
            for records in gathered {
                if let Some(count) = &mut count {
                    count.add_all(records.par_chunks_exact(len).map(sealed));
                    done += (records.len() / len) as u64;
                    progress(Progress { check: CheckName::Recount, done });
                }
            }
            sorting.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    fn sort(self, mut gathering: Gathering) -> io::Result<Summary> {
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
                gathering.push(&last);
            }
            last.clear();
            last.extend_from_slice(record);
        })?;
        gathering.push(&last);
        gathering.hand_over();
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

impl Gathering {
    /// Takes the record of a ballot that counts; nothing when there is no record yet.
    fn push(&mut self, record: &[u8]) {
        self.records.extend_from_slice(record);
        if self.records.len() >= TOGETHER * self.len {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let next = Vec::with_capacity(self.records.len());
        // Whoever opens them is there for as long as there are any.
        let _ = self.full.send(std::mem::replace(&mut self.records, next));
    }
}

fn sealed(record: &[u8]) -> Sealed<'_> {
    const NOBODY: &[u8; CREDENTIAL] = &[0; CREDENTIAL];
    let credential = record.first_chunk().unwrap_or(NOBODY);
    Sealed { credential, version: version_of(record), sealed: record.get(HEAD..).unwrap_or_default() }
}

fn version_of(record: &[u8]) -> u32 {
    record[CREDENTIAL..].first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn line_of(record: &[u8]) -> u64 {
    record[CAST..].first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
