//! Elections that several tests count, and short ways to count them.

use ballots::{
    Choice, Contest, Election, Ladder, Procedure, Profile, count,
    rules::{Kind, Winners},
};
use proptest::prelude::*;

use super::sample::territories;

/// Rankings such as `a b=c`: weight, then groups of equals, the best first.
pub fn ranked(candidates: u16, ballots: &[(u64, &str)]) -> Profile {
    let mut profile = Profile::new(Kind::Ranked { max: candidates }, candidates);
    for (weight, text) in ballots {
        let group = |group: &str| group.split('=').map(at).collect();
        let groups: Vec<Vec<u16>> = text.split_whitespace().map(group).collect();
        profile.add_groups(&groups, *weight).unwrap();
    }
    profile
}

/// Marks such as `a5 b0`.
pub fn marked(candidates: u16, max: u32, ballots: &[(u64, &str)]) -> Profile {
    let mut profile = Profile::new(Kind::Score { max }, candidates);
    for (weight, text) in ballots {
        let mark = |mark: &str| (at(&mark[..1]), mark[1..].parse().unwrap());
        profile.add(&Choice::Score(text.split_whitespace().map(mark).collect()), *weight).unwrap();
    }
    profile
}

fn at(letter: &str) -> u16 {
    letter.as_bytes()[0].wrapping_sub(b'a').into()
}

/// Letters of candidates.
pub fn letters(candidates: &[u16]) -> String {
    candidates.iter().map(|at| char::from(b'a' + *at as u8)).collect()
}

/// Counts for so many seats, ties by number.
pub fn elect(profile: &Profile, method: &str, seats: u16) -> Election {
    elect_by(profile, method, seats, &Ladder::default())
}

/// Counts for so many seats with this ladder.
pub fn elect_by(profile: &Profile, method: &str, seats: u16, ladder: &Ladder) -> Election {
    let method: Procedure = method.parse().unwrap();
    let territories = territories(profile.candidates().into());
    let winners = Winners::Top { minimum: None, seats };
    let contest = Contest { profile, territories: &territories, winners: &winners, ladder, turnout: None };
    count(&contest, method).unwrap()
}

/// Methods that count rankings.
pub const RANKED: [&str; 15] = [
    "borda",
    "borda-fixed",
    "dowdall",
    "instant-runoff",
    "instant-runoff-batches",
    "coombs",
    "bucklin",
    "copeland",
    "minimax",
    "ranked-pairs",
    "schulze",
    "schulze-margins",
    "kemeny",
    "stv-scottish",
    "stv-meek",
];

/// Complete rankings of three to five candidates, with their weights.
pub fn any_rankings() -> impl Strategy<Value = (u16, Vec<(u64, Vec<u16>)>)> {
    (3..=5_u16).prop_flat_map(|candidates| {
        let ranking = Just((0..candidates).collect::<Vec<u16>>()).prop_shuffle();
        let ballots = proptest::collection::vec((1..5_u64, ranking), 1..9);
        (Just(candidates), ballots)
    })
}

/// A profile of complete rankings.
pub fn profile(candidates: u16, ballots: &[(u64, Vec<u16>)]) -> Profile {
    let mut profile = Profile::new(Kind::Ranked { max: candidates }, candidates);
    ballots.iter().for_each(|(weight, ranking)| profile.add(&Choice::Ranked(ranking.clone()), *weight).unwrap());
    profile
}
