//! SQLite: the file of a village or a town, made and migrated where needed.

mod writer;

use std::{
    ops::{Deref, DerefMut},
    path::Path,
    str::FromStr,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, Sqlite, SqliteConnection, SqliteExecutor, SqlitePool, Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use writer::Writer;

use super::{Db, schema};
use crate::error::Error;
use writer::Turn;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
/// Largest file, in bytes, that is looked through at the start.
const MOST_CHECKED: u64 = 64 << 20;
/// Readers beside the one writer.
const READERS: u32 = 4;
/// Memory for pages in KiB, as SQLite writes it. The writer finds its pages again as long as nobody else writes; a reader forgets
/// them at every commit.
const WRITER_CACHE: &str = "-16000";
const READER_CACHE: &str = "-4000";
/// Rows of an answer that wait for the task that asked.
const ROWS: usize = 512;
/// Pages in the write-ahead log from which on the writer moves what is left of them, so that the log begins anew; and where it does so
/// by itself, because nobody calls [`checkpoint`].
const LONG_LOG: i64 = 20_000;
const LONGEST_LOG: &str = "80000";
/// Bytes of the write-ahead log's file that are kept when it begins anew: what it grows to under load, or it would be cut and grow again each
/// time.
const KEPT_LOG: &str = "268435456";
/// What came while pages were moved is moved too before the writer's turn, so many times at most, unless it was fewer pages than this.
const FEW: i64 = 1_000;
const AGAIN: usize = 4;

/// A connection that somebody has for a while.
#[derive(Debug)]
pub enum Open {
    /// For a transaction that may write.
    Writing(Turn),
    /// For a transaction of several statements that only read.
    Whole(Transaction<'static, Sqlite>),
    /// For one statement that only reads.
    Single(PoolConnection<Sqlite>),
    /// The same on the connection that writes, between two transactions.
    Between(Turn),
}

impl Deref for Open {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Writing(turn) | Self::Between(turn) => turn,
            Self::Whole(transaction) => transaction,
            Self::Single(connection) => connection,
        }
    }
}

impl DerefMut for Open {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Writing(turn) | Self::Between(turn) => turn,
            Self::Whole(transaction) => transaction,
            Self::Single(connection) => connection,
        }
    }
}

impl Open {
    pub(super) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Writing(turn) => Ok(turn.commit().await?),
            Self::Whole(transaction) => Ok(transaction.commit().await?),
            Self::Single(_) | Self::Between(_) => Ok(()),
        }
    }
}

impl Db {
    /// Opens the file, creating and migrating it where needed.
    ///
    /// # Errors
    /// [`Error::Database`] when it cannot be opened, [`Error::Broken`] when it is another program's or a newer one's.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        // Before anything of it is changed: the kind of a file's journal stands in it. What cannot be read yet is left to whoever opens it.
        let looking = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display()))?.read_only(true);
        if let Ok(mut looking) = looking.disable_statement_logging().connect().await {
            let looked = refuse_foreign(&mut looking, path).await;
            let _ = looking.close().await;
            if let Err(foreign @ Error::Broken(_)) = looked {
                return Err(foreign);
            }
        }
        let db = Self::file(path).await?;
        if let Self::Lite { writer, .. } = &db {
            let mut turn = writer.turn().await?;
            refuse_damaged(&mut turn, path).await?;
            refuse_foreign(&mut turn, path).await?;
            schema::refuse_other(&mut *turn, &MIGRATIONS, false).await?;
            MIGRATIONS.run_direct(None, &mut *turn, false).await?;
        }
        Ok(db)
    }

    /// Opens the file as it is, with whatever it holds.
    ///
    /// # Errors
    /// [`Error::Database`] when it cannot be opened.
    pub(in crate::store) async fn file(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            // A batch that goes into the log comes in one go, not row by row through a narrow channel.
            .row_buffer_size(ROWS)
            .pragma("journal_size_limit", KEPT_LOG)
            .pragma("wal_autocheckpoint", LONGEST_LOG)
            // What takes back half a statement is kept in memory: past 64 KiB it would go through a file.
            .pragma("temp_store", "MEMORY")
            // A statement that is logged could tell who did what when.
            .disable_statement_logging();
        let writing = options.clone().pragma("cache_size", WRITER_CACHE);
        let writer = writing.connect().await?;
        // A file's connection does not die of itself, and the question whether it lives would cost every request.
        let readers = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false);
        let readers = readers.before_acquire(|connection, _| Box::pin(is_free(connection)));
        let readers =
            readers.connect_with(options.pragma("cache_size", READER_CACHE).pragma("query_only", "ON")).await?;
        Ok(Self::Lite { writer: Writer::new(writing, writer), readers })
    }
}

/// Moves pages from the write-ahead log into the file, beside the writer, who need not wait for the disk meanwhile. Only a writer that
/// finds all of them moved begins the log anew, so when it is long the few that came since are moved between two transactions. Returns how
/// many pages there were.
pub(super) async fn checkpoint(writer: &Writer, readers: &SqlitePool) -> Result<u64, Error> {
    let (mut pages, mut is_all) = pages_moved(readers).await?;
    if pages >= LONG_LOG {
        // Everybody waits for what the writer moves, so first what came meanwhile, and what came while that was moved.
        for _ in 0..AGAIN {
            let before = pages;
            (pages, is_all) = pages_moved(readers).await?;
            if !is_all || pages - before < FEW {
                break;
            }
        }
        // While somebody reads what was there before, the log cannot begin anew.
        if is_all {
            pages_moved(&mut *writer.turn().await?).await?;
        }
    }
    Ok(pages.unsigned_abs())
}

