//! Audits of a whole bundle: honest it passes, and each way of damaging it is refused with its place and reason.

use std::{collections::BTreeMap, path::Path, sync::OnceLock};

use audit::{
    folder::Folder,
    log::{checkpoint::Checkpoint, note::Signer},
    verify::{
        CheckName, Report,
        bundle::{CHECKPOINT, KEYS, LOG, MANIFEST, README, REGISTER, RESULT, file_hash, manifest},
        verify,
    },
};
use ed25519_dalek::SigningKey;

use crate::town::Town;

pub type Files = BTreeMap<String, Vec<u8>>;

const BALLOTS: u64 = 300;
const RECAST_PERCENT: u64 = 20;

/// The bundle of a small town, in memory.
pub fn honest() -> &'static Files {
    static BUNDLE: OnceLock<Files> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        Town::new(folder.path(), BALLOTS, RECAST_PERCENT).expect("a town").hold().expect("a bundle");
        read(folder.path())
    })
}

pub fn read(folder: &Path) -> Files {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            (entry.file_name().into_string().expect("a plain name"), std::fs::read(entry.path()).expect("a file"))
        })
        .collect()
}

/// With the checksums of the files as they are now: whoever changes a file can do that too.
fn summed(mut files: Files) -> Files {
    files.remove(MANIFEST);
    let hashes = files.iter().map(|(name, bytes)| (name.clone(), file_hash(bytes))).collect();
    files.insert(MANIFEST.to_owned(), manifest(&hashes).into_bytes());
    files
}

fn audit(files: &Files) -> Report {
    verify(files, None, &|_| {})
}

/// File, its change, and the failure: check, file, line, part of the reason.
type Damage = (&'static str, fn(&str) -> String, CheckName, &'static str, Option<u64>, &'static str);

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

const DAMAGES: &[Damage] = &[
    (LOG, |_| String::new(), CheckName::Lines, LOG, Some(1), "the log has no line"),
    (LOG, |log| log.replacen('\n', "\r\n", 1), CheckName::Lines, LOG, Some(1), "CR LF"),
    (LOG, |log| swapped(log, 10, 11), CheckName::Lines, LOG, Some(11), "index: the line says 11, its place is 10"),
    (LOG, |log| log[..log.len() - 5].to_owned(), CheckName::Lines, LOG, Some(310), "the last line is cut"),
    (LOG, |log| format!("{log}\n"), CheckName::Lines, LOG, Some(311), "byte 0: EOF"),
    (LOG, |log| format!("{log}\0\0"), CheckName::Lines, LOG, Some(311), "the last line is cut"),
    (
        LOG,
        |log| lines(log)[..309].concat(),
        CheckName::Checkpoint,
        CHECKPOINT,
        None,
        "size: the checkpoint names 310 lines",
    ),
    (
        LOG,
        |log| log.replacen(",\"index\":5", ",\"index\":5,\"index\":5", 1),
        CheckName::Lines,
        LOG,
        Some(6),
        "duplicate field `index`",
    ),
    (LOG, |log| client_twice(log), CheckName::Lines, LOG, Some(3), "not in canonical form"),
    (
        LOG,
        |log| log.replacen(",\"index\":7", ", \"index\":7", 1),
        CheckName::Lines,
        LOG,
        Some(8),
        "not in canonical form",
    ),
    (CHECKPOINT, |note| note.replace('\n', "\r\n"), CheckName::Checkpoint, CHECKPOINT, None, "a note must be text"),
    (CHECKPOINT, |note| format!("{note}\n"), CheckName::Checkpoint, CHECKPOINT, None, "a note must be text"),
    (
        CHECKPOINT,
        |note| note[..note.len() - 9].to_owned(),
        CheckName::Checkpoint,
        CHECKPOINT,
        None,
        "a note must be text",
    ),
    (CHECKPOINT, |_| signed_by_another(), CheckName::Checkpoint, CHECKPOINT, None, "no signature of this key"),
    (REGISTER, |text| text.replacen('\n', "\r\n", 1), CheckName::Register, REGISTER, Some(1), "CR LF"),
    (REGISTER, |text| swapped(text, 3, 4), CheckName::Register, REGISTER, Some(5), "must be sorted"),
    (
        REGISTER,
        |text| format!("{text}{}", lines(text)[0]),
        CheckName::Register,
        REGISTER,
        Some(241),
        "no step in the log",
    ),
    (REGISTER, |text| lines(text)[1..].concat(), CheckName::Register, REGISTER, Some(240), "the file ends here"),
    (KEYS, |text| format!("{text} "), CheckName::Result, KEYS, Some(1), "not what the log says"),
    (KEYS, |text| text.replacen('{', "{\"fingerprint\":\"\",", 1), CheckName::Result, KEYS, Some(1), "byte 3"),
    (
        RESULT,
        |text| text.replacen("\"ballots\":240", "\"ballots\":241", 1),
        CheckName::Result,
        RESULT,
        Some(1),
        "byte 14",
    ),
];

fn swapped(text: &str, left: usize, right: usize) -> String {
    let mut lines = lines(text);
    lines.swap(left, right);
    lines.concat()
}

/// The key of a map twice: what the reader keeps of it is not what the line says.
fn client_twice(log: &str) -> String {
    log.replacen("\"client\":{", &format!("\"client\":{{\"vote.js\":\"{}\",", "0".repeat(64)), 1)
}

fn signed_by_another() -> String {
    let checkpoint = String::from_utf8(honest()[CHECKPOINT].clone()).expect("text");
    let text = checkpoint.split_once("\n\n").map(|(text, _)| format!("{text}\n")).expect("a note");
    let head: Checkpoint = text.parse().expect("a checkpoint");
    head.sign(&Signer::new(head.origin.clone(), SigningKey::from_bytes(&[1; 32])))
}

#[test]
fn an_honest_bundle_passes_and_each_check_covers_something() {
    let report = audit(honest());
    assert!(report.passed(), "{report}");
    let items = |name| report.checks.iter().find(|check| check.name == name).map(|check| check.items);
    assert_eq!(items(CheckName::Ballots), Some(BALLOTS));
    assert_eq!(items(CheckName::Recount), Some(BALLOTS * (100 - RECAST_PERCENT) / 100));
    assert_eq!(items(CheckName::Register), Some(240));
}

#[test]
fn a_folder_gives_the_same_report_as_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in honest() {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    }
    assert_eq!(verify(&Folder(folder.path().to_owned()), None, &|_| {}), audit(honest()));
}

