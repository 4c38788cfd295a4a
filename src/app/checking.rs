//! Looking through a database for damage: the file's own structure, every log, every round's keys, pictures, waiting ballots, promises and
//! the list of those that are in the log.

mod lines;
mod list;
mod promises;
mod round;

use audit::{office::Office, round::Round};

use super::{App, logs::LogName};
use crate::{
    error::Error,
    store::{log, rounds},
};

/// Lines and ballots read at a time.
const BLOCK: u32 = 4096;

/// How many lines are read next, of a log of this size.
fn block(read: u64, size: u64) -> u32 {
    u32::try_from(size.saturating_sub(read)).unwrap_or(BLOCK).min(BLOCK)
}

/// What was looked at and what is wrong, in words; nothing wrong when there are no words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Lines of all logs.
    pub lines: u64,
    /// Ballots that wait in the urns.
    pub waiting: u64,
    /// What is damaged.
    pub damage: Vec<String>,
    /// What could not be looked at, which says nothing about it.
    pub not_looked_at: Vec<String>,
}

/// Looks at everything. It takes as long as reading the whole database, and may be done while the service runs.
///
/// # Errors
/// [`Error::Database`], when a database is so damaged that it cannot be read; that is an answer too.
pub async fn look(app: &App) -> Result<Findings, Error> {
    let mut found = Findings { damage: app.db.read().await?.structure().await?, ..Findings::default() };
    let mut tx = app.db.read().await?;
    let (logs, rows) = (log::sizes(&mut tx).await?, rounds::all(&mut tx).await?);
    drop(tx);
    let office = app.log(LogName::Office).await;
    if let Err(fault) = &office {
        found.tell("the office", fault);
    }
    for (log_id, _) in logs {
        if let Some(row) = rows.iter().find(|row| row.log_id == Some(log_id)) {
            look_at_round(app, &row.slug, (row.id, log_id), &mut found).await?;
        } else if let Some(office) = office.as_ref().ok().filter(|office| office.id == log_id) {
            let looked = lines::walk::<Office>(app, log_id, Some(&office.key), &mut found).await;
            found.go_on("the office", looked)?;
        } else if office.is_ok() {
            found.tell(&format!("log {log_id}"), &"it is of no round, and not the office's");
        }
    }
    Ok(found)
}

/// Whatever is wrong with a round's keys, its lines and its urn are looked at all the same.
async fn look_at_round(
    app: &App,
    slug: &str,
    (round_id, log_id): (i64, i64),
    found: &mut Findings,
) -> Result<(), Error> {
    let published = app.published(slug).await;
    let key = published.as_ref().ok().map(|published| published.log.key.as_str());
    let walked = lines::walk::<Round>(app, log_id, key, found).await;
    found.go_on(slug, walked)?;
    let compared = match &published {
        Ok(published) => round::compare(app, slug, published, found).await,
        Err(fault) => Err(Error::broken(fault)),
    };
    found.go_on(slug, compared)?;
    let seen = round::pictures(app, slug, (round_id, log_id), found).await;
    found.go_on(slug, seen)?;
    list::compare(app, slug, (round_id, log_id), found).await?;
    let urn = round::urn(app, slug, round_id, found).await;
    found.go_on(slug, urn)?;
    // Why there is none was told.
    let Ok(published) = published else { return Ok(()) };
    let filters = round::filters(app, slug, &published, found).await;
    found.go_on(slug, filters)?;
    let promises = promises::compare(app, slug, &published, found).await;
    found.go_on(slug, promises)
}

impl Findings {
    fn tell(&mut self, of: &str, what: &impl std::fmt::Display) {
        self.damage.push(format!("{of}: {what}"));
    }

    /// Tells what cannot be understood, and goes on; only a database that cannot be read ends the look.
    fn go_on(&mut self, of: &str, looked: Result<(), Error>) -> Result<(), Error> {
        match looked {
            Err(Error::Broken(words)) => self.tell(of, &words),
            other => other?,
        }
        Ok(())
    }
}
