//! What this node has seen of every log, kept on its own disk: a database that is shorter than that, or another, is not served.

mod comparing;
mod held;
mod memory;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use audit::log::checkpoint::Checkpoint;

pub(super) use comparing::head;
use comparing::{Found, Now, against, now};
pub(super) use held::Held;
use memory::{Heads, Seen, read, write};

use super::{App, witnessing};
use crate::error::Error;

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
    let server = app.db.met();
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
    // Any other server must be looked at from now on.
    app.db.lets_write(server);
    // A full disk keeps nobody from reading.
    if let Err(fault) = remember(app).await {
        tracing::warn!(%fault, "what this node has seen of the logs cannot be noted");
    }
    Ok(())
}

/// What speaks against each log of the database: what this node has seen, or else a witness.
async fn faults(app: &Arc<App>, seen: &Heads, now: &Now) -> Result<BTreeMap<String, String>, Error> {
    let mut faults = BTreeMap::new();
    for (origin, before) in seen.iter().filter(|(origin, _)| !is_settled(seen, origin)) {
        if let Some(fault) = against(app, now.get(origin), before).await? {
            faults.insert(origin.clone(), fault);
        }
    }
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

/// Holds every log against what was noted of it and what was found in it since, and notes its head of now where that adds to it. A log
/// that is shorter, or another, is told in the service's log, and not written any more until the right database is back. After that
/// another server than before may be written to.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a log cannot be held against what was noted, or the file not be written. What was found of
/// a log before stands then.
pub async fn remember(app: &App) -> Result<(), Error> {
    let server = app.db.met();
    if !app.db.may_write() {
        app.forget_promises();
    }
    // The database is read after the file and the memory: whatever stands in them was in the database before.
    let (before, held) = (read(app)?, app.held.heads());
    let now = now(&mut app.db.read().await?).await?;
    let (mut seen, mut found) = (before.clone(), Found::default());
    let mut noted = before.clone();
    noted.retain(|origin, _| !is_settled(&before, origin));
    found.compare(app, &now, &noted).await?;
    let mut fresh = Heads::new();
    for head in held.iter().filter(|head| found.holds(&head.origin)) {
        grow(&mut seen, head);
        grow(&mut fresh, head);
    }
    found.compare(app, &now, &fresh).await?;
    let whole = now.values().map(|(_, head)| head).filter(|head| found.holds(&head.origin));
    whole.for_each(|head| grow(&mut seen, head));
    app.held.set(found.behind);
    app.db.lets_write(server);
    if seen != before {
        write(app, &seen)?;
    }
    found.unclear.into_values().next().map_or(Ok(()), Err)
}

/// Notes a head where it is larger than what was noted before.
fn grow(seen: &mut Heads, head: &Checkpoint) {
    let entry = seen.entry(head.origin.clone()).or_insert_with(|| Seen::of(head));
    if entry.size < head.size {
        (entry.size, entry.root) = (head.size, head.root);
    }
}
