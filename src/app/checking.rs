//! Looking through a database for damage: the file's own structure, every line against its tree and its head, every waiting ballot.

use audit::log::{checkpoint::Checkpoint, hash, line::leaf, note::Note, tile::Growth};
use sha2::{Digest, Sha256};

use super::App;
use crate::{
    error::Error,
    store::{ballot_box, log, rounds},
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
    for (log_id, _) in log::sizes(&mut app.db.read().await?).await? {
        walk(app, log_id, &mut found).await?;
    }
    for round in rounds::all(&mut app.db.read().await?).await? {
        urn(app, round.id, &round.slug, &mut found).await?;
    }
    Ok(found)
}

/// A log's lines must make its tiles and the root in its head.
async fn walk(app: &App, log_id: i64, found: &mut Findings) -> Result<(), Error> {
    // One transaction, so that a log that grows meanwhile is seen at one size.
    let mut tx = app.db.read().await?;
    let (size, note) = log::checkpoint(&mut tx, log_id).await?;
    let note: Note = note.parse().map_err(Error::broken)?;
    let head: Checkpoint = note.text.parse().map_err(Error::broken)?;
    let (mut growth, mut read) = (Growth::new(0), 0);
    while read < size {
        let lines = log::lines(&mut tx, log_id, read, BLOCK).await?;
        if lines.is_empty() {
            break;
        }
        let leaves: Vec<_> = lines.iter().map(|line| hash::leaf(&leaf(line))).collect();
        for (id, hashes) in growth.append(&leaves) {
            let stored = log::tile(&mut tx, log_id, id).await?.unwrap_or_default();
            if !stored.starts_with(&hashes) {
                found
                    .damage
                    .push(format!("{}: tile {} of level {} is not that of its lines", head.origin, id.index, id.level));
            }
        }
        read += lines.len() as u64;
    }
    found.lines += read;
    if (head.size, head.root) != (read, growth.root()) || head.size != size {
        let of = head.size;
        found.damage.push(format!("{}: its {read} lines are not those of its signed head, of {of} lines", head.origin));
    }
    Ok(())
}

/// A ballot that waits must be the one that was accepted.
async fn urn(app: &App, round_id: i64, slug: &str, found: &mut Findings) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let mut after = None;
    loop {
        let ballots = ballot_box::look(&mut tx, round_id, after, BLOCK).await?;
        let Some(last) = ballots.last() else { return Ok(()) };
        after = Some(last.hash);
        found.waiting += ballots.len() as u64;
        for ballot in ballots.iter().filter(|ballot| Sha256::digest(&ballot.envelope)[..] != ballot.hash) {
            let tracker = hex::encode(&ballot.hash[..8]);
            found.damage.push(format!("{slug}: the waiting ballot {tracker}… is not the one that was accepted"));
        }
    }
}
