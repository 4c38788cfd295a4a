//! `veche monitor`: follows logs, keeps every head, says what changed, and fails loudly when a log is not honest.

mod evidence;
mod memory;
mod notice;
mod peers;
mod watch;
mod words;

use std::{path::PathBuf, pin::pin, time::Duration};

use audit::log::{cosignature::CosignerKey, note::VerifierKey};
use clap::Args;
use jiff::SignedDuration;

use self::{memory::Folder, peers::Peer, watch::Watch};
use super::{CliFault, Holds, serve::Stop};
use crate::clock::Clock;

/// Follows the logs of rounds (or of the office) and checks every new line.
///
/// Each signed head is kept in DIR, so that a log that is later rewritten can be shown to have been another one. Ends with 1
/// and a folder of evidence when a log shrinks, splits, withholds what its head promises, or holds a line that breaks its
/// rules. A network that does not answer is not a cheat, until --patience has passed.
#[derive(Debug, Args)]
pub(super) struct Monitor {
    /// Addresses of rounds or of the office, such as https://vote.example/rounds/2027.
    #[arg(required = true)]
    addresses: Vec<String>,
    /// Folder for heads, state and evidence. One monitor at a time uses it.
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Time between two looks, such as 60s or 5m.
    #[arg(long, default_value = "60s", value_parser = duration)]
    every: Duration,
    /// Looks once and ends.
    #[arg(long)]
    once: bool,
    /// Time for which a log may not answer, or may not give what its head promises, such as 15m or 2h.
    #[arg(long, default_value = "1h", value_parser = duration)]
    patience: Duration,
    /// A log's verifier key as published before the voting; without it the key that the server gives at first is kept.
    #[arg(long, value_name = "VKEY")]
    log_key: Vec<VerifierKey>,
    /// Key of a witness whose cosignature is looked for, beside those that the rules of the round name.
    #[arg(long, value_name = "VKEY")]
    witness: Vec<CosignerKey>,
    /// Another place where heads of these logs are seen: another address of the log, or a file (a note, or `heads.jsonl` of
    /// another monitor).
    #[arg(long, value_name = "ADDRESS|FILE")]
    peer: Vec<Peer>,
}

/// What all logs are watched with.
#[derive(Debug)]
struct Watching {
    clock: Clock,
    keys: Vec<VerifierKey>,
    patience: i64,
    peers: Vec<Peer>,
    witnesses: Vec<CosignerKey>,
}

impl Monitor {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let stop = Stop::listen()?;
        let folder = Folder::open(&self.state)?;
        let with = Watching {
            clock: Clock::system(),
            keys: self.log_key,
            patience: i64::try_from(self.patience.as_secs()).unwrap_or(i64::MAX),
            peers: self.peer,
            witnesses: self.witness,
        };
        let open = |address: &String| Watch::open(address, &folder);
        let mut watches = self.addresses.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let mut heard = pin!(stop.heard());
        loop {
            let mut honest = true;
            for watch in &mut watches {
                let turn = watch.turn(&with).await?;
                turn.notices.iter().for_each(|notice| notice.print(as_json));
                honest &= !turn.cheat;
            }
            if self.once || !honest {
                return Ok(honest);
            }
            tokio::select! {
                () = tokio::time::sleep(self.every) => {}
                stopped = &mut heard => return stopped.map(|()| true),
            }
        }
    }
}

/// A time such as `60s`, `5m` or `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed: SignedDuration = text.parse().map_err(|fault| format!("{fault}; write 60s, 5m or 2h"))?;
    Duration::try_from(parsed).map_err(|fault| fault.to_string())
}
