//! Group commit: requests that wait together go to the database together, with no timer, and then all are answered.

mod full;
mod line;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    sync::{
        mpsc::{self, OwnedPermit, error::TrySendError},
        oneshot,
    },
    time::{sleep, timeout},
};

use self::{full::Full, line::Line};
use crate::{domain::Refusal, error::Error, metrics::Commits};

/// Most jobs in one transaction, so that one commit stays short.
const MOST: usize = 512;
/// A database that says nothing for so long is given up: whoever waits hears so and asks again, which is safe. Nobody waits longer, also
/// not for a group that was stuck before theirs.
const PATIENCE: Duration = Duration::from_secs(15);
/// What whoever waits hears then.
const SILENT: &str = "the database does not answer";
/// Microseconds that a job is thought to take before the first was committed.
const PACE: u32 = 100;
/// Time between two looks whether everything is committed.
const LOOK: Duration = Duration::from_millis(1);

struct Waiting<J, T> {
    job: J,
    answer: oneshot::Sender<Result<T, Error>>,
}

/// How many of the places of a queue are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Crowd {
    /// Half of them at most.
    Small,
    /// More.
    Half,
    /// At least three quarters.
    Most,
    /// All: whoever comes now must come again.
    Whole,
}

/// A place in the queue, held until it is given up or a job is handed over.
pub struct Place<J, T>(OwnedPermit<Waiting<J, T>>);

/// A queue to one worker that commits.
pub struct Group<J, T> {
    queue: mpsc::Sender<Waiting<J, T>>,
    /// Jobs that wait or are being committed.
    pending: Arc<AtomicUsize>,
    /// Microseconds that the last commit took for each of its jobs.
    pace: Arc<AtomicU32>,
    /// Those for whom there was no place.
    line: Line,
}

impl<J, T> std::fmt::Debug for Group<J, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Group(…)")
    }
}

/// Lets everything that is ready to run run before the commit, as long as that brings more jobs: a commit costs much the same for one
/// job and for a hundred. Where nothing is ready this takes no time, so there is still no timer.
async fn gather<J, T>(waiting: &mut mpsc::Receiver<Waiting<J, T>>, together: &mut Vec<Waiting<J, T>>) {
    let mut before = 0;
    while before < together.len() && together.len() < MOST {
        before = together.len();
        tokio::task::yield_now().await;
        while together.len() < MOST
            && let Ok(job) = waiting.try_recv()
        {
            together.push(job);
        }
    }
}

