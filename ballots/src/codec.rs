//! The canonical bytes of a choice: one spelling for each ballot, one length for each round.
//!
//! ```text
//! 0       1  format, 1
//! 1       2  number of marks, big-endian
//! 3          marks: territory (2 bytes, big-endian) for approval and ranked ballots,
//!            territory and value (4 bytes, big-endian) for points and score; ascending by territory, ranked in order
//!            zeros up to the round's length
//! ```

use crate::{
    ballot::{Ballot, BallotFault},
    choice::Choice,
    rules::{Kind, Rules},
};

const FORMAT: u8 = 1;
const HEAD: usize = 3;

/// Bytes of every encoded choice of a round with these rules.
#[must_use]
pub fn len(rules: &Rules) -> usize {
    let territories = rules.territories.len();
    HEAD + match rules.kind {
        Kind::Approval { max } | Kind::Ranked { max } => 2 * territories.min(usize::from(max)),
        Kind::Points { total, .. } => 6 * territories.min(total as usize),
        Kind::Score { .. } => 6 * territories,
    }
}

/// The bytes of a ballot.
#[must_use]
pub fn encode(rules: &Rules, ballot: &Ballot) -> Vec<u8> {
    let marks = ballot.marks();
    let mut bytes = Vec::with_capacity(len(rules));
    bytes.push(FORMAT);
    bytes.extend_from_slice(&(marks.len() as u16).to_be_bytes());
    for (territory, value) in marks {
        bytes.extend_from_slice(&territory.to_be_bytes());
        if let Some(value) = value {
            bytes.extend_from_slice(&value.to_be_bytes());
        }
    }
    bytes.resize(len(rules), 0);
    bytes
}

/// Reads what [`encode`] wrote, and nothing else.
///
/// # Errors
/// The first [`BallotFault`].
pub fn decode(rules: &Rules, bytes: &[u8]) -> Result<Ballot, BallotFault> {
    let fault = BallotFault::Length { given: bytes.len(), expected: len(rules) };
    if bytes.len() != len(rules) {
        return Err(fault);
    }
    let (&[format, high, low], rest) = bytes.split_first_chunk::<HEAD>().ok_or(fault)?;
    if format != FORMAT {
        return Err(BallotFault::Format(format));
    }
    let count = usize::from(u16::from_be_bytes([high, low]));
    let width = if matches!(rules.kind, Kind::Approval { .. } | Kind::Ranked { .. }) { 2 } else { 6 };
    let max = rest.len() / width;
    let (marks, padding) = rest.split_at_checked(count * width).ok_or(BallotFault::TooMany { marked: count, max })?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(BallotFault::Padding);
    }
    let choice = read(&rules.kind, marks);
    let ballot = Ballot::new(rules, choice.clone())?;
    if *ballot.choice() != choice {
        return Err(BallotFault::Order);
    }
    Ok(ballot)
}

fn read(kind: &Kind, marks: &[u8]) -> Choice {
    let plain = || marks.as_chunks::<2>().0.iter().map(|mark| u16::from_be_bytes(*mark)).collect();
    let valued = || {
        let split = |&[a, b, c, d, e, f]: &[u8; 6]| (u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, f]));
        marks.as_chunks::<6>().0.iter().map(split).collect()
    };
    match kind {
        Kind::Approval { .. } => Choice::Approval(plain()),
        Kind::Ranked { .. } => Choice::Ranked(plain()),
        Kind::Points { .. } => Choice::Points(valued()),
        Kind::Score { .. } => Choice::Score(valued()),
    }
}
