//! `veche-audit DIR`: rechecks a round's bundle, offline.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use audit::{
    folder::Folder,
    verify::{Progress, verify},
};

const USAGE: &str = "\
Rechecks the bundle of a Veche round: files, log, ballots, register, count, certificate.

Usage: veche-audit [--json] [--log-key VKEY] DIR

  DIR             folder with log.jsonl, checkpoint, register.txt, keys.json, result.json, README.md, SHA256SUMS
  --log-key VKEY  the log's verifier key as published before the voting; without it, the bundle's own key is used
  --json          print the report as JSON
  --help          print this text

Exit codes: 0 everything holds, 1 something does not, 2 the command was not understood.
";

struct Arguments {
    folder: PathBuf,
    json: bool,
    log_key: Option<String>,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(fault) => {
            eprintln!("veche-audit: {fault}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let report = verify(&Folder(arguments.folder), arguments.log_key.as_deref(), &show);
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    if arguments.json {
        println!("{}", serde_json::json!({ "verified": report.passed(), "report": report }));
    } else {
        print!("{report}");
    }
    if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn show(progress: Progress) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{} … {}", progress.check.title(), progress.done);
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let (mut folder, mut json, mut log_key) = (None, false, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--json" => json = true,
            "--log-key" => log_key = Some(arguments.next().ok_or("--log-key needs a key")?),
            other if other.starts_with('-') => return Err(format!("unknown option {other}")),
            other if folder.is_none() => folder = Some(PathBuf::from(other)),
            other => return Err(format!("one folder at a time, not also {other}")),
        }
    }
    let folder = folder.ok_or("which folder?")?;
    Ok(Some(Arguments { folder, json, log_key }))
}
