//! Issuing: one blind signature for each eligible person; the same request again gets the same signature.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use audit::round::Phase;
use sha2::{Digest, Sha256};

use super::{
    App,
    group::Group,
    identifying::{self, person},
    published::Published,
    witnessing,
};
use crate::{
    clock::Clock,
    crypto::{
        backup::BACKUP_LEN,
        issuer::IssuerFault,
        session::{self, Session},
    },
    domain::Refusal,
    error::Error,
    metrics::Commits,
    store::{
        Db, Tx, backups,
        issuances::{self, Issuance},
        log, rounds, voters,
    },
};

/// A request on its way to be marked as issued.
pub struct Job {
    round: Arc<Published>,
    issuance: Issuance,
    /// The letter that the session was opened with.
    letter: [u8; 32],
}

/// Signs a blinded message for the owner of the session, and marks them as issued in the same transaction.
///
/// # Errors
/// [`Refusal::AlreadyIssued`] for another message of the same person, [`Refusal::LetterReplaced`], [`Refusal::Session`],
/// [`Refusal::BlindedMessage`], [`Refusal::Overloaded`].
pub async fn issue(app: &App, slug: &str, session: &Session, blinded: &[u8]) -> Result<Vec<u8>, Error> {
    app.makes_way()?;
    let round = app.published(slug).await?;
    witnessing::must_hold(app, &round.log)?;
    let pseudonym = person(session, slug)?;
    // Signed before it is marked, so that a message that cannot be signed uses up nothing; sent only after the commit.
    let signature = app.signers.sign(&round, blinded).await?.map_err(|fault| match fault {
        IssuerFault::Length { .. } | IssuerFault::OutOfRange => Error::from(Refusal::BlindedMessage),
        fault => Error::broken(fault),
    })?;
    let issuance = Issuance { pseudonym, blinded_hash: Sha256::digest(blinded).into() };
    app.issuing.submit(Job { round, issuance, letter: session.letter }).await?;
    Ok(signature)
}

/// Signs for somebody who was identified a moment ago, or not: whoever gets nothing asks [`issue`], which says why.
///
/// # Errors
/// [`Error`] that is no refusal.
pub async fn issue_at_once(app: &App, slug: &str, session: &Session, blinded: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    if app.must_make_way() {
        return Ok(None);
    }
    match issue(app, slug, session, blinded).await {
        Err(Error::Refused(_)) => Ok(None),
        answer => answer.map(Some),
    }
}

/// Whether a credential was issued in the session owner's name.
///
/// # Errors
/// [`Refusal::LetterReplaced`], [`Refusal::Session`].
pub async fn was_issued(app: &App, slug: &str, session: &Session) -> Result<([u8; 32], bool), Error> {
    let round = app.published(slug).await?;
    let pseudonym = person(session, slug)?;
    let mut tx = app.db.read().await?;
    identifying::letter(&mut tx, &round, session).await?;
    let found = issuances::of(&mut tx, round.id, &[pseudonym]).await?;
    Ok((pseudonym, !found.is_empty()))
}

/// Keeps the credential for another device, encrypted under letters that never come here.
///
/// # Errors
/// [`Refusal::BackupLength`], [`Refusal::LetterReplaced`], [`Refusal::Session`].
pub async fn save_backup(app: &App, slug: &str, session: &Session, backup: &[u8]) -> Result<(), Error> {
    let round = app.published(slug).await?;
    let pseudonym = person(session, slug)?;
    if backup.len() != BACKUP_LEN {
        return Err(Refusal::BackupLength(BACKUP_LEN).into());
    }
    let mut tx = app.db.write().await?;
    let letter = identifying::letter(&mut tx, &round, session).await?;
    // If the letter is replaced at this moment, nobody will be given what was sealed under it.
    backups::save(&mut tx, round.id, &pseudonym, &letter, backup).await?;
    tx.commit().await
}

/// The encrypted credential.
///
/// # Errors
/// [`Refusal::NoBackup`], [`Refusal::LetterReplaced`], [`Refusal::Session`].
pub async fn backup(app: &App, slug: &str, session: &Session) -> Result<Vec<u8>, Error> {
    let round = app.published(slug).await?;
    let pseudonym = person(session, slug)?;
    let mut tx = app.db.read().await?;
    let letter = identifying::letter(&mut tx, &round, session).await?;
    let backup = backups::of(&mut tx, round.id, &pseudonym, &letter).await?;
    Ok(backup.ok_or(Refusal::NoBackup)?)
}

