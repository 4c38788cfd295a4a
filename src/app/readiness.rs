//! Whether the node takes requests: its database answers and takes writes, its jobs are alive, and it is not about to stop.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{sync::Mutex, time::timeout};

use super::{App, witnessing};
use crate::{
    domain::Refusal,
    error::Error,
    store::{leases, rounds},
};

/// Longest that the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// For so long the last answer of the database is repeated: whoever asks without end costs one look in this time.
const FRESH: Duration = Duration::from_secs(1);

/// Why a node takes no requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// It was told to stop, and answers what still comes.
    #[error("this node is about to stop; ask another one")]
    Stopping,
    /// The loop that does what happens by itself has ended.
    #[error("the jobs of this node have stopped")]
    Jobs,
    /// No answer within a second, or no power to write.
    #[error("the database does not answer, or takes no writes")]
    Database,
    /// The database is not the one that was signed.
    #[error(
        "the database is older than the logs that this node or the witnesses have seen, or another; the node's own log says which"
    )]
    LogBehind,
}

/// What is known of a node's readiness.
#[derive(Debug, Default)]
pub struct Readiness {
    stopping: AtomicBool,
    jobs: AtomicBool,
    looked: Mutex<Option<(Instant, Result<(), NotReady>)>>,
}

/// Held by the jobs for as long as they live, however they end.
#[derive(Debug)]
pub struct JobsLive(Weak<App>);

impl Drop for JobsLive {
    fn drop(&mut self) {
        if let Some(app) = self.0.upgrade() {
            app.readiness.jobs.store(false, Ordering::Relaxed);
        }
    }
}

impl Readiness {
    /// The jobs live until what is returned is dropped.
    pub fn jobs_live(&self, app: &Arc<App>) -> JobsLive {
        self.jobs.store(true, Ordering::Relaxed);
        JobsLive(Arc::downgrade(app))
    }

    /// Whether the jobs are alive.
    #[must_use]
    pub fn has_jobs(&self) -> bool {
        self.jobs.load(Ordering::Relaxed)
    }

    /// From now on the node is not ready, so that proxies lead their requests elsewhere.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// Whether the node takes requests.
///
/// # Errors
/// [`NotReady`] with the reason.
pub async fn ready(app: &App) -> Result<(), NotReady> {
    let readiness = &app.readiness;
    if readiness.stopping.load(Ordering::Relaxed) {
        return Err(NotReady::Stopping);
    }
    let works = app.casting.is_alive() && app.issuing.is_alive() && app.identifying.is_alive();
    if !readiness.has_jobs() || !works {
        return Err(NotReady::Jobs);
    }
    // Whoever asks at the same time waits for the same look.
    let mut looked = readiness.looked.lock().await;
    let before = *looked;
    match before {
        Some((at, found)) if at.elapsed() < FRESH => found,
        _ => {
            let found = look(app, before.map(|(_, found)| found)).await;
            *looked = Some((Instant::now(), found));
            found
        }
    }
}

/// Asks the database, and tells what is wrong once, until it is otherwise.
async fn look(app: &App, before: Option<Result<(), NotReady>>) -> Result<(), NotReady> {
    let answer = timeout(PATIENCE, takes_writes(app)).await;
    let answer = answer.unwrap_or_else(|_| Err(Error::broken("it does not answer in time")));
    let found = match &answer {
        Ok(()) => Ok(()),
        Err(Error::Refused(Refusal::LogBehind { .. })) => Err(NotReady::LogBehind),
        Err(_) => Err(NotReady::Database),
    };
    if before != Some(found) {
        let _ = answer.inspect_err(|fault| tracing::error!(%fault, "the database cannot be used"));
    }
    found
}

/// Writes a row and takes it back: nothing stays, and nothing has to reach the disk. A database that says that there is no room would
/// write; readers are led to the node still, and another one would have no more. And the database is the one that this node
/// and the witnesses of its logs know. However many rounds there were, one row is read, and the rounds that a witness raised an alarm about.
async fn takes_writes(app: &App) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    rounds::can_be_read(&mut tx).await?;
    let mut alarming = Vec::new();
    for log_id in witnessing::alarming(app) {
        alarming.extend(rounds::of_log(&mut tx, log_id).await?);
    }
    drop(tx);
    app.held.all_must_be_whole()?;
    for slug in alarming {
        witnessing::must_hold(app, &app.published(&slug).await?.log)?;
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let written = leases::take(&mut tx, &format!("ready/{}", app.node), &app.node, (now, now)).await.map(drop);
    written.or_else(|fault| if fault.is_full_disk() { Ok(()) } else { Err(fault) })
}
