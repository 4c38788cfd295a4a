//! What a running node holds the database to, by the names of the logs: the heads that it found or committed itself, and what speaks
//! against a log once something does.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use audit::log::checkpoint::Checkpoint;

use crate::domain::Refusal;

/// Seconds after which to come again: somebody must put the right database back.
const LATER: u32 = 60;

/// The memory of this process.
#[derive(Debug, Default)]
pub(in crate::app) struct Held(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// Of each log that was written here the largest head that was durable.
    heads: BTreeMap<String, Checkpoint>,
    /// What speaks against logs.
    behind: BTreeMap<String, String>,
}

impl Held {
    /// Refuses where something speaks against this log.
    ///
    /// # Errors
    /// [`Refusal::LogBehind`].
    pub(in crate::app) fn must_be_whole(&self, origin: &str) -> Result<(), Refusal> {
        if self.memory().behind.contains_key(origin) { Err(refusal()) } else { Ok(()) }
    }

    /// Refuses where something speaks against any log.
    ///
    /// # Errors
    /// [`Refusal::LogBehind`].
    pub(in crate::app) fn all_must_be_whole(&self) -> Result<(), Refusal> {
        if self.memory().behind.is_empty() { Ok(()) } else { Err(refusal()) }
    }

    /// Whoever writes a log, and has locked it, must find all of it that was there before. What is found is held from now on.
    ///
    /// # Errors
    /// [`Refusal::LogBehind`], from then on for everybody.
    pub(in crate::app) fn must_go_on_from(&self, found: &Checkpoint) -> Result<(), Refusal> {
        self.must_be_whole(&found.origin)?;
        let mut memory = self.memory();
        let other = memory.heads.get(&found.origin).and_then(|head| {
            let is_other = found.size < head.size || (found.size == head.size && found.root != head.root);
            is_other.then(|| {
                format!("this node has seen {} lines of it, and the database has other {}", head.size, found.size)
            })
        });
        match other {
            None => {
                memory.hold(found);
                Ok(())
            }
            Some(fault) => {
                tell(&found.origin, &fault);
                memory.behind.insert(found.origin.clone(), fault);
                Err(refusal())
            }
        }
    }

    /// The database has answered that this head is durable.
    pub(in crate::app) fn is_durable(&self, head: &Checkpoint) {
        self.memory().hold(head);
    }

    pub(super) fn heads(&self) -> Vec<Checkpoint> {
        self.memory().heads.values().cloned().collect()
    }

    /// From now on these are what speaks against logs; of each is told once that it does, and that it does no more.
    pub(super) fn set(&self, found: BTreeMap<String, String>) {
        let before = std::mem::replace(&mut self.memory().behind, found.clone());
        let news = |found: &BTreeMap<String, String>, before: &BTreeMap<String, String>| {
            let news = found.iter().filter(|(origin, _)| !before.contains_key(*origin));
            news.map(|(origin, fault)| (origin.clone(), fault.clone())).collect::<Vec<_>>()
        };
        news(&found, &before).iter().for_each(|(origin, fault)| tell(origin, fault));
        for (origin, _) in news(&before, &found) {
            tracing::warn!(log = origin, "the database has all of the log again that this node has seen");
        }
    }

    /// What was found of a log before.
    pub(super) fn against(&self, origin: &str) -> Option<String> {
        self.memory().behind.get(origin).cloned()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn hold(&mut self, head: &Checkpoint) {
        if self.heads.get(&head.origin).is_none_or(|before| before.size < head.size) {
            self.heads.insert(head.origin.clone(), head.clone());
        }
    }
}

fn refusal() -> Refusal {
    Refusal::LogBehind { seconds: LATER }
}

fn tell(origin: &str, fault: &str) {
    tracing::error!(log = origin, fault, "THE DATABASE IS NOT THE ONE THAT WAS SERVED BEFORE: {}", super::ADVICE);
}
