//! For measuring: bare multi-row inserts of rows as long as a ballot's, in a table of their own, which are the ceiling beside which casting
//! is measured; and what a PostgreSQL that grew for days has done long ago.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Sqlite};

use super::{
    Db, Hosts, Tx,
    db::{
        Value::{Bytes, Int},
        insert_new,
    },
};
use crate::error::Error;

/// Bytes of a row beside its key: about what a ballot takes in the urn and among the promises.
const ROW: usize = 640;
const TABLE: &str = "CREATE TABLE bench_rows (id BIGINT NOT NULL PRIMARY KEY, row_bytes ";

const INSERT: &str = "INSERT INTO bench_rows (id, row_bytes) ";

/// Moves pages from the write-ahead log into the file as often as the service does under load.
const MOVED_EVERY: Duration = Duration::from_secs(1);

/// The loop, for either database: nothing but rows and commits. `$begin` begins a transaction.
macro_rules! insert {
    ($database:ty, $rows:ident, $together:ident, $begin:expr, |$transaction:ident| $connection:expr) => {{
        let (started, row, mut first) = (Instant::now(), vec![7_u8; ROW], 0);
        while first < $rows {
            let mut $transaction = $begin.await?;
            let together: Vec<(i64, &[u8])> = (first..first + $together).map(|id| (id, row.as_slice())).collect();
            insert_new::<$database, _, 2>($connection, INSERT, &together, |(id, row)| [Int(*id), Bytes(row)]).await?;
            $transaction.commit().await?;
            first += $together;
        }
        started.elapsed()
    }};
}

/// Inserts so many rows into a SQLite file of their own in this folder, so many in each durable transaction, and says how long that took;
/// the file is removed again. Whatever is set for the service's file is set for this one, and its write-ahead log is emptied alike.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when the file cannot be removed.
pub async fn into_sqlite(folder: &Path, rows: i64, together: i64) -> Result<Duration, Error> {
    let file = folder.join("bench-rows.db");
    let db = Db::file(&file).await?;
    let mut tx = db.write().await?;
    if let Tx::Lite(connection) = &mut tx {
        let table = AssertSqlSafe(format!("{TABLE} BLOB NOT NULL) WITHOUT ROWID"));
        sqlx::raw_sql(table).execute(&mut **connection).await?;
    }
    tx.commit().await?;
    let insert = async {
        let took = insert!(Sqlite, rows, together, db.write(), |tx| {
            let Tx::Lite(connection) = &mut tx else { return Err(Error::broken("a file is SQLite's")) };
            &mut **connection
        });
        Ok(took)
    };
    let moved = async {
        loop {
            tokio::time::sleep(MOVED_EVERY).await;
            if let Err(fault) = db.checkpoint().await {
                break fault;
            }
        }
    };
    let took = tokio::select! {
        took = insert => took?,
        fault = moved => return Err(fault),
    };
    db.close().await;
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
    let took = insert!(Postgres, rows, together, connection.begin(), |transaction| &mut *transaction);
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
