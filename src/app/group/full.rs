//! A full disk. What is tried there is written to the database's own log before it fails, and a PostgreSQL that has no room left for that
//! log ends: then nobody reads either. So little is tried until there is room: one job a second, and the others hear at once what it heard.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;

/// Time between two tries.
const AGAIN: Duration = Duration::from_secs(1);

/// What is known of the disk.
#[derive(Debug, Default)]
pub(super) struct Full(Option<(Instant, String)>);

impl Full {
    /// Whether the last try found it full.
    pub(super) fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// What whoever comes before the next try hears.
    pub(super) fn says(&self) -> Option<Error> {
        let (again, words) = self.0.as_ref()?;
        (Instant::now() < *again).then(|| Error::broken(words))
    }

    /// Takes note of what a try came to.
    pub(super) fn heard<T>(&mut self, tried: &Result<T, Error>) {
        let fault = tried.as_ref().err().filter(|fault| fault.is_full_disk());
        self.0 = fault.map(|fault| (Instant::now() + AGAIN, fault.to_string()));
    }
}

/// What SQLite says of a full disk.
#[cfg(test)]
#[derive(Debug, thiserror::Error)]
#[error("database or disk is full")]
pub(super) struct DiskIsFull;

#[cfg(test)]
impl sqlx::error::DatabaseError for DiskIsFull {
    fn message(&self) -> &str {
        "database or disk is full"
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some("13".into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}
