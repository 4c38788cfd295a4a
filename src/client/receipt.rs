//! Checking a receipt: the line holds my ballot, and the signed head commits to the line.

use audit::{
    log::{
        checkpoint::Checkpoint,
        line::{self, Line},
        note::{Note, VerifierKey},
        policy::Witnessed,
        proof::verify_consistency,
        receipt::TlogProof,
    },
    round::Event,
};
use ballots::envelope::Acceptance;

use super::{
    Api, ClientFault,
    resident::{Cast, PollingPlace},
};
use crate::http::{ConsistencyResponse, ReceiptResponse};

/// What a device knows of a ballot that it cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Accepted; in the log by this Unix second.
    Waiting(i64),
    /// In the log: the proof was checked against this head.
    Logged {
        /// Index of the line.
        index: u64,
        /// The head that the proof leads to; of [`check`] today's, which follows from it.
        head: Checkpoint,
        /// Who of the witnesses that the rules name cosigned the head of the proof; none when the rules name none.
        witnessed: Option<Witnessed>,
    },
}

/// Seconds that the clocks of a device and a server may differ.
const CLOCKS_DIFFER: i64 = 600;
/// Seconds of an hour, to which promised times are rounded up.
const HOUR: i64 = 3600;

/// Checks that a promise made just now is worth something: a full hour, like everybody's, and no later than the rules
/// let a ballot wait. A promise for a far year could never be called broken.
///
/// # Errors
/// [`ClientFault::Promise`].
pub fn is_timely(place: &PollingPlace, acceptance: &Acceptance, now: i64) -> Result<(), ClientFault> {
    let latest = now + i64::from(place.rules.batch.within) + 2 * HOUR + CLOCKS_DIFFER;
    if acceptance.in_log_by % HOUR == 0 && acceptance.in_log_by <= latest {
        return Ok(());
    }
    let by = acceptance.in_log_by;
    Err(ClientFault::Promise(format!("it is for second {by}, which is no full hour, or later than the rules allow")))
}

/// Checks a cast ballot as its owner's device does each time: where it is, whether the promise was kept, and that the
/// log only grew since the receipt, and since the head that the device remembers from when it saw its ballot in the log.
///
/// `now` is a Unix second. The head in the answer is today's, to be remembered.
///
/// # Errors
/// [`ClientFault`]; [`ClientFault::Promise`] when the ballot box broke its word.
pub async fn check(
    api: &Api,
    place: &PollingPlace,
    cast: &Cast,
    remembered: Option<&Checkpoint>,
    now: i64,
) -> Result<Receipt, ClientFault> {
    if cast.acceptance.fingerprint != *place.fingerprint.as_bytes() {
        return Err(ClientFault::wrong("the server names other rules than those for which the ballot was accepted"));
    }
    match fetch(api, place, cast).await {
        Err(fault) if fault.slug() == Some("unknown-ballot") => {
            Err(ClientFault::Promise("it accepted this ballot and does not know it now".to_owned()))
        }
        Ok(Receipt::Waiting(_)) if remembered.is_some() => {
            Err(ClientFault::wrong("the ballot was in the log and waits again"))
        }
        // A device whose clock is fast must not accuse anybody.
        Ok(Receipt::Waiting(by)) if now > by.saturating_add(CLOCKS_DIFFER) => {
            Err(ClientFault::Promise(format!("the ballot is not in the log, second {by} has passed")))
        }
        Ok(Receipt::Logged { index, head, witnessed }) => {
            let today = only_grew(api, place, &head).await?;
            if let Some(earlier) = remembered {
                begins_with(api, place, earlier, &today).await?;
            }
            Ok(Receipt::Logged { index, head: today, witnessed })
        }
        other => other,
    }
}

/// Fetches the receipt of a cast ballot and checks it. While the ballot waits, the time is the one that was promised and
/// signed, whatever the server says now.
///
/// # Errors
/// [`ClientFault`].
pub async fn fetch(api: &Api, place: &PollingPlace, cast: &Cast) -> Result<Receipt, ClientFault> {
    let hash = audit::log::hash::Hash::from(cast.acceptance.ballot);
    let answer: ReceiptResponse = api.get(&format!("{}/receipts/{hash}", place.path()), None).await?;
    let (Some(index), Some(line), Some(proof)) = (answer.index, answer.line, answer.proof) else {
        return Ok(Receipt::Waiting(cast.acceptance.in_log_by));
    };
    let parsed: Line<Event> = Line::parse(line.as_bytes()).map_err(ClientFault::wrong)?;
    let Event::Ballot(ballot) = &parsed.event else {
        return Err(ClientFault::wrong("the receipt's line is no ballot"));
    };
    let proof: TlogProof = proof.parse().map_err(ClientFault::wrong)?;
    if ballot.envelope.0 != cast.ballot || parsed.index != index || proof.index != index {
        return Err(ClientFault::wrong("the receipt is for another ballot"));
    }
    let key: VerifierKey = place.rules.log_key.parse().map_err(ClientFault::wrong)?;
    let head = proof.verify(&line::leaf(line.as_bytes()), &key).map_err(ClientFault::wrong)?;
    let note: Note = proof.checkpoint.parse().map_err(ClientFault::wrong)?;
    let witnessed = place.rules.witnesses.as_ref().map(|policy| policy.witnessed(&note));
    Ok(Receipt::Logged { index, head, witnessed })
}

/// Checks that the log as it is today begins with the log of an earlier head.
///
/// # Errors
/// [`ClientFault`] when it does not.
pub async fn only_grew(api: &Api, place: &PollingPlace, earlier: &Checkpoint) -> Result<Checkpoint, ClientFault> {
    let note = api.bytes(&format!("{}/log/checkpoint", place.path())).await?;
    let note = String::from_utf8(note).map_err(ClientFault::wrong)?;
    let key: VerifierKey = place.rules.log_key.parse().map_err(ClientFault::wrong)?;
    let now = Checkpoint::open(&note, &key).map_err(ClientFault::wrong)?;
    begins_with(api, place, earlier, &now).await?;
    Ok(now)
}

/// Checks that the log of the later head begins with the log of the earlier one.
async fn begins_with(
    api: &Api,
    place: &PollingPlace,
    earlier: &Checkpoint,
    later: &Checkpoint,
) -> Result<(), ClientFault> {
    if later.size < earlier.size {
        return Err(ClientFault::Wrong(format!("the log had {} lines and has {} now", earlier.size, later.size)));
    }
    let path = format!("{}/log/consistency?from={}&to={}", place.path(), earlier.size, later.size);
    let answer: ConsistencyResponse = api.get(&path, None).await?;
    verify_consistency(earlier.size, earlier.root, later.size, later.root, &answer.proof).map_err(ClientFault::wrong)
}
