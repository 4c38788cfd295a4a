//! Work that only one of several nodes does at a time: it holds a lease, renews it while it works, and loses it when it dies.

use std::time::Duration;

use super::App;
use crate::{error::Error, store::leases};

/// Seconds after which a node that says nothing is taken for dead.
const LEASE: i64 = 60;
/// Time between two renewals.
const RENEW: Duration = Duration::from_secs(20);

/// Does the work, unless another node is at it, or is taken to be later because this one could not renew its lease; then `None`. Two nodes whose clocks disagree may still both do it: what is written
/// at the end must bear that.
///
/// # Errors
/// [`Error::Database`], and what the work answers.
pub async fn alone<T>(app: &App, name: &str, work: impl Future<Output = Result<T, Error>>) -> Result<Option<T>, Error> {
    alone_renewing(app, name, RENEW, work).await
}

/// As [`alone`], with another time between two renewals.
///
/// # Errors
/// As [`alone`].
pub async fn alone_renewing<T>(
    app: &App,
    name: &str,
    every: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<Option<T>, Error> {
    if !hold(app, name).await? {
        return Ok(None);
    }
    // Both go on at once: the work may have the connection, or its place in the line for it, that the renewal waits for.
    let done = tokio::select! {
        biased;
        done = work => done,
        lost = until_lost(app, name, every) => match lost {
            Ok(()) => return Ok(None),
            Err(fault) => Err(fault),
        },
    };
    // Also after a fault, so that whoever mends what was wrong need not wait until the lease is over.
    let given_back = give_back(app, name).await;
    let done = done?;
    given_back.map(|()| Some(done))
}

/// Renews a lease until another node has it.
async fn until_lost(app: &App, name: &str, every: Duration) -> Result<(), Error> {
    loop {
        tokio::time::sleep(every).await;
        if !hold(app, name).await? {
            return Ok(());
        }
    }
}

async fn give_back(app: &App, name: &str) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    leases::give_back(&mut tx, name, &app.node).await?;
    tx.commit().await
}

/// Takes or renews a lease; false when another node has it.
///
/// # Errors
/// [`Error::Database`].
pub async fn hold(app: &App, name: &str) -> Result<bool, Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let held = leases::take(&mut tx, name, &app.node, (now, now + LEASE)).await?;
    tx.commit().await?;
    Ok(held)
}

/// Gives back every lease of this node, so that the next one need not wait until it is over.
///
/// # Errors
/// [`Error::Database`].
pub async fn end(app: &App) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    leases::give_all_back(&mut tx, &app.node).await?;
    tx.commit().await
}
