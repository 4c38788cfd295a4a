//! Which servers were met at a database's addresses. Another one may lack what the one before had, whoever led us there: a list of hosts, a
//! proxy, a name, or somebody who put back a copy. So it is not written to before somebody has looked what it has.

use std::time::{Duration, Instant};

use tokio::{sync::watch, time::timeout};

use crate::error::Error;

/// Longest that whoever writes waits for the look: as long as for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// The servers, one after the other.
#[derive(Debug, Default)]
pub(in crate::store) struct Met(watch::Sender<State>);

#[derive(Debug, Default)]
struct State {
    /// How the last one calls itself, when it was met first, and how the one before it did.
    last: Option<(String, Instant)>,
    before: Option<String>,
    /// How many there were before the last one.
    number: u64,
    /// The last one that was looked at; none where nobody looks, as in a command that is soon over.
    looked_at: Option<u64>,
}

impl State {
    fn may_write(&self) -> bool {
        self.looked_at.is_none_or(|number| number >= self.number)
    }
}

impl Met {
    /// A connection was opened to the server of this name, which is another after each start and for each server.
    pub(super) fn meet(&self, name: &str) {
        let mut is_back = None;
        self.0.send_if_modified(|state| {
            if state.last.as_ref().is_some_and(|(last, _)| last == name) {
                return false;
            }
            let last = state.last.replace((name.to_owned(), Instant::now())).map(|(last, _)| last);
            if last.is_some() {
                is_back = Some(state.before.as_deref() == Some(name));
                state.number += 1;
            }
            state.before = last;
            true
        });
        match is_back {
            None => {}
            Some(false) => {
                tracing::warn!("the database is another server than before, or was started anew: it is compared first")
            }
            Some(true) => tracing::error!(
                "two servers answer in turns as the database, and each is compared before anything is written: its address must lead to \
                 one of them only"
            ),
        }
    }

    /// Whether a connection of this age is to the last one: others may lead to one that should be no more.
    pub(super) fn is_of_last(&self, age: Duration) -> bool {
        self.0.borrow().last.as_ref().is_none_or(|(_, met)| age <= met.elapsed())
    }

    /// Number of the last one.
    pub(super) fn number(&self) -> u64 {
        self.0.borrow().number
    }

    /// Comes about when the last one is another than that of this number.
    pub(super) async fn another(&self, number: u64) {
        // The sender is here, so that there is an end to it.
        let _ = self.0.subscribe().wait_for(|state| state.number != number).await;
    }

    /// The server of this number may be written to, and any other must be looked at first.
    pub(super) fn lets_write(&self, number: u64) {
        self.0.send_modify(|state| state.looked_at = state.looked_at.max(Some(number)));
    }

    /// Whether the last one may be written to.
    pub(super) fn may_write(&self) -> bool {
        self.0.borrow().may_write()
    }

    /// Waits until it may; its number.
    ///
    /// # Errors
    /// [`Error::Broken`] when nobody looked in time.
    pub(super) async fn wait(&self) -> Result<u64, Error> {
        let mut seen = self.0.subscribe();
        let looked = timeout(PATIENCE, seen.wait_for(State::may_write)).await;
        let late = "the database is another server than before, and what it has was not compared in time";
        let state = looked.map_err(|_| Error::broken(late))?.map_err(Error::broken)?;
        Ok(state.number)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn another_server_takes_no_writes_before_it_was_looked_at() {
        let met = Arc::new(Met::default());
        ["one", "one", "other"].iter().for_each(|name| met.meet(name));
        assert_eq!(met.wait().await.unwrap(), 1, "nobody looks");
        met.lets_write(1);
        met.meet("two");
        met.another(1).await;
        assert!(!met.may_write() && met.wait().await.is_err(), "nobody looked");
        let waiting = tokio::spawn({
            let met = Arc::clone(&met);
            async move { met.wait().await }
        });
        tokio::task::yield_now().await;
        met.meet("three");
        met.lets_write(2);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "that was another one");
        met.lets_write(met.number());
        assert_eq!(waiting.await.unwrap().unwrap(), 3);
        met.lets_write(1);
        assert!(met.may_write(), "what is known of an older one changes nothing");
        assert!(met.is_of_last(Duration::ZERO) && !met.is_of_last(Duration::from_secs(3600)));
    }
}
