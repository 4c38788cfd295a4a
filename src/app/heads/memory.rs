//! The file `heads.json` in the data folder of a node.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::PathBuf,
};

use audit::log::{checkpoint::Checkpoint, hash::Hash};
use serde::{Deserialize, Serialize};

use crate::{app::App, error::Error};

/// The largest head of a log that this node has seen signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    pub(super) size: u64,
    pub(super) root: Hash,
    /// Why an operator went on with a database that does not have all that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) loss_accepted: Option<String>,
}

impl Seen {
    pub(super) fn of(head: &Checkpoint) -> Self {
        Self { size: head.size, root: head.root, loss_accepted: None }
    }
}

/// By the logs' names.
pub(super) type Heads = BTreeMap<String, Seen>;

fn file(app: &App) -> PathBuf {
    app.config.data.join("heads.json")
}

/// What stands in it; nothing before the first start.
pub(super) fn read(app: &App) -> Result<Heads, Error> {
    let path = file(app);
    let broken = |fault: &dyn std::fmt::Display| Error::broken(format!("{}: {fault}", path.display()));
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|fault| broken(&fault)),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(Heads::new()),
        Err(fault) => Err(broken(&fault)),
    }
}

/// Replaces the file as a whole, so that a crash leaves the one before or the one after.
pub(super) fn write(app: &App, heads: &Heads) -> Result<(), Error> {
    let path = file(app);
    let next = path.with_extension("next");
    let text = serde_json::to_vec_pretty(heads).map_err(Error::broken)?;
    let written = File::create(&next)
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&next, &path))
        .and_then(|()| File::open(&app.config.data)?.sync_all());
    written.map_err(|fault| Error::broken(format!("{}: {fault}", path.display())))
}
