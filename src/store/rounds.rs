//! Rounds: drafts as officials left them, and what the log of a published round adds up to.

use audit::round::Phase;
use sqlx::QueryBuilder;

use super::db::{Tx, db};
use crate::error::Error;

/// Phase of a round whose rules are not frozen.
pub const DRAFT: &str = "draft";

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RoundRow {
    /// Number in this database.
    pub id: i64,
    /// Name in addresses.
    pub slug: String,
    /// Canonical JSON of the draft.
    pub draft: String,
    /// The log, once published.
    pub log_id: Option<i64>,
    /// Canonical JSON of the frozen rules, once published.
    pub rules: Option<String>,
    /// Name of the phase.
    pub phase: String,
    /// Unix second.
    pub opens_at: i64,
    /// Unix second of the close in force.
    pub closes_at: i64,
}

/// Creates or changes a draft. A published round is left as it is, and `false` is returned.
///
/// # Errors
/// [`Error::Database`].
pub async fn save_draft(tx: &mut Tx, slug: &str, draft: &str, opens_at: i64, closes_at: i64) -> Result<bool, Error> {
    db!(tx, |conn| {
        let upsert = sqlx::query(
            "INSERT INTO rounds (slug, draft, phase, opens_at, closes_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (slug) DO UPDATE
             SET draft = excluded.draft, opens_at = excluded.opens_at, closes_at = excluded.closes_at
             WHERE rounds.phase = $3",
        );
        let upsert = upsert.bind(slug).bind(draft).bind(DRAFT).bind(opens_at).bind(closes_at);
        Ok(upsert.execute(conn).await?.rows_affected() == 1)
    })
}

/// Freezes a draft.
///
/// # Errors
/// [`Error::Database`].
pub async fn publish(tx: &mut Tx, id: i64, log_id: i64, rules: &str) -> Result<(), Error> {
    db!(tx, |conn| {
        let update = sqlx::query("UPDATE rounds SET log_id = $2, rules = $3 WHERE id = $1");
        update.bind(id).bind(log_id).bind(rules).execute(conn).await?;
        Ok(())
    })
}

/// Takes over what the log says now.
///
/// # Errors
/// [`Error::Database`].
pub async fn project(tx: &mut Tx, log_id: i64, phase: &str, closes_at: i64) -> Result<(), Error> {
    db!(tx, |conn| {
        let update = sqlx::query("UPDATE rounds SET phase = $2, closes_at = $3 WHERE log_id = $1");
        update.bind(log_id).bind(phase).bind(closes_at).execute(conn).await?;
        Ok(())
    })
}

/// Makes this transaction the only one that changes the draft of this number, until it ends.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] when there is no such draft.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<(), Error> {
    let is_there = tx.lock("SELECT id FROM rounds WHERE id = $1 FOR UPDATE", id).await?;
    if is_there { Ok(()) } else { Err(Error::broken("the draft to be changed is not in the database")) }
}

/// The round of this name, draft or not.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, slug: &str) -> Result<Option<RoundRow>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_as("SELECT * FROM rounds WHERE slug = $1");
        Ok(select.bind(slug).fetch_optional(conn).await?)
    })
}

/// Name of the round that has this log; none has the office's.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_log(tx: &mut Tx, log_id: i64) -> Result<Option<String>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_scalar("SELECT slug FROM rounds WHERE log_id = $1");
        Ok(select.bind(log_id).fetch_optional(conn).await?)
    })
}

/// Whether the table answers: one row of it is looked for.
///
/// # Errors
/// [`Error::Database`].
pub async fn can_be_read(tx: &mut Tx) -> Result<(), Error> {
    db!(tx, |conn| {
        sqlx::query("SELECT id FROM rounds LIMIT 1").fetch_optional(conn).await?;
        Ok(())
    })
}

/// Every round, drafts included, the latest close first.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx) -> Result<Vec<RoundRow>, Error> {
    db!(tx, |conn| {
        let select = sqlx::query_as("SELECT * FROM rounds ORDER BY closes_at DESC, slug");
        Ok(select.fetch_all(conn).await?)
    })
}

/// Names of the published rounds that are in one of these phases, the latest close first.
///
/// # Errors
/// [`Error::Database`].
pub async fn names_in(tx: &mut Tx, phases: &[Phase]) -> Result<Vec<String>, Error> {
    db!(tx, |conn: D| {
        let mut query = QueryBuilder::<D>::new("SELECT slug FROM rounds WHERE log_id IS NOT NULL AND phase IN (");
        let mut list = query.separated(", ");
        phases.iter().for_each(|phase| {
            list.push_bind(phase.to_string());
        });
        query.push(") ORDER BY closes_at DESC, slug");
        Ok(query.build_query_scalar().fetch_all(conn).await?)
    })
}

/// Phase and close in force of a published round, read in the transaction that depends on them.
///
/// # Errors
/// [`Error::Database`].
pub async fn window(tx: &mut Tx, id: i64) -> Result<(Phase, i64), Error> {
    let (phase, closes_at): (String, i64) = db!(tx, |conn| {
        let select = sqlx::query_as("SELECT phase, closes_at FROM rounds WHERE id = $1");
        select.bind(id).fetch_one(conn).await?
    });
    Ok((phase_of(&phase)?, closes_at))
}

/// The phase of this name.
///
/// # Errors
/// [`Error::Broken`] for a draft or an unknown name.
pub fn phase_of(name: &str) -> Result<Phase, Error> {
    serde_json::from_value(name.into()).map_err(|_| Error::broken(format!("{name} is no phase of a published round")))
}
