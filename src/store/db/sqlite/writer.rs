//! The one connection of a SQLite file that writes. Whoever wants it stands in a line, and gets it as soon as it is free.
//!
//! A pool of one would hand it over by a task of its own, which stands behind everything else that is ready to run, and would ask the
//! connection's thread whether it lives: under load that is milliseconds between any two transactions.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{ConnectOptions as _, Connection as _, Error, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard},
    time::timeout,
};

/// Longest that somebody stands in the line.
const PATIENCE: Duration = Duration::from_secs(30);

/// What SQLite says to a rollback outside of a transaction.
const NOTHING_BEGUN: &str = "no transaction is active";

/// The connection, and the line before it.
#[derive(Debug, Clone)]
pub struct Writer(Arc<Line>);

#[derive(Debug)]
struct Line {
    options: SqliteConnectOptions,
    connection: Arc<Mutex<Option<SqliteConnection>>>,
    /// Whether a transaction was begun that did not end well, as far as anybody knows.
    begun: AtomicBool,
    closed: AtomicBool,
}

impl Writer {
    pub(super) fn new(options: SqliteConnectOptions, connection: SqliteConnection) -> Self {
        let connection = Arc::new(Mutex::new(Some(connection)));
        // A file that went away is not begun anew.
        let options = options.create_if_missing(false);
        Self(Arc::new(Line { options, connection, begun: AtomicBool::new(false), closed: AtomicBool::new(false) }))
    }

    /// The connection, in no transaction.
    ///
    /// # Errors
    /// [`Error::PoolTimedOut`] after [`PATIENCE`], [`Error::PoolClosed`], or why the file cannot be opened anew.
    pub async fn turn(&self) -> Result<Turn, Error> {
        let mut place = self.place().await?;
        if self.0.begun.load(Ordering::Relaxed) {
            let is_free = match place.as_mut() {
                Some(connection) => roll_back(connection).await,
                None => false,
            };
            // What state a connection is in that cannot say so is not guessed.
            if !is_free && let Some(unsound) = place.take() {
                let _ = unsound.close().await;
            }
            self.0.begun.store(false, Ordering::Relaxed);
        }
        if place.is_none() {
            *place = Some(self.0.options.connect().await?);
        }
        let connection = OwnedMutexGuard::try_map(place, Option::as_mut).map_err(|_| Error::PoolClosed)?;
        Ok(Turn { line: self.clone(), connection })
    }

    /// The connection in a transaction of its own, which is given up unless it is committed.
    ///
    /// # Errors
    /// As [`Self::turn`], and when the database does not let it write.
    pub async fn begin(&self) -> Result<Turn, Error> {
        let mut turn = self.turn().await?;
        // Before it is: whoever asked may be gone when it begins.
        self.0.begun.store(true, Ordering::Relaxed);
        let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut *turn).await;
        // Where the database says no, nothing was begun; of a connection that cannot even say that, the next turn finds out.
        let refused = begun.as_ref().is_err_and(|fault| fault.as_database_error().is_some());
        self.0.begun.store(!refused, Ordering::Relaxed);
        begun.map(|_| turn)
    }

    async fn place(&self) -> Result<OwnedMutexGuard<Option<SqliteConnection>>, Error> {
        let place = timeout(PATIENCE, Arc::clone(&self.0.connection).lock_owned()).await;
        let place = place.map_err(|_| Error::PoolTimedOut)?;
        if self.0.closed.load(Ordering::Relaxed) { Err(Error::PoolClosed) } else { Ok(place) }
    }

    /// Whether nobody has it now.
    pub fn is_idle(&self) -> bool {
        self.0.connection.try_lock().is_ok()
    }

    /// Waits for whoever has it, and closes it.
    pub async fn close(&self) {
        let mut place = self.0.connection.lock().await;
        self.0.closed.store(true, Ordering::Relaxed);
        if let Some(connection) = place.take() {
            let _ = connection.close().await;
        }
    }
}

