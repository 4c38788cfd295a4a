//! What everybody may know of a round: its state, its turnout, and after the count its outcome.

use std::sync::Arc;

use audit::{
    log::line::Line,
    round::{Event, Round, event::Tallied},
};
use ballots::Ballot;

use super::{App, published::Published, tallying};
use crate::{
    domain::Refusal,
    error::Error,
    store::{Tx, log, rounds},
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

/// The count, as the log has it.
///
/// # Errors
/// [`Refusal::NoResultYet`].
pub async fn tallied(app: &App, slug: &str) -> Result<Tallied, Error> {
    let (round, state) = state(app, slug).await?;
    if state.tally_line.is_none() {
        return Err(Refusal::NoResultYet(state.phase.to_string()).into());
    }
    tallied_in(&mut app.db.read().await?, &round).await
}

/// The count of a round that has one, in a transaction.
pub(super) async fn tallied_in(tx: &mut Tx, round: &Published) -> Result<Tallied, Error> {
    let (mut end, _) = log::checkpoint(tx, round.log_id).await?;
    while end > 0 {
        let first = end.saturating_sub(BLOCK.into());
        let block = log::lines(tx, round.log_id, first, BLOCK).await?;
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