impl<J: Send + 'static, T: Send + 'static> Group<J, T> {
    /// Starts the worker. `commit` gets jobs in their order of arrival and returns one answer for each, or a fault that all get.
    pub fn start<F, Fut>(capacity: usize, metrics: Commits, commit: F) -> Self
    where
        F: Fn(Vec<J>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Vec<Result<T, Error>>, Error>> + Send,
    {
        let (queue, mut waiting) = mpsc::channel::<Waiting<J, T>>(capacity);
        let group = Self { queue, pending: Arc::default(), pace: Arc::new(PACE.into()), line: Line::new() };
        let (pending, pace) = (Arc::clone(&group.pending), Arc::clone(&group.pace));
        // It ends when the group is dropped.
        tokio::spawn(async move {
            let (mut together, mut full) = (Vec::with_capacity(MOST), Full::default());
            while waiting.recv_many(&mut together, if full.is_known() { 1 } else { MOST }).await > 0 {
                if !full.is_known() {
                    gather(&mut waiting, &mut together).await;
                }
                let (jobs, askers): (Vec<_>, Vec<_>) =
                    together.drain(..).map(|waiting| (waiting.job, waiting.answer)).unzip();
                let began = Instant::now();
                let committed = match full.says() {
                    Some(fault) => Err(fault),
                    None => {
                        let tried =
                            timeout(PATIENCE, commit(jobs)).await.unwrap_or_else(|_| Err(Error::broken(SILENT)));
                        full.heard(&tried);
                        tried
                    }
                };
                let (took, count) = (began.elapsed(), askers.len());
                metrics.committed(count, took);
                pace.store(u32::try_from(took.as_micros() / count as u128).unwrap_or(u32::MAX), Ordering::Relaxed);
                let answers =
                    committed.unwrap_or_else(|fault| askers.iter().map(|_| Err(Error::broken(&fault))).collect());
                for (to, answer) in askers.into_iter().zip(answers) {
                    // The asker may have gone; what was committed stays committed, and asking again tells so.
                    let _ = to.send(answer);
                }
                pending.fetch_sub(count, Ordering::Release);
            }
        });
        group
    }

    /// Takes a place, before anything is worked out for it.
    ///
    /// # Errors
    /// [`Refusal::Overloaded`] when none is left.
    pub fn place(&self) -> Result<Place<J, T>, Error> {
        let place = self.queue.clone().try_reserve_owned();
        place.map(Place).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::from(self.away()),
            TrySendError::Closed(_) => Error::broken("the committing task stopped"),
        })
    }

    /// Hands a job over and waits until it is committed.
    ///
    /// # Errors
    /// [`Refusal::Overloaded`] when too many wait already; then the job was not taken. Else as [`Self::submit_at`].
    pub async fn submit(&self, job: J) -> Result<T, Error> {
        self.submit_at(self.place()?, job).await
    }

    /// The same, with a place that was taken before.
    ///
    /// # Errors
    /// [`Error::Broken`] after 15 s; the job may be committed later all the same. Else the job's own.
    pub async fn submit_at(&self, Place(place): Place<J, T>, job: J) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.pending.fetch_add(1, Ordering::Relaxed);
        place.send(Waiting { job, answer });
        let answered = timeout(PATIENCE, answered).await.map_err(|_| Error::broken(SILENT))?;
        answered.map_err(|_| Error::broken("the committing task stopped"))?
    }

    /// Places that are taken: by jobs that wait, and by those who work one out.
    pub fn depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// How many of the places are taken.
    pub fn crowd(&self) -> Crowd {
        let (taken, all) = (self.depth(), self.queue.max_capacity());
        match taken {
            _ if taken == all => Crowd::Whole,
            _ if taken * 4 >= all * 3 => Crowd::Most,
            _ if taken * 2 > all => Crowd::Half,
            _ => Crowd::Small,
        }
    }

    /// Whether not every place is taken.
    pub fn has_place(&self) -> bool {
        self.queue.capacity() > 0
    }

    /// What somebody hears who must come again, and when: each at another time.
    pub fn away(&self) -> Refusal {
        let pace = Duration::from_micros(self.pace.load(Ordering::Relaxed).into());
        Refusal::Overloaded { seconds: self.line.seconds(pace) }
    }

    /// Whether the worker is there. It ends only by a fault of this program, and then nothing is accepted any more.
    pub fn is_alive(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Waits until no commit is under way and nothing waits.
    pub async fn drain(&self) {
        while self.is_alive() && self.pending.load(Ordering::Acquire) > 0 {
            sleep(LOOK).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    #[tokio::test(start_paused = true)]
    async fn places_that_are_taken_make_a_crowd() {
        let group =
            Group::start(8, Metrics::new(0).commits("casting"), async |_: Vec<u32>| Ok(Vec::<Result<(), _>>::new()));
        let (mut places, mut crowds) = (Vec::new(), vec![group.crowd()]);
        while let Ok(place) = group.place() {
            places.push(place);
            crowds.push(group.crowd());
        }
        use Crowd::{Half, Most, Small, Whole};
        assert_eq!(crowds, [Small, Small, Small, Small, Small, Half, Most, Most, Whole]);
        assert!(!group.has_place());
        places.pop();
        assert!(group.crowd() == Most && group.has_place());
    }

    /// A disk that is full for three seconds: a job is tried each second, and with room everything goes on.
    #[tokio::test(start_paused = true)]
    async fn a_full_disk_is_tried_with_one_job_a_second() {
        let (began, tried) = (tokio::time::Instant::now(), Arc::new(AtomicUsize::new(0)));
        let trying = Arc::clone(&tried);
        let group = Group::start(64, Metrics::new(0).commits("casting"), move |jobs: Vec<u32>| {
            trying.fetch_add(jobs.len(), Ordering::Relaxed);
            let is_full = began.elapsed() < Duration::from_secs(3);
            async move {
                let fault = || Error::Database(sqlx::Error::Database(Box::new(full::DiskIsFull)));
                if is_full { Err(fault()) } else { Ok(jobs.into_iter().map(Ok).collect()) }
            }
        });
        assert!(group.submit(1).await.is_err(), "the first is tried");
        let mut refused = 0;
        while group.submit(2).await.is_err() {
            refused += 1;
            sleep(Duration::from_millis(10)).await;
        }
        assert_eq!((refused, tried.load(Ordering::Relaxed)), (300, 4), "at 0, 1, 2 and 3 s");
    }

    /// A database that is stuck for longer than anybody waits, once.
    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_patience_also_behind_a_group_that_is_stuck() {
        let stuck = AtomicUsize::new(0);
        let group = Group::start(8, Metrics::new(0).commits("casting"), move |jobs: Vec<u32>| {
            let is_first = stuck.fetch_add(1, Ordering::Relaxed) < 2;
            async move {
                if is_first {
                    sleep(10 * PATIENCE).await;
                }
                Ok(jobs.into_iter().map(Ok).collect())
            }
        });
        let waits = async |job: u32, after: Duration| {
            sleep(after).await;
            let began = tokio::time::Instant::now();
            let answer = group.submit(job).await;
            (answer.map_err(|fault| fault.to_string()), began.elapsed())
        };
        let late = PATIENCE / 3;
        let (first, second, third) =
            tokio::join!(waits(1, Duration::ZERO), waits(2, late), waits(3, 2 * PATIENCE + late));
        for (answer, waited) in [first, second] {
            assert!(answer.is_err_and(|fault| fault.contains(SILENT)) && waited <= PATIENCE + LOOK, "{waited:?}");
        }
        assert_eq!(third.0, Ok(3), "once it answers again, so does the group");
        group.drain().await;
    }
}