#[test]
fn each_damage_is_refused_with_its_place_and_reason() {
    for (at, (name, change, check, file, line, reason)) in DAMAGES.iter().enumerate() {
        let text = String::from_utf8(honest()[*name].clone()).expect("text");
        let changed = change(&text);
        assert_ne!(changed, text, "damage {at} changes nothing");
        let mut files = honest().clone();
        files.insert((*name).to_owned(), changed.into_bytes());
        let report = audit(&summed(files));
        let failure = report.checks.iter().find(|found| found.name == *check).and_then(|found| found.failure.as_ref());
        let Some(failure) = failure else { panic!("damage {at} of {name} was not seen\n{report}") };
        assert_eq!((failure.file.as_str(), failure.line), (*file, *line), "damage {at}: {failure}");
        assert!(failure.reason.contains(reason), "damage {at}: {failure}");
        assert!(!report.passed());
    }
}

#[test]
fn the_manifest_is_as_strict_as_the_rest() {
    let text = String::from_utf8(honest()[MANIFEST].clone()).expect("text");
    let cases = [
        (text.replace('\n', "\r\n"), "CR LF"),
        (format!("{text}\n"), "must be"),
        (swapped(&text, 0, 1), "must be sorted"),
        (format!("{text}{}", lines(&text)[0]), "must be sorted"),
        ("0".repeat(70_000), "longer than"),
    ];
    for (manifest, reason) in cases {
        let mut files = honest().clone();
        files.insert(MANIFEST.to_owned(), manifest.into_bytes());
        let report = audit(&files);
        let failure = report.checks[0].failure.as_ref().unwrap_or_else(|| panic!("not seen: {reason}"));
        assert!(failure.file == MANIFEST && failure.reason.contains(reason), "{failure}");
    }
}

#[test]
fn a_bundle_holds_its_files_and_no_others() {
    let mut more = honest().clone();
    more.insert("more.txt".to_owned(), b"x".to_vec());
    let mut fewer = honest().clone();
    fewer.remove(README).expect("a page for the auditor");
    for (files, place) in [(more, "more.txt"), (fewer, MANIFEST)] {
        let report = audit(&summed(files));
        let failure = report.checks[0].failure.as_ref().expect("a failure");
        assert_eq!(failure.file, place, "{failure}");
    }
}
