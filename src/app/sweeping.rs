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

use audit::round::{Round, event::BatchReason};
use tokio::{sync::mpsc, time::timeout};

use super::{
    log::{Sealed, Writing},
    published::Published,
    sequencing,
};
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

/// How many times enough to begin a pass is counted at most.
const COUNTED: usize = 64;
/// How many rounds and groups a task that is behind still hears of, and stretches that it moves for each: the next round waits then.
const HEARD: usize = 64;
const STRETCHES: usize = 4;
/// A database that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where a sweep is, and what it wrote, if anything.
pub(super) type Swept = (State, Option<Sealed<Round>>);

/// How far this node is with a round's urn.
#[derive(Debug, Default)]
pub struct Sweep(Mutex<State>);

/// Where a sweep is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct State {
    /// Ballots that wait, as far as this node knows. They are counted when the sweep begins at the first hash again.
    waiting: usize,
    /// What that was when a stretch was begun: others come meanwhile.
    known: usize,
    /// Hash of the last ballot that was looked at; nothing at the end of the urn.
    after: Option<[u8; 32]>,
    /// Whether anything was moved since somebody asked.
    moved: bool,
}

impl Sweep {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over where a transaction left the sweep, once it is committed.
    fn is_at(&self, state: State) {
        self.change(|now| {
            let meanwhile = now.waiting.saturating_sub(state.known);
            *now = State { waiting: state.waiting + meanwhile, moved: now.moved || state.moved, ..state };
        });
    }

    /// Begins it anew when as many more have come, after a fault.
    fn begins_anew(&self) {
        self.change(|now| *now = State { moved: now.moved, ..State::default() });
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
    /// A task that is told to which rounds some came.
    Beside(mpsc::Sender<Arc<Published>>),
}

impl Sweeper {
    /// Starts the task, where there is one. It ends when the last copy of this is dropped.
    pub(super) fn start(db: &Db, clock: &Clock) -> Self {
        if db.has_one_writer() {
            return Self::Along;
        }
        let (came, mut due) = mpsc::channel::<Arc<Published>>(HEARD);
        let (db, clock) = (db.clone(), clock.clone());
        tokio::spawn(async move {
            while let Some(round) = due.recv().await {
                for _ in 0..STRETCHES {
                    let stretch = Stretch::of(&round);
                    if !stretch.is_due() {
                        break;
                    }
                    if let Err(fault) = beside(&db, &clock, &round, stretch).await {
                        round.sweep.begins_anew();
                        // A node that stops leaves them to the next one.
                        if !db.is_closed() {
                            tracing::error!(%fault, "ballots that wait cannot be moved into the log");
                        }
                    }
                }
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
    ) -> Result<Option<Swept>, Error> {
        if matches!(self, Self::Beside(_)) {
            return Ok(None);
        }
        round.sweep.change(|state| state.waiting += fresh);
        let stretch = Stretch::of(round);
        if !stretch.is_due() {
            return Ok(Some((stretch.state, None)));
        }
        stretch.sweep(tx, round, now).await.map(Some).inspect_err(|_| round.sweep.begins_anew())
    }

    /// Hears of ballots that were committed, and of where the sweep that came along is now.
    pub(super) fn came(&self, round: &Arc<Published>, fresh: usize, swept: Option<Swept>) {
        match self {
            Self::Along => swept.into_iter().for_each(|(state, sealed)| {
                sealed.map(Sealed::noted);
                round.sweep.is_at(state);
            }),
            Self::Beside(task) => {
                round.sweep.change(|state| state.waiting += fresh);
                // Where it has heard of so much that it did not get to yet, it is told again by the next group.
                let _ = task.try_send(Arc::clone(round));
            }
        }
    }
}

async fn beside(db: &Db, clock: &Clock, round: &Arc<Published>, stretch: Stretch) -> Result<(), Error> {
    let (of, clock) = (Arc::clone(round), clock.clone());
    let moving = db.apart(|db| async move {
        let mut tx = db.write().await?;
        log::lock(&mut tx, of.log_id).await?;
        let (state, sealed) = stretch.sweep(&mut tx, &of, clock.now()).await?;
        match sealed {
            Some(sealed) => sealed.commit(tx).await.map(drop)?,
            None => tx.commit().await?,
        }
        Ok(state)
    });
    let state = timeout(PATIENCE, moving).await.map_err(|_| Error::broken("the database does not answer"))??;
    round.sweep.is_at(state);
    Ok(())
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
    /// What there is to move: as many as are too many, as far as that goes.
    fn of(round: &Published) -> Self {
        let state = round.sweep.change(|state| *state);
        let at_least = round.rules.batch.at_least as usize;
        let stay = BATCHES * at_least;
        let limit = state.waiting.saturating_sub(stay).max(STRETCH * at_least).min(MOST);
        // Where the smallest batch is more than half of it, a stretch would hardly ever have ballots of so many credentials.
        let enough = if 2 * at_least > MOST { usize::MAX } else { stay + limit };
        Self { state: State { known: state.waiting, moved: false, ..state }, limit, enough }
    }

    fn is_due(&self) -> bool {
        self.state.waiting >= self.enough
    }

    /// Moves it into the log, which the transaction has locked. Returns where the sweep is then, and what was written, if anything was.
    async fn sweep(self, tx: &mut Tx, round: &Published, now: i64) -> Result<Swept, Error> {
        let Self { mut state, limit, enough } = self;
        if state.after.is_none() {
            let most = u32::try_from(COUNTED * enough).map_err(Error::broken)?;
            state.waiting = ballot_box::count(tx, round.id, most).await?;
            if state.waiting < enough {
                return Ok((state, None));
            }
        }
        let ballots = ballot_box::take(tx, round.id, state.after, u32::try_from(limit).map_err(Error::broken)?).await?;
        state.after = ballots.last().map(|ballot| ballot.hash).filter(|_| ballots.len() >= limit);
        if !sequencing::are_enough(round, &ballots) {
            // The last few before the end; or many of a few credentials, which a look at a set time takes with others: then it is not
            // tried again before as many more have come.
            if ballots.len() >= limit {
                state.waiting = 0;
            }
            ballot_box::put_back(tx, round.id, &ballots).await?;
            return Ok((state, None));
        }
        state.waiting = state.waiting.saturating_sub(ballots.len());
        let mut writing = Writing::open(tx, round.log_id, &round.held).await?;
        sequencing::push(tx, &mut writing, round, now, BatchReason::Full, ballots).await?;
        let sealed = writing.seal(tx, &round.signer).await?;
        state.moved = true;
        Ok((state, Some(sealed)))
    }
}
