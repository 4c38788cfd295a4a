//! What this node has seen of every log, kept on its own disk: a database that is shorter than that, or another, is not served.

mod behind;
mod memory;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use audit::log::{checkpoint::Checkpoint, note::Note, proof::verify_consistency};

pub(super) use behind::Behind;
use memory::{Heads, Seen, read, write};

use super::{App, proving, witnessing};
use crate::{
    error::Error,
    store::{Tx, log},
};

/// The database's heads by the logs' names, with the logs' numbers.
type Now = BTreeMap<String, (i64, Checkpoint)>;

/// Numbers of the logs whose loss an operator has accepted; set once, at the start.
#[derive(Debug, Default)]
pub(super) struct Accepted(OnceLock<BTreeSet<i64>>);

impl Accepted {
    pub(super) fn has(&self, log_id: i64) -> bool {
        self.0.get().is_some_and(|logs| logs.contains(&log_id))
    }
}

/// Holds every log against what this node has seen of it and against the witnesses. A reason in the settings' `accept_loss` lets
/// the service start all the same, on this node for good.
///
/// # Errors
/// [`Error::Broken`] with each log that is shorter than it was, or another, and what to do.
pub async fn must_go_on(app: &Arc<App>) -> Result<(), Error> {
    let mut seen = read(app)?;
    let now = now(&mut app.db.read().await?).await?;
    let faults = faults(app, &seen, &now).await?;
    if !faults.is_empty() {
        let told: String = faults.iter().map(|(origin, fault)| format!("\n- {origin}: {fault}")).collect();
        let Some(reason) = &app.config.accept_loss else {
            return Err(Error::Broken(format!("this database is not the one that was served before:{told}\n{ADVICE}")));
        };
        tracing::error!(reason, "a loss is accepted; from now on this is the log:{told}");
        faults.keys().for_each(|origin| accept(&mut seen, origin, now.get(origin), reason));
        write(app, &seen)?;
    }
    let accepted = now.iter().filter(|(origin, _)| is_settled(&seen, origin)).map(|(_, (log_id, _))| *log_id);
    let _ = app.loss_accepted.0.set(accepted.collect());
    // A full disk keeps nobody from reading.
    if let Err(fault) = remember(app).await {
        tracing::warn!(%fault, "what this node has seen of the logs cannot be noted");
    }
    Ok(())
}

/// What speaks against each log of the database: what this node has seen, or else a witness.
async fn faults(app: &Arc<App>, seen: &Heads, now: &Now) -> Result<BTreeMap<String, String>, Error> {
    let mut faults = BTreeMap::new();
    let mut tx = app.db.read().await?;
    for (origin, before) in seen.iter().filter(|(origin, _)| !is_settled(seen, origin)) {
        if let Some(fault) = against(&mut tx, now.get(origin), before).await? {
            faults.insert(origin.clone(), fault);
        }
    }
    drop(tx);
    for (log_id, fault) in witnessing::contradictions(app).await {
        let Some((origin, _)) = now.iter().find(|(_, (id, _))| *id == log_id) else { continue };
        if !is_settled(seen, origin) {
            faults.entry(origin.clone()).or_insert(fault);
        }
    }
    Ok(faults)
}

fn is_settled(seen: &Heads, origin: &str) -> bool {
    seen.get(origin).is_some_and(|seen| seen.loss_accepted.is_some())
}

/// From now on the log is what the database has of it, which may be nothing.
fn accept(seen: &mut Heads, origin: &str, now: Option<&(i64, Checkpoint)>, reason: &str) {
    match now {
        None => drop(seen.remove(origin)),
        Some((_, head)) => {
            let loss_accepted = Some(reason.to_owned());
            seen.insert(origin.to_owned(), Seen { size: head.size, root: head.root, loss_accepted });
        }
    }
}

const ADVICE: &str = "An old copy of the database, or that of another service, would take ballots into a log that contradicts what \
    was signed. Put the newest database back, and start again. If it is lost for good, what is missing is lost too, and residents \
    and witnesses can prove it: call the commission, and start with --accept-loss \"WHY\" if it decides to go on.";

/// Holds every log against what was noted of it, and notes its head of now where that adds to it. A log that is shorter, or another, is
/// told in the service's log, and not written any more until the right database is back.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a log cannot be held against what was noted, or the file not be written. What was found of
/// a log before stands then.
pub async fn remember(app: &App) -> Result<(), Error> {
    // The database is read after the file: whatever another process of this node noted meanwhile was in the database before.
    let mut seen = read(app)?;
    let mut tx = app.db.read().await?;
    let now = now(&mut tx).await?;
    let (before, mut behind, mut unclear, mut compared) = (seen.clone(), BTreeMap::new(), BTreeSet::new(), Ok(()));
    for (origin, noted) in before.iter().filter(|(origin, _)| !is_settled(&before, origin)) {
        match against(&mut tx, now.get(origin), noted).await {
            Ok(found) => behind.extend(found.map(|fault| (origin.clone(), fault))),
            Err(fault) => {
                behind.extend(app.behind.of(origin).map(|fault| (origin.clone(), fault)));
                unclear.insert(origin);
                compared = Err(Error::broken(format!("{origin}: {fault}")));
            }
        }
    }
    drop(tx);
    let holds = |origin: &String| !behind.contains_key(origin) && !unclear.contains(origin);
    now.iter().filter(|(origin, _)| holds(origin)).for_each(|(origin, (_, head))| grow(&mut seen, origin, head));
    app.behind.set(behind);
    if seen != before {
        write(app, &seen)?;
    }
    compared
}

/// Notes a head where it is larger than what was noted before.
fn grow(seen: &mut Heads, origin: &str, head: &Checkpoint) {
    let first = || Seen { size: head.size, root: head.root, loss_accepted: None };
    let entry = seen.entry(origin.to_owned()).or_insert_with(first);
    if entry.size < head.size {
        (entry.size, entry.root) = (head.size, head.root);
    }
}

/// What speaks against the log that the database has now.
async fn against(tx: &mut Tx, now: Option<&(i64, Checkpoint)>, seen: &Seen) -> Result<Option<String>, Error> {
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
async fn now(tx: &mut Tx) -> Result<Now, Error> {
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
