//! What everybody may know of a round: its state, its turnout, and after the count its outcome.

use std::sync::Arc;

use audit::{
    log::line::Line,
    round::{Event, Round, event::Tallied},
};
use ballots::Ballot;

use super::{App, published::Published, tallying, witnessing};
use crate::{
    domain::Refusal,
    error::Error,
    store::{log, rounds},
};

/// Lines read at a time on the way back to the count: after it come signatures and perhaps proposals, rarely many.
const BLOCK: u32 = 64;

/// A published round and what its log adds up to.
///
/// # Errors
/// [`Refusal::UnknownRound`].
pub async fn state(app: &App, slug: &str) -> Result<(Arc<Published>, Round), Error> {
    let round = app.published(slug).await?;
    let mut tx = app.db.read().await?;
    let state = super::log::state(&mut tx, round.log_id).await?;
    Ok((round, state))
}

/// Whether the database answers, and is the one that the witnesses of its logs know.
///
/// # Errors
/// [`Error::Database`] when it does not answer, [`Refusal::LogBehind`].
pub async fn reachable(app: &App) -> Result<(), Error> {
    for row in rounds::all(&mut app.db.read().await?).await?.iter().filter(|row| row.log_id.is_some()) {
        witnessing::must_hold(app, &app.published(&row.slug).await?.log)?;
    }
    Ok(())
}

/// Every published round, the latest close first.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(app: &App) -> Result<Vec<(Arc<Published>, Round)>, Error> {
    let rows = rounds::all(&mut app.db.read().await?).await?;
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.log_id.is_some()) {
        found.push(state(app, &row.slug).await?);
    }
    Ok(found)
}

/// Handle of the official who published a round.
///
/// # Errors
/// [`Error::Broken`] when the log does not begin with the rules.
pub async fn publisher(app: &App, round: &Published) -> Result<String, Error> {
    let first = log::lines(&mut app.db.read().await?, round.log_id, 0, 1).await?;
    let first = first.first().ok_or_else(|| Error::broken("the log is empty"))?;
    match Line::<Event>::parse(first).map_err(Error::broken)?.event {
        Event::Published(published) => Ok(published.by),
        _ => Err(Error::broken("the log does not begin with the rules")),
    }
}

/// The count, as the log has it.
///
/// # Errors
/// [`Refusal::NoResultYet`].
pub async fn tallied(app: &App, slug: &str) -> Result<Tallied, Error> {
    let (round, state) = state(app, slug).await?;
    if state.tally_line.is_none() {
        return Err(Refusal::NoResultYet(state.phase.to_string()).into());
    }
    let mut tx = app.db.read().await?;
    let mut end = log::head(&mut tx, round.log_id).await?.size;
    while end > 0 {
        let first = end.saturating_sub(BLOCK.into());
        let block = log::lines(&mut tx, round.log_id, first, BLOCK).await?;
        let count = block.iter().rev().find_map(|line| match Line::<Event>::parse(line).ok()?.event {
            Event::Tallied(tallied) => Some(tallied),
            _ => None,
        });
        if let Some(count) = count {
            return Ok(count);
        }
        end = first;
    }
    Err(Error::broken("the log says that it holds a count, and holds none"))
}

/// The ballots that were counted as valid, opened, in the order of the log, which tells nothing of when they came.
///
/// # Errors
/// [`Refusal::NoResultYet`].
pub async fn opened_ballots(app: &App, slug: &str) -> Result<Vec<Ballot>, Error> {
    let (round, state) = state(app, slug).await?;
    if state.tally_line.is_none() {
        return Err(Refusal::NoResultYet(state.phase.to_string()).into());
    }
    tallying::opened(&app.db, &round, &state).await
}
