//! The list of ballots' lines made anew: what stands in it follows from the log and the promises, so damage to it loses nothing.

use std::collections::HashMap;

use audit::{log::line::Line, round::Event};
use ballots::envelope::Envelope;

use super::{
    super::{published::Published, segments},
    App, Longer, WRITE, clear, replace,
};
use crate::{
    error::Error,
    store::{
        ballot_lines::{self, Lined},
        log,
    },
};

/// Lines that are read at a time.
const BLOCK: u32 = 1024;
/// Of the runs that come of it: as if batches had been merged once.
const LEVEL: i64 = 1;

/// Makes the list anew, and returns how many ballots stand in it. Until it is whole the old one counts. Nothing when another node is at it.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when the log or the promises are damaged.
pub(super) async fn make(app: &App, round: &Published) -> Result<Option<u64>, Error> {
    if let Err(fault) = round.segments.catch_up(&app.db, round.id).await {
        tracing::warn!(%fault, "promises are looked for without filters");
    }
    // Both of one moment: of every batch that comes later a run of its own is added.
    let mut tx = app.db.read().await?;
    let runs =
        ballot_lines::runs(&mut tx, round.id).await?.into_iter().filter(|run| run.level >= 0).collect::<Vec<_>>();
    let (size, _) = log::checkpoint(&mut tx, round.log_id).await?;
    drop(tx);
    let (mut read, mut batch, mut ballots, mut made) = (0, Vec::new(), Vec::new(), Vec::new());
    while read < size {
        let limit = u32::try_from(size - read).unwrap_or(BLOCK).min(BLOCK);
        let lines = log::lines(&mut app.db.read().await?, round.log_id, read, limit).await?;
        if lines.is_empty() {
            return Err(Error::broken(format!("the database is damaged: line {read} of the log is missing")));
        }
        for line in lines {
            match Line::<Event>::parse(&line).map_err(Error::broken)?.event {
                Event::Ballot(ballot) => {
                    batch.push((read, round.envelopes.read(&ballot.envelope.0).map_err(Error::broken)?));
                }
                _ => ballots.extend(lined(app, round, std::mem::take(&mut batch)).await?),
            }
            read += 1;
        }
        if ballots.len() >= WRITE {
            made.push(written(app, round, std::mem::take(&mut ballots)).await?);
        }
    }
    ballots.extend(lined(app, round, batch).await?);
    made.push(written(app, round, ballots).await?);
    let Some(made) = made.into_iter().collect::<Option<Vec<Longer>>>() else { return Ok(None) };
    if !replace(app, round, &runs, &made).await? {
        return Ok(None);
    }
    clear(app, round).await?;
    Ok(Some(made.iter().map(|longer| longer.run.ballots).sum()))
}

/// The ballots of one batch, with its time: the earliest that one of them was promised.
async fn lined(app: &App, round: &Published, batch: Vec<(u64, Envelope)>) -> Result<Vec<Lined>, Error> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Vec<_> = batch.iter().map(|(_, ballot)| (ballot.credential, ballot.version)).collect();
    let mut tx = app.db.read().await?;
    let segment = segments::open_in(&mut tx, round.id).await?;
    let promises = round.segments.earlier(&mut tx, (round.id, segment), &asked).await?;
    let times: HashMap<_, _> = promises
        .iter()
        .filter_map(|earlier| earlier.promise)
        .map(|promise| (promise.hash, promise.in_log_by))
        .collect();
    let promised: Option<Vec<i64>> = batch.iter().map(|(_, ballot)| times.get(&ballot.hash).copied()).collect();
    let in_log_by = promised.and_then(|times| times.into_iter().min());
    let in_log_by = in_log_by.ok_or_else(|| {
        Error::broken(
            "the database is damaged: ballots of the log are missing among the promises; put back a whole copy",
        )
    })?;
    Ok(batch.into_iter().map(|(line, ballot)| Lined { hash: ballot.hash, line, in_log_by }).collect())
}

/// Writes these as a run that does not count yet; nothing when another node cleared it away.
async fn written(app: &App, round: &Published, mut ballots: Vec<Lined>) -> Result<Option<Longer>, Error> {
    ballots.sort_unstable_by_key(|ballot| ballot.hash);
    let mut longer = Longer::begin(app, round, LEVEL).await?;
    for portion in ballots.chunks(WRITE) {
        if !longer.write(app, round, portion).await? {
            return Ok(None);
        }
    }
    Ok(Some(longer))
}
