//! The command line.

mod admin;
mod bench;
mod demo;
mod export;
mod fetch;
mod head;
mod keys;
mod migrate;
mod monitor;
mod play;
mod publish;
mod replay;
mod serve;
mod show;
mod tally;
mod town;
mod verify;
mod vote;
mod witness;

use std::{path::PathBuf, process::ExitCode};

use audit::{place::PlaceFault, verify::text::printable};
use clap::{Parser, Subcommand};

use serde_json::json;

use crate::{client::ClientFault, config::Config, error::Error};

/// Rating votes for public spaces: anonymous, sealed, and rechecked by anybody.
///
/// Exit codes: 0 done and, where something is checked, all of it holds; 1 it failed or does not hold; 2 the command was
/// not understood, or the bundle to check could not be read.
#[derive(Debug, Parser)]
#[command(name = "veche", version, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    /// Settings file; without it `veche.toml` here or in the configuration folder, then the environment (VECHE_LISTEN,
    /// VECHE_DATA, VECHE_DATABASE, VECHE_HOST, VECHE_TRUSTED_PROXIES).
    #[arg(long, global = true, value_name = "FILE", env = "VECHE_CONFIG")]
    config: Option<PathBuf>,
    /// Print JSON for machines instead of text for people. What `export` writes stays what it is.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plays a whole round in a temporary folder, with simulated residents who cast over HTTP.
    Demo(demo::Demo),
    /// Plays a city's vote (.pb) through a real server and compares the result with the city's own numbers.
    Replay(replay::Replay),
    /// Counts a city's vote (.pb), without a server.
    Tally(tally::TallyFile),
    /// Runs the service.
    Serve(serve::Serve),
    /// Makes or updates the tables of a PostgreSQL, as their owner, and gives the service's role its few rights.
    Migrate(migrate::Migrate),
    /// Makes keys and signatures, off the server.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Adds staff, and acts for officials and commission members.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Casts a ballot with a letter code, as a resident.
    Vote(vote::Vote),
    /// Writes a round's result as csv, json, pb or bundle.
    Export(export::Export),
    /// Brings what is public to a folder or an S3-compatible bucket, so that a CDN serves the readers.
    Publish(publish::Publish),
    /// Rechecks a bundle: a folder, a .tar.zst, or the address of a round.
    Verify(verify::Verify),
    /// Prints the code of a log's head, for paper, or compares one from paper.
    Head(head::Head),
    /// Follows logs, keeps their heads, says what changed, and fails loudly when a log is not honest.
    Monitor(monitor::Monitor),
    /// Watches that logs only grow, and cosigns their heads (C2SP tlog-witness).
    Witness(witness::WitnessLogs),
    /// Measures this machine: casting, credentials, verification, counting, memory.
    Bench(bench::Bench),
    /// Prints the API document (OpenAPI).
    Openapi,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliFault {
    /// The service could not do it.
    #[error("{0}")]
    Service(#[from] Error),
    /// The settings cannot be read.
    #[error("{0}")]
    Config(#[from] crate::config::ConfigFault),
    /// A server said no, or nothing.
    #[error("{0}")]
    Client(#[from] ClientFault),
    /// A file cannot be read or written.
    #[error("{path}: {fault}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        fault: std::io::Error,
    },
    /// A bundle that cannot be opened.
    #[error("{reason}")]
    Place {
        /// Why, without what steers a terminal.
        reason: String,
        /// Whether something was read and is no bundle, rather than nothing read.
        refused: bool,
    },
    /// Nothing could be said of what was to be checked; the exit code is 2.
    #[error("{0}")]
    NotChecked(String),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl From<PlaceFault> for CliFault {
    fn from(fault: PlaceFault) -> Self {
        Self::Place { reason: printable(&fault.to_string()), refused: fault.is_refusal() }
    }
}

impl CliFault {
    fn other(fault: impl std::fmt::Display) -> Self {
        Self::Other(fault.to_string())
    }

    /// Says it on standard error, for machines as an object with the type of the problem, where a server named one.
    fn tell(&self, as_json: bool) {
        // A fault may hold a stranger's words.
        let words: Vec<_> = self.to_string().lines().map(printable).collect();
        let words = words.join("\n");
        match self {
            Self::Client(fault) if as_json => eprintln!("{}", json!({ "fault": words, "problem": fault.slug() })),
            _ if as_json => eprintln!("{}", json!({ "fault": words })),
            _ => eprintln!("veche: {words}"),
        }
    }

    fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |fault| Self::File { path, fault }
    }
}

/// Whether what a command checked holds.
type Holds = bool;

impl Cli {
    /// Whether output and logs are JSON.
    #[must_use]
    pub fn is_for_machines(&self) -> bool {
        self.json
    }

    /// Runs the command and says how it went.
    pub async fn run(self) -> ExitCode {
        let as_json = self.json;
        match self.dispatch().await {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(fault) => {
                fault.tell(as_json);
                match fault {
                    CliFault::NotChecked(_) | CliFault::Place { refused: false, .. } => ExitCode::from(2),
                    _ => ExitCode::FAILURE,
                }
            }
        }
    }

    async fn dispatch(self) -> Result<Holds, CliFault> {
        let config = || Config::load(self.config.as_deref());
        match self.command {
            Command::Demo(demo) => demo.run(self.json).await,
            Command::Replay(replay) => replay.run(self.json).await,
            Command::Tally(tally) => tally.run(self.json),
            Command::Serve(serve) => serve.run(config()?, self.json).await,
            Command::Migrate(migrate) => migrate.run(self.json).await,
            Command::Keys(keys) => keys.run(self.json),
            Command::Admin(admin) => admin.run(config()?, self.json).await,
            Command::Vote(vote) => vote.run(self.json).await,
            Command::Export(export) => export.run(config()?, self.json).await,
            Command::Publish(publish) => publish.run(config()?, self.json).await,
            Command::Verify(verify) => verify.run(self.json),
            Command::Head(head) => head.run(self.json).await,
            Command::Monitor(monitor) => monitor.run(self.json).await,
            Command::Witness(witness) => witness.run(self.json).await,
            Command::Bench(bench) => bench.run(self.json).await,
            Command::Openapi => {
                print!("{}", crate::http::openapi::text().map_err(CliFault::other)?);
                Ok(true)
            }
        }
    }
}
