//! The connection: a SQLite file or PostgreSQL, one copy of the SQL for both. What differs between them is here and nowhere else.

mod apart;
mod finding;
mod hosts;
mod met;
mod postgres;
mod rows;
mod schema;
mod sqlite;

use std::{collections::HashMap, sync::Arc};

use sqlx::{PgPool, Postgres, QueryBuilder, SqlitePool, Transaction};

pub(super) use finding::Finding;
pub use hosts::{Hosts, HostsFault};
pub use postgres::{Migrated, migrate};
pub(super) use rows::{MAX_BINDS, Rows, Value, insert_missing, insert_new, most_rows};

use crate::error::Error;

/// Runs the body with `$conn` as the connection and `$database` as its sqlx type, once for each database.
macro_rules! db {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx {
            $crate::store::Tx::Lite(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
            $crate::store::Tx::Pg(transaction) => {
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
            $crate::store::Tx::Pg(transaction) => {
                type $database = sqlx::Postgres;
                let $conn = &mut **transaction;
                $body
            }
        }
    };
}
pub(crate) use db;

/// Most keys that are asked for in one statement.
pub(super) const MOST_ASKED: usize = 8_192;

/// A database whose schema is this program's.
#[derive(Debug, Clone)]
pub enum Db {
    /// A SQLite file: one connection writes, so that writers wait in a fair queue, and several read.
    Lite {
        /// The only connection that writes.
        writer: sqlite::Writer,
        /// Connections that read.
        readers: SqlitePool,
    },
    /// PostgreSQL. Readers have connections of their own, so that a crowd of them keeps no ballot waiting.
    Pg {
        /// Connections that write.
        writers: PgPool,
        /// Connections that write for [`Db::apart`].
        apart: Arc<apart::Apart>,
        /// Connections that read.
        readers: PgPool,
        /// Where the database may be; one of them takes writes.
        hosts: Arc<Hosts>,
    },
}

/// A statement that locks the row that it selects: on SQLite the transaction itself is the lock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locking {
    /// On SQLite.
    pub plain: &'static str,
    /// On PostgreSQL.
    pub locking: &'static str,
}

/// How the connections of one kind stand.
#[derive(Debug, Clone, Copy)]
pub struct Connections {
    /// Connections that are open.
    pub open: u32,
    /// Of these, those that nobody uses now.
    pub idle: u32,
    /// Connections that are open at most.
    pub most: u32,
}

/// A transaction, or a connection for one statement that reads ([`Db::ask`], [`Db::ask_in_turn`]).
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Lite(sqlite::Open),
    /// On PostgreSQL.
    Pg(Transaction<'static, Postgres>),
}

