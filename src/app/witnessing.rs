//! Witnesses of the logs: which heads they cosigned, which of these a receipt leads to, and how each witness is doing.

mod asking;
mod board;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::timeout};

pub use asking::{Witness, ask};

use super::{App, logs::OpenLog};
use crate::{
    domain::{Refusal, WitnessFault},
    error::Error,
    store::{
        Tx,
        cosignatures::{self, CosignedHead},
        log,
    },
};

/// How long all questions to one witness may take at the start.
const AT_START: Duration = Duration::from_secs(5);
/// Seconds after which to come again when the log is contradicted: somebody must put the right database back.
const LATER: u32 = 60;

/// A head with the cosignatures under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Lines in the log.
    pub size: u64,
    /// The note.
    pub note: String,
    /// Witnesses that cosigned it.
    pub cosigned: usize,
    /// Whether as many witnesses cosigned it as the rules ask for.
    pub has_quorum: bool,
}

/// How a witness is doing with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessState {
    /// Its verifier key.
    pub key: String,
    /// Whether the rules of the round name it.
    pub in_rules: bool,
    /// Largest size that it cosigned, and when, a Unix second.
    pub cosigned: Option<(u64, i64)>,
    /// Why it did not cosign what it was asked to last, and since when, a Unix second.
    pub fault: Option<(WitnessFault, i64)>,
}

/// The newest head of a log with every cosignature of its size.
///
/// # Errors
/// [`Error::Database`].
pub async fn head(app: &App, log: &OpenLog) -> Result<String, Error> {
    Ok(newest(&mut app.db.read().await?, log).await?.note)
}

/// The same, in a transaction.
pub(super) async fn newest(tx: &mut Tx, log: &OpenLog) -> Result<Signed, Error> {
    let (size, checkpoint) = log::checkpoint(tx, log.id).await?;
    let under = cosignatures::under(tx, log.id, size).await?;
    Ok(signed(log, CosignedHead { size, checkpoint, under }))
}

/// The head that a receipt leads to: the newest with the quorum that covers the line; without one, of the newest heads that
/// which most witnesses cosigned; without any, the newest.
pub(super) async fn best(tx: &mut Tx, log: &OpenLog, covers: u64) -> Result<Signed, Error> {
    match cosignatures::best(tx, log.id, covers).await? {
        Some(head) => Ok(signed(log, head)),
        None => newest(tx, log).await,
    }
}

fn signed(log: &OpenLog, head: CosignedHead) -> Signed {
    let count = head.under.iter().filter(|one| log.witnesses.contains(&one.witness)).count();
    let lines = head.under.iter().map(|one| one.line.as_str());
    let note = [head.checkpoint.as_str()].into_iter().chain(lines).collect();
    Signed { size: head.size, note, cosigned: head.under.len(), has_quorum: count >= usize::from(log.quorum) }
}

/// What witnesses say against the logs at the start, in words, by the logs' numbers; a witness that does not answer in time says
/// nothing.
pub(super) async fn contradictions(app: &Arc<App>) -> Vec<(i64, String)> {
    let mut asking = JoinSet::new();
    for witness in &app.witnesses {
        let (app, witness) = (Arc::clone(app), Arc::clone(witness));
        asking.spawn(async move {
            let asked = timeout(AT_START, asking::contradictions(&app, &witness)).await;
            let found = asked.map_err(Error::broken).flatten().unwrap_or_else(|fault| {
                tracing::warn!(%fault, witness = witness.key(), "a witness could not be asked at the start");
                Vec::new()
            });
            found.into_iter().map(move |(log, fault)| (log, format!("the witness {}: {fault}", witness.key())))
        });
    }
    asking.join_all().await.into_iter().flatten().collect()
}

/// The numbers of the logs about which some witness raises an alarm now.
pub(super) fn alarming(app: &App) -> BTreeSet<i64> {
    app.witnesses.iter().flat_map(|witness| witness.alarming()).collect()
}

/// Whether the service may go on writing the log. It may not when this node, or so many witnesses as the rules ask for (all, where they
/// ask for none), have seen more of it than the database has, or another log: what is taken here would contradict what was signed.
///
/// # Errors
/// [`Refusal::LogBehind`].
pub(super) fn must_hold(app: &App, log: &OpenLog) -> Result<(), Refusal> {
    let counts = |witness: &&Arc<Witness>| log.witnesses.is_empty() || log.witnesses.contains(witness.key());
    let against = |witness: &&Arc<Witness>| witness.fault(log.id).is_some_and(|(fault, _)| fault.is_alarming());
    let counting: Vec<_> = app.witnesses.iter().filter(counts).collect();
    let enough = if log.witnesses.is_empty() { counting.len() } else { usize::from(log.quorum) };
    let against = counting.into_iter().filter(against).count();
    let holds = against == 0 || against < enough || app.loss_accepted.has(log.id);
    if !holds {
        return Err(Refusal::LogBehind { seconds: LATER });
    }
    app.held.must_be_whole(log.origin())
}

/// Every witness that the rules or the settings name, the rules' first.
///
/// # Errors
/// [`Error::Database`].
pub async fn states(app: &App, log: &OpenLog) -> Result<Vec<WitnessState>, Error> {
    states_in(app, &mut app.db.read().await?, log).await
}

/// The same, in a transaction.
pub(super) async fn states_in(app: &App, tx: &mut Tx, log: &OpenLog) -> Result<Vec<WitnessState>, Error> {
    let listening = |key: &String| app.witnesses.iter().find(|witness| witness.key() == key);
    let others = app.witnesses.iter().map(|witness| witness.key()).filter(|key| !log.witnesses.contains(key));
    let mut states = Vec::new();
    for key in log.witnesses.iter().chain(others) {
        let fault = match listening(key) {
            Some(witness) => witness.fault(log.id),
            None => Some((WitnessFault::NoAddress, app.started_at)),
        };
        let cosigned = cosignatures::last(tx, log.id, key).await?;
        states.push(WitnessState { key: key.clone(), in_rules: log.witnesses.contains(key), cosigned, fault });
    }
    Ok(states)
}
