//! `veche bench`: what this machine can do, each figure with its method in one line.

mod core;
mod load;
mod round;
mod tally;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::{CliFault, Holds};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Everything.
    All,
    /// A round over HTTP: credentials, casting, latency, memory, verification.
    Round,
    /// Counting and signatures alone, on one core.
    Core,
    /// Reading and counting other people's votes.
    Tally,
}

#[derive(Debug, Args)]
pub(super) struct Bench {
    /// What to measure.
    #[arg(value_enum, default_value_t = What::All)]
    what: What,
    /// Ballots of the round over HTTP.
    #[arg(long, default_value_t = 100_000)]
    ballots: usize,
    /// Vote (.pb) that is counted for `tally`; else a made-up town of 160 projects and 90,000 ballots.
    #[arg(long)]
    file: Option<PathBuf>,
}

/// A measured figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    /// What was asked for, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'static str>,
    method: String,
}

impl Figure {
    fn new(name: &'static str, value: f64, unit: &'static str, target: Option<&'static str>, method: String) -> Self {
        Self { name, value, unit, target, method }
    }
}

impl Bench {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let mut figures = Vec::new();
        if matches!(self.what, What::All | What::Core) {
            figures.extend(core::measure()?);
        }
        if matches!(self.what, What::All | What::Round) {
            figures.extend(round::measure(self.ballots.max(1_000), as_json).await?);
        }
        if matches!(self.what, What::All | What::Tally) {
            figures.extend(tally::measure(self.file.as_deref())?);
        }
        if as_json {
            println!("{}", json!({ "figures": figures }));
        } else {
            print_table(&figures);
        }
        Ok(true)
    }
}

fn print_table(figures: &[Figure]) {
    println!("| figure | measured | wanted | method |\n|---|---:|---:|---|");
    for Figure { name, value, unit, target, method } in figures {
        let value = if *value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") };
        println!("| {name} | {value} {unit} | {} | {method} |", target.unwrap_or("-"));
    }
}
