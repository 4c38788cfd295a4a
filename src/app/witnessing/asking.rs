//! Asking a witness: the newest head, with the proof that it only adds to what the witness cosigned last.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use audit::log::{
    cosignature::CosignerKey,
    note::{Note, NoteSignature},
    witness::{AddCheckpoint, parse_cosignatures, parse_size},
};
use tokio::time::Interval;

use super::board::Board;
use crate::{
    app::{App, leasing, proving},
    config,
    domain::WitnessFault,
    error::Error,
    outbound::witness::{RawAnswer, WitnessAddress},
    store::{
        cosignatures::{self, Cosigned},
        leases, log,
    },
};

/// Seconds that the clock of a witness may be ahead of ours.
const MOST_AHEAD: i64 = 3600;

/// A witness that is asked.
#[derive(Debug)]
pub struct Witness {
    vkey: String,
    key: CosignerKey,
    address: WitnessAddress,
    board: Mutex<Board>,
}

/// What a witness answered.
enum Answered {
    /// Cosignatures, still to be verified.
    Cosigned(Vec<NoteSignature>),
    /// Not from there: this is the size that it cosigned last.
    Has(u64),
}

impl Witness {
    /// The witnesses of the settings.
    ///
    /// # Errors
    /// [`Error::Broken`] with the one that is set wrongly.
    pub(in crate::app) fn all(settings: &[config::Witness]) -> Result<Vec<Arc<Self>>, Error> {
        let keys: BTreeSet<_> = settings.iter().map(|witness| &witness.key).collect();
        if keys.len() < settings.len() {
            return Err(Error::broken("witnesses: the same key stands there twice"));
        }
        settings.iter().map(|settings| Self::of(settings).map(Arc::new)).collect()
    }

    fn of(config::Witness { key: vkey, url }: &config::Witness) -> Result<Self, Error> {
        let wrong = |fault: &dyn std::fmt::Display| Error::broken(format!("witnesses: {vkey}: {fault}"));
        Ok(Self {
            key: vkey.parse().map_err(|fault| wrong(&fault))?,
            vkey: vkey.clone(),
            address: WitnessAddress::at(url).map_err(|fault| wrong(&fault))?,
            board: Mutex::default(),
        })
    }

    /// Its verifier key.
    #[must_use]
    pub fn key(&self) -> &String {
        &self.vkey
    }

    /// What is wrong with this log at the witness, or with the witness, and since when.
    pub(super) fn fault(&self, log_id: i64) -> Option<(WitnessFault, i64)> {
        self.board().fault(log_id)
    }

