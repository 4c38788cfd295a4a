//! `veche monitor`: follows logs, keeps every head, says what changed, and fails loudly when a log is not honest.

mod evidence;
mod memory;
mod notice;
mod peers;
mod watch;
mod words;

use std::{
    path::PathBuf,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use audit::log::{cosignature::CosignerKey, note::VerifierKey};
use clap::Args;
use jiff::SignedDuration;
use tokio::task::JoinSet;

use self::{
    memory::Folder,
    peers::Peer,
    watch::{Turn, Watch},
};
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
    /// Looks once and ends: with 2 when a log could not be checked.
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
    /// Whether a made-up cosignature was seen.
    forged: AtomicBool,
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
            forged: AtomicBool::new(false),
            keys: self.log_key,
            patience: i64::try_from(self.patience.as_secs()).unwrap_or(i64::MAX),
            peers: self.peer,
            witnesses: self.witness,
        };
        let open = |address: &String| Watch::open(address, &folder);
        let watches = self.addresses.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let (with, every) = (Arc::new(with), (!self.once).then_some(self.every));
        let mut all = JoinSet::new();
        for watch in watches {
            all.spawn(goes_on(watch, Arc::clone(&with), every, as_json));
        }
        let (mut heard, mut seen) = (pin!(stop.heard()), Turn::default());
        loop {
            let ended = tokio::select! {
                ended = all.join_next() => ended,
                stopped = &mut heard => return stopped.map(|()| !with.forged.load(Ordering::Relaxed)),
            };
            let Some(ended) = ended else { break };
            let turn = ended.map_err(CliFault::other)??;
            (seen.cheat, seen.trouble) = (seen.cheat | turn.cheat, seen.trouble | turn.trouble);
            if !self.once {
                break;
            }
        }
        match seen {
            Turn { cheat: true, .. } => Ok(false),
            _ if with.forged.load(Ordering::Relaxed) => Ok(false),
            Turn { trouble: true, .. } => Err(CliFault::NotChecked("not every log could be checked".to_owned())),
            _ => Ok(true),
        }
    }
}

/// Looks at one log at its own pace, so that a slow one holds up no other: once, or until it is not honest.
async fn goes_on(
    mut watch: Watch,
    with: Arc<Watching>,
    every: Option<Duration>,
    as_json: bool,
) -> Result<Turn, CliFault> {
    loop {
        let turn = watch.turn(&with).await?;
        turn.notices.iter().for_each(|notice| notice.print(as_json));
        match every {
            Some(every) if !turn.cheat => tokio::time::sleep(every).await,
            _ => return Ok(turn),
        }
    }
}

/// A time such as `60s`, `5m` or `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed: SignedDuration = text.parse().map_err(|fault| format!("{fault}; write 60s, 5m or 2h"))?;
    Duration::try_from(parsed).map_err(|fault| fault.to_string())
}
