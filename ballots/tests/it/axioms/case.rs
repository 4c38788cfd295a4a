//! Elections of any kind of ballot, as axioms change them: renamed, raised, cloned, with one ballot more.

use ballots::{
    Choice, Contest, Election, Ladder, Money, Procedure, Profile, count,
    rules::{Kind, Overflow, Winners},
};
use proptest::prelude::*;

use super::super::sample::territories;

/// Highest mark, and points of a ballot; one less is given, so that any mark can be raised.
pub const MOST: u32 = 6;

/// Weighted ballots over candidates from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub kind: Kind,
    pub candidates: u16,
    pub ballots: Vec<(u64, Choice)>,
}

/// The name of a method, parsed.
fn method(name: &str) -> Procedure {
    name.parse().unwrap()
}

/// The ballots of a method's textbook examples, such as `a b c` for an order or an approval and `a5 b0` for marks.
pub fn case(name: &str, candidates: u16, ballots: &[(u64, &str)]) -> Case {
    let kind = match name {
        "choose-one" => Kind::Approval { max: 1 },
        "approval" => Kind::Approval { max: candidates },
        "points" => Kind::Points { each: None, total: MOST },
        _ if method(name).fits(&Kind::Ranked { max: candidates }) => Kind::Ranked { max: candidates },
        _ => Kind::Score { max: MOST },
    };
    let ballots = ballots.iter().map(|(weight, text)| (*weight, choice(&kind, text))).collect();
    Case { kind, candidates, ballots }
}

/// One ballot in the same spelling.
pub fn choice(kind: &Kind, text: &str) -> Choice {
    let at = |mark: &str| u16::from(mark.as_bytes()[0] - b'a');
    let marks = || text.split_whitespace().map(at).collect::<Vec<_>>();
    let valued = || text.split_whitespace().map(|mark| (at(mark), mark[1..].parse().unwrap())).collect::<Vec<_>>();
    match kind {
        Kind::Approval { .. } => Choice::Approval(marks()),
        Kind::Points { .. } => Choice::Points(valued()),
        Kind::Ranked { .. } => Choice::Ranked(marks()),
        Kind::Score { .. } => Choice::Score(valued()),
    }
}

/// How much a ballot likes a candidate: more is better; nothing at all is least.
pub fn liking(choice: &Choice, at: u16) -> u32 {
    match choice {
        Choice::Approval(marks) => marks.contains(&at).into(),
        Choice::Ranked(marks) => marks.iter().position(|other| *other == at).map_or(0, |place| 1000 - place as u32),
        Choice::Points(marks) | Choice::Score(marks) => {
            marks.iter().find(|(other, _)| *other == at).map_or(0, |(_, value)| 1 + value)
        }
    }
}

impl Case {
    pub fn profile(&self) -> Profile {
        let mut profile = Profile::new(self.kind.clone(), self.candidates);
        self.ballots.iter().for_each(|(weight, choice)| profile.add(choice, *weight).unwrap());
        profile
    }

    /// One seat, or the money for two of the candidates, which all cost the same.
    pub fn elect(&self, name: &str) -> Election {
        let (profile, method) = (self.profile(), method(name));
        let winners = match method.spends() {
            true => Winners::Budget { budget: Money(20_000), minimum: None, overflow: Overflow::Skip },
            false => Winners::Top { minimum: None, seats: 1 },
        };
        let (territories, ladder) = (territories(self.candidates.into()), Ladder::default());
        let contest =
            Contest { profile: &profile, territories: &territories, winners: &winners, ladder: &ladder, turnout: None };
        count(&contest, method).unwrap()
    }

    /// The only winner, where no lots were needed on the way.
    pub fn winner(&self, name: &str) -> Option<u16> {
        let election = self.elect(name);
        match election.places.first().map(Vec::as_slice) {
            Some([winner]) if election.ties.iter().all(|tie| tie.round.is_none()) => Some(*winner),
            _ => None,
        }
    }

    pub fn methods(&self) -> Vec<String> {
        let fitting = Procedure::fitting(&self.kind).into_iter().map(|method| method.to_string());
        let is_choice = matches!(self.kind, Kind::Approval { max: 1 });
        fitting.filter(|name| name != "choose-one" || is_choice).collect()
    }

    pub fn with(&self, weight: u64, choice: Choice) -> Self {
        let mut case = self.clone();
        case.ballots.push((weight, choice));
        case
    }

