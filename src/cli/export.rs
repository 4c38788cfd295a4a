//! `veche export ROUND`: a result as a file, straight from the database.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{CliFault, Holds};
use crate::{
    app::{App, bundling, results},
    clock::Clock,
    config::Config,
    error::Error,
    export::{csv, pb, table::Table},
    server,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The table, for office programs.
    Csv,
    /// The outcome, for machines.
    Json,
    /// The opened ballots, in Pabulib's format.
    Pb,
    /// Everything that an auditor needs: a folder, and beside it the same as .tar.zst.
    Bundle,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Name of the round.
    round: String,
    /// What to write.
    #[arg(long, value_enum)]
    format: Format,
    /// Where to write: a file, or a folder for a bundle. Without it text goes to the output, as it is also with --json, and a bundle to
    /// ROUND-bundle.
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Folder of the database.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, mut config: Config, as_json: bool) -> Result<Holds, CliFault> {
        config.data = self.data.unwrap_or(config.data);
        let app = server::open_existing(config, Clock::system()).await?;
        if self.format == Format::Bundle {
            let folder = self.output.unwrap_or_else(|| PathBuf::from(format!("{}-bundle", self.round)));
            bundle(&app, &self.round, &folder, as_json).await?;
            return Ok(true);
        }
        let text = text(&app, &self.round, self.format).await?;
        match self.output {
            Some(path) => {
                std::fs::write(&path, text).map_err(CliFault::file(&path))?;
                if as_json {
                    println!("{}", json!({ "file": path }));
                }
            }
            None => std::io::stdout().write_all(text.as_bytes()).map_err(CliFault::other)?,
        }
        Ok(true)
    }
}

async fn bundle(app: &App, round: &str, folder: &Path, as_json: bool) -> Result<(), CliFault> {
    bundling::write(app, round, folder).await?;
    let archive = folder.with_extension("tar.zst");
    bundling::pack(folder, &archive)?;
    if as_json {
        println!("{}", json!({ "folder": folder, "archive": archive }));
    } else {
        println!("{}\n{}", folder.display(), archive.display());
    }
    Ok(())
}

async fn text(app: &App, round: &str, format: Format) -> Result<String, Error> {
    let (published, _) = results::state(app, round).await?;
    let outcome = results::tallied(app, round).await?.outcome;
    let rules = &published.rules.voting;
    match format {
        Format::Csv => csv::write(&Table::new(rules, &outcome)),
        Format::Pb => {
            Ok(pb::write(&published.rules.title, rules, &outcome, results::opened_ballots(app, round).await?))
        }
        Format::Json | Format::Bundle => serde_json::to_string_pretty(&outcome).map_err(Error::broken),
    }
}
