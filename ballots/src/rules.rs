//! What is voted on, what a ballot may hold, how it is counted, who wins, and how ties are broken.

use std::{collections::HashSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    codec,
    methods::{CountFault, Procedure, fault::names},
    money::Money,
};

mod territory;

pub use territory::{Place, Territory};

/// Highest mark of a score ballot, so that the medians' histograms stay small.
pub const MAX_SCORE: u32 = 1000;

/// A civil date, `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Day(String);

/// The text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date must be a day of the calendar as YYYY-MM-DD")]
pub struct DayFault;

impl FromStr for Day {
    type Err = DayFault;

    fn from_str(text: &str) -> Result<Self, DayFault> {
        let number = |range| text.get(range).and_then(|part: &str| part.parse::<u32>().ok()).ok_or(DayFault);
        let shape = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !shape {
            return Err(DayFault);
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        };
        let exists = year > 0 && (1..=12).contains(&month) && (1..=last).contains(&day);
        if exists { Ok(Self(text.to_owned())) } else { Err(DayFault) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// What a ballot may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Kind {
    /// Up to `max` territories marked; 1 is choose-one.
    Approval {
        /// Most marks.
        max: u16,
    },
    /// Up to `total` points spread, at most `each` on one territory.
    Points {
        /// Most points on one territory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        each: Option<u32>,
        /// Most points in all.
        total: u32,
    },
    /// Up to `max` territories in strict order.
    Ranked {
        /// Most places.
        max: u16,
    },
    /// A mark of 0 to `max` for each territory, or none.
    Score {
        /// Highest mark.
        max: u32,
    },
}

/// What to do with a territory that does not fit into the rest of the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// Pass over it and try the next.
    Skip,
    /// Stop there.
    Stop,
}

/// Who wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Winners {
    /// The best, as long as the money lasts.
    Budget {
        /// Money to spend.
        budget: Money,
        /// Least score of a winner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<u64>,
        /// What happens at one that is too dear.
        overflow: Overflow,
    },
    /// The best so many.
    Top {
        /// Least score of a winner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<u64>,
        /// How many win.
        seats: u16,
    },
}

/// A rung of the ladder that breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieRule {
    /// Earlier application first; without a date, last.
    Application,
    /// Lower registration number first.
    Registration,
}

/// Everything that decides what a ballot is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What a ballot may hold.
    pub kind: Kind,
    /// How ballots are counted: any method of this crate, by its name.
    pub method: Procedure,
    /// The choices, in the order that ballots number them, from 0.
    pub territories: Vec<Territory>,
    /// The ladder, first rung first.
    pub ties: Vec<TieRule>,
    /// Who wins.
    pub winners: Winners,
}

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesFault {
    /// There must be something to choose, and its number must fit into two bytes.
    #[error("territories: there must be 1 to 65535, not {0}")]
    Territories(usize),
    /// An id or title is empty.
    #[error("territories: number {0} has no id or no title")]
    Unnamed(u32),
    /// An id is too long: the outcome names it in every group of equals, and is one line of the log.
    #[error("territories: the id of number {number} has {given} characters; it may have at most {most}")]
    LongId {
        /// Registration number.
        number: u32,
        /// Its characters.
        given: usize,
        /// Most characters.
        most: usize,
    },
    /// Ids are keys in canonical JSON, whose order is that of UTF-16.
    #[error("territories: the id of number {0} has a control character, or one beyond U+FFFF")]
    Id(u32),
    /// Two territories cannot be told apart.
    #[error("territories: the id or number of {0} stands there twice")]
    Twice(String),
    /// A text about a territory is blank, too long, or holds control characters (line feeds of a description aside).
    #[error(
        "territories: {field} of number {number} must be 1 to {most} characters, not only spaces, and no control characters"
    )]
    Text {
        /// Registration number.
        number: u32,
        /// Name of the field.
        field: &'static str,
        /// Most characters.
        most: usize,
    },
    /// A coordinate that is not on the globe.
    #[error("territories: {field} of number {number} must be -{most} to {most} millionths of a degree, not {given}")]
    Place {
        /// Registration number.
        number: u32,
        /// Name of the coordinate.
        field: &'static str,
        /// What the rules say.
        given: i32,
        /// Farthest from zero.
        most: i32,
    },
    /// A limit allows nothing, or more than there is.
    #[error("kind: {limit} must be {least} to {most}, not {given}")]
    Limit {
        /// Name of the limit.
        limit: &'static str,
        /// What the rules say.
        given: u32,
        /// Least that makes sense.
        least: u32,
        /// Most that makes sense.
        most: u32,
    },
    /// The method cannot count such ballots.
    #[error(transparent)]
    Kind(CountFault),
    /// The method can count such ballots, but not so many territories, or cannot find such winners.
    #[error("{fault}; what can count this round: {}", names(.fitting))]
    Method {
        /// What is wrong.
        fault: CountFault,
        /// Methods that fit everything else of the round.
        fitting: Vec<Procedure>,
    },
    /// The method does not go down a list, so there is nothing to stop at.
    #[error(
        "winners: {0} goes down no list at which it could stop; what does not fit is passed over: overflow must be skip"
    )]
    Stop(Procedure),
    /// A cost is missing, zero or negative where there is a budget.
    #[error("territories: {0} needs a cost above zero, because winners must fit into a budget")]
    Cost(String),
    /// The budget is nothing.
    #[error("winners: the budget must be above zero")]
    Budget,
    /// Nobody wins.
    #[error("winners: there must be at least one seat")]
    Seats,
    /// The ladder could leave a tie.
    #[error("ties: the ladder must end with registration, and no rung may stand there twice")]
    Ladder,
}

