//! The connection: SQLite today, written so that another database is one more arm of `db!` and not a second copy of the SQL.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::error::Error;

/// Runs the body with `$conn` as the connection inside a transaction and `$database` as its sqlx type, once for each database.
macro_rules! db {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx {
            $crate::store::Tx::Lite(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
        }
    };
    ($tx:expr, |$conn:ident: $database:ident| $body:expr) => {
        match $tx {
            $crate::store::Tx::Lite(transaction) => {
                type $database = sqlx::Sqlite;
                let $conn = &mut **transaction;
                $body
            }
        }
    };
}
pub(crate) use db;

/// Most bound values in one statement: SQLite allows 32,766.
pub(super) const MAX_BINDS: usize = 30_000;
/// Readers beside the one writer.
const READERS: u32 = 4;

/// A database, with its migrations done.
#[derive(Debug, Clone)]
pub enum Db {
    /// A SQLite file: one connection writes, so that writers wait in a fair queue, and several read.
    Lite {
        /// The only connection that writes.
        writer: SqlitePool,
        /// Connections that read.
        readers: SqlitePool,
    },
}

/// A transaction.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Lite(Transaction<'static, Sqlite>),
}

impl Db {
    /// Opens the file, creating and migrating it where needed.
    ///
    /// # Errors
    /// [`Error::Database`] when it cannot be opened, or was made by a newer program.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("cache_size", "-16000")
            .pragma("journal_size_limit", "67108864");
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
        Ok(Self::Lite { writer, readers })
    }

    /// Begins a transaction that may write. Only one is under way at a time.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn write(&self) -> Result<Tx, Error> {
        match self {
            Self::Lite { writer, .. } => Ok(Tx::Lite(writer.begin_with("BEGIN IMMEDIATE").await?)),
        }
    }

    /// Begins a transaction that only reads, and sees one state of the database.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read(&self) -> Result<Tx, Error> {
        match self {
            Self::Lite { readers, .. } => Ok(Tx::Lite(readers.begin().await?)),
        }
    }

    /// Closes every connection, after those in use are given back.
    pub async fn close(&self) {
        match self {
            Self::Lite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }
}

impl Tx {
    /// Makes everything in the transaction durable at once.
    ///
    /// # Errors
    /// [`Error::Database`]; then nothing of it happened.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Lite(transaction) => Ok(transaction.commit().await?),
        }
    }
}
