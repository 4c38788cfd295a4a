//! Group commit: requests that wait together are committed together, with no timer, and then all are answered.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::{domain::Refusal, error::Error};

/// Most jobs in one transaction, so that one commit stays short.
const MOST: usize = 512;

struct Waiting<J, A> {
    job: J,
    answer: oneshot::Sender<A>,
}

/// A queue to one worker that commits.
#[derive(Debug)]
pub struct Group<J, A> {
    queue: mpsc::Sender<Waiting<J, A>>,
    worker: Arc<Mutex<()>>,
}

impl<J: Send + 'static, A: Send + 'static> Group<J, A> {
    /// Starts the worker. `commit` gets jobs in their order of arrival and returns one answer for each.
    pub fn start<F, Fut>(capacity: usize, commit: F) -> Self
    where
        F: Fn(Vec<J>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<A>> + Send,
    {
        let (queue, mut waiting) = mpsc::channel::<Waiting<J, A>>(capacity);
        let worker = Arc::new(Mutex::new(()));
        let busy = Arc::clone(&worker);
        tokio::spawn(async move {
            let mut together = Vec::with_capacity(MOST);
            while waiting.recv_many(&mut together, MOST).await > 0 {
                let _busy = busy.lock().await;
                let (jobs, answers): (Vec<_>, Vec<_>) =
                    together.drain(..).map(|waiting| (waiting.job, waiting.answer)).unzip();
                for (to, answer) in answers.into_iter().zip(commit(jobs).await) {
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
    /// [`Refusal::Overloaded`] when too many wait already; then the job was not taken.
    pub async fn submit(&self, job: J) -> Result<A, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { job, answer }).map_err(|_| Refusal::Overloaded { seconds: 1 })?;
        answered.await.map_err(|_| Error::broken("the committing task stopped"))
    }

    /// Waits until no commit is under way and nothing waits.
    pub async fn drain(&self) {
        while self.queue.capacity() < self.queue.max_capacity() {
            tokio::task::yield_now().await;
        }
        drop(self.worker.lock().await);
    }
}
