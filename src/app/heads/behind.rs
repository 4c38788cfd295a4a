//! The logs of which a running node has found that the database does not have what the node has seen.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use crate::domain::Refusal;

/// Seconds after which to come again: somebody must put the right database back.
pub(super) const LATER: u32 = 60;

/// What speaks against logs, by their names.
#[derive(Debug, Default)]
pub(in crate::app) struct Behind(RwLock<BTreeMap<String, String>>);

impl Behind {
    /// Refuses where this log is one of them.
    ///
    /// # Errors
    /// [`Refusal::LogBehind`].
    pub(in crate::app) fn must_not_have(&self, origin: &str) -> Result<(), Refusal> {
        match self.of(origin) {
            None => Ok(()),
            Some(_) => Err(Refusal::LogBehind { seconds: LATER }),
        }
    }

    /// Refuses where there is any.
    ///
    /// # Errors
    /// [`Refusal::LogBehind`].
    pub(in crate::app) fn must_be_empty(&self) -> Result<(), Refusal> {
        let is_empty = self.0.read().unwrap_or_else(PoisonError::into_inner).is_empty();
        if is_empty { Ok(()) } else { Err(Refusal::LogBehind { seconds: LATER }) }
    }

    /// From now on it is these; of each is told once that it is, and that it is no more.
    pub(super) fn set(&self, found: BTreeMap<String, String>) {
        let mut behind = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (origin, fault) in found.iter().filter(|(origin, _)| !behind.contains_key(*origin)) {
            tracing::error!(
                log = origin,
                fault,
                "THE DATABASE IS NOT THE ONE THAT WAS SERVED BEFORE: {}",
                super::ADVICE
            );
        }
        for origin in behind.keys().filter(|origin| !found.contains_key(*origin)) {
            tracing::warn!(log = origin, "the database has all of the log again that this node has seen");
        }
        *behind = found;
    }

    /// What was found of a log before.
    pub(super) fn of(&self, origin: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(origin).cloned()
    }
}
