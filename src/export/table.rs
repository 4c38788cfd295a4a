//! The neutral table of a result: what every format writes.

use ballots::{Outcome, rules::Rules};

/// A territory's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Place, from 1.
    pub rank: u32,
    /// Registration number.
    pub number: u32,
    /// Identifier.
    pub id: String,
    /// What it is, for people.
    pub title: String,
    /// Ballots that name it.
    pub votes: u64,
    /// Score under the round's method, exact; empty where it gives none.
    pub score: String,
    /// Mean mark, exact, under the score method.
    pub mean: Option<String>,
    /// Median mark, exact, under the score method.
    pub median: Option<String>,
    /// Cost, exact.
    pub cost: Option<String>,
    /// Whether it is among the winners.
    pub selected: bool,
}

/// A result, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Territories by rank.
    pub rows: Vec<Row>,
    /// Ties and how each was resolved, in words.
    pub ties: Vec<String>,
    /// Whether these are all; some methods do not list every tie.
    pub has_every_tie: bool,
    /// Valid ballots that were needed, where there were fewer: then there are no rows.
    pub needed: Option<u64>,
    /// Ballots counted.
    pub ballots: u64,
    /// Of these, blank.
    pub blank: u64,
    /// Of these, invalid.
    pub invalid: u64,
}

impl Table {
    /// The table of an outcome under its rules.
    #[must_use]
    pub fn new(rules: &Rules, outcome: &Outcome) -> Self {
        let row = |standing: &ballots::outcome::Standing| {
            let territory = rules.position(&standing.id).map(|at| &rules.territories[usize::from(at)]);
            Row {
                rank: standing.rank,
                number: territory.map_or(0, |territory| territory.number),
                id: standing.id.clone(),
                title: territory.map_or_else(String::new, |territory| territory.title.clone()),
                votes: standing.votes,
                score: standing.score.as_ref().map_or_else(String::new, ToString::to_string),
                mean: standing.mean.as_ref().map(ToString::to_string),
                median: standing.median.as_ref().map(ToString::to_string),
                cost: territory.and_then(|territory| territory.cost).map(|cost| cost.to_string()),
                selected: standing.selected,
            }
        };
        Self {
            rows: outcome.standings.iter().map(row).collect(),
            ties: outcome.ties.iter().map(ToString::to_string).collect(),
            has_every_tie: Outcome::has_every_tie(rules),
            needed: outcome.needed,
            ballots: outcome.ballots,
            blank: outcome.blank,
            invalid: outcome.invalid.values().sum(),
        }
    }
}
