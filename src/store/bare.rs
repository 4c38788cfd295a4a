//! For measuring: bare multi-row inserts of rows as long as a ballot's, in a table of their own, which are the ceiling beside which casting
//! is measured; and what a PostgreSQL that grew for days has done long ago.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, QueryBuilder, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    Hosts,
    db::{Rows as _, Value},
};
use crate::error::Error;

/// Bytes of a row beside its key: about what a ballot takes in the urn and among the promises.
const ROW: usize = 640;
const TABLE: &str = "CREATE TABLE bench_rows (id BIGINT NOT NULL PRIMARY KEY, row_bytes ";

/// The loop, for either database: nothing but rows and commits. `$push` writes the rows into the statement as the database takes them
/// fastest.
macro_rules! insert {
    ($database:ty, $connection:ident, $rows:ident, $together:ident, $push:expr) => {{
        let (started, row, mut first) = (Instant::now(), vec![7_u8; ROW], 0);
        while first < $rows {
            let mut transaction = $connection.begin().await?;
            let mut query = QueryBuilder::<$database>::new("INSERT INTO bench_rows (id, row_bytes) ");
            let together: Vec<(i64, &[u8])> = (first..first + $together).map(|id| (id, row.as_slice())).collect();
            $push(&mut query, &together);
            query.build().execute(&mut *transaction).await?;
            transaction.commit().await?;
            first += $together;
        }
        started.elapsed()
    }};
}

/// Inserts so many rows into a SQLite file of their own in this folder, so many in each durable transaction, and says how long that took;
/// the file is removed again.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when the file cannot be removed.
pub async fn into_sqlite(folder: &Path, rows: i64, together: i64) -> Result<Duration, Error> {
    let file = folder.join("bench-rows.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let table = AssertSqlSafe(format!("{TABLE} BLOB NOT NULL) WITHOUT ROWID"));
    sqlx::raw_sql(table).execute(&mut connection).await?;
    let took = insert!(sqlx::Sqlite, connection, rows, together, |query: &mut QueryBuilder<_>, rows| {
        query.push_values(rows, |mut row, (id, bytes): &(i64, &[u8])| {
            row.push_bind(*id).push_bind(bytes.to_vec());
        });
    });
    connection.close().await?;
    std::fs::remove_file(file).map_err(Error::broken)?;
    Ok(took)
}

/// The same on PostgreSQL, as the owner, who may make a table; it is dropped again.
///
/// # Errors
/// [`Error::Database`].
pub async fn into_postgres(owner: &Hosts, rows: i64, together: i64) -> Result<Duration, Error> {
    let mut connection = PgConnection::connect_with(&owner.primary().await?).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("{TABLE} BYTEA NOT NULL)"))).execute(&mut connection).await?;
    let took = insert!(sqlx::Postgres, connection, rows, together, |query, rows: &[_]| {
        sqlx::Postgres::push_rows(query, rows, |(id, bytes): &(i64, &[u8])| [Value::Int(*id), Value::Bytes(bytes)]);
    });
    sqlx::raw_sql("DROP TABLE bench_rows").execute(&mut connection).await?;
    connection.close().await?;
    Ok(took)
}

/// Vacuums and analyses the owner's tables at once, where they have grown in minutes to what takes days: else the server would go about it
/// for as long beside whatever is measured, with its disk.
///
/// # Errors
/// [`Error::Database`].
pub async fn vacuum(owner: &Hosts) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(&owner.primary().await?).await?;
    sqlx::raw_sql("VACUUM (ANALYZE)").execute(&mut connection).await?;
    Ok(connection.close().await?)
}
