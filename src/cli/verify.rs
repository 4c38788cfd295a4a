//! `veche verify`: the auditor's checks on a folder, an archive, or straight from a server.

use std::path::Path;

use audit::{
    folder::Folder,
    verify::{text, verify},
};
use clap::Args;
use serde_json::json;

use super::{CliFault, Holds, fetch, show};

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A bundle's folder, its .tar.zst, or a round's address such as https://vote.example/rounds/2027.
    bundle: String,
    /// The log's verifier key as published before the voting; without it the bundle's own key is used.
    #[arg(long, value_name = "VKEY")]
    log_key: Option<String>,
}

impl Verify {
    pub(super) fn run(&self, as_json: bool) -> Result<Holds, CliFault> {
        let spinner = show::spinner("opening", as_json);
        let opened = fetch::open(&self.bundle);
        spinner.finish_and_clear();
        if let (Err(fault), true) = (&opened, as_json) {
            println!("{}", json!({ "verified": false, "refused": fault.to_string() }));
        }
        check(&opened?.folder.0, self.log_key.as_deref(), as_json)
    }
}

/// Checks a folder and prints the report.
pub(super) fn check(folder: &Path, log_key: Option<&str>, as_json: bool) -> Result<Holds, CliFault> {
    let spinner = show::spinner("verifying", as_json);
    let report = verify(&Folder(folder.to_owned()), log_key, &|progress| {
        spinner.set_message(format!("{}: {}", progress.check.title(), progress.done));
    });
    spinner.finish_and_clear();
    if as_json {
        println!("{}", text::json(&json!({ "verified": report.passed(), "report": report })));
    } else {
        print!("{report}");
    }
    Ok(report.passed())
}

/// Checks a folder and prints nothing.
pub(super) fn quietly(folder: &Path) -> audit::verify::Report {
    verify(&Folder(folder.to_owned()), None, &|_| ())
}