/// Gives up a transaction, if there is one; whether there is none then. SQLite gives one up by itself when the disk is full, and of a
/// commit nobody may have heard the end.
async fn roll_back(connection: &mut SqliteConnection) -> bool {
    match sqlx::query("ROLLBACK").execute(connection).await {
        Ok(_) => true,
        Err(fault) => fault.as_database_error().is_some_and(|fault| fault.message().contains(NOTHING_BEGUN)),
    }
}

/// The connection for as long as it is held.
#[derive(Debug)]
pub struct Turn {
    line: Writer,
    connection: OwnedMappedMutexGuard<Option<SqliteConnection>, SqliteConnection>,
}

impl Turn {
    /// Makes everything in the transaction durable at once.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        sqlx::query("COMMIT").execute(&mut *self).await?;
        self.line.0.begun.store(false, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Turn {
    /// Whoever has the connection next gives up what was not committed; if nobody waits, somebody must come for that.
    fn drop(&mut self) {
        if self.line.0.begun.load(Ordering::Relaxed)
            && let Ok(runtime) = Handle::try_current()
        {
            let line = self.line.clone();
            runtime.spawn(async move { line.turn().await.map(drop) });
        }
    }
}

impl Deref for Turn {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn writer(folder: &tempfile::TempDir) -> Writer {
        let options = SqliteConnectOptions::new().filename(folder.path().join("x.db")).create_if_missing(true);
        let mut connection = options.connect().await.expect("there is room");
        // The second table goes away with its connection.
        for table in ["CREATE TABLE rows (n INTEGER)", "CREATE TEMP TABLE mark (n INTEGER)"] {
            sqlx::query(table).execute(&mut connection).await.expect("it is made");
        }
        Writer::new(options, connection)
    }

    async fn insert(turn: &mut Turn) {
        sqlx::query("INSERT INTO rows VALUES (1)").execute(&mut **turn).await.expect("it may write");
    }

    /// Rows that are there, and whether the connection is the first one.
    async fn state(writer: &Writer) -> (i64, bool) {
        let mut turn = writer.begin().await.expect("it begins");
        let rows = sqlx::query_scalar("SELECT count(*) FROM rows").fetch_one(&mut *turn).await.expect("it reads");
        (rows, sqlx::query("SELECT n FROM mark").fetch_all(&mut *turn).await.is_ok())
    }

    #[tokio::test]
    async fn what_is_not_committed_is_given_up_and_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().expect("there is room");
        let writer = writer(&folder).await;
        insert(&mut writer.begin().await.expect("it begins")).await;
        let mut other = writer.0.options.connect().await.expect("it opens");
        let elsewhere = sqlx::query("INSERT INTO rows VALUES (2)").execute(&mut other).await;
        assert!(elsewhere.is_ok(), "nobody else needs to come for the lock to be free: {elsewhere:?}");
        assert_eq!(state(&writer).await, (1, true));
        let mut turn = writer.begin().await.expect("it begins");
        insert(&mut turn).await;
        turn.commit().await.expect("it is kept");
        assert_eq!(state(&writer).await, (2, true));
    }

    #[tokio::test]
    async fn a_transaction_that_the_database_gave_up_by_itself_costs_no_connection() {
        let folder = tempfile::tempdir().expect("there is room");
        let writer = writer(&folder).await;
        let mut turn = writer.begin().await.expect("it begins");
        sqlx::query("ROLLBACK").execute(&mut *turn).await.expect("as on a full disk");
        assert!(turn.commit().await.is_err(), "there is nothing to commit");
        assert_eq!(state(&writer).await, (0, true));
    }

    #[tokio::test]
    async fn a_connection_whose_state_nobody_knows_is_opened_anew() {
        let folder = tempfile::tempdir().expect("there is room");
        let writer = writer(&folder).await;
        let gone = writer.0.connection.lock().await.take().expect("it is there");
        gone.close().await.expect("it is closed");
        assert_eq!(state(&writer).await, (0, false));
        writer.close().await;
        assert!(matches!(writer.begin().await, Err(Error::PoolClosed)));
    }
}
