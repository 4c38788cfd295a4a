//! `veche bench`: what this machine can do, each figure with its method in one line.

mod ceilings;
mod core;
mod load;
mod log;
mod process;
mod profile;
mod round;
mod scale;
mod tally;

use std::{borrow::Cow, path::PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::{CliFault, Holds};
use crate::server::bare;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Everything.
    All,
    /// A round over HTTP: credentials, casting, latency, memory, verification.
    Round,
    /// Casting with more devices at once than there are places: what is refused, and what is done meanwhile.
    Overload,
    /// Counting and signatures alone, on one core.
    Core,
    /// The log: what a line costs at each size, a receipt's proof, tiles over HTTP.
    Log,
    /// Serves the bytes of one tile and nothing else, until it is stopped: what `log` measures itself beside.
    #[value(hide = true)]
    Ceiling,
    /// What a vote of millions needs, from figures that were measured before: measures nothing itself.
    Scale,
    /// Reading and counting other people's votes.
    Tally,
}

#[derive(Debug, Args)]
pub(super) struct Bench {
    /// What to measure.
    #[arg(value_enum, default_value_t = What::All)]
    what: What,
    /// Ballots of the round over HTTP, for `round` and `overload`.
    #[arg(long, default_value_t = 100_000)]
    ballots: usize,
    /// For `round`: residents who cast them, at least 1000, each equally often, so that there are a few ballots more if need be;
    /// by default one for each ballot.
    #[arg(long)]
    residents: Option<usize>,
    /// For `round`: ballots of nobody that are in its log before, 1000 or more, of about 1.2 KB of disk each; such a round is not counted
    /// and verified.
    #[arg(long, default_value_t = 0)]
    standing: u64,
    /// Lines of the largest log: 10000 to 10000000, of about 600 bytes of disk each.
    #[arg(long, default_value_t = 100_000)]
    lines: u64,
    /// For `round` and `overload`: an empty PostgreSQL, as the service's role, instead of a SQLite file.
    #[arg(long, value_name = "URL", requires = "owner")]
    database: Option<String>,
    /// The same as its owner, who makes the tables.
    #[arg(long, value_name = "URL", requires = "database")]
    owner: Option<String>,
    /// For `round`: ballots a second at which the latency is measured.
    #[arg(long, default_value_t = 5_000)]
    rate: u32,
    /// For `overload`: ballots that may wait (`queue` in veche.toml); by default as many as there.
    #[arg(long)]
    queue: Option<usize>,
    /// For `round`: file into which perf records the server while ballots are cast (docs/profile.sh).
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Vote (.pb) that is counted for `tally`; else a made-up town of 160 projects and 90,000 ballots.
    #[arg(long)]
    file: Option<PathBuf>,
    #[command(flatten)]
    scale: scale::Scale,
}

/// A measured figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Figure {
    name: Cow<'static, str>,
    value: f64,
    unit: &'static str,
    /// What was asked for, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'static str>,
    method: String,
}

impl Figure {
    fn new(
        name: impl Into<Cow<'static, str>>,
        value: f64,
        unit: &'static str,
        target: Option<&'static str>,
        method: String,
    ) -> Self {
        Self { name: name.into(), value, unit, target, method }
    }
}

impl Bench {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let mut figures = Vec::new();
        if matches!(self.what, What::Ceiling) {
            return ceiling().await;
        }
        if matches!(self.what, What::Scale) {
            return self.scale.run(as_json);
        }
        if matches!(self.what, What::All | What::Core) {
            figures.extend(core::measure()?);
        }
        if matches!(self.what, What::All | What::Round) {
            figures.extend(round::measure(&self.on().await?, self.size(), self.profile.as_deref(), as_json).await?);
        }
        // A database that was given has a round by then.
        if matches!(self.what, What::Overload) || matches!(self.what, What::All) && self.database.is_none() {
            figures.extend(round::overload::measure(&self.on().await?, self.size(), self.queue, as_json).await?);
        }
        if matches!(self.what, What::All | What::Log) {
            figures.extend(log::measure(self.lines, as_json).await?);
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

impl Bench {
    async fn on(&self) -> Result<ceilings::On, CliFault> {
        ceilings::On::of(self.database.clone(), self.owner.as_deref()).await
    }

    fn size(&self) -> round::Size {
        let ballots = self.ballots.max(1_000);
        let standing = if self.standing == 0 { 0 } else { self.standing.max(1_000) };
        let residents = self.residents.unwrap_or(ballots).clamp(1_000, ballots);
        round::Size { residents, versions: ballots.div_ceil(residents), standing, rate: self.rate }
    }
}

async fn ceiling() -> Result<Holds, CliFault> {
    let tell = |address| println!("{}", json!({ "url": format!("http://{address}") }));
    bare::serve(vec![7; log::TILE_BYTES].into(), tell).await?;
    Ok(true)
}

fn print_table(figures: &[Figure]) {
    println!("| figure | measured | wanted | method |\n|---|---:|---:|---|");
    for Figure { name, value, unit, target, method } in figures {
        let value = if *value < 1.0 {
            format!("{value:.3}")
        } else if *value < 100.0 {
            format!("{value:.1}")
        } else {
            format!("{value:.0}")
        };
        println!("| {name} | {value} {unit} | {} | {method} |", target.unwrap_or("-"));
    }
}
