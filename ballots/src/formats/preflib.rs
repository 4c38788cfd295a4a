//! PrefLib's orders and categories: `.soc`, `.soi`, `.toc`, `.toi` and `.cat` (www.preflib.org/format, the layout since 2022).

use std::collections::BTreeMap;

mod from_poll;
mod parts;
mod read;
mod write;

use super::{FormatFault, Poll, bounded::Bounded};
use crate::{choice::Choice, profile::Profile, rules::Kind};

pub use parts::fold;
pub use read::read;
pub use write::write;

/// What kind of preferences a file holds; also the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// `soc`: strict orders of everything.
    Soc,
    /// `soi`: strict orders, not always of everything.
    Soi,
    /// `toc`: orders of everything, with ties.
    Toc,
    /// `toi`: orders with ties, not always of everything.
    Toi,
    /// `cat`: categories; the first is taken as the best.
    Cat,
}

/// Alike ballots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// How many are alike.
    pub count: u64,
    /// Alternatives from 0, in groups of equals, the best first; in a `cat` file a group for each category.
    pub groups: Vec<Vec<u16>>,
    /// Line in the file, from 1.
    pub line: usize,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// Names of the alternatives, number 1 first.
    pub alternatives: Vec<String>,
    /// Names of the categories of a `cat` file, number 1 first.
    pub categories: Vec<String>,
    /// Kind of preferences.
    pub data_type: DataType,
    /// Metadata as they stand, in order; what is counted or named elsewhere is left out.
    pub meta: Vec<(String, String)>,
    /// Ballots.
    pub preferences: Vec<Preference>,
}

impl DataType {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Soc, Self::Soi, Self::Toc, Self::Toi, Self::Cat];

    /// The name in the file, and the ending of the file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Soc => "soc",
            Self::Soi => "soi",
            Self::Toc => "toc",
            Self::Toi => "toi",
            Self::Cat => "cat",
        }
    }

    /// Whether ties are allowed.
    const fn has_ties(self) -> bool {
        matches!(self, Self::Toc | Self::Toi | Self::Cat)
    }

    /// Whether every ballot names everything.
    const fn is_complete(self) -> bool {
        matches!(self, Self::Soc | Self::Toc)
    }
}

impl Preferences {
    /// The value of a metadata line.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The ballots for counting: orders as rankings; two categories as approval of the first, more as marks, the first the
    /// highest.
    ///
    /// # Errors
    /// [`FormatFault`] when there are more ballots than can be counted.
    pub fn poll(&self) -> Result<Poll, FormatFault> {
        let mut ballots = self.no_ballots();
        for preference in &self.preferences {
            self.add(&mut ballots, preference)?;
        }
        Ok(self.with(ballots.finish()?))
    }

    /// Ballots of the file's kind, of which there are none yet.
    fn no_ballots(&self) -> Bounded {
        let count = u16::try_from(self.alternatives.len()).unwrap_or(u16::MAX);
        let kind = match (self.data_type, self.worst()) {
            (DataType::Cat, 0 | 1) => Kind::Approval { max: count },
            (DataType::Cat, max) => Kind::Score { max },
            _ => Kind::Ranked { max: count },
        };
        Bounded::new(Profile::new(kind, count))
    }

    /// The mark of the last category, counted from the first.
    fn worst(&self) -> u32 {
        self.categories.len().saturating_sub(1) as u32
    }

    fn add(&self, ballots: &mut Bounded, preference: &Preference) -> Result<(), FormatFault> {
        let Preference { count, ref groups, line } = *preference;
        ballots.add(count, line, |profile| match profile.kind() {
            Kind::Approval { .. } => {
                let first = groups.first().cloned().unwrap_or_default();
                profile.add(&Choice::Approval(first), count)
            }
            Kind::Score { .. } => {
                let marks = groups.iter().zip((0..=self.worst()).rev());
                let marks = marks.flat_map(|(group, mark)| group.iter().map(move |at| (*at, mark)));
                profile.add(&Choice::Score(marks.collect()), count)
            }
            _ => profile.add_groups(groups, count),
        })
    }

    fn with(&self, profile: Profile) -> Poll {
        Poll {
            budget: None,
            invalid: BTreeMap::new(),
            profile,
            seats: None,
            territories: super::numbered(&self.alternatives),
            title: self.meta("TITLE").unwrap_or_default().to_owned(),
        }
    }
}
