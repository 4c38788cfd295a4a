//! What a count came to, with the steps that explain it. Its JSON is canonical and stands in the log.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    election::Step,
    exact::{Exact, whole_or_text},
    fraction::Fraction,
    ladder::Seed,
    methods::Procedure,
    money::Money,
    pairwise::Pairwise,
    rules::{Rules, TieRule},
};

mod told;

pub(crate) use told::{rule, rung};

/// The result of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Ballots counted: valid, blank and invalid.
    pub ballots: u64,
    /// Valid ballots that mark nothing.
    pub blank: u64,
    /// Invalid ballots by reason.
    pub invalid: BTreeMap<String, u64>,
    /// Valid ballots that were needed, where there were fewer: then nothing was counted, and nobody wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<u64>,
    /// Who is preferred to whom, for methods that compare pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<Pairwise>,
    /// Steps of an instant run-off, in order; none for other methods.
    pub rounds: Vec<RunoffRound>,
    /// What lots were drawn from, when the ladder has lots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// What the winners cost, when there is a budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<Money>,
    /// Territories, the best first.
    pub standings: Vec<Standing>,
    /// What happened in the count, in order, where the method has steps other than those of a run-off. Territories stand as
    /// their place in the rules, from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Every tie and how the ladder resolved it.
    pub ties: Vec<Tie>,
    /// Winners' ids, the best first.
    pub winners: Vec<String>,
}

impl Outcome {
    /// Valid ballots among those counted, blank ones too.
    #[must_use]
    pub fn valid(&self) -> u64 {
        self.ballots - self.invalid.values().sum::<u64>()
    }

    /// Whether [`Self::ties`] has every tie under these rules. Methods that spend without going down a list put equal selections,
    /// and equals after the winners, in order by the ladder, and write neither down.
    #[must_use]
    pub fn has_every_tie(rules: &Rules) -> bool {
        rules.method == Procedure::Greedy || !rules.method.spends()
    }
}

/// How one territory did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// The territory.
    pub id: String,
    /// Mean of its marks, under the score method, if it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Fraction>,
    /// Median of its marks (of an even number, the mean of the middle two), under the score method, if it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median: Option<Fraction>,
    /// Place from 1; no two territories share one.
    pub rank: u32,
    /// Score under the method, where it gives one; in a run-off, the votes held when it went out or won.
    #[serde(default, with = "whole_or_text", skip_serializing_if = "Option::is_none")]
    pub score: Option<Exact>,
    /// Whether it won.
    pub selected: bool,
    /// Ballots that name it.
    pub votes: u64,
    /// Why it did not win.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

impl Standing {
    /// The score, where it is a whole number.
    #[must_use]
    pub fn whole_score(&self) -> Option<u64> {
        self.score.as_ref().and_then(Exact::whole)
    }
}

/// Why a territory did not win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// One before it did not fit, and the rules stop there.
    AfterStop,
    /// With the winners that a limit of the rules names too, there is no room for it.
    Barred,
    /// Its score is below the minimum.
    BelowMinimum,
    /// Others took the seats.
    NoSeat,
    /// There was money for it, but its support did not buy it.
    NoSupport,
    /// It costs more than was left.
    OverBudget,
}

/// Territories that the method itself did not tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tie {
    /// Whether it decided who won, or in a run-off who went out.
    pub decisive: bool,
    /// The territories, the best first.
    pub order: Vec<String>,
    /// Step of a run-off in which it arose, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// The rungs of the ladder that were needed, in order.
    pub rules: Vec<TieRule>,
    /// The score that they share, where the method adds up to one number or runs off.
    #[serde(default, with = "whole_or_text", skip_serializing_if = "Option::is_none")]
    pub score: Option<Exact>,
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rungs = self.rules.iter().map(|rule| match rule {
            TieRule::Application => "earlier application",
            TieRule::Backwards => "more votes in the latest earlier round that tells them apart",
            TieRule::Forwards => "more votes in the first round that tells them apart",
            TieRule::Lots => "lots",
            TieRule::Registration => "lower registration number",
        });
        let rungs: Vec<_> = rungs.collect();
        let place = self.round.map(|round| format!(" in round {round}")).unwrap_or_default();
        let decisive = if self.decisive { "; it was decisive" } else { "" };
        let score = self.score.as_ref().map(|score| format!(" at {score}")).unwrap_or_default();
        let order = self.order.join(" > ");
        write!(f, "equal{score}{place}: {order}, by {}{decisive}", rungs.join(", then "))
    }
}

/// One step of an instant run-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunoffRound {
    /// Votes of each territory that is still in.
    pub counts: BTreeMap<String, u64>,
    /// Who goes out; in the last step nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eliminated: Option<String>,
    /// Ballots whose territories are all out.
    pub exhausted: u64,
}
