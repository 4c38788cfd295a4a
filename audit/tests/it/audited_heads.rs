//! Heads that somebody kept, against the bundle's log: each of the true log passes, and none of another does.

use std::{fs, process::Command};

use audit::{
    log::{chain::Chain, checkpoint::Checkpoint, hash::Hash, line::Line, note::Signer, short::HeadCode},
    round::Event,
    verify::{CheckName, Known, KnownHead, Report, verify_with},
};
use ed25519_dalek::SigningKey;

use crate::audited::{Files, honest};

/// Every head that the log had, from that of no line on.
fn heads(files: &Files) -> Vec<Checkpoint> {
    let origin =
        String::from_utf8(files["checkpoint"].clone()).expect("text").lines().next().expect("a line").to_owned();
    let mut chain = Chain::new();
    let mut heads = vec![Checkpoint::new(&origin, 0, chain.root())];
    for bytes in files["log.jsonl"].split(|byte| *byte == b'\n').filter(|bytes| !bytes.is_empty()) {
        let line = Line::<Event>::parse(bytes).expect("a line");
        chain.follow(line.index, &line.previous, bytes).expect("the next");
        heads.push(Checkpoint::new(&origin, chain.size(), chain.root()));
    }
    heads
}

fn paper(head: &Checkpoint) -> KnownHead {
    KnownHead::Paper(HeadCode::of(head))
}

fn audit(files: &Files, heads: &[KnownHead]) -> Report {
    verify_with(files, &Known { log_key: None, heads }, &|_| {})
}

/// Items of the check, and why it failed.
fn found(report: &Report) -> (u64, Option<String>) {
    let check = report.checks.iter().find(|check| check.name == CheckName::Heads).expect("the check is there");
    assert!(check.reached);
    (check.items, check.failure.as_ref().map(|failure| failure.to_string()))
}

#[test]
fn every_head_that_the_log_had_passes() {
    let known: Vec<_> = heads(honest()).iter().map(paper).collect();
    let report = audit(honest(), &known);
    assert_eq!(found(&report), (known.len() as u64, None));
    assert!(report.passed());
    let place = |name| report.checks.iter().position(|check| check.name == name);
    assert_eq!(place(CheckName::Heads), place(CheckName::Checkpoint).map(|place| place + 1));
    let signed = String::from_utf8(honest()["checkpoint"].clone()).expect("text").parse().expect("a head");
    assert_eq!(found(&audit(honest(), &[signed])), (1, None));
}

#[test]
fn a_report_names_the_check_only_where_a_head_is_known() {
    let report = audit(honest(), &[]);
    assert!(report.passed() && report.checks.iter().all(|check| check.name != CheckName::Heads));
    // Without a first line there is nothing to compare, and that is no pass.
    let report = audit(&Files::new(), &[paper(&heads(honest())[1])]);
    assert!(!report.passed() && report.checks.iter().any(|check| check.name == CheckName::Heads && !check.reached));
}

#[test]
fn a_head_of_another_log_is_told_with_its_line() {
    let all = heads(honest());
    let last = all.last().expect("a head");
    let other = Checkpoint { root: Hash::from([7; 32]), ..all[5].clone() };
    let (items, fault) = found(&audit(honest(), &[paper(&all[3]), paper(&other), paper(last)]));
    assert_eq!(items, 2);
    let fault = fault.expect("it failed");
    assert!(fault.starts_with("log.jsonl, line 5: the head on paper is 5 "), "{fault}");
    assert!(fault.ends_with(&HeadCode::of(&all[5]).to_string()), "{fault}");
    let elsewhere = Checkpoint { origin: "vote.example/rounds/autumn".to_owned(), ..all[5].clone() };
    assert!(found(&audit(honest(), &[paper(&elsewhere)])).1.is_some());
}

/// A log that was cut has the signature of its own head, and everything else fits; who kept a later head sees it.
#[test]
fn a_head_of_a_longer_log_is_told() {
    let all = heads(honest());
    let more = Checkpoint { size: all.len() as u64, ..all[5].clone() };
    let fault = found(&audit(honest(), &[paper(&more)])).1.expect("it failed");
    assert!(
        fault.contains(&format!("a head of {} lines was seen, and this log has {}", all.len(), all.len() - 1)),
        "{fault}"
    );
}

#[test]
fn a_signed_head_is_of_the_logs_key_and_of_these_lines() {
    let head = heads(honest())[5].clone();
    let signed = |head: &Checkpoint, seed: u8| {
        let key = SigningKey::from_bytes(&[seed; 32]);
        head.sign(&Signer::new(head.origin.clone(), key)).parse::<KnownHead>().expect("a head")
    };
    let fault = found(&audit(honest(), &[signed(&head, 9)])).1.expect("it failed");
    assert!(fault.contains("is not one of this log's key"), "{fault}");
}

#[test]
fn texts_are_read_as_codes_or_notes() {
    let head = &heads(honest())[5];
    let code = HeadCode::of(head).to_string();
    assert_eq!(code.to_lowercase().parse(), Ok(paper(head)));
    assert_eq!(format!("{code}\n").parse(), Ok(paper(head)), "in a file");
    for wrong in ["", "5", "\n\n", &format!("{head}\n"), &code.replace('5', "6")] {
        assert!(wrong.parse::<KnownHead>().is_err(), "{wrong:?}");
    }
}

#[test]
fn the_program_takes_codes_and_files() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in honest() {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let all = heads(honest());
    let other = HeadCode::of(&Checkpoint { root: Hash::from([7; 32]), ..all[5].clone() }).to_string();
    let run = |heads: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veche-audit"));
        command.args(["--json", "."]).current_dir(folder.path());
        heads.iter().for_each(|head| _ = command.args(["--head", head]));
        let run = command.output().expect("it runs");
        (run.status.code(), String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr))
    };
    let (code, said) = run(&[&HeadCode::of(&all[5]).to_string(), "checkpoint"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(r#"{"items":2,"name":"heads","reached":true}"#), "{said}");
    assert_eq!(run(&[&other]).0, Some(1));
    for wrong in ["5 ABCD", "log.jsonl", "missing"] {
        let (code, said) = run(&[wrong]);
        assert_eq!(code, Some(2), "{said}");
    }
}
