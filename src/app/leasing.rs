//! Work that only one of several nodes does at a time: it holds a lease, renews it while it works, and loses it when it dies.

use std::time::Duration;

use super::App;
use crate::{error::Error, store::leases};

/// Seconds after which a node that says nothing is taken for dead.
const LEASE: i64 = 60;
/// Time between two renewals.
const RENEW: Duration = Duration::from_secs(20);

/// Does the work, unless another node is at it; then `None`. Two nodes whose clocks disagree may still both do it: what is written
/// at the end must bear that.
///
/// # Errors
/// [`Error::Database`], and what the work answers.
pub async fn alone<T>(app: &App, name: &str, work: impl Future<Output = Result<T, Error>>) -> Result<Option<T>, Error> {
    if !hold(app, name).await? {
        return Ok(None);
    }
    tokio::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done?,
            () = tokio::time::sleep(RENEW) => {
                if !hold(app, name).await? {
                    return Ok(None);
                }
            }
        }
    };
    let mut tx = app.db.write().await?;
    leases::give_back(&mut tx, name, &app.node).await?;
    tx.commit().await?;
    Ok(Some(done))
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
