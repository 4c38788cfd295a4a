//! SQLite: the file of a village or a town, made and migrated where needed.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions as _, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Db, schema};
use crate::error::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
/// Readers beside the one writer.
const READERS: u32 = 4;

impl Db {
    /// Opens the file, creating and migrating it where needed.
    ///
    /// # Errors
    /// [`Error::Database`] when it cannot be opened, [`Error::Broken`] when it is another program's or a newer one's.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("cache_size", "-16000")
            .pragma("journal_size_limit", "67108864")
            // A statement that is logged could tell who did what when.
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        refuse_foreign(&writer, path).await?;
        schema::refuse_other(&mut *writer.acquire().await?, &MIGRATIONS, false).await?;
        MIGRATIONS.run(&writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
        Ok(Self::Lite { writer, readers })
    }
}

/// A file with tables that no migration of ours made.
async fn refuse_foreign(writer: &SqlitePool, path: &Path) -> Result<(), Error> {
    let select = "SELECT count(*), COALESCE(SUM(name = '_sqlx_migrations'), 0) FROM sqlite_master WHERE type = 'table'";
    let (tables, ours): (i64, i64) = sqlx::query_as(select).fetch_one(writer).await?;
    if tables > 0 && ours == 0 {
        let path = path.display();
        return Err(Error::broken(format!("{path} is the database of another program; name another data folder")));
    }
    Ok(())
}
