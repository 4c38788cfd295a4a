//! What a followed log's lines say, and whether they may: a round's, the office's, or anybody's.

use ballots::envelope::EnvelopeCheck;
use rayon::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Cheat;
use crate::{
    log::{
        chain::ChainFault,
        hash::Hash,
        line::{Line, LineFault},
    },
    office::{Office, OfficeEvent},
    round::{Event, Round},
    verify::envelope_check,
};

/// What the lines so far add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// A round's log.
    Round(Option<Box<Round>>),
    /// The office's log.
    Office(Option<Box<Office>>),
    /// Some other log, whose lines nobody here can judge.
    Any,
}

/// A line, told to who follows.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// Of a round's log, with the round after it.
    Round(&'a Event, &'a Round),
    /// Of the office's log.
    Office(&'a OfficeEvent),
    /// Of another log.
    Line(&'a [u8]),
}

/// Who is told each line, with its index.
pub type Listener<'l> = dyn FnMut(u64, Told<'_>) + 'l;

/// A line that the head commits to.
pub(super) struct Given {
    /// The whole line.
    pub(super) bytes: Vec<u8>,
    /// Hash of its leaf.
    pub(super) leaf: Hash,
}

/// Where the lines stand.
pub(super) struct Place<'a> {
    pub(super) first: u64,
    pub(super) last: Hash,
    pub(super) log_key: &'a str,
}

impl Content {
    /// The content of a log with this name, before its first line.
    #[must_use]
    pub fn of(origin: &str) -> Self {
        match origin.rsplit_once('/') {
            Some((_, "office")) => Self::Office(None),
            Some((host, _)) if host.ends_with("/rounds") => Self::Round(None),
            _ => Self::Any,
        }
    }

    /// The round, if it is one's log and has begun.
    #[must_use]
    pub fn round(&self) -> Option<&Round> {
        match self {
            Self::Round(round) => round.as_deref(),
            _ => None,
        }
    }

    /// Takes lines that the head commits to.
    pub(super) fn take(&mut self, at: &Place<'_>, lines: &[Given], listener: &mut Listener<'_>) -> Result<(), Cheat> {
        match self {
            Self::Round(round) => rounds(round, at, lines, listener),
            Self::Office(office) => offices(office, at, lines, listener),
            Self::Any => {
                let told = |(given, index): (&Given, u64)| listener(index, Told::Line(&given.bytes));
                lines.iter().zip(at.first..).for_each(told);
                Ok(())
            }
        }
    }
}

fn rounds(
    round: &mut Option<Box<Round>>,
    at: &Place<'_>,
    lines: &[Given],
    listener: &mut Listener<'_>,
) -> Result<(), Cheat> {
    let parsed = parse::<Event>(lines);
    let first = lines.iter().zip(&parsed).next();
    let rules = round.as_ref().map(|round| round.rules.clone()).or_else(|| match first {
        Some((_, Ok(Line { event: Event::Published(published), .. }))) => Some(published.rules.clone().into()),
        _ => None,
    });
    let check = rules.as_ref().and_then(|rules| envelope_check(rules));
    let ballots: Vec<_> = parsed.par_iter().map(|line| ballot(line.as_ref().ok()?, check.as_ref())).collect();
    chained(at, lines, parsed, |index, event, leaf| {
        let after = match round.take() {
            None => Round::begin(event).map_err(|violation| violation.to_string())?,
            Some(round) => round.apply(event, leaf).map_err(|violation| violation.to_string())?,
        };
        if index == 0 && after.rules.log_key != at.log_key {
            return Err(format!(
                "log_key: the rules name {}, the log is signed with {}",
                after.rules.log_key, at.log_key
            ));
        }
        if let Some(fault) = &ballots[(index - at.first) as usize] {
            return Err(format!("envelope: {fault}"));
        }
        listener(index, Told::Round(event, &after));
        *round = Some(Box::new(after));
        Ok(())
    })
}

/// What is wrong with the ballot in a line, if it holds one.
fn ballot(line: &Line<Event>, check: Option<&EnvelopeCheck>) -> Option<String> {
    let Event::Ballot(ballot) = &line.event else { return None };
    match check {
        None => Some("there is no key of an issuer to check it with".to_owned()),
        Some(check) => check.check(&ballot.envelope.0).err().map(|fault| fault.to_string()),
    }
}

fn offices(
    office: &mut Option<Box<Office>>,
    at: &Place<'_>,
    lines: &[Given],
    listener: &mut Listener<'_>,
) -> Result<(), Cheat> {
    chained(at, lines, parse::<OfficeEvent>(lines), |index, event, _| {
        let before = office.take().map(|office| *office).unwrap_or_default();
        *office = Some(Box::new(before.apply(event).map_err(|violation| violation.to_string())?));
        match event {
            OfficeEvent::Founded(founded) if founded.log_key != at.log_key => {
                return Err(format!(
                    "log_key: the line names {}, the log is signed with {}",
                    founded.log_key, at.log_key
                ));
            }
            _ => listener(index, Told::Office(event)),
        }
        Ok(())
    })
}

type Parsed<E> = Result<Line<E>, LineFault>;

fn parse<E: Serialize + DeserializeOwned + Send>(lines: &[Given]) -> Vec<Parsed<E>> {
    lines.par_iter().map(|given| Line::parse(&given.bytes)).collect()
}

/// Hands each line on if it continues the chain.
fn chained<E>(
    at: &Place<'_>,
    lines: &[Given],
    parsed: Vec<Parsed<E>>,
    mut each: impl FnMut(u64, &E, &Hash) -> Result<(), String>,
) -> Result<(), Cheat> {
    let mut last = at.last;
    for ((given, line), index) in lines.iter().zip(parsed).zip(at.first..) {
        let taken = line.map_err(|fault| fault.to_string()).and_then(|line| {
            place(&line, index, last).map_err(|fault| fault.to_string())?;
            each(index, &line.event, &given.leaf)
        });
        taken.map_err(|reason| Cheat::Violation { index, line: given.bytes.clone(), reason })?;
        last = given.leaf;
    }
    Ok(())
}

fn place<E>(line: &Line<E>, expected: u64, last: Hash) -> Result<(), ChainFault> {
    if line.index != expected {
        return Err(ChainFault::Index { given: line.index, expected });
    }
    if line.previous != last {
        return Err(ChainFault::Previous { given: line.previous, expected: last });
    }
    Ok(())
}
