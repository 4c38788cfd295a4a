//! Under load ballots go from the urn into the log as new ones come, and not only in the looks at set times, which those would wait for.
//! On SQLite, where one transaction writes at a time, the one that brings new ballots takes a stretch of the urn along. On PostgreSQL a
//! task moves it beside those that bring new ones, for they lock the urn and this locks the log.
//!
//! The urn is swept in the order of hashes, stretch by stretch, round and round, and begins anew only while [`BATCHES`] times the smallest
//! batch would stay. So a ballot lies in the urn until the sweep comes by: its place in the log tells when it came to within one pass,
//! in which at least so many others came or waited. Each node counts for itself: where several sweep the same urn, fewer may stay, as few as
//! they have just brought.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use audit::round::event::BatchReason;
use tokio::{sync::mpsc, time::timeout};

use super::{log::Writing, published::Published, sequencing};
use crate::{
    clock::Clock,
    error::Error,
    store::{Db, Tx, ballot_box, log},
};

/// How many times the smallest batch stays in the urn: what is less waits for the look at a set time.
const BATCHES: usize = 50;
/// How many times the smallest batch is moved at a time, for each time costs what a head costs.
const STRETCH: usize = 32;
/// Most ballots that are moved at a time; where the smallest batch has more than half of it, nothing is moved here. With the batch's own
/// line that is a number of lines that the database knows the statement for.
const MOST: usize = 511;

/// How many groups of new ballots a sweeper that is behind still hears of.
const HEARD: usize = 64;
/// A database that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(15);

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

/// Who moves them, on this node.
#[derive(Debug, Clone)]
pub(super) enum Sweeper {
    /// The transactions that bring new ones.
    Along,
    /// A task that hears of how many came to which round.
    Beside(mpsc::Sender<(Arc<Published>, usize)>),
}

impl Sweeper {
    /// Starts the task, where there is one. It ends when the last copy of this is dropped.
    pub(super) fn start(db: &Db, clock: &Clock) -> Self {
        if db.has_one_writer() {
            return Self::Along;
        }
        let (came, mut due) = mpsc::channel::<(Arc<Published>, usize)>(HEARD);
        let (db, clock) = (db.clone(), clock.clone());
        tokio::spawn(async move {
            while let Some((round, fresh)) = due.recv().await {
                let (of, clock) = (Arc::clone(&round), clock.clone());
                let moving = db.apart(|db| async move { beside(&db, &clock, &of, fresh).await });
                let swept = timeout(PATIENCE, moving).await;
                let swept = swept.unwrap_or_else(|_| Err(Error::broken("the database does not answer")));
                round.sweep.is_at(swept.unwrap_or_else(|fault| {
                    // A node that stops goes on without: the next one counts what waits.
                    if !db.is_closed() {
                        tracing::error!(%fault, "ballots that wait cannot be moved into the log");
                    }
                    // What else was heard of meanwhile is counted when the sweep begins anew.
                    while due.try_recv().is_ok() {}
                    State::default()
                }));
            }
        });
        Self::Beside(came)
    }

    /// Moves a stretch, if that is done here and enough wait, in the transaction that brought so many `fresh` ballots. Returns where
    /// the sweep is once that is committed.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Broken`] when the urn or the log is damaged; then nothing of the transaction may stay.
    pub(super) async fn along(
        &self,
        tx: &mut Tx,
        round: &Published,
        fresh: usize,
        now: i64,
    ) -> Result<Option<State>, Error> {
        match (self, Stretch::after(round, fresh)) {
            (Self::Beside(_), _) => Ok(None),
            (Self::Along, stretch) if !stretch.is_due() => Ok(Some(stretch.state)),
            (Self::Along, stretch) => {
                stretch.sweep(tx, round, now).await.map(Some).inspect_err(|_| round.sweep.is_at(State::default()))
            }
        }
    }

    /// Hears of ballots that were committed, and of where the sweep that came along is now.
    pub(super) fn came(&self, round: &Arc<Published>, fresh: usize, swept: Option<State>) {
        match self {
            Self::Along => swept.into_iter().for_each(|state| round.sweep.is_at(state)),
            // A task that is so far behind counts what waits when it begins anew.
            Self::Beside(task) => drop(task.try_send((Arc::clone(round), fresh))),
        }
    }
}

async fn beside(db: &Db, clock: &Clock, round: &Published, fresh: usize) -> Result<State, Error> {
    let stretch = Stretch::after(round, fresh);
    if !stretch.is_due() {
        return Ok(stretch.state);
    }
    let mut tx = db.write().await?;
    log::lock(&mut tx, round.log_id).await?;
    let state = stretch.sweep(&mut tx, round, clock.now()).await?;
    tx.commit().await?;
    Ok(state)
}

/// A part of the urn that may be moved now.
struct Stretch {
    state: State,
    /// Most ballots of it.
    limit: usize,
    /// How many must wait, or nothing is moved.
    enough: usize,
}

impl Stretch {
    /// What there is to move when so many more have come.
    fn after(round: &Published, fresh: usize) -> Self {
        let mut state = round.sweep.change(|state| *state);
        state.waiting += fresh;
        state.moved = false;
        let at_least = round.rules.batch.at_least as usize;
        // Twice what a group brings, as far as that goes, or the urn would grow.
        let limit = (STRETCH * at_least).max(2 * fresh).min(MOST);
        // Where the smallest batch is more than half of it, a stretch would hardly ever have ballots of so many credentials.
        let enough = if 2 * at_least > MOST { usize::MAX } else { BATCHES * at_least + limit };
        Self { state, limit, enough }
    }

    fn is_due(&self) -> bool {
        self.state.waiting >= self.enough
    }

    /// Moves it into the log, which the transaction has locked. Returns where the sweep is then.
    async fn sweep(self, tx: &mut Tx, round: &Published, now: i64) -> Result<State, Error> {
        let Self { mut state, limit, enough } = self;
        if state.after.is_none() {
            state.waiting = ballot_box::count(tx, round.id, u32::try_from(2 * enough).map_err(Error::broken)?).await?;
            if state.waiting < enough {
                return Ok(state);
            }
        }
        let ballots = ballot_box::take(tx, round.id, state.after, u32::try_from(limit).map_err(Error::broken)?).await?;
        state.after = ballots.last().map(|ballot| ballot.hash).filter(|_| ballots.len() >= limit);
        if !sequencing::are_enough(round, &ballots) {
            // The last few before the end, or many of a few credentials, which a look at a set time takes with others.
            ballot_box::put_back(tx, round.id, &ballots).await?;
            return Ok(state);
        }
        state.waiting = state.waiting.saturating_sub(ballots.len());
        let mut writing = Writing::open(tx, round.log_id).await?;
        sequencing::push(tx, &mut writing, round, now, BatchReason::Full, ballots).await?;
        writing.seal(tx, &round.signer).await?;
        state.moved = true;
        Ok(state)
    }
}
