//! Casting: a sealed ballot comes without identity, and a signed acceptance goes back once the ballot is durable.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use audit::round::Phase;
use ballots::envelope::{Acceptance, Envelope};
use tokio::time::timeout;

use super::{
    App,
    group::{Group, Place},
    published::Published,
    segments::Segments,
    sweeping::Sweeper,
    witnessing,
};
use crate::{
    clock::{Clock, HOUR, hour},
    domain::Refusal,
    error::Error,
    metrics::Commits,
    store::{
        Db, Tx, ballot_box,
        promises::{Accepted, Earlier},
        rounds,
    },
};

/// Longest that ballots wait for the filters of promises after a start.
const FILTERS: Duration = Duration::from_secs(2);

/// A checked ballot on its way into the urn.
pub struct Job {
    round: Arc<Published>,
    envelope: Envelope,
    bytes: Vec<u8>,
}

/// What the ballot box promises: the ballot's hash, and when it is in the log at the latest.
pub type Promise = Accepted;

/// An acceptance with the ballot box's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAcceptance {
    /// The promise.
    pub acceptance: Acceptance,
    /// Ed25519 signature by the round's acceptance key.
    pub signature: [u8; 64],
}

/// A checked ballot with its place in the queue.
pub struct Checked {
    place: Place<Job, Promise>,
    job: Job,
}

/// Checks both signatures of a ballot, and that its round takes any. For whom there is no place nothing is checked.
///
/// # Errors
/// [`Refusal::Overloaded`]; the [`Refusal`] of what is no ballot of the round.
pub async fn check(app: &App, slug: &str, bytes: Vec<u8>) -> Result<Checked, Error> {
    let round = app.published(slug).await?;
    witnessing::must_hold(app, &round.log)?;
    let place = app.casting.place()?;
    let envelope = round.envelopes.check(&bytes)?;
    Ok(Checked { place, job: Job { round, envelope, bytes } })
}

/// Takes a checked ballot. The same bytes again get the same acceptance.
///
/// # Errors
/// A [`Refusal`] when the ballot is not accepted; then nothing of it was stored.
pub async fn cast(app: &App, Checked { place, job }: Checked) -> Result<SignedAcceptance, Error> {
    let round = Arc::clone(&job.round);
    let promise = app.casting.submit_at(place, job).await?;
    let fingerprint = *round.fingerprint.as_bytes();
    let acceptance = Acceptance { fingerprint, ballot: promise.hash, in_log_by: promise.in_log_by };
    Ok(SignedAcceptance { signature: acceptance.sign(&round.acceptance), acceptance })
}

/// Which credential a ballot says it is of, before anything is checked: the target of a rate limit.
#[must_use]
pub fn claimed_credential(bytes: &[u8]) -> [u8; 32] {
    bytes.get(33..65).and_then(|part| part.try_into().ok()).unwrap_or_default()
}

pub(super) fn start(db: Db, clock: Clock, queue: usize, metrics: Commits) -> Group<Job, Promise> {
    let sweeper = Sweeper::start(&db, &clock);
    Group::start(queue, metrics.clone(), move |jobs| {
        let (db, clock, metrics, sweeper) = (db.clone(), clock.clone(), metrics.clone(), sweeper.clone());
        let rounds: BTreeMap<i64, Arc<Published>> =
            jobs.iter().map(|job: &Job| (job.round.id, Arc::clone(&job.round))).collect();
        async move {
            for round in rounds.values() {
                // Without filters questions go everywhere, which takes longer and nothing else.
                let _ = timeout(FILTERS, round.segments.ready(&db, round.id)).await;
                Segments::learn(round, &db);
            }
            let done = db.apart(|db| async move { commit(&db, &clock, &metrics, &sweeper, jobs).await }).await;
            rounds.values().for_each(|round| Segments::learn(round, &db));
            done
        }
    })
}

async fn commit(
    db: &Db,
    clock: &Clock,
    metrics: &Commits,
    sweeper: &Sweeper,
    jobs: Vec<Job>,
) -> Result<Vec<Result<Promise, Error>>, Error> {
    let mut stuck = false;
    let done = commit_once(db, clock, metrics, &jobs, Some((sweeper, &mut stuck))).await;
    match done {
        // The log lacks what this node has seen: then nothing is taken.
        Err(Error::Refused(refusal @ Refusal::LogBehind { .. })) if stuck => {
            Ok(jobs.iter().map(|_| Err(refusal.clone().into())).collect())
        }
        // What keeps earlier ballots from the log keeps no new one out; the jobs that move them go on saying what it is.
        Err(fault) if stuck => {
            tracing::error!(%fault, "ballots that wait cannot be moved into the log");
            commit_once(db, clock, metrics, &jobs, None).await
        }
        done => done,
    }
}

