//! Under load ballots go from the urn into the log in the transactions that bring new ones, instead of in transactions of their own
//! that those would wait for.
//!
//! The urn is swept in the order of hashes, stretch by stretch, round and round, and begins anew only while [`BATCHES`] times the smallest
//! batch would stay. So a ballot lies in the urn until the sweep comes by: its place in the log tells when it came to within one pass,
//! in which at least so many others came or waited. Each node counts for itself: where several sweep the same urn, fewer may stay, as few as
//! they have just brought.

use std::sync::{Mutex, PoisonError};

use audit::round::event::BatchReason;

use super::{log::Writing, published::Published, sequencing};
use crate::{
    error::Error,
    store::{Tx, ballot_box},
};

/// How many times the smallest batch stays in the urn: what is less waits for the look at a set time.
const BATCHES: usize = 50;
/// How many times the smallest batch is moved at a time, for each time costs what a head costs.
const STRETCH: usize = 32;
/// Most ballots that are moved at a time; where the smallest batch has more than half of it, nothing is moved here. With the batch's own
/// line that is a number of lines that the database knows the statement for.
const MOST: usize = 511;

/// How far this node is with a round's urn.
#[derive(Debug, Default)]
pub struct Sweep(Mutex<State>);

/// Where a sweep is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct State {
    /// Ballots that wait, as far as this node knows. They are counted when the sweep begins at the first hash again.
    waiting: usize,
    /// Hash of the last ballot that was looked at; nothing at the end of the urn.
    after: Option<[u8; 32]>,
    /// Whether anything was moved since somebody asked.
    moved: bool,
}

impl Sweep {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over where a transaction left the sweep, once it is committed; a fault begins it anew when as many more have come.
    pub(super) fn is_at(&self, state: State) {
        self.change(|now| *now = State { moved: now.moved || state.moved, ..state });
    }

    /// Whether ballots were swept since this was asked last.
    pub(super) fn has_moved(&self) -> bool {
        self.change(|state| std::mem::take(&mut state.moved))
    }
}

/// Moves a stretch of the urn into the log, in the transaction that brought so many `fresh` ballots and holds the log's lock, if enough
/// wait. Returns where the sweep is then.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] when the urn or the log is damaged; then nothing of the transaction may stay.
pub(super) async fn along(tx: &mut Tx, round: &Published, fresh: usize, now: i64) -> Result<State, Error> {
    let State { mut waiting, after, .. } = round.sweep.change(|state| *state);
    waiting += fresh;
    let at_least = round.rules.batch.at_least as usize;
    if 2 * at_least > MOST {
        // A stretch would hardly ever have ballots of so many credentials.
        return Ok(State::default());
    }
    // Twice what a group brings, as far as that goes, or the urn would grow.
    let limit = (STRETCH * at_least).max(2 * fresh).min(MOST);
    let (enough, limited) = (BATCHES * at_least + limit, u32::try_from(limit).map_err(Error::broken)?);
    if waiting >= enough && after.is_none() {
        waiting = ballot_box::count(tx, round.id, u32::try_from(2 * enough).map_err(Error::broken)?).await?;
    }
    if waiting < enough {
        return Ok(State { waiting, after, moved: false });
    }
    let ballots = ballot_box::look(tx, round.id, after, limited).await?;
    let (looked, last) = (ballots.len(), ballots.last().map(|ballot| ballot.hash));
    let next = last.filter(|_| looked == limit);
    if !sequencing::are_enough(round, &ballots) {
        // The last few before the end, or many of a few credentials, which a look at a set time takes with others.
        return Ok(State { waiting, after: next, moved: false });
    }
    let mut writing = Writing::open(tx, round.log_id).await?;
    ballot_box::remove(tx, round.id, &ballots).await?;
    sequencing::push(tx, &mut writing, round, now, BatchReason::Full, ballots).await?;
    writing.seal(tx, &round.signer).await?;
    Ok(State { waiting: waiting.saturating_sub(looked), after: next, moved: true })
}
