//! `veche admin`: staff on the server itself; everything else through the API, with a token.

mod check;
mod pictures;
mod register;
mod roll;
mod signing;
mod staff;

use std::path::{Path, PathBuf};

use audit::round::Act;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{CliFault, Holds, keys};
use crate::{
    client::{Api, staff::StaffMember},
    config::Config,
    domain::Draft,
    http::{RoundResponse, StepRequest},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ActName {
    /// Start the voting before its time.
    Open,
    /// End the voting before its time.
    Close,
    /// End the round without a result.
    Annul,
}

/// Whom to ask, and as whom.
#[derive(Debug, Args)]
pub(super) struct Remote {
    /// Address of the service.
    #[arg(long, env = "VECHE_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Staff token, as `admin staff add` printed it.
    #[arg(long, env = "VECHE_TOKEN", hide_env_values = true)]
    token: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Staff, in the database of this machine.
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Looks through the database of this machine for damage: its structure, keys, rules and pictures, every line against its log's head,
    /// waiting ballots, and the list by which receipts are found.
    Check,
    /// Makes the list anew that says in which line each ballot stands, from the log in the database of this machine, where `check` found
    /// it damaged.
    Relist {
        /// Name of the round.
        round: String,
    },
    /// Official: saves a draft from a JSON file.
    Draft {
        /// The draft, see docs/operations.md.
        file: PathBuf,
        #[command(flatten)]
        remote: Remote,
    },
    /// Official: freezes a draft.
    Publish {
        /// Name of the round.
        round: String,
        #[command(flatten)]
        remote: Remote,
    },
    /// Official: makes letter codes for a list of people, sends pseudonyms and codes, and writes the letters.
    Roll {
        /// Name of the round.
        round: String,
        /// CSV with the headings number,born and perhaps district.
        people: PathBuf,
        /// File with the roll key.
        #[arg(long)]
        roll_key: PathBuf,
        /// New CSV for the letters: number, and the code to print. Keep it from the server.
        #[arg(long)]
        letters: PathBuf,
        #[command(flatten)]
        remote: Remote,
    },
    /// Official: gives people who have no credential yet new letter codes: for letters that were lost, or codes that were burned.
    /// Who has one keeps the letter that they have, and the new code opens nothing.
    Letters {
        /// Name of the round.
        round: String,
        /// CSV of the people, with the headings number,born and perhaps district.
        people: PathBuf,
        /// File with the roll key.
        #[arg(long)]
        roll_key: PathBuf,
        /// New CSV for the letters: number, and the code to print. Keep it from the server.
        #[arg(long)]
        letters: PathBuf,
        /// Why; it stands in the log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        remote: Remote,
    },
    /// Commission: names the people behind a published register, and finds those who are not on the town's list.
    Register(register::Register),
    /// Official: pictures of territories.
    #[command(subcommand)]
    Picture(pictures::PictureCommand),
    /// Official: proposes an act that a commission member must confirm.
    Propose {
        /// Name of the round.
        round: String,
        /// What to do.
        #[arg(value_enum)]
        act: ActName,
        /// Why; it stands in the log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        remote: Remote,
    },
    /// Commission: confirms what is proposed.
    Confirm {
        /// Name of the round.
        round: String,
        #[command(flatten)]
        remote: Remote,
    },
    /// Official: interrupts the voting.
    Pause {
        /// Name of the round.
        round: String,
        /// Why; it stands in the log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        remote: Remote,
    },
    /// Official: goes on with the voting.
    Resume {
        /// Name of the round.
        round: String,
        /// Why; it stands in the log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        remote: Remote,
    },
    /// Official: moves the close later.
    Extend {
        /// Name of the round.
        round: String,
        /// The new close: a Unix second, or a time such as 2027-06-12T20:00:00+05:00.
        #[arg(long)]
        closes_at: String,
        /// Why; it stands in the log.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        remote: Remote,
    },
    /// Commission: reveals the opening key after the close; the count begins by itself.
    Reveal {
        /// Name of the round.
        round: String,
        /// File with the opening key.
        #[arg(long)]
        key: PathBuf,
        #[command(flatten)]
        remote: Remote,
    },
    /// Commission: fetches the bundle, checks it and counts again, and signs the count if all of it holds.
    Sign {
        /// Name of the round.
        round: String,
        /// File with the member's key.
        #[arg(long)]
        key: PathBuf,
        #[command(flatten)]
        remote: Remote,
    },
}

impl Remote {
    fn member(self) -> Result<StaffMember, CliFault> {
        Ok(StaffMember::new(Api::new(&self.server)?, self.token))
    }
}

impl Admin {
    pub(super) async fn run(self, config: Config, as_json: bool) -> Result<Holds, CliFault> {
        let round = match self {
            Self::Staff(staff) => return staff.run(config, as_json).await,
            Self::Check => return check::check(config, as_json).await,
            Self::Relist { round } => return check::relist(config, &round, as_json).await,
            Self::Picture(command) => return command.run(as_json).await,
            Self::Register(command) => return command.run(as_json),
            Self::Draft { file, remote } => {
                let draft = read_draft(&file)?;
                remote.member()?.draft(&draft).await?;
                if as_json {
                    println!("{}", json!({ "draft": draft.slug }));
                }
                return Ok(true);
            }
            Self::Roll { round, people, roll_key, letters, remote } => {
                let written = roll::write(&people, &roll_key, &letters)?;
                return roll::import(&round, written, remote.member()?, as_json).await;
            }
            Self::Letters { round, people, roll_key, letters, reason, remote } => {
                let written = roll::write(&people, &roll_key, &letters)?;
                return roll::replace(&round, written, &reason, remote.member()?, as_json).await;
            }
            Self::Publish { round, remote } => remote.member()?.publish(&round).await?,
            Self::Propose { round, act, reason, remote } => {
                let act = match act {
                    ActName::Open => Act::Open,
                    ActName::Close => Act::Close,
                    ActName::Annul => Act::Annul,
                };
                remote.member()?.propose(&round, act, &reason).await?
            }
            Self::Confirm { round, remote } => remote.member()?.confirm(&round).await?,
            Self::Pause { round, reason, remote } => {
                remote.member()?.step(&round, &StepRequest::Pause { reason }).await?
            }
            Self::Resume { round, reason, remote } => {
                remote.member()?.step(&round, &StepRequest::Resume { reason }).await?
            }
            Self::Extend { round, closes_at, reason, remote } => {
                let closes_at = second(&closes_at)?;
                remote.member()?.step(&round, &StepRequest::Extend { reason, closes_at }).await?
            }
            Self::Reveal { round, key, remote } => {
                remote.member()?.reveal(&round, keys::opening(&key)?.secret()).await?
            }
            Self::Sign { round, key, remote } => signing::sign(&round, &key, remote, as_json).await?,
        };
        print_round(&round, as_json)?;
        Ok(true)
    }
}

/// Reads a draft, in which times may also stand as people write them.
fn read_draft(file: &Path) -> Result<Draft, CliFault> {
    let text = std::fs::read(file).map_err(CliFault::file(file))?;
    let fault = |fault: &dyn std::fmt::Display| CliFault::Other(format!("{}: {fault}", file.display()));
    let mut draft: serde_json::Value = serde_json::from_slice(&text).map_err(|reason| fault(&reason))?;
    for field in ["opens_at", "closes_at"] {
        if let Some(time) = draft.get(field).and_then(serde_json::Value::as_str) {
            draft[field] = second(time).map_err(|reason| fault(&format!("{field}: {reason}")))?.into();
        }
    }
    serde_json::from_value(draft).map_err(|reason| fault(&reason))
}

fn second(text: &str) -> Result<i64, CliFault> {
    let parsed = text.parse().ok().or_else(|| Some(text.parse::<jiff::Timestamp>().ok()?.as_second()));
    parsed.ok_or_else(|| CliFault::Other(format!("{text} is neither a Unix second nor a time with its offset")))
}

fn print_round(round: &RoundResponse, as_json: bool) -> Result<(), CliFault> {
    if as_json {
        println!("{}", serde_json::to_string(round).map_err(CliFault::other)?);
    } else {
        println!("{}: {}, fingerprint {}", round.rules.slug, round.phase, round.fingerprint);
    }
    Ok(())
}