/// Decides and stores in one transaction. With a sweeper ballots that wait may be moved along; the flag is set where that fails.
async fn commit_once(
    db: &Db,
    clock: &Clock,
    metrics: &Commits,
    jobs: &[Job],
    mut moving: Option<(&Sweeper, &mut bool)>,
) -> Result<Vec<Result<Promise, Error>>, Error> {
    let asked = Instant::now();
    let mut tx = db.write().await?;
    metrics.waited(asked.elapsed());
    let mut answers: Vec<Option<Result<Promise, Error>>> = jobs.iter().map(|_| None).collect();
    // Always in one order, so that two nodes never wait for each other's rounds.
    let mut by_round: BTreeMap<i64, Vec<(usize, &Job)>> = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        by_round.entry(job.round.id).or_default().push((at, job));
    }
    let mut came = Vec::new();
    for (round_id, jobs) in by_round {
        let Some(round) = jobs.first().map(|(_, job)| &job.round) else { continue };
        // Since it was checked another server may have been met; by now that was held against what is known.
        if let Err(refusal) = round.held.must_be_whole(round.log.origin()) {
            jobs.into_iter().for_each(|(at, _)| answers[at] = Some(Err(refusal.clone().into())));
            continue;
        }
        let said = ballot_box::lock(&mut tx, round_id).await?;
        let segment = round.segments.open(&mut tx, round_id, said).await?;
        let (now, mut fresh) = (clock.now(), 0);
        for (at, decision) in into_urn(&mut tx, (round, segment), jobs, now).await? {
            fresh += usize::from(decision.as_ref().is_ok_and(|(_, is_new)| *is_new));
            answers[at] = Some(decision.map(|(promise, _)| promise).map_err(Error::from));
        }
        if let Some((sweeper, stuck)) = moving.as_mut().filter(|_| fresh > 0) {
            let swept = sweeper.along(&mut tx, round, fresh, now).await;
            **stuck = swept.is_err();
            came.push((round, fresh, swept?));
        }
    }
    tx.commit().await?;
    if let Some((sweeper, _)) = moving {
        came.into_iter().for_each(|(round, fresh, swept)| sweeper.came(round, fresh, swept));
    }
    Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(|| Err(Error::broken("a ballot was skipped")))).collect())
}

/// A promise and whether it is a new one, or the refusal.
type Decision = Result<(Promise, bool), Refusal>;

/// Decides on each ballot of one round by the clock of this moment, and stores those that are accepted.
async fn into_urn(
    tx: &mut Tx,
    (round, segment): (&Published, i64),
    jobs: Vec<(usize, &Job)>,
    now: i64,
) -> Result<Vec<(usize, Decision)>, Error> {
    let window = open_window(tx, round.id, now).await?;
    let asked: Vec<_> = jobs.iter().map(|(_, job)| (job.envelope.credential, job.envelope.version)).collect();
    let mut promised: HashMap<[u8; 32], Promised> = HashMap::new();
    for earlier in round.segments.earlier(tx, (round.id, segment), &asked).await? {
        promised.entry(earlier.credential).or_default().stands(earlier);
    }
    let (mut decisions, mut fresh) = (Vec::with_capacity(jobs.len()), Vec::with_capacity(jobs.len()));
    for (at, job) in jobs {
        let earlier = promised.entry(job.envelope.credential).or_default();
        let in_log_by = hour(now + i64::from(job.round.rules.batch.within) + HOUR - 1);
        let decision = decide(earlier, &job.envelope, in_log_by, &window);
        if let Ok((promise, true)) = &decision {
            earlier.add(*promise);
            fresh.push((*promise, job.bytes.as_slice()));
        }
        decisions.push((at, decision));
    }
    let promises: Vec<_> = fresh.iter().map(|(promise, _)| *promise).collect();
    round.segments.keep(tx, (round.id, segment), &promises).await?;
    let ballots: Vec<_> = fresh.iter().map(|(promise, bytes)| (promise.hash, *bytes, promise.in_log_by)).collect();
    ballot_box::insert(tx, round.id, &ballots).await?;
    Ok(decisions)
}

/// What was promised to one credential: its highest version, and the versions that are asked for again.
#[derive(Default)]
struct Promised {
    highest: u32,
    again: Vec<Accepted>,
}

impl Promised {
    fn stands(&mut self, earlier: Earlier) {
        self.highest = self.highest.max(earlier.highest);
        self.again.extend(earlier.promise);
    }

    fn add(&mut self, promise: Accepted) {
        self.highest = self.highest.max(promise.version);
        self.again.push(promise);
    }
}

/// The promise for a ballot, and whether it is a new one. A promise once made is repeated even after the close.
fn decide(earlier: &Promised, ballot: &Envelope, in_log_by: i64, window: &Result<(), Refusal>) -> Decision {
    if let Some(same) = earlier.again.iter().find(|earlier| earlier.hash == ballot.hash) {
        return Ok((*same, false));
    }
    window.clone()?;
    if ballot.version <= earlier.highest {
        return Err(Refusal::VersionNotGrowing { accepted: earlier.highest });
    }
    let promise = Accepted { credential: ballot.credential, version: ballot.version, hash: ballot.hash, in_log_by };
    Ok((promise, true))
}

async fn open_window(tx: &mut Tx, round_id: i64, now: i64) -> Result<Result<(), Refusal>, Error> {
    let (phase, closes_at) = rounds::window(tx, round_id).await?;
    Ok(match phase {
        Phase::Published => Err(Refusal::NotOpenYet),
        Phase::Open if now < closes_at => Ok(()),
        Phase::Paused if now < closes_at => Err(Refusal::Paused),
        _ => Err(Refusal::Closed),
    })
}