    /// Numbers of the logs that are not what the witness has seen.
    pub(super) fn alarming(&self) -> Vec<i64> {
        self.board().alarming()
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks a witness for the cosignature that is due, if one is. Each request waits for the pace.
///
/// # Errors
/// [`Error::Database`]. What goes wrong at the witness is no fault of the service: it is noted, and asked again later.
pub async fn ask(app: &App, witness: &Witness, pace: &mut Interval) -> Result<(), Error> {
    pace.tick().await;
    let Some(log_id) = due(app, witness).await? else { return Ok(()) };
    if !leasing::hold(app, &lease(witness)).await? {
        return Ok(());
    }
    if turn(app, witness, log_id, Some(pace)).await?.is_some_and(|fault| fault.is_alarming()) {
        // The other nodes must find out too.
        let mut tx = app.db.write().await?;
        leases::give_back(&mut tx, &lease(witness), &app.node).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn lease(witness: &Witness) -> String {
    format!("witness/{}", witness.vkey)
}

/// Asks about one log, twice if the witness follows from another size, and notes what came of it.
async fn turn(
    app: &App,
    witness: &Witness,
    log_id: i64,
    pace: Option<&mut Interval>,
) -> Result<Option<WitnessFault>, Error> {
    witness.board().asks(log_id);
    let old = witness.board().cosigned(log_id);
    let mut outcome = offer(app, witness, log_id, old).await?;
    if let Ok(Outcome::Follow(theirs)) = outcome {
        if let Some(pace) = pace {
            pace.tick().await;
        }
        outcome = offer(app, witness, log_id, theirs).await?;
    }
    let fault = match outcome {
        Ok(Outcome::Kept(size)) => {
            witness.board().succeeded(log_id, size);
            return Ok(None);
        }
        Ok(Outcome::Follow(_)) => WitnessFault::Status(409),
        Err(fault) => fault,
    };
    note(app, witness, log_id, fault).await?;
    Ok(Some(fault))
}

/// Asks a witness about every log, once: the logs of which it has seen more, or another.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn contradictions(app: &App, witness: &Witness) -> Result<Vec<(i64, WitnessFault)>, Error> {
    let mut found = Vec::new();
    due(app, witness).await?;
    let sizes = log::sizes(&mut app.db.read().await?).await?;
    for (log_id, _) in sizes {
        match turn(app, witness, log_id, None).await? {
            Some(fault) if fault.is_alarming() => found.push((log_id, fault)),
            Some(fault) if fault.is_of_witness() => break,
            _ => {}
        }
    }
    Ok(found)
}

/// The log whose turn it is.
async fn due(app: &App, witness: &Witness) -> Result<Option<i64>, Error> {
    let mut tx = app.db.read().await?;
    let sizes = log::sizes(&mut tx).await?;
    for (log_id, _) in &sizes {
        if !witness.board().knows(*log_id) {
            let last = cosignatures::last(&mut tx, *log_id, &witness.vkey).await?;
            witness.board().set(*log_id, last.map_or(0, |(size, _)| size));
        }
    }
    Ok(witness.board().due(&sizes))
}

/// What came of an offer.
enum Outcome {
    /// A cosignature of this size.
    Kept(u64),
    /// The witness follows from this size.
    Follow(u64),
}

/// Offers the newest head from the size that the witness is thought to have.
async fn offer(app: &App, witness: &Witness, log_id: i64, old: u64) -> Result<Result<Outcome, WitnessFault>, Error> {
    let (size, request) = newest(app, log_id, old).await?;
    let answer = witness.address.add_checkpoint(request.to_string()).await;
    Ok(match answer.and_then(|answer| read(&answer)) {
        Ok(Answered::Cosigned(signatures)) => match cosigned(app, witness, &request.checkpoint, &signatures) {
            Ok(cosigned) => {
                let log = app.log_numbered(log_id).await?;
                let counts = log.witnesses.is_empty() || log.witnesses.contains(&witness.vkey);
                let counts = counts.then_some(log.quorum);
                let mut tx = app.db.write().await?;
                cosignatures::insert(&mut tx, log_id, (size, &request.checkpoint.to_string()), &cosigned, counts)
                    .await?;
                tx.commit().await?;
                Ok(Outcome::Kept(size))
            }
            Err(fault) => Err(fault),
        },
        // Unless another node asked it meanwhile, for more than was the newest head here.
        Ok(Answered::Has(theirs)) if theirs > log::checkpoint(&mut app.db.read().await?, log_id).await?.0 => {
            Err(WitnessFault::LongerLog(theirs))
        }
        Ok(Answered::Has(theirs)) if theirs > size => Ok(Outcome::Follow(theirs)),
        // It has just this size, and does not cosign it: so it has another root.
        Ok(Answered::Has(theirs)) if theirs == old && theirs == size => Err(WitnessFault::OtherLog),
        Ok(Answered::Has(theirs)) if theirs == old => Err(WitnessFault::Form),
        Ok(Answered::Has(theirs)) => Ok(Outcome::Follow(theirs)),
        Err(fault) => Err(fault),
    })
}

async fn newest(app: &App, log_id: i64, old: u64) -> Result<(u64, AddCheckpoint), Error> {
    let mut tx = app.db.read().await?;
    let (size, checkpoint) = log::checkpoint(&mut tx, log_id).await?;
    let grows = 0 < old && old < size;
    let proof = if grows { proving::consistency(&mut tx, log_id, old, size).await? } else { Vec::new() };
    Ok((size, AddCheckpoint { old, proof, checkpoint: checkpoint.parse().map_err(Error::broken)? }))
}

fn read(RawAnswer { status, body }: &RawAnswer) -> Result<Answered, WitnessFault> {
    match status {
        200 => parse_cosignatures(body).map(Answered::Cosigned).map_err(|_| WitnessFault::Form),
        409 => parse_size(body).map(Answered::Has).map_err(|_| WitnessFault::Form),
        403 => Err(WitnessFault::UnknownKey),
        404 => Err(WitnessFault::UnknownLog),
        // The proof is right, so what it does not lead from is another log than this.
        422 => Err(WitnessFault::OtherLog),
        status => Err(WitnessFault::Status(*status)),
    }
}

/// The witness's cosignature, if it holds. One without a time would say nothing of the newest head, and one of a far time
/// would look fresh for ever.
fn cosigned(
    app: &App,
    witness: &Witness,
    checkpoint: &Note,
    signatures: &[NoteSignature],
) -> Result<Cosigned, WitnessFault> {
    let key = &witness.key;
    let line = signatures.iter().find(|one| one.name == key.name && one.key_id == key.id());
    let line = line.ok_or(WitnessFault::Cosignature)?;
    let at = key.verify(&checkpoint.text, line).ok().filter(|at| *at > 0).ok_or(WitnessFault::Cosignature)?;
    let at = i64::try_from(at).map_err(|_| WitnessFault::Ahead)?;
    if at > app.clock.now().saturating_add(MOST_AHEAD) {
        return Err(WitnessFault::Ahead);
    }
    Ok(Cosigned { witness: witness.vkey.clone(), at, line: format!("{line}\n") })
}

/// Notes what went wrong; it is told once, until it is something else.
async fn note(app: &App, witness: &Witness, log_id: i64, fault: WitnessFault) -> Result<(), Error> {
    if !witness.board().failed(log_id, fault, app.clock.now()) {
        return Ok(());
    }
    let (_, checkpoint) = log::checkpoint(&mut app.db.read().await?, log_id).await?;
    let (witness, log) = (&witness.key.name, checkpoint.lines().next().unwrap_or_default());
    if fault.is_alarming() {
        tracing::error!(witness, log, "{fault}");
    } else {
        tracing::warn!(witness, log, "{fault}");
    }
    Ok(())
}
