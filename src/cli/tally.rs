//! `veche tally FILE`: the count of somebody else's vote, without a server; of a `.pb` as the file says, or by any method.

mod beside;
mod by_method;
mod kept;
mod parts;
mod patience;
mod poll;
mod reading;
mod ties;

use std::path::{Path, PathBuf};

use ballots::{
    Outcome,
    formats::pabulib::{self, Instance},
};
use clap::Args;
use serde_json::{Value, json};

use super::{CliFault, Holds, show};
use crate::export::table::Table;

#[derive(Debug, Args)]
pub(super) struct TallyFile {
    /// The vote: .pb, .soc, .soi, .toc, .toi, .cat, .blt or .csv.
    file: PathBuf,
    #[command(flatten)]
    by_method: by_method::ByMethod,
}

impl TallyFile {
    pub(super) fn run(&self, as_json: bool) -> Result<Holds, CliFault> {
        if self.by_method.is_asked() {
            return self.by_method.run(&self.file, as_json);
        }
        if !poll::is_pabulib(&self.file) {
            return Err(poll::Opened::read(&self.file, None, as_json)?.method_missing());
        }
        let (rules, outcome) = parts::outcome(&self.file, as_json)?;
        if as_json {
            println!("{}", summary(&outcome));
        } else {
            show::result(&Table::new(&rules, &outcome));
        }
        Ok(true)
    }
}

/// Reads a file; a fault names the file, the line and the reason.
pub(super) fn read(file: &Path) -> Result<Instance, CliFault> {
    pabulib::read(&text(file)?).map_err(|fault| CliFault::Other(format!("{}: {fault}", file.display())))
}

/// The text of a file; a fault names the line that is none.
fn text(file: &Path) -> Result<String, CliFault> {
    let bytes = std::fs::read(file).map_err(CliFault::file(file))?;
    String::from_utf8(bytes).map_err(|fault| {
        let line = fault.as_bytes()[..fault.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
        CliFault::Other(format!("{}: line {line}: not UTF-8 text", file.display()))
    })
}

/// The outcome for machines.
pub(super) fn summary(outcome: &Outcome) -> Value {
    let project = |standing: &ballots::outcome::Standing| {
        json!({
            "id": standing.id,
            "votes": standing.votes,
            "score": standing.whole_score(),
            "rank": standing.rank,
            "selected": standing.selected,
        })
    };
    json!({
        "projects": outcome.standings.iter().map(project).collect::<Vec<_>>(),
        "ballots": outcome.ballots,
        "needed": outcome.needed,
        "blank": outcome.blank,
        "invalid": outcome.invalid.values().sum::<u64>(),
        "ties": outcome.ties,
    })
}

/// Where an outcome differs from what the file publishes, a line each.
pub(super) fn differences(instance: &Instance, outcome: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    for project in &instance.projects {
        let standing = outcome.standings.iter().find(|standing| standing.id == project.id);
        let (votes, score) = standing.map_or((0, 0), |standing| (standing.votes, standing.whole_score().unwrap_or(0)));
        for (name, ours, published) in [("votes", votes, project.votes), ("score", score, project.score)] {
            if let Some(published) = published.filter(|published| *published != ours) {
                found.push(format!("{}: {name} {ours}, published {published}", project.id));
            }
        }
    }
    found
}
