//! Measuring the log, in a database that is thrown away: the office's, grown by drafts that nobody wrote, and a round's, grown by ballots
//! that nobody cast, through the code that writes every log.

use std::time::{Duration, Instant};

use audit::{
    log::hash::Hash,
    office::{Office, OfficeEvent, RoundDrafted},
    round::event::BatchReason,
};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

use super::{
    App, indexing,
    log::Writing,
    logs::LogName,
    receipts::{self, Receipt},
    segments::Segments,
    sequencing, witnessing,
};
use crate::{
    error::Error,
    store::{
        ballot_box::{self, Waiting},
        promises::Accepted,
    },
};

/// Lines in the office log.
///
/// # Errors
/// [`Error::Database`].
pub async fn size(app: &App) -> Result<u64, Error> {
    let log = app.log(LogName::Office).await?;
    Ok(witnessing::newest(&mut app.db.read().await?, &log).await?.size)
}

/// Appends so many lines in one transaction, as of a member of staff with this handle, and says how long that took, its commit
/// included.
///
/// # Errors
/// [`Refusal::Office`](crate::domain::Refusal::Office) when the handle is not an official's.
pub async fn append(app: &App, handle: &str, lines: u64) -> Result<Duration, Error> {
    let started = Instant::now();
    let mut tx = app.db.write().await?;
    let office = app.office(&mut tx).await?;
    let mut writing = Writing::<Office>::open(&mut tx, office.log_id, &app.held).await?;
    let at = app.clock.now().max(writing.state()?.last_at());
    for _ in 0..lines {
        let drafted = RoundDrafted { at, by: handle.to_owned(), draft: Hash::ZERO, slug: "bench".to_owned() };
        writing.push(&OfficeEvent::RoundDrafted(drafted))?;
    }
    writing.seal(&mut tx, &office.signer).await?.commit(tx).await?;
    Ok(started.elapsed())
}

/// Puts a batch of so many ballots into the log of an open round, with their promises, each under a credential of its own. They have the
/// length of a ballot, and nobody can read them: a round that has them is not verified.
///
/// # Errors
/// [`Refusal::Round`](crate::domain::Refusal::Round) when the round is not open.
pub async fn stand(app: &App, slug: &str, ballots: usize) -> Result<(), Error> {
    let round = app.published(slug).await?;
    let now = app.clock.now();
    let mut standing: Vec<Waiting> = (0..ballots).map(|_| nobodys(round.envelopes.ballot_len(), now)).collect();
    standing.sort_unstable_by_key(|ballot| ballot.hash);
    let promises: Vec<Accepted> = standing
        .iter()
        .map(|ballot| {
            let credential = super::casting::claimed_credential(&ballot.envelope);
            Accepted { credential, version: 1, hash: ballot.hash, in_log_by: ballot.in_log_by }
        })
        .collect();
    let mut tx = app.db.write().await?;
    let mut writing = Writing::open(&mut tx, round.log_id, &app.held).await?;
    let said = ballot_box::lock(&mut tx, round.id).await?;
    let segment = round.segments.open(&mut tx, round.id, said).await?;
    round.segments.keep(&mut tx, (round.id, segment), &promises).await?;
    sequencing::push(&mut tx, &mut writing, &round, now, BatchReason::Full, standing).await?;
    writing.seal(&mut tx, &round.signer).await?.commit(tx).await?;
    Segments::learn(&round, &app.db);
    Ok(())
}

/// Does what would have been done beside those ballots, had they come at a town's pace: nothing of it is left for whoever casts next.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when the log is damaged.
pub async fn settle(app: &App, slug: &str) -> Result<(), Error> {
    let round = app.published(slug).await?;
    while indexing::merge(app, &round).await? > 0 {}
    round.segments.catch_up(&app.db, round.id).await
}

fn nobodys(len: usize, in_log_by: i64) -> Waiting {
    let mut envelope = vec![0; len];
    rand::rng().fill_bytes(&mut envelope);
    Waiting { hash: Sha256::digest(&envelope).into(), envelope, in_log_by }
}

/// Makes the receipt of a line, and says how long that took.
///
/// # Errors
/// [`Error::Database`].
pub async fn receipt(app: &App, index: u64) -> Result<(Receipt, Duration), Error> {
    let log = app.log(LogName::Office).await?;
    let started = Instant::now();
    let mut tx = app.db.read().await?;
    let head = witnessing::best(&mut tx, &log, index).await?;
    let receipt = receipts::logged(app, &mut tx, &log, index, head).await?;
    Ok((receipt, started.elapsed()))
}
