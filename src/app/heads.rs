//! What this node has seen of every log, kept on its own disk: a database that is shorter than that, or another, is not served.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use audit::log::{checkpoint::Checkpoint, hash::Hash, note::Note, proof::verify_consistency};
use serde::{Deserialize, Serialize};

use super::{App, proving, witnessing};
use crate::{
    error::Error,
    store::{Tx, log},
};

/// The largest head of a log that this node has seen signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    size: u64,
    root: Hash,
    /// Why an operator went on with a database that does not have all that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loss_accepted: Option<String>,
}

/// By the logs' names.
type Heads = BTreeMap<String, Seen>;
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

/// Notes the heads of now where they are larger than what was noted before.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when the file cannot be written.
pub async fn remember(app: &App) -> Result<(), Error> {
    let now = now(&mut app.db.read().await?).await?;
    let mut seen = read(app)?;
    let before = seen.clone();
    for (origin, (_, head)) in now {
        let entry = seen.entry(origin).or_insert(Seen { size: head.size, root: head.root, loss_accepted: None });
        if entry.size < head.size {
            (entry.size, entry.root) = (head.size, head.root);
        }
    }
    if seen == before { Ok(()) } else { write(app, &seen) }
}

/// What speaks against the log that the database has now.
async fn against(app: &App, now: Option<&(i64, Checkpoint)>, seen: &Seen) -> Result<Option<String>, Error> {
    let Some((log_id, head)) = now else {
        return Ok(Some(format!("this node has seen {} lines of it, and the database does not have it", seen.size)));
    };
    if head.size < seen.size {
        let (had, has) = (seen.size, head.size);
        return Ok(Some(format!("this node has seen {had} lines of it, and the database has {has}")));
    }
    let mut tx = app.db.read().await?;
    let proof = proving::consistency(&mut tx, *log_id, seen.size, head.size).await?;
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

fn file(app: &App) -> PathBuf {
    app.config.data.join("heads.json")
}

fn read(app: &App) -> Result<Heads, Error> {
    let path = file(app);
    let broken = |fault: &dyn std::fmt::Display| Error::broken(format!("{}: {fault}", path.display()));
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|fault| broken(&fault)),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(Heads::new()),
        Err(fault) => Err(broken(&fault)),
    }
}

/// Replaces the file as a whole, so that a crash leaves the one before or the one after.
fn write(app: &App, heads: &Heads) -> Result<(), Error> {
    let path = file(app);
    let next = path.with_extension("next");
    let text = serde_json::to_vec_pretty(heads).map_err(Error::broken)?;
    let written = File::create(&next)
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&next, &path))
        .and_then(|()| File::open(&app.config.data)?.sync_all());
    written.map_err(|fault| Error::broken(format!("{}: {fault}", path.display())))
}