impl Kind {
    /// The kind's name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Approval { .. } => "approval",
            Self::Points { .. } => "points",
            Self::Ranked { .. } => "ranked",
            Self::Score { .. } => "score",
        }
    }

    fn check(&self, territories: u32) -> Result<(), RulesFault> {
        let within = |limit, given, most| {
            let fault = RulesFault::Limit { limit, given, least: 1, most };
            if (1..=most).contains(&given) { Ok(()) } else { Err(fault) }
        };
        match *self {
            Self::Approval { max } | Self::Ranked { max } => within("max", max.into(), territories),
            Self::Score { max } => within("max", max, MAX_SCORE),
            Self::Points { each, total } => {
                within("total", total, i32::MAX as u32)?;
                each.map_or(Ok(()), |each| within("each", each, total))
            }
        }
    }
}

impl Rules {
    /// Checks that the parts fit together.
    ///
    /// # Errors
    /// The first [`RulesFault`].
    pub fn check(&self) -> Result<(), RulesFault> {
        let count = self.territories.len();
        let small = u16::try_from(count).ok().filter(|count| *count > 0).ok_or(RulesFault::Territories(count))?;
        let (mut ids, mut numbers) = (HashSet::new(), HashSet::new());
        for territory in &self.territories {
            if territory.id.trim().is_empty() || territory.title.trim().is_empty() {
                return Err(RulesFault::Unnamed(territory.number));
            }
            if !territory.id.chars().all(|letter| !letter.is_control() && letter <= '\u{ffff}') {
                return Err(RulesFault::Id(territory.number));
            }
            let given = territory.id.chars().count();
            if given > territory::MOST_ID {
                return Err(RulesFault::LongId { number: territory.number, given, most: territory::MOST_ID });
            }
            if !ids.insert(&territory.id) || !numbers.insert(territory.number) {
                return Err(RulesFault::Twice(territory.id.clone()));
            }
            territory.check()?;
        }
        self.kind.check(u32::from(small))?;
        self.method.suits_round(&self.kind, small, &self.winners).map_err(|fault| match fault {
            CountFault::Kind { .. } => RulesFault::Kind(fault),
            _ => RulesFault::Method { fault, fitting: Procedure::fitting_round(&self.kind, small, &self.winners) },
        })?;
        self.check_winners()?;
        let rungs: HashSet<_> = self.ties.iter().map(|rung| *rung as u8).collect();
        let ends = self.ties.last() == Some(&TieRule::Registration);
        if ends && rungs.len() == self.ties.len() { Ok(()) } else { Err(RulesFault::Ladder) }
    }

    fn check_winners(&self) -> Result<(), RulesFault> {
        match &self.winners {
            Winners::Top { seats: 0, .. } => Err(RulesFault::Seats),
            Winners::Top { .. } => Ok(()),
            Winners::Budget { budget, .. } if budget.0 <= 0 => Err(RulesFault::Budget),
            Winners::Budget { overflow: Overflow::Stop, .. } if !self.method.stops() => {
                Err(RulesFault::Stop(self.method))
            }
            Winners::Budget { .. } => {
                let free = |territory: &&Territory| territory.cost.is_none_or(|cost| cost.0 <= 0);
                let found = self.territories.iter().find(free);
                found.map_or(Ok(()), |territory| Err(RulesFault::Cost(territory.id.clone())))
            }
        }
    }

    /// Place of a territory in the rules, from 0.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<u16> {
        let at = self.territories.iter().position(|territory| territory.id == id)?;
        u16::try_from(at).ok()
    }

    /// Bytes of every encoded choice of the round.
    #[must_use]
    pub fn ballot_len(&self) -> usize {
        codec::len(self)
    }
}
