//! From the urn into the log: batches of enough ballots, sorted by hash, so that their order tells nothing.

use std::{collections::HashSet, sync::Arc};

use audit::round::{
    Bytes, Event, Round,
    event::{BallotLine, Batch, BatchReason},
};

use sha2::{Digest, Sha256};

use super::{App, log::Writing, published::Published};
use crate::{
    clock::hour,
    error::Error,
    store::{
        Tx,
        ballot_box::{self, Waiting},
        ballot_lines::{self, Lined},
        turnout,
    },
};

/// Most ballots in one transaction while the voting is on, so that on SQLite casting waits little. With the batch's own line that is a number of
/// lines that the database knows the statement for, as of the others.
const MOST: u32 = 127;
/// The same when the urn is long: of large transactions fewer are needed, and each costs once what a head costs.
const MOST_OF_MANY: u32 = 511;
/// Ballots after which the urn is long, for one look into it.
const MANY: u64 = 1024;
/// Most ballots in one batch at the close.
const MOST_AT_CLOSE: u32 = 4095;
/// Seconds before the promised time at which a batch is due even if it is small.
const DUE_BEFORE: i64 = 900;

/// Moves whatever may be moved now, batch by batch, and returns how many ballots that was.
///
/// # Errors
/// [`Error::Database`].
pub async fn integrate(app: &App, round: &Arc<Published>) -> Result<u64, Error> {
    let mut moved = 0;
    // If so much comes that each group takes its share along.
    while !round.sweep.has_moved() || is_due(app, round, &mut app.db.read().await?).await? {
        let batch = one_batch(app, round, if moved < MANY { MOST } else { MOST_OF_MANY }).await?;
        moved += batch;
        if batch == 0 {
            break;
        }
    }
    Ok(moved)
}

async fn one_batch(app: &App, round: &Published, most: u32) -> Result<u64, Error> {
    let mut tx = app.db.read().await?;
    if ready(app, round, &mut tx).await?.is_none() {
        return Ok(0);
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    let mut writing = Writing::<Round>::open(&mut tx, round.log_id, &app.held).await?;
    // Another node may have moved them meanwhile.
    let reason = ready(app, round, &mut tx).await?.filter(|_| writing.state().is_ok_and(Round::takes_ballots));
    let Some(reason) = reason else { return Ok(0) };
    let moved = push_batch(&mut tx, &mut writing, round, app.clock.now(), (reason, most)).await?;
    if moved > 0 {
        writing.seal(&mut tx, &round.signer).await?.commit(tx).await?;
    }
    Ok(moved)
}

/// Whether ballots of enough people wait, or one is due.
async fn ready(app: &App, round: &Published, tx: &mut Tx) -> Result<Option<BatchReason>, Error> {
    if ballot_box::is_full(tx, round.id, round.rules.batch.at_least).await? {
        return Ok(Some(BatchReason::Full));
    }
    Ok(is_due(app, round, tx).await?.then_some(BatchReason::Due))
}

async fn is_due(app: &App, round: &Published, tx: &mut Tx) -> Result<bool, Error> {
    let earliest = ballot_box::earliest(tx, round.id).await?;
    Ok(earliest.is_some_and(|promised| app.clock.now() >= promised - DUE_BEFORE))
}

/// Empties the urn, as the close does.
pub(super) async fn push_all(
    tx: &mut Tx,
    writing: &mut Writing<Round>,
    round: &Published,
    now: i64,
) -> Result<(), Error> {
    while push_batch(tx, writing, round, now, (BatchReason::Close, MOST_AT_CLOSE)).await? > 0 {}
    // Of an urn that the disk changed something may not be found where it should lie.
    if ballot_box::count(tx, round.id, 1).await? > 0 {
        return Err(Error::broken(
            "the database is damaged: the urn holds ballots that are not found by their hashes; put back a whole copy",
        ));
    }
    Ok(())
}

/// Whether ballots of so many credentials are among these that they may stand alone: among the versions of one, somebody else's ballot
/// would be singled out.
pub(super) fn are_enough(round: &Published, ballots: &[Waiting]) -> bool {
    let of = ballots.iter().map(|ballot| super::casting::claimed_credential(&ballot.envelope));
    of.collect::<HashSet<_>>().len() >= round.rules.batch.at_least as usize
}

async fn push_batch(
    tx: &mut Tx,
    writing: &mut Writing<Round>,
    round: &Published,
    now: i64,
    (reason, most): (BatchReason, u32),
) -> Result<u64, Error> {
    let most = most.max(round.rules.batch.at_least);
    let mut ballots = ballot_box::take(tx, round.id, None, most).await?;
    while reason == BatchReason::Full && !are_enough(round, &ballots) {
        let last = ballots.last().map(|ballot| ballot.hash);
        let more = ballot_box::take(tx, round.id, last, most).await?;
        if more.is_empty() {
            return Ok(0);
        }
        ballots.extend(more);
    }
    push(tx, writing, round, now, reason, ballots).await
}

/// Writes ballots that were taken out of the urn into the log, as one batch; returns how many that was.
pub(super) async fn push(
    tx: &mut Tx,
    writing: &mut Writing<Round>,
    round: &Published,
    now: i64,
    reason: BatchReason,
    ballots: Vec<Waiting>,
) -> Result<u64, Error> {
    if ballots.is_empty() {
        return Ok(0);
    }
    let count = u32::try_from(ballots.len()).map_err(Error::broken)?;
    let hour = hour(writing.state()?.time(now));
    let is_small = reason == BatchReason::Due && count < round.rules.batch.at_least;
    if is_small && !writing.state()?.may_be_due(hour) {
        // Another node was here first, or the clock was set back: the ballots stay in the urn until the log takes them.
        return Ok(0);
    }
    writing.push(&Event::Batch(Batch { ballots: count, hour, reason }))?;
    // One time for the whole batch, and nobody's promise is earlier: by their own times the ballots of a batch could be told
    // apart by the hour in which they were cast.
    let in_log_by = ballots.iter().map(|ballot| ballot.in_log_by).min().unwrap_or(now);
    let mut lines = Vec::with_capacity(ballots.len());
    for ballot in ballots {
        // What the disk changed must not become a line: the log could never be verified again.
        if Sha256::digest(&ballot.envelope)[..] != ballot.hash {
            let tracker = hex::encode(&ballot.hash[..8]);
            return Err(Error::broken(format!(
                "the database is damaged: the waiting ballot {tracker}… is not the one that was accepted; put back a whole copy"
            )));
        }
        let line = writing.push(&Event::Ballot(BallotLine { envelope: Bytes(ballot.envelope) }))?;
        lines.push(Lined { hash: ballot.hash, line, in_log_by });
    }
    ballot_lines::add(tx, round.id, &lines).await?;
    turnout::add(tx, round.id, turnout::Hour { hour, ballots: count.into(), credentials: 0 }).await?;
    Ok(u64::from(count))
}
