//! Counting: a tally takes ballots one by one, merges with other tallies, and finishes as an outcome.

use std::collections::BTreeMap;

use crate::{
    ballot::Ballot,
    ladder::Seed,
    methods::{Procedure, positional::Scale, score::Measure},
    outcome::{Outcome, Standing, Tie},
    patience::Patience,
    recount::{RecountFault, count_profile},
    rules::Rules,
    select::select,
};

mod additive;
mod instant_runoff;
mod papers;
mod ranking;
mod score;

use additive::Additive;
use instant_runoff::Runoff;
use papers::Papers;
use ranking::Ranking;
use score::Scores;

/// A count under way. Its memory does not grow with the ballots, except where a method needs the ballots themselves: there it
/// grows with the different ballots among them.
///
/// Five methods are counted as the ballots come; every other one of [`Procedure`] gets the ballots at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    ballots: u64,
    blank: u64,
    invalid: BTreeMap<String, u64>,
    counts: Counts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Counts {
    Additive(Additive),
    Scores(Scores),
    Runoff(Runoff),
    Papers(Papers),
}

/// Two parts of a count that are not of one: no sum of the two would mean anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the two parts were counted by different rules")]
pub struct OtherRules;

impl Tally {
    /// A count of nothing yet, by the rules' method.
    #[must_use]
    pub fn new(rules: &Rules) -> Self {
        let territories = rules.territories.len();
        let counts = match rules.method {
            Procedure::Approval | Procedure::Borda(Scale::OwnLength) | Procedure::Points => {
                Counts::Additive(Additive::new(territories))
            }
            Procedure::Score(Measure::Sum) => Counts::Scores(Scores::new(rules)),
            Procedure::InstantRunoff { batches: false } => Counts::Runoff(Runoff::new(territories)),
            _ => Counts::Papers(Papers::new(rules)),
        };
        Self { ballots: 0, blank: 0, invalid: BTreeMap::new(), counts }
    }

    /// Adds a valid ballot of the same rules.
    pub fn add(&mut self, ballot: &Ballot) {
        self.ballots += 1;
        self.blank += u64::from(ballot.is_blank());
        match &mut self.counts {
            Counts::Additive(counts) => counts.add(ballot.choice()),
            Counts::Scores(counts) => counts.add(ballot.choice()),
            Counts::Runoff(counts) => counts.add(ballot.choice()),
            Counts::Papers(papers) => papers.add(ballot.choice()),
        }
    }

    /// Adds a ballot that is invalid for this reason.
    pub fn add_invalid(&mut self, reason: &str) {
        self.ballots += 1;
        *self.invalid.entry(reason.to_owned()).or_default() += 1;
    }

    /// Adds another part of the ballots, counted by the same rules.
    ///
    /// # Errors
    /// [`OtherRules`] when the other part was counted by another method, or over other territories; this one is then as it was.
    pub fn merge(&mut self, other: Self) -> Result<(), OtherRules> {
        match (&mut self.counts, other.counts) {
            (Counts::Additive(counts), Counts::Additive(other)) => counts.merge(&other)?,
            (Counts::Scores(counts), Counts::Scores(other)) => counts.merge(&other)?,
            (Counts::Runoff(counts), Counts::Runoff(other)) => counts.merge(other)?,
            (Counts::Papers(papers), Counts::Papers(other)) => papers.merge(other)?,
            _ => return Err(OtherRules),
        }
        self.ballots += other.ballots;
        self.blank += other.blank;
        for (reason, count) in other.invalid {
            *self.invalid.entry(reason).or_default() += count;
        }
        Ok(())
    }

    /// Ballots added so far.
    #[must_use]
    pub fn ballots(&self) -> u64 {
        self.ballots
    }

    /// The outcome under the rules that the tally was made with. Where they draw lots, that takes the seed; elsewhere it is not used.
    ///
    /// # Errors
    /// A [`RecountFault`], which rules that pass their check, with a seed where they draw lots, and fewer than 2^32 ballots do not
    /// meet.
    pub fn finish(self, rules: &Rules, seed: Option<Seed>) -> Result<Outcome, RecountFault> {
        self.finish_patiently(rules, seed, &Patience::default())
    }

    /// As [`Self::finish`], as long as it is wanted: some methods take minutes.
    ///
    /// # Errors
    /// Also [`CountFault::GivenUp`](crate::methods::CountFault::GivenUp).
    pub fn finish_patiently(
        self,
        rules: &Rules,
        seed: Option<Seed>,
        patience: &Patience,
    ) -> Result<Outcome, RecountFault> {
        let ladder = rules.ladder(seed);
        ladder.check()?;
        let valid = self.ballots - self.invalid.values().sum::<u64>();
        if let Some(needed) = rules.turnout.and_then(|turnout| turnout.missed(valid)) {
            return Ok(Outcome::void(needed, (valid, self.blank), self.invalid, ladder.seed));
        }
        let ranking = match self.counts {
            Counts::Additive(counts) => counts.rank(rules, &ladder),
            Counts::Scores(counts) => counts.rank(rules, &ladder),
            Counts::Runoff(counts) => counts.rank(rules, &ladder),
            Counts::Papers(papers) => {
                let election = count_profile(rules, &papers.into_profile()?, seed, patience)?;
                return Ok(Outcome::of_election(rules, election, self.invalid, ladder.seed));
            }
        };
        let Ranking { mut standings, mut ties, rounds } = ranking;
        let spent = select(rules, &mut standings);
        mark_decisive(&mut ties, &standings);
        let winners = standings.iter().filter(|standing| standing.selected);
        Ok(Outcome {
            ballots: self.ballots,
            blank: self.blank,
            invalid: self.invalid,
            needed: None,
            pairwise: None,
            rounds,
            seed: ladder.seed,
            spent,
            winners: winners.map(|standing| standing.id.clone()).collect(),
            standings,
            steps: Vec::new(),
            ties,
        })
    }
}

/// A tie for places is decisive when some of the tied won and others did not.
fn mark_decisive(ties: &mut [Tie], standings: &[Standing]) {
    let selected = |id: &String| standings.iter().any(|standing| standing.id == *id && standing.selected);
    for tie in ties.iter_mut().filter(|tie| tie.round.is_none()) {
        tie.decisive = tie.order.iter().any(selected) && !tie.order.iter().all(selected);
    }
}
