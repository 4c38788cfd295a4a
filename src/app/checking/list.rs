//! The list of ballots' lines beside the log: every ballot of the log must stand in it, at its line, and nothing else.

use std::time::Duration;

use super::{
    super::{App, indexing, leasing, receipts},
    Findings, block,
};
use crate::{
    error::Error,
    store::{ballot_lines, log},
};

/// Chunks of the list read at a time.
const CHUNKS: u32 = 64;
/// Wait for a node that merges, and how often: longer than the lease of one that died.
const AGAIN: Duration = Duration::from_secs(1);
const TRIES: u32 = 120;

/// Looks at the whole list of a round. It holds 8 bytes in memory for each line of its log. Meanwhile nobody merges, so that the list may be
/// read bit by bit.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn compare(
    app: &App,
    slug: &str,
    (round_id, log_id): (i64, i64),
    found: &mut Findings,
) -> Result<(), Error> {
    let mut tries = 0;
    let wrong = loop {
        tries += 1;
        match leasing::alone(app, &indexing::lease(log_id), count(app, (round_id, log_id))).await {
            Ok(Some(0)) => return Ok(()),
            Ok(Some(places)) => break format!("is wrong in {places} places: some receipts are not found"),
            Ok(None) if tries < TRIES => tokio::time::sleep(AGAIN).await,
            Ok(None) => {
                found.not_looked_at.push(format!("{slug}: the list of ballots' lines, which a node is at work on"));
                return Ok(());
            }
            Err(Error::Broken(fault)) => break format!("cannot be read: {fault}"),
            Err(fault) => return Err(fault),
        }
    };
    found.tell(
        slug,
        &format!("the list of ballots' lines {wrong}; `veche admin relist {slug}` makes it anew from the log"),
    );
    Ok(())
}

/// Counts the places in which list and log differ.
async fn count(app: &App, (round_id, log_id): (i64, i64)) -> Result<usize, Error> {
    let mut tx = app.db.read().await?;
    let (size, _) = log::checkpoint(&mut tx, log_id).await?;
    let runs = ballot_lines::runs(&mut tx, round_id).await?;
    drop(tx);
    let mut listed = vec![0; usize::try_from(size).map_err(Error::broken)?];
    let mut wrong = 0;
    for run in runs.into_iter().filter(|run| run.level >= 0) {
        wrong += list(app, round_id, run.number, &mut listed).await?;
    }
    let mut read = 0;
    while read < size {
        let lines = log::lines(&mut app.db.read().await?, log_id, read, block(read, size)).await?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let of = usize::try_from(read).ok().and_then(|at| listed.get(at));
            wrong += usize::from(of != Some(&in_log(&line)));
            read += 1;
        }
    }
    Ok(wrong)
}

/// Notes under each line which ballot a run has there, and returns how many have no line of their own.
async fn list(app: &App, round_id: i64, run: i64, listed: &mut [u64]) -> Result<usize, Error> {
    let (mut wrong, mut after) = (0, None);
    loop {
        let ballots = ballot_lines::next(&mut app.db.read().await?, round_id, run, after, CHUNKS).await?;
        let Some(last) = ballots.last() else { return Ok(wrong) };
        after = Some(last.hash);
        for ballot in ballots {
            let place = usize::try_from(ballot.line).ok().and_then(|line| listed.get_mut(line));
            match place.filter(|place| **place == 0) {
                Some(place) => *place = short(&ballot.hash),
                None => wrong += 1,
            }
        }
    }
}

/// Which ballot stands in a line; 0 when none does, or nothing that can be understood, which is told elsewhere.
fn in_log(line: &[u8]) -> u64 {
    receipts::ballot_of(line).map_or(0, |hash| short(&hash))
}

/// Enough of a hash to tell what a disk changed.
fn short(hash: &[u8; 32]) -> u64 {
    hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}
