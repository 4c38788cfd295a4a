//! The manifest: every file of the bundle has its hash there, and no other file is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead, Read},
};

use sha2::{Digest, Sha256};

use super::{
    CheckName, Failure, Progress, Report, Source,
    bundle::{FILES, MANIFEST, RESULT, manifest},
};
use crate::log::hash::Hash;

/// Longest manifest that is read, in bytes.
const MAX_MANIFEST: u64 = 64 * 1024;

pub(super) fn check(source: &dyn Source, report: &mut Report, progress: &(dyn Fn(Progress) + Sync)) {
    let mut items = 0;
    let failure = check_all(source, &mut items, progress).err();
    report.record(CheckName::Files, items, failure);
}

fn check_all(source: &dyn Source, items: &mut u64, progress: &(dyn Fn(Progress) + Sync)) -> Result<(), Failure> {
    let expected = read_manifest(source)?;
    let names = source.names().map_err(|fault| failure(".", None, fault))?;
    let present: BTreeSet<_> = names.iter().filter(|name| *name != MANIFEST).collect();
    for name in &present {
        if !expected.contains_key(*name) {
            return Err(failure(name, None, format!("the file is not listed in {MANIFEST}")));
        }
        if !FILES.contains(&name.as_str()) {
            return Err(failure(name, None, "the file does not belong to a bundle"));
        }
    }
    // Whether there must be a result depends on the log, so that is for the last check.
    for name in FILES.iter().filter(|name| **name != RESULT) {
        if !expected.contains_key(*name) {
            return Err(failure(MANIFEST, None, format!("the file {name} is missing")));
        }
    }
    for (at, (name, hash)) in expected.iter().enumerate() {
        let line = Some(at as u64 + 1);
        if !present.contains(name) {
            return Err(failure(MANIFEST, line, format!("the file {name} is listed, but it is not in the bundle")));
        }
        let found = hash_file(source, name).map_err(|fault| failure(name, None, fault))?;
        if found != *hash {
            let reason = format!("the file's SHA-256 is {found}, line {} of {MANIFEST} says {hash}", at + 1);
            return Err(failure(name, None, reason));
        }
        *items += 1;
        progress(Progress { check: CheckName::Files, done: *items });
    }
    Ok(())
}

fn read_manifest(source: &dyn Source) -> Result<BTreeMap<String, Hash>, Failure> {
    let mut text = String::new();
    source
        .open(MANIFEST)
        .and_then(|file| file.take(MAX_MANIFEST).read_to_string(&mut text))
        .map_err(|fault| failure(MANIFEST, None, fault))?;
    if text.len() as u64 == MAX_MANIFEST {
        return Err(failure(MANIFEST, None, format!("longer than {MAX_MANIFEST} bytes")));
    }
    if let Some(at) = text.split('\n').position(|line| line.ends_with('\r')) {
        return Err(failure(
            MANIFEST,
            Some(at as u64 + 1),
            "the line ends with CR LF (\\r\\n); lines end with LF (\\n)",
        ));
    }
    let mut found = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let entry = line.split_once("  ").and_then(|(hash, name)| Some((name, hash.parse().ok()?)));
        let Some((name, hash)) = entry else {
            return Err(failure(MANIFEST, Some(at as u64 + 1), "must be `SHA-256`, two spaces, file name"));
        };
        found.insert(name.to_owned(), hash);
    }
    if manifest(&found) != text {
        return Err(failure(MANIFEST, None, "must be sorted by name, each name once, every line ended by one \\n"));
    }
    Ok(found)
}

fn hash_file(source: &dyn Source, name: &str) -> io::Result<Hash> {
    let mut file = source.open(name)?;
    let mut sha = Sha256::new();
    loop {
        let part = file.fill_buf()?;
        if part.is_empty() {
            return Ok(Hash::from(<[u8; 32]>::from(sha.finalize())));
        }
        let len = part.len();
        sha.update(part);
        file.consume(len);
    }
}

/// A failure in a file, at a line from 1 if there is one.
pub(super) fn failure(file: &str, line: Option<u64>, reason: impl ToString) -> Failure {
    Failure { file: file.to_owned(), line, reason: reason.to_string() }
}
