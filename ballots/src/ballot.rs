//! A ballot that follows the rules: there is no other way to make one.

use crate::{
    choice::Choice,
    rules::{Kind, Rules},
};

/// A valid choice, in its one canonical order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ballot(Choice);

/// Why a choice is no ballot of the round.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BallotFault {
    /// Another kind of ballot than the round's.
    #[error("the ballot is of another kind than the round's")]
    WrongKind,
    /// No such territory.
    #[error("there is no territory {0}")]
    UnknownTerritory(String),
    /// A territory stands there twice.
    #[error("territory {0} is marked twice")]
    Duplicate(String),
    /// More marks than allowed.
    #[error("{marked} territories are marked, at most {max} may be")]
    TooMany {
        /// Marks given.
        marked: usize,
        /// Most marks.
        max: usize,
    },
    /// A mark or a number of points that is not allowed.
    #[error("{value} for territory {territory} is not {least} to {most}")]
    OutOfRange {
        /// Id of the territory.
        territory: String,
        /// The value given.
        value: u32,
        /// Least value.
        least: u32,
        /// Most.
        most: u32,
    },
    /// More points than there are.
    #[error("{given} points are given, there are {total}")]
    TooManyPoints {
        /// Points given.
        given: u64,
        /// Points to give.
        total: u32,
    },
    /// A mark or points are missing.
    #[error("territory {0} has no value")]
    ValueMissing(String),
    /// A value where a mark is enough.
    #[error("territory {0} has a value, but this ballot takes none")]
    ValueNotExpected(String),
    /// Bytes of another length.
    #[error("the choice has {given} bytes, every choice of the round has {expected}")]
    Length {
        /// Bytes given.
        given: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// Bytes of a format that this program does not know.
    #[error("the choice's format is {0}, it must be 1")]
    Format(u8),
    /// Something else than zeros after the last mark.
    #[error("the bytes after the marks are not zero")]
    Padding,
    /// Marks that are not in ascending order.
    #[error("the marks are not in ascending order")]
    Order,
}

impl BallotFault {
    /// The stable name of the reason, as counts of invalid ballots have it.
    #[must_use]
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::WrongKind => "wrong-kind",
            Self::UnknownTerritory(_) => "unknown-territory",
            Self::Duplicate(_) => "duplicate",
            Self::TooMany { .. } => "too-many",
            Self::OutOfRange { .. } => "out-of-range",
            Self::TooManyPoints { .. } => "too-many-points",
            Self::ValueMissing(_) => "value-missing",
            Self::ValueNotExpected(_) => "value-not-expected",
            Self::Length { .. } => "length",
            Self::Format(_) => "format",
            Self::Padding => "padding",
            Self::Order => "order",
        }
    }
}

impl Ballot {
    /// Checks a choice against the rules and puts it into its canonical order.
    ///
    /// # Errors
    /// The first [`BallotFault`].
    pub fn new(rules: &Rules, choice: Choice) -> Result<Self, BallotFault> {
        let territories = rules.territories.len();
        match (&rules.kind, choice) {
            (Kind::Approval { max }, Choice::Approval(mut marks)) => {
                marks.sort_unstable();
                check_marks(rules, &marks, usize::from(*max))?;
                Ok(Self(Choice::Approval(marks)))
            }
            (Kind::Ranked { max }, Choice::Ranked(marks)) => {
                let mut sorted = marks.clone();
                sorted.sort_unstable();
                check_marks(rules, &sorted, usize::from(*max))?;
                Ok(Self(Choice::Ranked(marks)))
            }
            (Kind::Score { max }, Choice::Score(mut marks)) => {
                check_values(rules, &mut marks, territories, (0, *max))?;
                Ok(Self(Choice::Score(marks)))
            }
            (Kind::Points { each, total }, Choice::Points(mut marks)) => {
                check_values(rules, &mut marks, territories, (1, each.unwrap_or(*total)))?;
                let given: u64 = marks.iter().map(|(_, points)| u64::from(*points)).sum();
                if given > u64::from(*total) {
                    return Err(BallotFault::TooManyPoints { given, total: *total });
                }
                Ok(Self(Choice::Points(marks)))
            }
            _ => Err(BallotFault::WrongKind),
        }
    }

