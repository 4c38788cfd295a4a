//! The newest head of each log that this node has committed itself, which `heads.json` does not have yet.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use audit::log::checkpoint::Checkpoint;

use super::behind::LATER;
use crate::domain::Refusal;

/// By the logs' numbers.
#[derive(Debug, Default)]
pub(in crate::app) struct Newest(Mutex<BTreeMap<i64, Checkpoint>>);

impl Newest {
    /// Whoever writes a log must find all of it that was committed here. The log is locked, so that nothing is under way.
    ///
    /// # Errors
    /// [`Refusal::LogBehind`] when the database has fewer lines of it.
    pub(in crate::app) fn must_be_within(&self, log_id: i64, size: u64) -> Result<(), Refusal> {
        let is_behind = self.heads().get(&log_id).is_some_and(|head| size < head.size);
        if is_behind { Err(Refusal::LogBehind { seconds: LATER }) } else { Ok(()) }
    }

    /// The database has answered that this head is durable.
    pub(in crate::app) fn note(&self, log_id: i64, head: Checkpoint) {
        let mut heads = self.heads();
        if heads.get(&log_id).is_none_or(|before| before.size < head.size) {
            heads.insert(log_id, head);
        }
    }

    pub(super) fn all(&self) -> Vec<Checkpoint> {
        self.heads().values().cloned().collect()
    }

    fn heads(&self) -> MutexGuard<'_, BTreeMap<i64, Checkpoint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
