//! The logs of this service by their addresses: one for each round, and the office's.

use std::sync::Arc;

use super::App;
use crate::{error::Error, store::rounds};

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogName<'a> {
    /// Of what concerns no single round.
    Office,
    /// Of the round with this name.
    Round(&'a str),
}

/// What anybody may know of a log, and what never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLog {
    /// Number in this database.
    pub id: i64,
    /// Its verifier key, a C2SP vkey; the key's name is the log's.
    pub key: String,
    /// Verifier keys of the witnesses that the rules ask for, ascending.
    pub witnesses: Vec<String>,
    /// How many of them must cosign a head; 0 without any.
    pub quorum: u16,
}

impl OpenLog {
    /// Name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.key.split_once('+').map_or(self.key.as_str(), |(name, _)| name)
    }
}

impl App {
    /// The log at an address.
    ///
    /// # Errors
    /// [`Refusal::UnknownRound`](crate::domain::Refusal::UnknownRound).
    pub async fn log(&self, name: LogName<'_>) -> Result<Arc<OpenLog>, Error> {
        match name {
            LogName::Round(slug) => Ok(Arc::clone(&self.published(slug).await?.log)),
            LogName::Office => {
                let open = async || Ok::<_, Error>(Arc::new(self.office(&mut self.db.read().await?).await?.open()));
                Ok(Arc::clone(self.office_log.get_or_try_init(open).await?))
            }
        }
    }

    /// The log with this number in the database.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Broken`] when neither a round nor the office has it.
    pub(super) async fn log_numbered(&self, log_id: i64) -> Result<Arc<OpenLog>, Error> {
        let slug = rounds::of_log(&mut self.db.read().await?, log_id).await?;
        let log = self.log(slug.as_deref().map_or(LogName::Office, LogName::Round)).await?;
        if log.id == log_id { Ok(log) } else { Err(Error::broken("a log that is of no round and not the office's")) }
    }
}
