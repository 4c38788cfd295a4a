//! Witnesses of the logs: which heads they cosigned, which of these a receipt leads to, and how each witness is doing.

mod asking;
mod board;

pub use asking::{Witness, ask};

use super::{App, logs::OpenLog};
use crate::{
    domain::WitnessFault,
    error::Error,
    store::{Tx, cosignatures, log},
};

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
    signed(tx, log, size, checkpoint).await
}

/// The head that a receipt leads to: the newest with the quorum that covers the line; without one, of the newest heads that
/// which most witnesses cosigned; without any, the newest.
pub(super) async fn best(tx: &mut Tx, log: &OpenLog, covers: u64) -> Result<Signed, Error> {
    let mut found = cosignatures::witnessed(tx, log.id, covers).await?;
    if found.is_none() {
        found = cosignatures::most(tx, log.id, covers).await?;
    }
    match found {
        Some((size, checkpoint)) => signed(tx, log, size, checkpoint).await,
        None => newest(tx, log).await,
    }
}

async fn signed(tx: &mut Tx, log: &OpenLog, size: u64, checkpoint: String) -> Result<Signed, Error> {
    let under = cosignatures::under(tx, log.id, size).await?;
    let count = under.iter().filter(|one| log.witnesses.contains(&one.witness)).count();
    let lines = under.iter().map(|one| one.line.as_str());
    let note = [checkpoint.as_str()].into_iter().chain(lines).collect();
    Ok(Signed { size, note, cosigned: under.len(), has_quorum: count >= usize::from(log.quorum) })
}

/// Every witness that the rules or the settings name, the rules' first.
///
/// # Errors
/// [`Error::Database`].
pub async fn states(app: &App, log: &OpenLog) -> Result<Vec<WitnessState>, Error> {
    let mut tx = app.db.read().await?;
    let listening = |key: &String| app.witnesses.iter().find(|witness| witness.key() == key);
    let others = app.witnesses.iter().map(|witness| witness.key()).filter(|key| !log.witnesses.contains(key));
    let mut states = Vec::new();
    for key in log.witnesses.iter().chain(others) {
        let fault = match listening(key) {
            Some(witness) => witness.fault(log.id),
            None => Some((WitnessFault::NoAddress, app.started_at)),
        };
        let cosigned = cosignatures::last(&mut tx, log.id, key).await?;
        states.push(WitnessState { key: key.clone(), in_rules: log.witnesses.contains(key), cosigned, fault });
    }
    Ok(states)
}
