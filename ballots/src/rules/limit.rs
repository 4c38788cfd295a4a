//! What may win together in a round that spends money: of incompatible territories at most one, of a group at most so many or so dear.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Rules, RulesFault, Territory};
use crate::{methods::spending, money::Money};

/// Most limits of a round: a count keeps what is used of each for every selection that it compares.
pub const MOST_LIMITS: usize = 32;

/// A limit on what may win together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Most money for these together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    /// Most of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u16>,
    /// Ids of the territories.
    pub of: Vec<String>,
}

impl Rules {
    /// Checks that every limit names territories of the round, each once, and limits something.
    pub(super) fn check_limits(&self) -> Result<(), RulesFault> {
        if self.limits.len() > MOST_LIMITS {
            return Err(RulesFault::Limits(self.limits.len()));
        }
        let ids: HashSet<&String> = self.territories.iter().map(|territory| &territory.id).collect();
        for (limit, number) in self.limits.iter().zip(1..) {
            let named: HashSet<&String> = limit.of.iter().collect();
            let is_nothing = limit.most == Some(0) || limit.money.is_some_and(|money| money.0 <= 0);
            let is_dear = |territory: &&Territory| named.contains(&territory.id) && territory.cost > limit.money;
            let never = limit.money.is_some() && self.territories.iter().any(|territory| is_dear(&territory));
            let reason = match () {
                () if limit.most.is_none() && limit.money.is_none() => "needs most, or money, or both",
                () if is_nothing => {
                    "most and money must be above zero: what can never win does not belong on the ballot"
                }
                () if named.is_empty() || named.len() < limit.of.len() || !named.is_subset(&ids) => {
                    "of must name territories of the round, each once"
                }
                () if never => {
                    "money is less than one of these costs alone: what can never win does not belong on the ballot"
                }
                () => continue,
            };
            return Err(RulesFault::Together { number, reason });
        }
        Ok(())
    }

    /// The limits as a count takes them, with places in the list of territories instead of ids.
    #[must_use]
    pub fn limits_by_position(&self) -> Vec<spending::Limit> {
        let places: HashMap<&String, u16> =
            self.territories.iter().zip(0..).map(|(territory, at)| (&territory.id, at)).collect();
        let positioned = |limit: &Limit| spending::Limit {
            money: limit.money,
            most: limit.most,
            of: limit.of.iter().filter_map(|id| places.get(id).copied()).collect(),
        };
        self.limits.iter().map(positioned).collect()
    }
}