pub(super) fn start(db: Db, clock: Clock, queue: usize, metrics: Commits) -> Group<Job, ()> {
    Group::start(queue, metrics.clone(), move |jobs| {
        let (db, clock, metrics) = (db.clone(), clock.clone(), metrics.clone());
        async move { commit(&db, &clock, &metrics, jobs).await }
    })
}

async fn commit(db: &Db, clock: &Clock, metrics: &Commits, jobs: Vec<Job>) -> Result<Vec<Result<(), Error>>, Error> {
    let asked = Instant::now();
    let mut tx = db.write().await?;
    metrics.waited(asked.elapsed());
    let mut answers: Vec<Result<(), Error>> = Vec::with_capacity(jobs.len());
    answers.resize_with(jobs.len(), || Err(Error::broken("a request was skipped")));
    // Always in one order, so that two nodes never wait for each other's rounds.
    let mut by_round: BTreeMap<i64, Vec<(usize, Job)>> = BTreeMap::new();
    for (at, job) in jobs.into_iter().enumerate() {
        by_round.entry(job.round.log_id).or_default().push((at, job));
    }
    for (log_id, jobs) in by_round {
        log::lock(&mut tx, log_id).await?;
        for ((at, _), answer) in jobs.iter().zip(mark(&mut tx, &jobs, clock.now()).await?) {
            answers[*at] = answer;
        }
    }
    tx.commit().await?;
    Ok(answers)
}

/// Decides on each request for one round by the clock of this moment, and marks those that are granted.
async fn mark(tx: &mut Tx, jobs: &[(usize, Job)], now: i64) -> Result<Vec<Result<(), Error>>, Error> {
    let Some(round) = jobs.first().map(|(_, job)| &job.round) else { return Ok(Vec::new()) };
    let round_id = round.id;
    // Since it was asked another server may have been met; by now that was held against what is known.
    if let Err(refusal) = round.held.must_be_whole(round.log.origin()) {
        return Ok(jobs.iter().map(|_| Err(refusal.clone().into())).collect());
    }
    let (phase, closes_at) = rounds::window(tx, round_id).await?;
    let before_close = matches!(phase, Phase::Published | Phase::Open | Phase::Paused);
    if !before_close || now >= closes_at {
        let phase = if before_close { Phase::Closed } else { phase };
        let refusal = || Err(Refusal::NotIssuing(phase.to_string()).into());
        return Ok(jobs.iter().map(|_| refusal()).collect());
    }
    let people: Vec<_> = jobs.iter().map(|(_, job)| job.issuance.pseudonym).collect();
    // Letters are replaced under the lock of the same log, so that this is so until the commit.
    let letters = voters::code_hashes(tx, round_id, &people).await?;
    let is_in_force = |(_, Job { issuance, letter, .. }): &(usize, Job)| {
        letters.get(issuance.pseudonym.as_slice()).is_some_and(|hash| session::letter(hash) == *letter)
    };
    let in_force: Vec<bool> = jobs.iter().map(is_in_force).collect();
    let asked = jobs.iter().zip(&in_force).filter(|(_, is_in_force)| **is_in_force);
    let asked: Vec<Issuance> = asked.map(|((_, job), _)| job.issuance).collect();
    // Most ask once, and of them there is nothing to look up: whoever is marked now, or was for the same message, has a credential.
    let issued = match issuances::issue(tx, round_id, &asked).await? {
        all if all == asked.len() as u64 => None,
        _ => Some(issuances::of(tx, round_id, &people).await?),
    };
    let has_another = |Issuance { pseudonym, blinded_hash }: &Issuance| {
        issued.as_ref().is_some_and(|issued| issued.get(pseudonym.as_slice()).is_none_or(|hash| hash != blinded_hash))
    };
    let answer = |((_, job), is_in_force): (&(usize, Job), bool)| match job.issuance {
        _ if !is_in_force => Err(Refusal::LetterReplaced.into()),
        issuance if has_another(&issuance) => Err(Refusal::AlreadyIssued.into()),
        _ => Ok(()),
    };
    Ok(jobs.iter().zip(in_force).map(answer).collect())
}
