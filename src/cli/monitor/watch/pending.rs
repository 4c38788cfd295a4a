//! Signed heads whose lines were not had yet: they bind the log as much as those that were followed.

use audit::{
    follow::{Agreement, Cheat, Evidence, Follower},
    log::checkpoint::Checkpoint,
};

use super::{super::memory::Pending, Watch, head_in};
use crate::cli::CliFault;

/// Most heads that wait. The first ones stay; of later ones the newest.
const MOST: usize = 64;

impl Watch {
    /// Keeps a head that the log's key signed, if it is not known already.
    pub(super) fn pend(&mut self, now: i64, from: String, note: &str, own: bool) -> Result<(), CliFault> {
        let head = head_in(note);
        if let Some(known) = self.memory.pending.iter_mut().find(|pending| head_in(&pending.note) == head) {
            known.own |= own;
            return Ok(());
        }
        self.keep(now, &from, note, false)?;
        self.memory.pending.truncate(MOST - 1);
        self.memory.pending.push(Pending { note: note.to_owned(), own });
        Ok(())
    }

    /// What a newly signed head shows against those that wait. That it is smaller than a peer's may be the way between.
    pub(super) fn against_pending(&self, head: &Checkpoint, note: &str) -> Option<Evidence> {
        self.memory.pending.iter().find_map(|pending| {
            let before = head_in(&pending.note)?;
            let cheat = if before.size == head.size && before.root != head.root {
                Cheat::Split { size: head.size, ours: before.root, theirs: head.root }
            } else if pending.own && head.size < before.size {
                Cheat::RolledBack { from: before.size, to: head.size }
            } else {
                return None;
            };
            Some(Evidence { cheat, before: Some(pending.note.clone()), after: note.to_owned() })
        })
    }

    /// Holds the heads that wait against a follower that came further, and lets go of those that it reached.
    pub(super) async fn reached(&mut self, next: &Follower) -> Result<Option<Evidence>, CliFault> {
        let mut waiting = Vec::new();
        for pending in self.memory.pending.clone() {
            let (follower, note, mut source) = (next.clone(), pending.note.clone(), self.log.blocking());
            let head = head_in(&note).filter(|head| next.head().is_some_and(|now| head.size <= now.size));
            let Some(head) = head else {
                waiting.push(pending);
                continue;
            };
            let work = move || follower.compare(&note, &mut source);
            match tokio::task::spawn_blocking(work).await.map_err(CliFault::other)? {
                Ok(Agreement::Split(found)) => return Ok(Some(*found)),
                Ok(Agreement::Agrees) => {
                    self.agreed.insert(head.size, head.root);
                }
                Ok(Agreement::Ahead | Agreement::NotSigned(_)) | Err(_) => waiting.push(pending),
            }
        }
        self.memory.pending = waiting;
        Ok(None)
    }
}
