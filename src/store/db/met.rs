//! Which servers were met at a database's addresses. Another one may lack what the one before had, whoever led us there: a list of hosts, a
//! proxy, a name, or somebody who put back a copy. So it takes no writes before somebody has looked what it has.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::timeout};

/// Longest that whoever writes waits for the look: as long as for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// The servers, counted; the first is number 0.
#[derive(Debug, Default)]
pub(in crate::store) struct Met {
    /// How the last one calls itself, and when it was met first.
    last: Mutex<Option<(String, Instant)>>,
    number: watch::Sender<u64>,
    /// The last one that was looked at.
    looked_at: watch::Sender<u64>,
}

impl Met {
    /// A connection was opened to the server of this name, which no other has and which is another after each start.
    pub(super) fn meet(&self, name: String) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|(known, _)| *known == name) {
            return;
        }
        if last.replace((name, Instant::now())).is_some() {
            tracing::warn!(
                "the database is another server than before, or was started anew; first it is looked what it has"
            );
            self.number.send_modify(|number| *number += 1);
        }
    }

    /// Whether a connection of this age is to the last one: others may lead to one that should be no more.
    pub(super) fn is_of_last(&self, age: Duration) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().is_none_or(|(_, met)| age <= met.elapsed())
    }

    /// Number of the last one.
    pub(super) fn number(&self) -> u64 {
        *self.number.borrow()
    }

    /// Comes about when the last one is another than that of this number.
    pub(super) async fn another(&self, number: u64) {
        // The sender is here, so that there is an end to it.
        let _ = self.number.subscribe().wait_for(|now| *now != number).await;
    }

    /// The server of this number may be written to.
    pub(super) fn lets_write(&self, number: u64) {
        self.looked_at.send_modify(|before| *before = number.max(*before));
    }

    /// Whether the last one may be written to.
    pub(super) fn may_write(&self) -> bool {
        *self.looked_at.borrow() >= self.number()
    }

    /// Waits until it may.
    ///
    /// # Errors
    /// [`sqlx::Error::Protocol`] when nobody looked in time.
    pub(super) async fn wait(&self) -> Result<(), sqlx::Error> {
        if self.may_write() {
            return Ok(());
        }
        let mut looked = self.looked_at.subscribe();
        let waiting = timeout(PATIENCE, looked.wait_for(|looked| *looked >= self.number()));
        let late = |_| sqlx::Error::Protocol("what this server has was not held against what is known yet".into());
        waiting.await.map(drop).map_err(late)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn another_server_takes_no_writes_before_it_was_looked_at() {
        let met = Arc::new(Met::default());
        met.meet("one".to_owned());
        met.meet("one".to_owned());
        assert!(met.may_write(), "whoever starts looks before it writes");
        assert!(met.is_of_last(Duration::ZERO) && !met.is_of_last(Duration::from_secs(3600)));
        met.meet("two".to_owned());
        met.another(0).await;
        assert!(!met.may_write() && met.wait().await.is_err(), "nobody looked");
        let waiting = tokio::spawn({
            let met = Arc::clone(&met);
            async move { met.wait().await }
        });
        tokio::task::yield_now().await;
        met.meet("three".to_owned());
        met.lets_write(1);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "that was another one");
        met.lets_write(met.number());
        waiting.await.unwrap().unwrap();
        met.lets_write(1);
        assert!(met.may_write(), "what is known of an older one changes nothing");
    }
}
