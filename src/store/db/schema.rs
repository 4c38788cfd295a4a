//! Whether a database has the schema of this program: an older one is migrated, a newer or foreign one is refused.

use std::collections::BTreeMap;

use sqlx::migrate::{Migrate, Migrator};

use crate::error::Error;

/// Where sqlx keeps what was migrated.
const TABLE: &str = "_sqlx_migrations";

/// Refuses a database that a newer program or another one migrated, and, where it must be `complete`, one that waits for
/// migrations.
///
/// # Errors
/// [`Error::Broken`] with what to do.
pub(super) async fn refuse_other<C: Migrate>(connection: &mut C, ours: &Migrator, complete: bool) -> Result<(), Error> {
    let mut known: BTreeMap<i64, &[u8]> =
        ours.iter().map(|migration| (migration.version, migration.checksum.as_ref())).collect();
    let newest = known.keys().next_back().copied().unwrap_or_default();
    if !complete {
        connection.ensure_migrations_table(TABLE).await?;
    }
    for applied in connection.list_applied_migrations(TABLE).await? {
        match known.remove(&applied.version) {
            Some(checksum) if *checksum == *applied.checksum => {}
            Some(_) => {
                return Err(Error::broken(format!(
                    "the database's schema {} is not the one of this program: it was made by another build; use that one",
                    applied.version
                )));
            }
            None => {
                return Err(Error::broken(format!(
                    "the database has schema {}, and this program knows only up to {newest}: a newer program migrated it; use that one",
                    applied.version
                )));
            }
        }
    }
    match known.keys().next() {
        Some(missing) if complete => Err(Error::broken(format!(
            "the database waits for schema {missing} of {newest}: run `veche migrate --owner postgres://OWNER@HOST/DATABASE` first"
        ))),
        _ => Ok(()),
    }
}