/// Waiting for a connection of a pool takes kilobytes, once and at the beginning. It is in a box of its own, or everybody who may come to
/// ask a database something would keep room for it for as long as they wait for anything.
impl Db {
    /// Begins a transaction that may write. On SQLite one is under way at a time. On PostgreSQL several are, and whoever depends
    /// on what a log, an urn or a draft says locks its row first ([`log::lock`](super::log::lock),
    /// [`ballot_box::lock`](super::ballot_box::lock), [`rounds::lock`](super::rounds::lock)): each
    /// statement sees what was committed before it, so that after the lock nothing of it can change. Another server than
    /// before is not written to until [`Self::lets_write`]: whoever asks earlier waits 5 s at most.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn write(&self) -> Result<Tx, Error> {
        match self {
            Self::Lite { writer, .. } => Ok(Tx::Lite(sqlite::Open::Writing(writer.begin().await?))),
            Self::Pg { writers, hosts, .. } => Ok(Tx::Pg(Box::pin(postgres::begin_to_write(writers, hosts)).await?)),
        }
    }

    /// Does work that everybody waits for, with this database: where its statements are a way to and fro each, on threads that go
    /// before those that compute.
    ///
    /// # Errors
    /// The work's own; [`Error::Broken`] when it panics.
    pub async fn apart<T, W>(&self, work: impl FnOnce(Self) -> W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Error>> + Send + 'static,
    {
        match self {
            Self::Lite { .. } => work(self.clone()).await,
            Self::Pg { apart, readers, hosts, .. } => {
                let (writers, readers) = (apart.pool.clone(), readers.clone());
                let there = Self::Pg { writers, apart: Arc::clone(apart), readers, hosts: Arc::clone(hosts) };
                apart.run(work(there)).await?
            }
        }
    }

    /// Begins a transaction that only reads, and sees one state of the database.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read(&self) -> Result<Tx, Error> {
        const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        match self {
            Self::Lite { readers, .. } => Ok(Tx::Lite(sqlite::Open::Whole(Box::pin(readers.begin()).await?))),
            Self::Pg { readers, hosts, .. } => Ok(Tx::Pg(Box::pin(postgres::begin(readers, hosts, READ)).await?)),
        }
    }

    /// For one statement that only reads: SQLite makes it a transaction by itself, which spares waking its thread twice more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ask(&self) -> Result<Tx, Error> {
        match self {
            Self::Lite { readers, .. } => Ok(Tx::Lite(sqlite::Open::Single(Box::pin(readers.acquire()).await?))),
            Self::Pg { .. } => self.read().await,
        }
    }

    /// The same between two transactions that write: there SQLite finds the pages again that it read before, which a connection that only
    /// reads forgets at every commit. For a crowd that asks and commits in turns. Whoever asks stands in the line of those who write, and
    /// they wait for the answer.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ask_in_turn(&self) -> Result<Tx, Error> {
        match self {
            Self::Lite { writer, .. } => Ok(Tx::Lite(sqlite::Open::Between(writer.turn().await?))),
            Self::Pg { .. } => self.ask().await,
        }
    }

    /// Moves what was committed from SQLite's write-ahead log into its file, while others write. PostgreSQL does so by itself.
    /// Returns how many pages that log had; it begins anew when it is long.
    ///
    /// # Errors
    /// [`Error::Database`]; nothing is lost then, the log only grows.
    pub async fn checkpoint(&self) -> Result<u64, Error> {
        match self {
            Self::Lite { writer, readers } => sqlite::checkpoint(writer, readers).await,
            Self::Pg { .. } => Ok(0),
        }
    }

    /// Whether one transaction writes at a time, so that nothing is gained by making two of one.
    #[must_use]
    pub fn has_one_writer(&self) -> bool {
        matches!(self, Self::Lite { .. })
    }

    /// How the connections stand: those that read, and those that write.
    #[must_use]
    pub fn connections(&self) -> [Connections; 2] {
        match self {
            Self::Lite { writer, readers } => {
                [of(readers), Connections { open: 1, idle: writer.is_idle().into(), most: 1 }]
            }
            Self::Pg { writers, apart, readers, .. } => {
                let (some, others) = (of(writers), of(&apart.pool));
                let (open, idle) = (some.open + others.open, some.idle + others.idle);
                [of(readers), Connections { open, idle, most: some.most + others.most }]
            }
        }
    }

    /// Number of the server that was met last; a file is always the same.
    #[must_use]
    pub fn met(&self) -> u64 {
        self.servers().map_or(0, met::Met::number)
    }

    /// Comes about when another server is met than that of this number: whatever waits for the old one may wait for ever.
    pub async fn meets_another(&self, number: u64) {
        match self.servers() {
            Some(met) => met.another(number).await,
            None => std::future::pending().await,
        }
    }

    /// Whether what the last server has was looked at, so that it may be written to.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.servers().is_none_or(met::Met::may_write)
    }

    /// Lets the server of this number be written to, after it was looked what it has.
    pub fn lets_write(&self, number: u64) {
        if let Some(met) = self.servers() {
            met.lets_write(number);
        }
    }

    fn servers(&self) -> Option<&met::Met> {
        match self {
            Self::Lite { .. } => None,
            Self::Pg { hosts, .. } => Some(&hosts.met),
        }
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Lite { readers, .. } => readers.is_closed(),
            Self::Pg { readers, .. } => readers.is_closed(),
        }
    }

    /// Closes every connection, after those in use are given back.
    pub async fn close(&self) {
        match self {
            Self::Lite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Pg { writers, apart, readers, .. } => {
                readers.close().await;
                apart.pool.close().await;
                writers.close().await;
            }
        }
    }
}