    /// Every candidate under another name.
    pub fn renamed(&self, name: impl Fn(u16) -> u16) -> Self {
        let plain = |marks: &[u16]| marks.iter().map(|at| name(*at)).collect();
        let valued = |marks: &[(u16, u32)]| marks.iter().map(|(at, value)| (name(*at), *value)).collect();
        let ballots = self.ballots.iter().map(|(weight, choice)| {
            let choice = match choice {
                Choice::Approval(marks) => Choice::Approval(plain(marks)),
                Choice::Ranked(marks) => Choice::Ranked(plain(marks)),
                Choice::Points(marks) => Choice::Points(valued(marks)),
                Choice::Score(marks) => Choice::Score(valued(marks)),
            };
            (*weight, choice)
        });
        Self { ballots: ballots.collect(), ..self.clone() }
    }

    /// The same with a candidate raised by one step on one of the ballots, if it can be.
    pub fn raised(&self, ballot: usize, at: u16) -> Option<Self> {
        let mut case = self.clone();
        let (_, choice) = case.ballots.get_mut(ballot)?;
        match choice {
            Choice::Approval(marks) if marks.contains(&at) => return None,
            Choice::Approval(marks) if matches!(self.kind, Kind::Approval { max: 1 }) => *marks = vec![at],
            Choice::Approval(marks) => marks.push(at),
            Choice::Ranked(marks) => {
                let place = marks.iter().position(|other| *other == at).filter(|place| *place > 0)?;
                marks.swap(place, place - 1);
            }
            Choice::Points(marks) | Choice::Score(marks) => marks.iter_mut().find(|(other, _)| *other == at)?.1 += 1,
        }
        Some(case)
    }

    /// The same with a clone, numbered after all others, just below a candidate or with the same mark.
    pub fn cloned(&self, of: u16) -> Self {
        let clone = self.candidates;
        let mut case = Self { candidates: clone + 1, ..self.clone() };
        if let Kind::Ranked { max } | Kind::Approval { max } = &mut case.kind {
            *max += 1;
        }
        for (_, choice) in &mut case.ballots {
            match choice {
                Choice::Approval(marks) if marks.contains(&of) => marks.push(clone),
                Choice::Approval(_) => {}
                Choice::Ranked(marks) => {
                    let place = marks.iter().position(|other| *other == of).map_or(marks.len(), |place| place + 1);
                    marks.insert(place, clone);
                }
                Choice::Points(marks) | Choice::Score(marks) => {
                    let given = marks.iter().find(|(other, _)| *other == of).map(|(_, value)| (clone, *value));
                    marks.extend(given);
                }
            }
        }
        case
    }
}

/// A few ballots of each kind, of small weights, so that many are close.
pub fn any_case() -> impl Strategy<Value = Case> {
    (2..=5_u16, 0..5_usize).prop_flat_map(|(candidates, kind)| {
        let marks = || proptest::collection::vec(any::<bool>(), usize::from(candidates));
        let named = |named: Vec<bool>| (0..).zip(named).filter(|(_, named)| *named).map(|(at, _)| at).collect();
        let values = || proptest::collection::vec(0..MOST, usize::from(candidates));
        let order = Just((0..candidates).collect::<Vec<u16>>()).prop_shuffle();
        let (kind, choice) = match kind {
            0 => (Kind::Approval { max: candidates }, marks().prop_map(move |m| Choice::Approval(named(m))).boxed()),
            1 => (Kind::Approval { max: 1 }, (0..candidates).prop_map(|at| Choice::Approval(vec![at])).boxed()),
            2 => {
                let spread = (0..candidates, 0..candidates, 1..MOST / 2, 1..MOST / 2);
                let points = spread.prop_map(|(one, other, first, second)| match one == other {
                    true => Choice::Points(vec![(one, first + second)]),
                    false => Choice::Points(vec![(one, first), (other, second)]),
                });
                (Kind::Points { each: None, total: MOST }, points.boxed())
            }
            3 => {
                let score = values().prop_map(|values| Choice::Score((0..).zip(values).collect()));
                (Kind::Score { max: MOST }, score.boxed())
            }
            _ => (Kind::Ranked { max: candidates }, order.prop_map(Choice::Ranked).boxed()),
        };
        let ballots = proptest::collection::vec((1..6_u64, choice), 1..8);
        ballots.prop_map(move |ballots| Case { kind: kind.clone(), candidates, ballots })
    })
}