/// Moves the pages that there are now, as far as no reader needs them; how many are in the log, and whether all were moved. Nothing is
/// known of them while another process moves them.
async fn pages_moved(connection: impl SqliteExecutor<'_>) -> Result<(i64, bool), Error> {
    let row = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await?;
    let (_, pages, moved): (i64, i64, i64) = row;
    Ok((pages.max(0), pages >= 0 && moved == pages))
}

/// Whether a connection that is to be used again is in no transaction any more.
async fn is_free(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // Behind a rollback that is under way. Each such question wakes a thread, so it is asked only then.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// A file whose structure is damaged takes no ballots. A large one is not looked through at every start: `veche admin check` does.
async fn refuse_damaged(writer: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > MOST_CHECKED) {
        return Ok(());
    }
    match structure(writer, "PRAGMA quick_check(1)").await?.first() {
        None => Ok(()),
        Some(damage) => Err(Error::broken(format!("{} is damaged: {damage}; put back a whole copy", path.display()))),
    }
}

/// What SQLite finds wrong; it answers with one row, "ok", when nothing is.
pub(super) async fn structure(connection: &mut SqliteConnection, check: &'static str) -> Result<Vec<String>, Error> {
    let mut said: Vec<String> = sqlx::query_scalar(check).fetch_all(connection).await?;
    said.retain(|line| line != "ok");
    Ok(said)
}

/// A file with tables that no migration of ours made.
async fn refuse_foreign(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    let select = "SELECT count(*), COALESCE(SUM(name = '_sqlx_migrations'), 0) FROM sqlite_master WHERE type = 'table'";
    let (tables, ours): (i64, i64) = sqlx::query_as(select).fetch_one(connection).await?;
    if tables > 0 && ours == 0 {
        let path = path.display();
        return Err(Error::broken(format!("{path} is the database of another program; name another data folder")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages in the write-ahead log, and how many of them were moved.
    async fn pages(db: &Db) -> (i64, i64) {
        let Db::Lite { readers, .. } = db else { panic!("this is a file") };
        let row: (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(NOOP)").fetch_one(readers).await.expect("the pages are counted");
        (row.1, row.2)
    }

    async fn write(db: &Db, bytes: i64) {
        let Db::Lite { writer, .. } = db else { panic!("this is a file") };
        let insert = sqlx::query("INSERT INTO filling (bytes) VALUES (zeroblob($1))");
        let mut turn = writer.turn().await.expect("nobody else has it");
        insert.bind(bytes).execute(&mut *turn).await.expect("the database takes it");
    }

    #[tokio::test]
    async fn the_write_ahead_log_begins_anew_when_it_is_long() {
        let folder = tempfile::tempdir().expect("there is room");
        let db = Db::open(&folder.path().join("veche.db")).await.expect("it opens");
        let Db::Lite { writer, .. } = &db else { panic!("this is a file") };
        let create = sqlx::query("CREATE TABLE filling (bytes BLOB)");
        create.execute(&mut *writer.turn().await.expect("nobody has it")).await.expect("there is room");
        write(&db, 400_000).await;
        let counted = db.checkpoint().await.expect("what was written is moved");
        let (short, moved) = pages(&db).await;
        assert!(short >= 100 && moved == short, "{moved} of {short} pages were moved");
        assert_eq!(counted, short.unsigned_abs());
        write(&db, 4096 * LONG_LOG).await;
        assert!(pages(&db).await.1 <= short, "nobody moves pages before the writer must");
        assert!(db.checkpoint().await.expect("what was written is moved") >= LONG_LOG.unsigned_abs());
        write(&db, 1).await;
        let (long, _) = pages(&db).await;
        assert!(long < 10, "the log has {long} pages after the first commit into a new one");
    }

    #[tokio::test]
    async fn while_somebody_reads_nobody_waits_for_pages_that_cannot_be_moved() {
        let folder = tempfile::tempdir().expect("there is room");
        let db = Db::open(&folder.path().join("veche.db")).await.expect("it opens");
        let Db::Lite { writer, readers } = &db else { panic!("this is a file") };
        let create = sqlx::query("CREATE TABLE filling (bytes BLOB)");
        create.execute(&mut *writer.turn().await.expect("nobody has it")).await.expect("there is room");
        let mut reading = readers.begin().await.expect("one is free");
        sqlx::query("SELECT count(*) FROM filling").execute(&mut *reading).await.expect("it reads");
        write(&db, 4096 * LONG_LOG).await;
        let turn = writer.turn().await.expect("nobody else has it");
        let done = tokio::time::timeout(Duration::from_secs(20), db.checkpoint()).await;
        assert!(done.expect("it asks for no turn").expect("it looks") >= LONG_LOG.unsigned_abs());
        drop(turn);
        reading.rollback().await.expect("it reads no more");
        db.checkpoint().await.expect("what was written is moved");
        write(&db, 1).await;
        assert!(pages(&db).await.0 < 10, "the log begins anew when the reader is gone");
    }
}
