//! Measuring the log: the office's, in a database that is thrown away, grown by drafts that nobody wrote, through the code that writes
//! every log.

use std::time::{Duration, Instant};

use audit::{
    log::hash::Hash,
    office::{Office, OfficeEvent, RoundDrafted},
};

use super::{
    App,
    log::Writing,
    logs::LogName,
    receipts::{self, Receipt},
    witnessing,
};
use crate::error::Error;

/// Lines in the office log.
///
/// # Errors
/// [`Error::Database`].
pub async fn size(app: &App) -> Result<u64, Error> {
    let log = app.log(LogName::Office).await?;
    Ok(witnessing::newest(&mut app.db.read().await?, &log).await?.size)
}

/// Appends so many lines in one transaction, as of a member of staff with this handle, and says how long that took, its commit
/// included.
///
/// # Errors
/// [`Refusal::Office`](crate::domain::Refusal::Office) when the handle is not an official's.
pub async fn append(app: &App, handle: &str, lines: u64) -> Result<Duration, Error> {
    let started = Instant::now();
    let mut tx = app.db.write().await?;
    let office = app.office(&mut tx).await?;
    let mut writing = Writing::<Office>::open(&mut tx, office.log_id).await?;
    let at = app.clock.now().max(writing.state()?.last_at());
    for _ in 0..lines {
        let drafted = RoundDrafted { at, by: handle.to_owned(), draft: Hash::ZERO, slug: "bench".to_owned() };
        writing.push(&OfficeEvent::RoundDrafted(drafted))?;
    }
    writing.seal(&mut tx, &office.signer).await?;
    tx.commit().await?;
    Ok(started.elapsed())
}

/// Makes the receipt of a line, and says how long that took.
///
/// # Errors
/// [`Error::Database`].
pub async fn receipt(app: &App, index: u64) -> Result<(Receipt, Duration), Error> {
    let log = app.log(LogName::Office).await?;
    let started = Instant::now();
    let mut tx = app.db.read().await?;
    let head = witnessing::best(&mut tx, &log, index).await?;
    let receipt = receipts::logged(app, &mut tx, &log, index, head).await?;
    Ok((receipt, started.elapsed()))
}