    /// Makes a ballot from territories' ids, with a value where the kind of ballot asks for one.
    ///
    /// # Errors
    /// The first [`BallotFault`].
    pub fn parse<'a>(
        rules: &Rules,
        marks: impl IntoIterator<Item = (&'a str, Option<u32>)>,
    ) -> Result<Self, BallotFault> {
        let position = |id: &str| rules.position(id).ok_or_else(|| BallotFault::UnknownTerritory(id.to_owned()));
        let marks = marks.into_iter().map(|(id, value)| Ok((position(id)?, value)));
        Self::from_marks(rules, marks.collect::<Result<Vec<_>, BallotFault>>()?)
    }

    /// Makes a ballot from territories' positions, with a value where the kind of ballot asks for one.
    ///
    /// # Errors
    /// The first [`BallotFault`].
    pub fn from_marks(rules: &Rules, marks: Vec<(u16, Option<u32>)>) -> Result<Self, BallotFault> {
        let plain = |(at, value): (u16, Option<u32>)| match value {
            None => Ok(at),
            Some(_) => Err(BallotFault::ValueNotExpected(id(rules, at))),
        };
        let valued =
            |(at, value): (u16, Option<u32>)| Ok((at, value.ok_or_else(|| BallotFault::ValueMissing(id(rules, at)))?));
        let marks = marks.into_iter();
        let choice = match rules.kind {
            Kind::Approval { .. } => Choice::Approval(marks.map(plain).collect::<Result<_, _>>()?),
            Kind::Ranked { .. } => Choice::Ranked(marks.map(plain).collect::<Result<_, _>>()?),
            Kind::Points { .. } => Choice::Points(marks.map(valued).collect::<Result<_, _>>()?),
            Kind::Score { .. } => Choice::Score(marks.map(valued).collect::<Result<_, _>>()?),
        };
        Self::new(rules, choice)
    }

    /// What was marked.
    #[must_use]
    pub fn choice(&self) -> &Choice {
        &self.0
    }

    /// Whether nothing is marked: a valid ballot, counted as blank.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match &self.0 {
            Choice::Approval(marks) | Choice::Ranked(marks) => marks.is_empty(),
            Choice::Points(marks) | Choice::Score(marks) => marks.is_empty(),
        }
    }

    /// Territories that are named, with their values where the kind of ballot has them.
    #[must_use]
    pub fn marks(&self) -> Vec<(u16, Option<u32>)> {
        match &self.0 {
            Choice::Approval(marks) | Choice::Ranked(marks) => marks.iter().map(|at| (*at, None)).collect(),
            Choice::Points(marks) | Choice::Score(marks) => {
                marks.iter().map(|(at, value)| (*at, Some(*value))).collect()
            }
        }
    }
}

fn id(rules: &Rules, at: u16) -> String {
    rules.territories.get(usize::from(at)).map_or_else(|| at.to_string(), |territory| territory.id.clone())
}

/// Sorted marks: all of them exist, no two are alike, no more than `max`.
fn check_marks(rules: &Rules, sorted: &[u16], max: usize) -> Result<(), BallotFault> {
    if let Some(at) = sorted.iter().find(|at| usize::from(**at) >= rules.territories.len()) {
        return Err(BallotFault::UnknownTerritory(at.to_string()));
    }
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(BallotFault::Duplicate(id(rules, pair[0])));
    }
    if sorted.len() > max {
        return Err(BallotFault::TooMany { marked: sorted.len(), max });
    }
    Ok(())
}

fn check_values(
    rules: &Rules,
    marks: &mut [(u16, u32)],
    max: usize,
    (least, most): (u32, u32),
) -> Result<(), BallotFault> {
    marks.sort_unstable();
    let sorted: Vec<_> = marks.iter().map(|(at, _)| *at).collect();
    check_marks(rules, &sorted, max)?;
    match marks.iter().find(|(_, value)| !(least..=most).contains(value)) {
        Some((at, value)) => Err(BallotFault::OutOfRange { territory: id(rules, *at), value: *value, least, most }),
        None => Ok(()),
    }
}
