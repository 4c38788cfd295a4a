//! From an election's steps to sentences.

use super::{
    Language,
    phrase::{Counted, Phrase},
    purchases, title,
};
use crate::{
    election::{Election, State, Step},
    exact::Exact,
    methods::spending::{Missed, Obstacle},
    money::Money,
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
        if self.election.method.contains("add1")
            && !matches!(self.election.state, State::Void { .. })
            && !self.election.steps.iter().any(|step| matches!(step, Step::Raised { .. }))
        {
            phrases.push(Phrase::Raised { known: None });
        }
        // Who went out is not named in later rounds.
        let mut out: Vec<u16> = Vec::new();
        for step in &self.election.steps {
            phrases.extend(self.step(step, &out));
            if let Step::Eliminated { candidates, .. } = step {
                out.extend(candidates);
            }
        }
        phrases.extend(self.later_marks());
        phrases.extend(self.missed());
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
        phrases.extend(self.reserve());
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
            Step::Purchased { candidate, cost, price, supporters } => {
                vec![self.bought(*candidate, *cost, price.as_ref(), *supporters)]
            }
            Step::MiddleMarks { better, marks, other, taken } => {
                vec![self.later((*better, *other), Some((*taken, *marks)))]
            }
            Step::Raised { share, times } => vec![Phrase::Raised { known: Some((*times, self.language.share(share))) }],
        }
    }

    fn bought(&self, at: u16, cost: Money, price: Option<&Exact>, supporters: Option<u64>) -> Phrase {
        let (name, share) = (self.name(at), |amount: &Exact| self.language.share(amount));
        let mean = supporters.and_then(|count| Exact::ratio(cost.0, u128::from(count) * 100));
        let cost = self.language.money(cost);
        match (price, supporters, mean) {
            // What the step tells is what each has paid for everything so far, not for this one.
            (Some(load), Some(supporters), Some(mean)) if purchases::is_load(self.election) => {
                Phrase::Shared { name, cost, supporters, mean: share(&mean), load: share(load) }
            }
            (_, None, _) if purchases::has_completion(self.election) => Phrase::Completed { name, cost },
            _ => Phrase::Bought { name, cost, price: price.map(share), supporters },
        }
    }

    fn later(&self, (better, other): (u16, u16), known: Option<(u64, [u32; 2])>) -> Phrase {
        let grade = self.election.scores.get(usize::from(better)).and_then(Exact::whole).unwrap_or(0);
        let grade = u32::try_from(grade).unwrap_or(0);
        Phrase::LaterMarks { better: self.name(better), other: self.name(other), grade, known }
    }

    /// Neighbours with one median whom neither a step nor a tie tells apart: later middle marks did.
    fn later_marks(&self) -> Vec<Phrase> {
        let Election { order, steps, ties, .. } = self.election;
        let grades =
            steps.iter().find_map(|step| if let Step::Medians { grades } = step { Some(grades) } else { None });
        let Some(grades) = grades.filter(|_| !steps.iter().any(|step| matches!(step, Step::MiddleMarks { .. }))) else {
            return Vec::new();
        };
        let grade = |at: &u16| grades.get(usize::from(*at));
        let are_tied = |pair: &[u16]| ties.iter().any(|tie| pair.iter().all(|at| tie.order.contains(at)));
        let told_apart = order.windows(2).filter(|pair| grade(&pair[0]) == grade(&pair[1]) && !are_tied(pair));
        told_apart.map(|pair| self.later((pair[0], pair[1]), None)).collect()
    }

    /// What the money was not spent on: those together that met the same obstacle.
    fn missed(&self) -> Vec<Phrase> {
        let mut phrases: Vec<Phrase> = Vec::new();
        for Missed { candidate, why } in &self.election.missed {
            let name = self.name(*candidate);
            let cost = self.territories.get(usize::from(*candidate)).and_then(|territory| territory.cost);
            let cost = || self.language.money(cost.unwrap_or_default());
            let score = || self.election.scores.get(usize::from(*candidate)).map(|score| self.language.number(score));
            let mut next = match why {
                Obstacle::AfterStop => Phrase::AfterStop { names: vec![name] },
                Obstacle::Barred(by) => Phrase::Barred { name, by: self.names(by) },
                Obstacle::BelowMinimum(minimum) => {
                    Phrase::Below { minimum: *minimum, scores: vec![(name, score().unwrap_or_default())] }
                }
                Obstacle::NoSupport => Phrase::Unsupported { names: vec![name] },
                Obstacle::OverBudget(left) => {
                    Phrase::NotPaid { left: self.language.money(*left), costs: vec![(name, cost())] }
                }
                Obstacle::SharesShort => Phrase::SharesShort { names: vec![name] },
            };
            if !phrases.iter_mut().any(|phrase| phrase.takes_in(&mut next)) {
                phrases.push(next);
            }
        }
        phrases
    }

    /// Who comes next, unless the minimum keeps it out.
    fn reserve(&self) -> Option<Phrase> {
        let reserve = purchases::reserve(self.election);
        (!reserve.is_empty()).then(|| Phrase::Reserve { names: self.names(&reserve) })
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
                spent: self.election.spent.map(|spent| self.language.money(spent)),
            },
            State::Void { needed } => Phrase::Void { needed: *needed, ballots: self.election.ballots },
            State::Waits(waiting) => Phrase::Waits { names: self.names(&waiting.tied) },
        }
    }
}
