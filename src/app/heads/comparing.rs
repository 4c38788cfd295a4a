//! The logs that the database has, held against what was seen of them.

use std::collections::BTreeMap;

use audit::log::{checkpoint::Checkpoint, note::Note, proof::verify_consistency};

use super::{
    is_settled,
    memory::{Heads, Seen},
};
use crate::{
    app::{App, proving},
    error::Error,
    store::{Tx, log},
};

/// The database's heads by the logs' names, with the logs' numbers.
pub(super) type Now = BTreeMap<String, (i64, Checkpoint)>;

/// What came of holding the database against what was seen.
pub(super) struct Found {
    /// What speaks against logs, by their names.
    pub(super) behind: BTreeMap<String, String>,
    /// Of these nobody can say; what was found before stands.
    pub(super) unclear: BTreeMap<String, Error>,
}

impl Found {
    /// Whether the database has all of this log that was seen.
    pub(super) fn holds(&self, origin: &String) -> bool {
        !self.behind.contains_key(origin) && !self.unclear.contains_key(origin)
    }
}

/// Holds every log against what was seen, but those whose loss was accepted.
///
/// # Errors
/// [`Error::Database`] while another server than before waits to be written to: it is asked again.
pub(super) async fn compared(app: &App, tx: &mut Tx, now: &Now, seen: &Heads) -> Result<Found, Error> {
    let mut found = Found { behind: BTreeMap::new(), unclear: BTreeMap::new() };
    for (origin, noted) in seen.iter().filter(|(origin, _)| !is_settled(seen, origin)) {
        match against(tx, now.get(origin), noted).await {
            Ok(fault) => found.behind.extend(fault.map(|fault| (origin.clone(), fault))),
            Err(fault @ Error::Database(_)) if !app.db.may_write() => return Err(fault),
            Err(fault) => {
                found.behind.extend(app.behind.of(origin).map(|fault| (origin.clone(), fault)));
                found.unclear.insert(origin.clone(), Error::broken(format!("{origin}: {fault}")));
            }
        }
    }
    Ok(found)
}

/// What speaks against the log that the database has now.
pub(super) async fn against(
    tx: &mut Tx,
    now: Option<&(i64, Checkpoint)>,
    seen: &Seen,
) -> Result<Option<String>, Error> {
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
    let proof = proving::consistency(tx, *log_id, seen.size, head.size).await?;
    let goes_on = verify_consistency(seen.size, seen.root, head.size, head.root, &proof).is_ok();
    let other = || format!("its first {} lines are not those that this node has seen: it is another log", seen.size);
    Ok((!goes_on).then(other))
}

/// The head of every log that has lines, by its name, with its number in the database.
pub(super) async fn now(tx: &mut Tx) -> Result<Now, Error> {
    let mut heads = Now::new();
    for (log_id, size) in log::sizes(tx).await? {
        if size > 0 {
            let (_, note) = log::checkpoint(tx, log_id).await?;
            let note: Note = note.parse().map_err(Error::broken)?;
            let head: Checkpoint = note.text.parse().map_err(Error::broken)?;
            heads.insert(head.origin.clone(), (log_id, head));
        }
    }
    Ok(heads)
}
