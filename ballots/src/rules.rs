//! What is voted on, what a ballot may hold, how it is counted, who wins, and how ties are broken.

use std::{collections::HashSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    codec,
    election::Turnout,
    ladder::{Ladder, Seed},
    methods::{CountFault, Procedure, knapsack},
    money::Money,
    outcome::rung,
};

mod fault;
mod limit;
mod territory;

pub use fault::RulesFault;
pub use limit::{Limit, MOST_LIMITS};
pub use territory::{Place, Territory};

/// Most people who may vote: more than there are.
const MOST_ELIGIBLE: u64 = 10_000_000_000;
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
    /// More votes in the latest earlier round in which they differed first; only where votes are counted by rounds.
    Backwards,
    /// More votes in the first round in which they differed first; only where votes are counted by rounds.
    Forwards,
    /// By lots, which are drawn from a seed that nobody can choose and everybody can make again ([`crate::ladder::Seed::of_round`]).
    Lots,
    /// Lower registration number first.
    Registration,
}

/// Everything that decides what a ballot is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What a ballot may hold.
    pub kind: Kind,
    /// What may win together, where money is spent; absent: whatever the budget pays for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// How ballots are counted: any method of this crate, by its name.
    pub method: Procedure,
    /// The choices, in the order that ballots number them, from 0.
    pub territories: Vec<Territory>,
    /// The ladder, first rung first.
    pub ties: Vec<TieRule>,
    /// Valid ballots that are needed for the round to have a result; absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnout: Option<Turnout>,
    /// Who wins.
    pub winners: Winners,
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
        self.suits(self.method, small).map_err(|fault| match (fault, self.fitting(small)) {
            (CountFault::Kind { method, kind, .. }, fitting) => {
                RulesFault::Kind(CountFault::Kind { method, kind, fitting })
            }
            (fault, fitting) => RulesFault::Method { fault, fitting },
        })?;
        self.check_winners()?;
        self.check_limits()?;
        let is_turnout = |turnout: Turnout| {
            (1..=MOST_ELIGIBLE).contains(&turnout.eligible) && (1..=1000).contains(&turnout.per_mille)
        };
        if !self.turnout.is_none_or(is_turnout) {
            return Err(RulesFault::Turnout);
        }
        // Any seed will do here: it is drawn when the voting is over.
        self.ladder(Some(Seed::from([0; 32]))).check().map_err(|_| RulesFault::Ladder)
    }

    /// Whether a method can count this round, whatever its ballots will be.
    fn suits(&self, method: Procedure, territories: u16) -> Result<(), CountFault> {
        method.suits_round(&self.kind, territories, &self.winners)?;
        let by_rounds = self.ties.iter().any(|rule| matches!(rule, TieRule::Backwards | TieRule::Forwards));
        if by_rounds && !method.counts_by_rounds() {
            return Err(CountFault::Rounds(method));
        }
        if !self.limits.is_empty() && !method.spends() {
            return Err(CountFault::Limits(method));
        }
        if method == Procedure::Knapsack && self.limits.len() > knapsack::MOST_LIMITS {
            return Err(CountFault::ManyLimits { method, given: self.limits.len(), most: knapsack::MOST_LIMITS });
        }
        Ok(())
    }

    /// Methods that fit everything else of the round.
    fn fitting(&self, territories: u16) -> Vec<Procedure> {
        let stops = matches!(self.winners, Winners::Budget { overflow: Overflow::Stop, .. });
        let fits = |method: &Procedure| self.suits(*method, territories).is_ok() && (!stops || method.stops());
        Procedure::all().into_iter().filter(fits).collect()
    }

    /// The ladder of the round. Its lots need the seed, which there is once the opening key is revealed.
    #[must_use]
    pub fn ladder(&self, seed: Option<Seed>) -> Ladder {
        let rungs: Vec<_> = self.ties.iter().map(rung).collect();
        Ladder { seed: seed.filter(|_| self.draws_lots()), ..Ladder::new(&rungs) }
    }

    /// Whether lots may be drawn.
    #[must_use]
    pub fn draws_lots(&self) -> bool {
        self.ties.contains(&TieRule::Lots)
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
