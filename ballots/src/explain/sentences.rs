//! From an election's steps to sentences.

use super::{
    Language,
    phrase::{Counted, Phrase},
    title,
};
use crate::{
    election::{Election, State, Step},
    exact::Exact,
    pairwise::Pairwise,
    rules::Territory,
};

/// Every step of an election in plain sentences, in order: what was counted, what happened, which ties there were, who won.
#[must_use]
pub fn explain(election: &Election, territories: &[Territory], language: Language) -> Vec<String> {
    let teller = Teller { election, territories, language };
    teller.phrases().iter().map(|phrase| language.say(phrase)).collect()
}

struct Teller<'a> {
    election: &'a Election,
    territories: &'a [Territory],
    language: Language,
}

impl Teller<'_> {
    fn name(&self, at: u16) -> String {
        title(self.territories, at).to_owned()
    }

    fn names(&self, candidates: &[u16]) -> Vec<String> {
        candidates.iter().map(|at| self.name(*at)).collect()
    }

    fn counted<'b>(&self, numbers: impl IntoIterator<Item = (u16, &'b Exact)>) -> Vec<Counted> {
        numbers.into_iter().map(|(at, number)| (self.name(at), self.language.number(number))).collect()
    }

    fn some(&self, number: &Exact) -> Option<String> {
        (!number.is_zero()).then(|| self.language.number(number))
    }

    fn phrases(&self) -> Vec<Phrase> {
        let Election { method, ballots, blank, .. } = self.election;
        let mut phrases = vec![Phrase::Ballots { method: method.clone(), ballots: *ballots, blank: *blank }];
        // Who went out is not named in later rounds.
        let mut out: Vec<u16> = Vec::new();
        for step in &self.election.steps {
            phrases.extend(self.step(step, &out));
            if let Step::Eliminated { candidates, .. } = step {
                out.extend(candidates);
            }
        }
        if let (Some(pairs), Some(winner)) = (&self.election.pairwise, self.election.order.first()) {
            phrases.extend(self.pairs(pairs, *winner));
        }
        let has_rounds = self.election.steps.iter().any(|step| matches!(step, Step::Counted { .. }));
        if !has_rounds && !self.election.scores.is_empty() {
            let scores = self.election.order.iter().map(|at| (*at, &self.election.scores[usize::from(*at)]));
            phrases.push(Phrase::Scores { scores: self.counted(scores) });
        }
        phrases.extend(self.election.ties.iter().map(|tie| Phrase::Tie {
            names: self.names(&tie.order),
            round: tie.round,
            rungs: tie.rungs.clone(),
            decisive: tie.decisive,
        }));
        phrases.push(self.end());
        phrases
    }

    fn step(&self, step: &Step, out: &[u16]) -> Vec<Phrase> {
        let every = |numbers: &[Exact]| {
            let numbers = (0u16..).zip(numbers).filter(|(at, _)| !out.contains(at));
            self.counted(numbers.collect::<Vec<_>>())
        };
        match step {
            Step::Counted { exhausted, quota, round, votes } => vec![Phrase::Votes {
                round: *round,
                votes: every(votes),
                exhausted: self.some(exhausted),
                quota: quota.as_ref().map(|quota| self.language.number(quota)),
            }],
            Step::Elected { candidates, round } => {
                vec![Phrase::Elected { round: *round, names: self.names(candidates) }]
            }
            Step::Eliminated { candidates, round } => {
                vec![Phrase::Eliminated { round: *round, names: self.names(candidates) }]
            }
            Step::Transferred { from, lost, to, .. } => {
                let to = self.counted(to.iter().map(|(at, votes)| (*at, votes)));
                vec![Phrase::Moved { from: self.name(*from), to, lost: self.some(lost) }]
            }
            Step::LastPlaces { votes, .. } => vec![Phrase::LastPlaces { votes: every(votes) }],
            Step::Kept { factors, .. } => {
                let whole = Exact::from(1);
                let kept = (0u16..).zip(factors).filter(|(_, factor)| **factor < whole && !factor.is_zero());
                let factors = self.counted(kept.collect::<Vec<_>>());
                if factors.is_empty() { Vec::new() } else { vec![Phrase::Keep { factors }] }
            }
            Step::Finalists { equal, pair, preferred } => {
                let pair = pair.map(|at| self.name(at));
                vec![Phrase::Finalists { pair, preferred: *preferred, equal: *equal }]
            }
            Step::Locked { loser, strength, winner } => {
                let (winner, loser) = (self.name(*winner), self.name(*loser));
                vec![Phrase::Locked { winner, loser, strength: *strength }]
            }
            Step::Skipped { loser, strength, winner } => {
                let (winner, loser) = (self.name(*winner), self.name(*loser));
                vec![Phrase::Skipped { winner, loser, strength: *strength }]
            }
            Step::Medians { grades } => {
                let grades = (0u16..).zip(grades).map(|(at, grade)| (self.name(at), grade.to_string()));
                vec![Phrase::Medians { grades: grades.collect() }]
            }
            Step::Paths { rows, .. } => self.paths(rows),
            Step::Optimal { distance, .. } => vec![Phrase::Optimal { distance: *distance }],
            Step::Purchased { candidate, cost, price, supporters } => vec![Phrase::Bought {
                name: self.name(*candidate),
                cost: cost.to_string(),
                price: price.as_ref().map(|price| self.language.number(price)),
                supporters: *supporters,
            }],
        }
    }

    /// Each of the order against the next one.
    fn paths(&self, rows: &[Vec<u64>]) -> Vec<Phrase> {
        let path = |from: u16, to: u16| rows[usize::from(from)][usize::from(to)];
        let neighbours = self.election.order.windows(2).map(|pair| (pair[0], pair[1]));
        let stronger = neighbours.filter(|(better, other)| path(*better, *other) > path(*other, *better));
        let phrase = |(better, other): (u16, u16)| Phrase::Path {
            better: self.name(better),
            other: self.name(other),
            there: path(better, other),
            back: path(other, better),
        };
        stronger.map(phrase).collect()
    }

    /// The winner against everybody.
    fn pairs(&self, pairs: &Pairwise, winner: u16) -> Vec<Phrase> {
        let others = self.election.order.iter().copied().filter(|at| *at != winner);
        let phrase = |other: u16| {
            let (mine, theirs) = (pairs.over(winner, other), pairs.over(other, winner));
            let (better, other, more, less) =
                if mine >= theirs { (winner, other, mine, theirs) } else { (other, winner, theirs, mine) };
            Phrase::Pair { better: self.name(better), other: self.name(other), more, less }
        };
        others.map(phrase).collect()
    }

    fn end(&self) -> Phrase {
        match &self.election.state {
            State::Decided => Phrase::Winners {
                names: self.names(&self.election.winners),
                spent: self.election.spent.map(|spent| spent.to_string()),
            },
            State::Void { needed } => Phrase::Void { needed: *needed, ballots: self.election.ballots },
            State::Waits(waiting) => Phrase::Waits { names: self.names(&waiting.tied) },
        }
    }
}
