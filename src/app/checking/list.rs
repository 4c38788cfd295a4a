//! The list of ballots' lines beside the log: every ballot of the log must stand in it, at its line, and nothing else.

use audit::{log::line::Line, round::Event};
use sha2::{Digest, Sha256};

use super::{super::App, BLOCK, Findings};
use crate::{
    error::Error,
    store::{Tx, ballot_lines, log},
};

/// Chunks of the list read at a time.
const CHUNKS: u32 = 64;

/// Looks at the whole list of a round. It holds 8 bytes in memory for each line of its log.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] with what cannot be understood.
pub(super) async fn compare(
    app: &App,
    slug: &str,
    (round_id, log_id): (i64, i64),
    found: &mut Findings,
) -> Result<(), Error> {
    // One transaction, so that both are seen at one moment.
    let mut tx = app.db.read().await?;
    let size = log::checkpoint(&mut tx, log_id).await?.0;
    let mut listed = vec![0; usize::try_from(size).map_err(Error::broken)?];
    let mut wrong = list(&mut tx, round_id, &mut listed).await?;
    for (first, block) in (0..size).step_by(BLOCK as usize).zip(listed.chunks(BLOCK as usize)) {
        let lines = log::lines(&mut tx, log_id, first, BLOCK).await?;
        wrong += lines.iter().zip(block).filter(|(line, listed)| in_log(line) != **listed).count();
    }
    if wrong > 0 {
        found
            .tell(slug, &format!("the list of ballots' lines is wrong in {wrong} places: some receipts are not found"));
    }
    Ok(())
}

/// Notes under each line which ballot the list has there, and returns how many have no line of their own.
async fn list(tx: &mut Tx, round_id: i64, listed: &mut [u64]) -> Result<usize, Error> {
    let mut wrong = 0;
    for run in ballot_lines::runs(tx, round_id).await?.into_iter().filter(|run| run.level >= 0) {
        let mut after = None;
        loop {
            let chunks = ballot_lines::next(tx, round_id, run.number, after, CHUNKS).await?;
            let Some(last) = chunks.last().and_then(|chunk| chunk.first()) else { break };
            after = Some(last.hash);
            for ballot in chunks.into_iter().flatten() {
                let place = usize::try_from(ballot.line).ok().and_then(|line| listed.get_mut(line));
                match place.filter(|place| **place == 0) {
                    Some(place) => *place = short(&ballot.hash),
                    None => wrong += 1,
                }
            }
        }
    }
    Ok(wrong)
}

/// Which ballot stands in a line; 0 when none does, or nothing that can be understood, which is told elsewhere.
fn in_log(line: &[u8]) -> u64 {
    match Line::<Event>::parse(line).map(|line| line.event) {
        Ok(Event::Ballot(ballot)) => short(&Sha256::digest(&ballot.envelope.0).into()),
        _ => 0,
    }
}

/// Enough of a hash to tell what a disk changed.
fn short(hash: &[u8; 32]) -> u64 {
    hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}
