//! Staff: who may act, recognised by the hash of their token.

use audit::office::Role;

use super::db::{Tx, db};
use crate::{domain::staff::Actor, error::Error};

/// Adds somebody.
///
/// # Errors
/// [`Error::Database`], also when the handle is taken.
pub async fn insert(tx: &mut Tx, actor: &Actor, token_hash: &[u8]) -> Result<(), Error> {
    db!(tx, |conn| {
        let insert = sqlx::query("INSERT INTO staff (handle, role, token_hash, revoked) VALUES ($1, $2, $3, 0)");
        insert.bind(&actor.handle).bind(name(actor.role)).bind(token_hash).execute(conn).await?;
        Ok(())
    })
}

/// Ends somebody's powers at once.
///
/// # Errors
/// [`Error::Database`].
pub async fn revoke(tx: &mut Tx, handle: &str) -> Result<bool, Error> {
    db!(tx, |conn| {
        let update = sqlx::query("UPDATE staff SET revoked = 1 WHERE handle = $1 AND revoked = 0");
        Ok(update.bind(handle).execute(conn).await?.rows_affected() == 1)
    })
}

/// Who holds the token, if anybody does.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Actor>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_as("SELECT handle, role FROM staff WHERE token_hash = $1 AND revoked = 0");
        let row: Option<(String, String)> = select.bind(token_hash).fetch_optional(conn).await?;
        Ok(row.and_then(|(handle, role)| Some(Actor { handle, role: parse(&role)? })))
    })
}

/// Everybody who may act, by handle.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx) -> Result<Vec<Actor>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_as("SELECT handle, role FROM staff WHERE revoked = 0 ORDER BY handle");
        let rows: Vec<(String, String)> = select.fetch_all(conn).await?;
        Ok(rows.into_iter().filter_map(|(handle, role)| Some(Actor { handle, role: parse(&role)? })).collect())
    })
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Commission => "commission",
        Role::Official => "official",
    }
}

fn parse(name: &str) -> Option<Role> {
    [Role::Commission, Role::Official].into_iter().find(|role| self::name(*role) == name)
}