fn of<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> Connections {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    Connections { open: pool.size(), idle, most: pool.options().get_max_connections() }
}

impl Tx {
    /// Locks the row that the statement selects by its number; false when there is none. On SQLite the transaction itself is the lock.
    pub(super) async fn lock(&mut self, select: &'static str, id: i64) -> Result<bool, Error> {
        let Self::Pg(transaction) = self else { return Ok(true) };
        Ok(sqlx::query(select).bind(id).fetch_optional(&mut **transaction).await?.is_some())
    }

    /// The number that the statement selects of a row, which is locked; nothing when there is none.
    pub(super) async fn locked(&mut self, select: Locking, id: i64) -> Result<Option<i64>, Error> {
        let found = match self {
            Self::Lite(transaction) => {
                sqlx::query_scalar(select.plain).bind(id).fetch_optional(&mut **transaction).await?
            }
            Self::Pg(transaction) => {
                sqlx::query_scalar(select.locking).bind(id).fetch_optional(&mut **transaction).await?
            }
        };
        Ok(found)
    }

    /// Locks a table against other writers. On SQLite the transaction itself is the lock.
    pub(super) async fn lock_table(&mut self, statement: &'static str) -> Result<(), Error> {
        if let Self::Pg(transaction) = self {
            sqlx::query(statement).execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Whether SQLite overwrites from here on what it takes out, also on pages that are given back: there it would lie as it lay. PostgreSQL
    /// does so when the room is used again, after VACUUM.
    pub(super) async fn overwrites(&mut self, yes: bool) -> Result<(), Error> {
        if let Self::Lite(transaction) = self {
            let pragma = if yes { "PRAGMA secure_delete = ON" } else { "PRAGMA secure_delete = OFF" };
            sqlx::query(pragma).execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// The value of each key that has one: `select` finds it for `asked.key` and for the round whose number follows. Each key is looked up
    /// by itself. Of `key IN (…)` PostgreSQL may make a search through all rows of the round, as long as it believes that there are few,
    /// which it does from the opening until its statistics are made anew.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) async fn values_of(
        &mut self,
        keys: &[[u8; 32]],
        select: &'static str,
        round_id: i64,
    ) -> Result<HashMap<Vec<u8>, Vec<u8>>, Error> {
        let mut found = HashMap::with_capacity(keys.len());
        db!(self, |conn: D| {
            for chunk in keys.chunks(MOST_ASKED) {
                let mut query = QueryBuilder::<D>::new("WITH asked (key) AS (");
                D::push_rows(&mut query, chunk, |key| [Value::Bytes(key)]);
                query.push(") SELECT key, (").push(select).push_bind(round_id).push(") FROM asked");
                let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> = query.build_query_as().fetch_all(&mut *conn).await?;
                found.extend(rows.into_iter().filter_map(|(key, value)| Some((key, value?))));
            }
        });
        Ok(found)
    }

    /// What the database itself finds wrong with its structure. PostgreSQL has its own programs for that (`pg_amcheck`).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn structure(&mut self) -> Result<Vec<String>, Error> {
        match self {
            Self::Lite(transaction) => sqlite::structure(transaction, "PRAGMA integrity_check(20)").await,
            Self::Pg(_) => Ok(Vec::new()),
        }
    }

    /// Makes everything in the transaction durable at once.
    ///
    /// # Errors
    /// [`Error::Database`]; then nothing of it happened, or the answer was lost and all of it did.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Lite(open) => open.commit().await,
            Self::Pg(transaction) => Ok(transaction.commit().await?),
        }
    }
}
