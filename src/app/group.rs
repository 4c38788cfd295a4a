//! Group commit: requests that wait together are committed together, with no timer, and then all are answered.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, mpsc, oneshot},
    time::timeout,
};

use crate::{domain::Refusal, error::Error};

/// Most jobs in one transaction, so that one commit stays short.
const MOST: usize = 512;
/// A database that says nothing for so long is given up: whoever waits hears so and asks again, which is safe.
const PATIENCE: Duration = Duration::from_secs(15);

struct Waiting<J, T> {
    job: J,
    answer: oneshot::Sender<Result<T, Error>>,
}

/// A queue to one worker that commits.
#[derive(Debug)]
pub struct Group<J, T> {
    queue: mpsc::Sender<Waiting<J, T>>,
    worker: Arc<Mutex<()>>,
}

impl<J: Send + 'static, T: Send + 'static> Group<J, T> {
    /// Starts the worker. `commit` gets jobs in their order of arrival and returns one answer for each, or a fault that all get.
    pub fn start<F, Fut>(capacity: usize, commit: F) -> Self
    where
        F: Fn(Vec<J>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Vec<Result<T, Error>>, Error>> + Send,
    {
        let (queue, mut waiting) = mpsc::channel::<Waiting<J, T>>(capacity);
        let worker = Arc::new(Mutex::new(()));
        let busy = Arc::clone(&worker);
        tokio::spawn(async move {
            let mut together = Vec::with_capacity(MOST);
            while waiting.recv_many(&mut together, MOST).await > 0 {
                let _busy = busy.lock().await;
                let (jobs, askers): (Vec<_>, Vec<_>) =
                    together.drain(..).map(|waiting| (waiting.job, waiting.answer)).unzip();
                let committed = timeout(PATIENCE, commit(jobs)).await;
                let answers = committed
                    .unwrap_or_else(|_| Err(Error::broken("the database does not answer")))
                    .unwrap_or_else(|fault| askers.iter().map(|_| Err(Error::broken(&fault))).collect());
                for (to, answer) in askers.into_iter().zip(answers) {
                    // The asker may have gone; what was committed stays committed, and asking again tells so.
                    let _ = to.send(answer);
                }
            }
        });
        Self { queue, worker }
    }

    /// Hands a job over and waits until it is committed.
    ///
    /// # Errors
    /// [`Refusal::Overloaded`] when too many wait already; then the job was not taken. Else the job's own.
    pub async fn submit(&self, job: J) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { job, answer }).map_err(|_| Refusal::Overloaded { seconds: 1 })?;
        answered.await.map_err(|_| Error::broken("the committing task stopped"))?
    }

    /// Waits until no commit is under way and nothing waits.
    pub async fn drain(&self) {
        while self.queue.capacity() < self.queue.max_capacity() {
            tokio::task::yield_now().await;
        }
        drop(self.worker.lock().await);
    }
}
