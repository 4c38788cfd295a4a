//! Secret keys of rounds and of the service, sealed under the master key before they come here.

use super::db::{Tx, db};
use crate::error::Error;

/// Stores a sealed key under a name that has none yet.
///
/// # Errors
/// [`Error::Database`], also when the name is taken.
pub async fn insert(tx: &mut Tx, name: &str, sealed: &[u8]) -> Result<(), Error> {
    db!(tx, |conn| {
        let insert = sqlx::query("INSERT INTO secrets (name, sealed) VALUES ($1, $2)");
        insert.bind(name).bind(sealed).execute(conn).await?;
        Ok(())
    })
}

/// The sealed key of this name.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT sealed FROM secrets WHERE name = $1");
        Ok(select.bind(name).fetch_optional(conn).await?)
    })
}
