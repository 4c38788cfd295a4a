//! Looking through a database for damage: the file's own structure, every log, every round's keys, pictures and waiting ballots.

mod lines;
mod round;

use std::collections::BTreeSet;

use audit::{office::Office, round::Round};

use super::{App, logs::LogName};
use crate::{
    error::Error,
    store::{log, rounds},
};

/// Lines and ballots read at a time.
const BLOCK: u32 = 4096;

/// What was looked at and what is wrong, in words; nothing wrong when there are no words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Lines of all logs.
    pub lines: u64,
    /// Ballots that wait in the urns.
    pub waiting: u64,
    /// What is damaged.
    pub damage: Vec<String>,
}

/// Looks at everything. It takes as long as reading the whole database, and may be done while the service runs.
///
/// # Errors
/// [`Error::Database`], when a database is so damaged that it cannot be read; that is an answer too.
pub async fn look(app: &App) -> Result<Findings, Error> {
    let mut found = Findings { damage: app.db.read().await?.structure().await?, ..Findings::default() };
    let mut looked = BTreeSet::new();
    match app.log(LogName::Office).await {
        Ok(office) => {
            looked.insert(office.id);
            lines::walk::<Office>(app, &office, &mut found).await?;
        }
        Err(fault) => found.tell("the office", &fault),
    }
    for row in rounds::all(&mut app.db.read().await?).await? {
        let Some(log_id) = row.log_id else { continue };
        looked.insert(log_id);
        match app.published(&row.slug).await {
            Ok(published) => {
                lines::walk::<Round>(app, &published.log, &mut found).await?;
                round::look(app, &row.slug, &published, &mut found).await?;
            }
            Err(fault) => found.tell(&row.slug, &fault),
        }
    }
    let logs = log::sizes(&mut app.db.read().await?).await?;
    for (log_id, _) in logs.iter().filter(|(log_id, _)| !looked.contains(log_id)) {
        found.tell(&format!("log {log_id}"), &"it is of no round, and not the office's");
    }
    Ok(found)
}

impl Findings {
    fn tell(&mut self, of: &str, what: &impl std::fmt::Display) {
        self.damage.push(format!("{of}: {what}"));
    }
}
