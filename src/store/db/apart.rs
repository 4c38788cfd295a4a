//! Threads for the transactions that everybody waits for. On PostgreSQL each statement is a way to and fro, and among the threads that
//! compute a transaction would wait for its turn after every one of them.

use sqlx::PgPool;
use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
    task::JoinSet,
};

use crate::error::Error;

/// One for those who come, and one for what is moved beside them.
const THREADS: usize = 2;

/// The threads, and connections that are opened and waited for on them.
#[derive(Debug)]
pub struct Apart {
    /// Connections that write.
    pub pool: PgPool,
    threads: Handle,
    /// The threads end when this is dropped.
    _ends: oneshot::Sender<()>,
}

impl Apart {
    /// Starts the threads, with the niceness of the one that calls.
    ///
    /// # Errors
    /// [`Error::Broken`] when the system has no thread left.
    pub fn start(pool: PgPool) -> Result<Self, Error> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(THREADS).thread_name("committing").enable_all().build();
        let runtime = runtime.map_err(Error::broken)?;
        let threads = runtime.handle().clone();
        let (_ends, ended) = oneshot::channel::<()>();
        let run = move || drop(runtime.block_on(ended));
        // Whoever drops a runtime waits for its threads, which no task may.
        std::thread::Builder::new().name("committing".into()).spawn(run).map_err(Error::broken)?;
        Ok(Self { pool, threads, _ends })
    }

    /// Does work on the threads; it is given up there when it is here.
    ///
    /// # Errors
    /// [`Error::Broken`] when the work panics.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, Error> {
        let mut one = JoinSet::new();
        one.spawn_on(work, &self.threads);
        let done = one.join_next().await.ok_or_else(|| Error::broken("the threads that commit ended"))?;
        done.map_err(Error::broken)
    }
}
