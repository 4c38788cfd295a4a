//! The service's one error type: a refusal that the asker hears, or a fault that only the operator does.

use crate::domain::Refusal;

/// What can go wrong in a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no. The asker is told why.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The database failed. The asker is told to try again.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The database has another schema than this program.
    #[error("database schema: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Something that was stored or made cannot be used; the text says what.
    #[error("{0}")]
    Broken(String),
}

impl Error {
    /// A fault in what was stored or made.
    pub fn broken(fault: impl std::fmt::Display) -> Self {
        Self::Broken(fault.to_string())
    }
}

macro_rules! refusals {
    ($($source:ty),*) => { $(
        impl From<$source> for Error {
            fn from(fault: $source) -> Self { Self::Refused(Refusal::from(fault)) }
        }
    )* };
}
refusals!(audit::round::Violation, audit::office::OfficeViolation, ballots::envelope::EnvelopeFault);
