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

    /// Whether nobody answered, or not now, so that it is worth asking again: no fault of what is stored.
    #[must_use]
    pub fn is_of_connection(&self) -> bool {
        use sqlx::Error as Fault;
        match self {
            // Connection exceptions and what an operator or a shutdown does (PostgreSQL, appendix A, classes 08 and 57).
            Self::Database(Fault::Database(fault)) => {
                fault.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57"))
            }
            Self::Database(Fault::Io(_) | Fault::Tls(_) | Fault::Protocol(_)) => true,
            Self::Database(Fault::PoolTimedOut | Fault::PoolClosed | Fault::WorkerCrashed) => true,
            _ => false,
        }
    }

    /// Whether the database has no room for what was to be written, and reads as before (PostgreSQL, appendix A, `disk_full`; SQLite,
    /// `SQLITE_FULL`).
    #[must_use]
    pub fn is_full_disk(&self) -> bool {
        let Self::Database(sqlx::Error::Database(fault)) = self else { return false };
        fault.code().is_some_and(|code| ["53100", "13"].contains(&code.as_ref()))
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
