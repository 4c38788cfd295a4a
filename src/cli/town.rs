//! The demo's town: territories of Ozersk, and residents who choose among them by chance.

mod sites;

use audit::round::{Bytes, pictures::PictureKind};
use ballots::{
    Ballot, Choice as Marks, Money, Procedure, Rules,
    methods::{positional::Scale, score::Measure},
    rules::{Kind, Overflow, Place, Territory, TieRule, Winners},
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng, seq::index};

use self::sites::{Drawing, SITES, Site};
use super::play::Choice;
use crate::{client::letters::ListedPerson, http::PictureRequest};

/// Sum for the year, in roubles.
const BUDGET: i64 = 60_000_000;
/// One resident in so many casts a second time.
const RECAST: u32 = 20;
/// One resident in so many casts a blank ballot.
const BLANK: u32 = 60;

/// How the demo's residents mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Way {
    /// Up to three territories, all alike.
    Approval,
    /// Each territory from 0 to 10.
    Score,
    /// Up to five territories in order, the best first.
    Ranked,
    /// Ten points, at most five for one territory.
    Points,
}

impl Way {
    fn kind(self) -> (Kind, Procedure) {
        match self {
            Self::Approval => (Kind::Approval { max: 3 }, Procedure::Approval),
            Self::Score => (Kind::Score { max: 10 }, Procedure::Score(Measure::Sum)),
            Self::Ranked => (Kind::Ranked { max: 5 }, Procedure::Borda(Scale::OwnLength)),
            Self::Points => (Kind::Points { each: Some(5), total: 10 }, Procedure::Points),
        }
    }

    /// Marks as `veche vote` takes them.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Approval | Self::Ranked => "oz-2 oz-5",
            Self::Score => "oz-2=7 oz-5=10",
            Self::Points => "oz-2=4 oz-5=5",
        }
    }
}

/// Winners within the year's sum.
pub(super) fn rules(way: Way) -> Rules {
    let territory = |(site, number): (&Site, u32)| Territory {
        address: Some(site.address.to_owned()),
        applied: site.applied.parse().ok(),
        cost: Some(Money(site.cost * 100)),
        description: Some(site.description.to_owned()),
        id: format!("oz-{number}"),
        number,
        place: Some(Place { latitude: site.place.0, longitude: site.place.1 }),
        proposed_by: Some(site.proposed_by.to_owned()),
        title: site.title.to_owned(),
    };
    let (kind, method) = way.kind();
    Rules {
        kind,
        limits: Vec::new(),
        method,
        territories: SITES.iter().zip(1..).map(territory).collect(),
        ties: vec![TieRule::Application, TieRule::Registration],
        turnout: None,
        winners: Winners::Budget { budget: Money(BUDGET * 100), minimum: None, overflow: Overflow::Skip },
    }
}

/// Number of the territory and what the official uploads for it, for each drawing.
pub(super) fn pictures() -> impl Iterator<Item = (u32, PictureRequest)> {
    let request = |drawing: &Drawing| PictureRequest {
        alt: [("ru", drawing.ru), ("en", drawing.en)].map(|(key, text)| (key.to_owned(), text.to_owned())).into(),
        image: Bytes(drawing.webp.to_vec()),
        kind: if drawing.is_plan { PictureKind::Plan } else { PictureKind::Photo },
    };
    SITES.iter().zip(1..).flat_map(move |(site, number)| site.drawings.iter().map(move |one| (number, request(one))))
}

/// People of 14 to 90 years, by number.
pub(super) fn people(count: usize, year: i16) -> Vec<ListedPerson> {
    let mut rng = StdRng::seed_from_u64(count as u64);
    let person = |number: usize| {
        let born = year - rng.random_range(15..=90);
        let (month, day) = (rng.random_range(1..=12), rng.random_range(1..=28));
        ListedPerson { number: number.to_string(), born: format!("{born}-{month:02}-{day:02}"), district: None }
    };
    (1..=count).map(person).collect()
}

/// What so many residents do; the same for the same number.
pub(super) fn choices(rules: &Rules, count: usize) -> Vec<Choice> {
    let mut rng = StdRng::seed_from_u64(count as u64);
    let mut choice = || {
        let casts = 1 + usize::from(rng.random_ratio(1, RECAST));
        Choice::Ballots((0..casts).map(|_| ballot(rules, &mut rng)).collect())
    };
    (0..count).map(|_| choice()).collect()
}

fn ballot(rules: &Rules, rng: &mut impl Rng) -> Ballot {
    let most = if rng.random_ratio(1, BLANK) { 0 } else { rng.random_range(1..=3) };
    let shuffled = index::sample(rng, SITES.len(), SITES.len()).into_vec();
    let mut marks: Vec<u16> = Vec::new();
    for at in shuffled {
        if marks.len() < most && rng.random_ratio(SITES[at].favour, 100) {
            marks.push(at as u16);
        }
    }
    let mut valued = |least, most| marks.iter().map(|&at| (at, rng.random_range(least..=most))).collect();
    let choice = match rules.kind {
        Kind::Approval { .. } => Marks::Approval(marks),
        Kind::Ranked { .. } => Marks::Ranked(marks),
        Kind::Score { max } => Marks::Score(valued(0, max)),
        // Three territories with a third of the points each stay within the whole.
        Kind::Points { total, .. } => Marks::Points(valued(1, total / 3)),
    };
    Ballot::new(rules, choice).expect("up to three different territories follow the demo's rules")
}
