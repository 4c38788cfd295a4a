//! Checking a receipt: the line holds my ballot, and the signed head commits to the line.

use audit::{
    log::{
        checkpoint::Checkpoint,
        line::{self, Line},
        note::VerifierKey,
        proof::verify_consistency,
        receipt::TlogProof,
    },
    round::Event,
};

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
        /// The head that the proof leads to.
        head: Checkpoint,
    },
}

/// Fetches the receipt of a cast ballot and checks it.
///
/// # Errors
/// [`ClientFault`]; a promise that was broken is one too.
pub async fn fetch(api: &Api, place: &PollingPlace, cast: &Cast) -> Result<Receipt, ClientFault> {
    let hash = audit::log::hash::Hash::from(cast.acceptance.ballot);
    let answer: ReceiptResponse = api.get(&format!("{}/receipts/{hash}", place.path()), None).await?;
    let (Some(index), Some(line), Some(proof)) = (answer.index, answer.line, answer.proof) else {
        return Ok(Receipt::Waiting(answer.in_log_by.unwrap_or(cast.acceptance.in_log_by)));
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
    Ok(Receipt::Logged { index, head })
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
    let path = format!("{}/log/consistency?from={}&to={}", place.path(), earlier.size, now.size);
    let answer: ConsistencyResponse = api.get(&path, None).await?;
    verify_consistency(earlier.size, earlier.root, now.size, now.root, &answer.proof).map_err(ClientFault::wrong)?;
    Ok(now)
}
