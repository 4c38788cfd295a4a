//! `veche verify`: the auditor's checks on a folder, an archive, or straight from a server.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use audit::{folder::Folder, verify::verify};
use clap::Args;
use serde_json::json;
use tempfile::TempDir;

use super::{CliFault, Holds, fetch, show};
use crate::client::Api;

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A bundle's folder, its .tar.zst, or a round's address such as https://vote.example/rounds/2027.
    bundle: String,
    /// The log's verifier key as published before the voting; without it the bundle's own key is used.
    #[arg(long, value_name = "VKEY")]
    log_key: Option<String>,
}

impl Verify {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let unpacked = TempDir::new().map_err(CliFault::other)?;
        let folder = self.folder(&unpacked).await?;
        check(&folder, self.log_key.as_deref(), as_json)
    }

    async fn folder(&self, unpacked: &TempDir) -> Result<PathBuf, CliFault> {
        let inside = unpacked.path().join("bundle");
        if let Some((base, slug)) = fetch::address(&self.bundle) {
            fetch::bundle(&Api::new(base)?, slug, &inside).await?;
            return Ok(inside);
        }
        let path = PathBuf::from(&self.bundle);
        if path.is_dir() {
            return Ok(path);
        }
        fetch::unpack(File::open(&path).map_err(CliFault::file(&path))?, &inside)?;
        Ok(inside)
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
        println!("{}", json!({ "verified": report.passed(), "report": report }));
    } else {
        print!("{report}");
    }
    Ok(report.passed())
}

/// Checks a folder and prints nothing.
pub(super) fn quietly(folder: &Path) -> audit::verify::Report {
    verify(&Folder(folder.to_owned()), None, &|_| ())
}
