//! Limits by target that hold over all nodes of a database: whoever asks for one thing again and again is counted there too.

use std::time::Duration;

use tokio::time::timeout;

use super::App;
use crate::{config::Rate, domain::Refusal, error::Error, store::limited};

/// A database that says nothing for so long is given up: whoever waits for this has more to wait for.
const PATIENCE: Duration = Duration::from_secs(5);

impl App {
    /// Whether other nodes may serve the same database, so that what one of them counts is not all.
    #[must_use]
    pub fn has_other_nodes(&self) -> bool {
        !self.db.has_one_writer()
    }
}

/// Counts a request for a target that was asked for lately.
///
/// # Errors
/// [`Refusal::TooMany`] when all nodes together have let as many through as one may; [`Error::Database`], [`Error::Broken`] after 5 s.
pub async fn count(app: &App, operation: &str, rate: Rate, target: &[u8]) -> Result<(), Error> {
    let (now, most) = steps(app, rate);
    let counted = async {
        let mut tx = app.db.write().await?;
        let is_within = limited::count(&mut tx, operation, app.limited.of(operation, target), now, most).await?;
        tx.commit().await.map(|()| is_within)
    };
    let is_within = timeout(PATIENCE, counted).await.map_err(|_| Error::broken("the database does not answer"))??;
    if is_within {
        return Ok(());
    }
    // One is forgotten in each step.
    let seconds = u32::try_from(rate.every_ms.div_ceil(1000)).unwrap_or(u32::MAX);
    Err(Refusal::TooMany { seconds }.into())
}

/// Forgets the targets of an operation that have been quiet for long enough.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(app: &App, operation: &str, rate: Rate) -> Result<(), Error> {
    let (now, most) = steps(app, rate);
    let mut tx = app.db.write().await?;
    limited::forget(&mut tx, operation, now, most).await?;
    tx.commit().await
}

/// The time, in steps of one request, and how many requests there may be at once.
fn steps(app: &App, rate: Rate) -> (i64, i64) {
    let every = i64::try_from(rate.every_ms.max(1)).unwrap_or(i64::MAX);
    (app.clock.now().saturating_mul(1000) / every, i64::from(rate.burst.max(1)))
}
