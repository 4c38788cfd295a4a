//! `veche bench scale`: what a vote of millions needs, gone through visit by visit from figures measured on one machine.

mod arrivals;
mod picture;
mod plan;
mod queue;
mod waits;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::super::{CliFault, Holds};
use plan::{Load, Machine, Plan};

/// Names of the casting rate in a report, the better one for a region first.
const CASTING: &[&str] = &["casting on PostgreSQL", "casting on SQLite", "casting"];

/// What is voted on, and what one machine does. A figure is taken from its option, else from the file of measured ones.
#[derive(Debug, Args)]
#[command(next_help_heading = "For scale")]
pub(super) struct Scale {
    /// Figures that `veche bench --json` printed on one node.
    #[arg(long, value_name = "FILE")]
    measured: Option<PathBuf>,
    /// People who vote.
    #[arg(long, default_value_t = 20_000_000)]
    voters: u64,
    /// Days of the voting.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=400))]
    days: u32,
    /// The last hour, in mean hours.
    #[arg(long, default_value_t = 30.0)]
    last_hour: f64,
    /// Rounds, from the largest to the smallest as 1, 1/2, 1/3 …; 1: everybody votes in one round.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rounds: u32,
    /// Databases among which rounds are divided; without it as many as are needed.
    #[arg(long)]
    partitions: Option<u32>,
    /// Share of voters who vote once more.
    #[arg(long, default_value_t = 0.05)]
    again: f64,
    /// Ballots a second that one database takes, written by one node.
    #[arg(long)]
    casting: Option<f64>,
    /// Credentials a second of one node.
    #[arg(long)]
    credentials: Option<f64>,
    /// Milliseconds until a commit is durable, on the standby too.
    #[arg(long, default_value_t = 5.0)]
    commit_ms: f64,
    /// Most ballots in one commit.
    #[arg(long, default_value_t = 512)]
    group: u32,
    /// Bytes of a line of the log that holds a ballot, with its share of the lines of batches.
    #[arg(long, default_value_t = plan::LINE)]
    line_bytes: f64,
    /// Bytes that a voter and the ballot take in the database, with indexes, without the write-ahead log.
    #[arg(long, default_value_t = plan::ROWS)]
    database_bytes: f64,
    /// Kilobytes of a first visit: page, program, styles.
    #[arg(long, default_value_t = 92.0)]
    page_kb: f64,
    /// Visits of readers for each vote.
    #[arg(long, default_value_t = 3.0)]
    readers: f64,
    /// Witnesses of each log.
    #[arg(long, default_value_t = 3)]
    witnesses: u32,
    /// Seconds between two pushes to the readers' store.
    #[arg(long, default_value_t = 10.0)]
    push_every: f64,
    /// Where the picture (SVG) goes.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// The crowd; the same number is the same crowd.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What `veche bench --json` prints.
#[derive(Debug, Default, Deserialize)]
struct Measured {
    figures: Vec<MeasuredFigure>,
}

#[derive(Debug, Deserialize)]
struct MeasuredFigure {
    name: String,
    value: f64,
}

impl Scale {
    pub(super) fn run(&self, as_json: bool) -> Result<Holds, CliFault> {
        let plan = plan::make(&self.load()?, &self.machine()?, self.seed);
        if let Some(path) = &self.picture {
            std::fs::write(path, picture::draw(&plan)).map_err(CliFault::file(path))?;
        }
        if as_json {
            println!("{}", json!({ "scale": plan }));
        } else {
            print(&plan);
        }
        Ok(plan.holds())
    }

    fn load(&self) -> Result<Load, CliFault> {
        let fits = self.voters > 0
            && (1.0..=f64::from(self.days) * 24.0).contains(&self.last_hour)
            && (0.0..=10.0).contains(&self.again)
            && self.readers >= 0.0
            && self.push_every > 0.0
            && self.partitions != Some(0);
        if !fits {
            return Err(CliFault::Other(
                "such a vote cannot be: look at --voters, --last-hour, --again, --partitions".into(),
            ));
        }
        Ok(Load {
            voters: self.voters,
            days: self.days,
            last_hour: self.last_hour,
            rounds: self.rounds,
            partitions: self.partitions,
            again: self.again,
            readers: self.readers,
            witnesses: self.witnesses,
            push_every: self.push_every,
        })
    }

    fn machine(&self) -> Result<Machine, CliFault> {
        let measured = self.measured.as_deref().map(read).transpose()?.unwrap_or_default();
        let find = |given: Option<f64>, names: &[&str], option: &str| {
            let named = |name: &&str| measured.figures.iter().find(|figure| figure.name == *name);
            let found = given.or_else(|| names.iter().find_map(named).map(|figure| figure.value));
            found.filter(|value| *value > 0.0).ok_or_else(|| {
                CliFault::Other(format!(
                    "no rate for {}: measure it (veche bench round --json) and give the file with --measured, or give {option}",
                    names.join(", ")
                ))
            })
        };
        if !(self.commit_ms > 0.0
            && self.group > 0
            && self.line_bytes > 0.0
            && self.database_bytes > 0.0
            && self.page_kb >= 0.0)
        {
            return Err(CliFault::Other(
                "--commit-ms, --group, --line-bytes and --database-bytes must be above 0".into(),
            ));
        }
        Ok(Machine {
            casting: find(self.casting, CASTING, "--casting")?,
            credentials: find(self.credentials, &["credentials"], "--credentials")?,
            commit: self.commit_ms / 1000.0,
            group: self.group,
            line: self.line_bytes,
            rows: self.database_bytes,
            page: self.page_kb * 1000.0,
        })
    }
}

fn read(path: &Path) -> Result<Measured, CliFault> {
    let text = std::fs::read_to_string(path).map_err(CliFault::file(path))?;
    serde_json::from_str(&text).map_err(|fault| CliFault::Other(format!("{}: {fault}", path.display())))
}

fn print(plan: &Plan) {
    println!("| what | value |\n|---|---:|");
    for (what, value, unit) in plan.rows() {
        let digits = if value.abs() >= 100.0 || value.fract() == 0.0 { 0 } else { 2 };
        let value = format!("{} {unit}", grouped(value, digits));
        println!("| {what} | {} |", value.trim_end());
    }
}

/// With a comma after each three digits.
fn grouped(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(whole, fraction)| (whole, fraction));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    if fraction.is_empty() { out } else { format!("{out}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        let texts = [(1.0, 0), (1234.0, 0), (20_000_000.0, 0), (-123_456.5, 1), (0.25, 2)]
            .map(|(value, digits)| grouped(value, digits));
        assert_eq!(texts, ["1", "1,234", "20,000,000", "-123,456.5", "0.25"]);
    }

    #[test]
    fn a_report_of_the_bench_is_read() {
        let text = r#"{"figures":[{"name":"casting","value":7000.5,"unit":"ballots/s","method":"m"},{"name":"credentials","value":3000,"unit":"/s","target":"t","method":"m"}]}"#;
        let measured: Measured = serde_json::from_str(text).unwrap();
        assert_eq!((measured.figures[0].value, measured.figures[1].name.as_str()), (7000.5, "credentials"));
    }
}
