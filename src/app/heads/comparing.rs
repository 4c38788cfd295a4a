//! The logs that the database has, held against what was seen of them.

use std::collections::BTreeMap;

use audit::log::{checkpoint::Checkpoint, note::Note, proof::verify_consistency};

use super::memory::{Heads, Seen};
use crate::{
    app::{App, proving},
    error::Error,
    store::{Tx, log},
};

/// The database's heads by the logs' names, with the logs' numbers.
pub(super) type Now = BTreeMap<String, (i64, Checkpoint)>;

/// What came of holding the database against what was seen.
#[derive(Default)]
pub(super) struct Found {
    /// What speaks against logs, by their names.
    pub(super) behind: BTreeMap<String, String>,
    /// Of these nobody can say; what was found before stands.
    pub(super) unclear: BTreeMap<String, Error>,
}

impl Found {
    /// Whether the database has all of this log that was seen.
    pub(super) fn holds(&self, origin: &str) -> bool {
        !self.behind.contains_key(origin) && !self.unclear.contains_key(origin)
    }

    /// Holds logs against what was seen of them.
    ///
    /// # Errors
    /// [`Error::Database`] when another server than before is lost again, or busy, before it is compared.
    pub(super) async fn compare(&mut self, app: &App, now: &Now, seen: &Heads) -> Result<(), Error> {
        for (origin, seen) in seen {
            match against(app, now.get(origin), seen).await {
                Ok(fault) => self.behind.extend(fault.map(|fault| (origin.clone(), fault))),
                Err(fault) if !app.db.may_write() && fault.is_of_connection() => return Err(fault),
                Err(fault) => {
                    self.behind.extend(app.held.against(origin).map(|fault| (origin.clone(), fault)));
                    self.unclear.insert(origin.clone(), Error::broken(format!("{origin}: {fault}")));
                }
            }
        }
        Ok(())
    }
}

/// What speaks against the log that the database has now.
pub(super) async fn against(app: &App, now: Option<&(i64, Checkpoint)>, seen: &Seen) -> Result<Option<String>, Error> {
    let Some((log_id, head)) = now else {
        return Ok(Some(format!("this node has seen {} lines of it, and the database does not have it", seen.size)));
    };
    if head.size < seen.size {
        let (had, has) = (seen.size, head.size);
        return Ok(Some(format!("this node has seen {had} lines of it, and the database has {has}")));
    }
    // What did not grow needs no proof.
    if head.size == seen.size && head.root == seen.root {
        return Ok(None);
    }
    let proof = proving::consistency(&mut app.db.read().await?, *log_id, seen.size, head.size).await?;
    let goes_on = verify_consistency(seen.size, seen.root, head.size, head.root, &proof).is_ok();
    let other = || format!("its first {} lines are not those that this node has seen: it is another log", seen.size);
    Ok((!goes_on).then(other))
}

/// The head of every log that has lines, by its name, with its number in the database. One that cannot be read is not there.
pub(super) async fn now(tx: &mut Tx) -> Result<Now, Error> {
    let mut heads = Now::new();
    for (log_id, size) in log::sizes(tx).await? {
        if size > 0 {
            match head(&log::checkpoint(tx, log_id).await?.1) {
                Ok(head) => drop(heads.insert(head.origin.clone(), (log_id, head))),
                Err(fault) => {
                    tracing::error!(%fault, log_id, "the database is damaged: the head of a log cannot be read")
                }
            }
        }
    }
    Ok(heads)
}

/// The head that a signed note is of.
///
/// # Errors
/// [`Error::Broken`] when it is none.
pub(in crate::app) fn head(note: &str) -> Result<Checkpoint, Error> {
    let note: Note = note.parse().map_err(Error::broken)?;
    note.text.parse().map_err(Error::broken)
}
