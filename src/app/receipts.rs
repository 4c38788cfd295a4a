//! Receipts: where a ballot is, and the proof that the log holds it; and what anybody may read of the log.

use audit::{
    log::{hash::Hash, line::Line, receipt::TlogProof},
    round::Event,
};
use sha2::{Digest, Sha256};

use super::{
    App, heads,
    logs::OpenLog,
    proving,
    witnessing::{self, Signed},
};
use crate::{
    domain::Refusal,
    error::Error,
    store::{
        Tx,
        ballot_box::{self, Place},
        log,
    },
};

/// What a resident can know of their ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Accepted, and promised to be in the log by this Unix second; perhaps it is there, and the witnesses are waited for.
    Waiting {
        /// Unix second.
        in_log_by: i64,
    },
    /// In the log.
    Logged {
        /// Index of the line.
        index: u64,
        /// The line's exact bytes.
        line: Vec<u8>,
        /// C2SP tlog-proof.
        proof: String,
    },
}

/// The hash of the ballot that a resident names: by all 64 hexadecimal digits, or by its tracker, the first 16.
///
/// # Errors
/// [`Refusal::UnknownBallot`], also in the unheard-of case that two ballots have one tracker.
pub async fn named(app: &App, slug: &str, name: &str) -> Result<Hash, Error> {
    if let Ok(hash) = name.parse() {
        return Ok(hash);
    }
    let digits: String = name.chars().filter(|sign| !matches!(sign, '-' | ' ')).collect();
    let fill = |digit: &str| format!("{digits}{}", digit.repeat(48)).to_lowercase().parse::<Hash>();
    let (16, Ok(least), Ok(most)) = (digits.len(), fill("0"), fill("f")) else {
        return Err(Refusal::UnknownBallot.into());
    };
    let round = app.published(slug).await?;
    let mut tx = app.db.read().await?;
    match ballot_box::between(&mut tx, round.id, least.as_bytes(), most.as_bytes()).await?.as_slice() {
        [hash] => Ok(Hash::from(*hash)),
        _ => Err(Refusal::UnknownBallot.into()),
    }
}

/// The receipt of the ballot with this hash.
///
/// # Errors
/// [`Refusal::UnknownBallot`]; [`Error::Broken`] when another ballot stands where this one is listed.
pub async fn receipt(app: &App, slug: &str, hash: &[u8; 32]) -> Result<Receipt, Error> {
    let round = app.published(slug).await?;
    let mut tx = app.db.read().await?;
    match ballot_box::place(&mut tx, round.id, hash).await?.ok_or(Refusal::UnknownBallot)? {
        Place::Urn(in_log_by) => Ok(Receipt::Waiting { in_log_by }),
        Place::Line { index, in_log_by } => {
            let head = witnessing::best(&mut tx, &round.log, index).await?;
            // A resident who asks too early would keep a receipt without the witnesses that the rules promise.
            if !head.has_quorum && app.clock.now() < in_log_by {
                return Ok(Receipt::Waiting { in_log_by });
            }
            let receipt = logged(app, &mut tx, &round.log, index, head).await?;
            match &receipt {
                // Nobody may be shown another's line because a disk changed the list: it would look as if their ballot were lost.
                Receipt::Logged { line, .. } if ballot_of(line) != Some(*hash) => Err(Error::broken(format!(
                    "the database is damaged: line {index} is not the ballot that is listed there"
                ))),
                _ => Ok(receipt),
            }
        }
    }
}

/// Hash of the ballot that stands in a line of the log; nothing when none does.
pub(super) fn ballot_of(line: &[u8]) -> Option<[u8; 32]> {
    match Line::<Event>::parse(line).ok()?.event {
        Event::Ballot(ballot) => Some(Sha256::digest(&ballot.envelope.0).into()),
        _ => None,
    }
}

/// The receipt of a line, from a head that covers it.
pub(super) async fn logged(app: &App, tx: &mut Tx, log: &OpenLog, index: u64, head: Signed) -> Result<Receipt, Error> {
    let checkpoint = heads::head(&head.note)?;
    let (line, path) = proving::inclusion(&app.tiles, tx, log.id, index, &checkpoint).await?;
    let proof = TlogProof { checkpoint: head.note, extra: None, index, proof: path }.to_string();
    Ok(Receipt::Logged { index, line, proof })
}

/// The signed head of the round's log, with its cosignatures.
///
/// # Errors
/// [`Refusal::UnknownRound`].
pub async fn checkpoint(app: &App, slug: &str) -> Result<String, Error> {
    witnessing::head(app, &app.published(slug).await?.log).await
}

/// Up to `limit` lines of the log, the first of which has this index.
///
/// # Errors
/// [`Refusal::UnknownRound`].
pub async fn lines(app: &App, slug: &str, first: u64, limit: u32) -> Result<Vec<Vec<u8>>, Error> {
    let round = app.published(slug).await?;
    log::lines(&mut app.db.read().await?, round.log_id, first, limit).await
}

/// The proof that the log of the first size is the beginning of the log of the second.
///
/// # Errors
/// [`Refusal::Malformed`] when the sizes are not 1 ≤ from ≤ to ≤ the log's.
pub async fn consistency(app: &App, slug: &str, from: u64, to: u64) -> Result<Vec<Hash>, Error> {
    let round = app.published(slug).await?;
    let mut tx = app.db.read().await?;
    let size = log::head(&mut tx, round.log_id).await?.size;
    if !(1 <= from && from <= to && to <= size) {
        return Err(Refusal::Malformed(format!("sizes must be 1 ≤ from ≤ to ≤ {size}")).into());
    }
    proving::consistency(&mut tx, round.log_id, from, to).await
}
