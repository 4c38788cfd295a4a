//! `veche-audit`: rechecks a round's bundle: a folder, an archive, or an address.

mod arguments;
mod output;
mod show;

use std::process::ExitCode;

use arguments::{Arguments, Asked, USAGE};
use audit::{
    place,
    verify::{Known, html, text, verify_with},
};

fn main() -> ExitCode {
    match arguments::parse(std::env::args_os()) {
        Ok(Asked::Audit(arguments)) => run(&arguments),
        Ok(Asked::Help) => said(USAGE, ExitCode::SUCCESS),
        Ok(Asked::Version) => said(concat!("veche-audit ", env!("CARGO_PKG_VERSION"), "\n"), ExitCode::SUCCESS),
        Err(fault) => {
            eprintln!("veche-audit: {fault}\n\nveche-audit --help tells what it takes.");
            ExitCode::from(2)
        }
    }
}

/// Exit code 2 when there is no bundle to check at all, 1 when it does not hold.
fn run(arguments: &Arguments) -> ExitCode {
    if let Some(file) = arguments.html.as_deref().filter(|file| output::is_in(file, &arguments.place)) {
        let reason = "would change the bundle that is checked; name a file outside of it";
        eprintln!("veche-audit: --html {}: {reason}", file.display());
        return ExitCode::from(2);
    }
    let shown = show::Shown::new(arguments.language);
    let opened = place::open(&arguments.place, &arguments.options, &|opening| shown.opening(opening));
    let opened = match opened {
        Ok(opened) => opened,
        Err(fault) => {
            shown.finish();
            return refuse(arguments, &text::printable(&fault.to_string()), fault.is_refusal());
        }
    };
    let known = Known { log_key: arguments.log_key.as_deref(), heads: &arguments.heads };
    let report = verify_with(&opened.folder, &known, &|progress| shown.checking(progress));
    shown.finish();
    let words = if arguments.json {
        text::json(&serde_json::json!({ "verified": report.passed(), "report": report })) + "\n"
    } else {
        text::write(&report, arguments.language)
    };
    if let Some(file) = &arguments.html {
        let subject = text::printable(&arguments.place);
        if let Err(fault) = std::fs::write(file, html::page(&report, &subject, arguments.language)) {
            eprintln!("veche-audit: {}: {fault}", file.display());
            return ExitCode::from(2);
        }
    }
    said(&words, if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says why there is nothing to check: 1 when what is there is no bundle, 2 when nothing could be read.
fn refuse(arguments: &Arguments, reason: &str, refused: bool) -> ExitCode {
    let code = if refused { ExitCode::FAILURE } else { ExitCode::from(2) };
    eprintln!("veche-audit: {reason}");
    if arguments.json {
        let words = text::json(&serde_json::json!({ "verified": false, "refused": reason })) + "\n";
        return said(&words, code);
    }
    code
}

/// Says it, and ends with this code: or with 2 when nobody could hear it.
fn said(words: &str, code: ExitCode) -> ExitCode {
    match output::say(words) {
        Ok(()) => code,
        Err(fault) => {
            eprintln!("veche-audit: standard output: {fault}");
            ExitCode::from(2)
        }
    }
}
