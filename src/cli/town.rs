//! The demo's town: territories of Ozersk, and residents who choose among them by chance.

use ballots::{
    Ballot, Choice as Marks, Money, Rules,
    rules::{Kind, Method, Overflow, Territory, TieRule, Winners},
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng, seq::index};

use super::play::Choice;
use crate::client::letters::ListedPerson;

/// Name, application date, cost in roubles, and how many of 100 residents care for it.
const TERRITORIES: [(&str, &str, i64, u32); 8] = [
    ("Проспект Карла Маркса: аллея и тротуары", "2026-01-14", 18_500_000, 46),
    ("Автодорога Озёрск-Касли: освещённая пешеходная дорожка", "2026-01-20", 24_000_000, 31),
    ("Уличное освещение во дворах", "2026-01-15", 9_800_000, 44),
    ("Сквер у дома культуры", "2026-02-02", 7_200_000, 27),
    ("Набережная озера Иртяш", "2026-01-12", 31_000_000, 52),
    ("Парк культуры и отдыха: детская площадка", "2026-02-10", 12_400_000, 38),
    ("Бульвар Гайдара", "2026-02-05", 6_900_000, 19),
    ("Площадка для выгула собак", "2026-02-18", 1_900_000, 14),
];

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
    fn kind(self) -> (Kind, Method) {
        match self {
            Self::Approval => (Kind::Approval { max: 3 }, Method::Approval),
            Self::Score => (Kind::Score { max: 10 }, Method::Score),
            Self::Ranked => (Kind::Ranked { max: 5 }, Method::Borda),
            Self::Points => (Kind::Points { each: Some(5), total: 10 }, Method::Points),
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
    let territory = |(&(title, applied, cost, _), number): (&(&str, &str, i64, u32), u32)| Territory {
        applied: applied.parse().ok(),
        cost: Some(Money(cost * 100)),
        id: format!("oz-{number}"),
        number,
        title: title.to_owned(),
        ..Territory::default()
    };
    let (kind, method) = way.kind();
    Rules {
        kind,
        method,
        territories: TERRITORIES.iter().zip(1..).map(territory).collect(),
        ties: vec![TieRule::Application, TieRule::Registration],
        winners: Winners::Budget { budget: Money(BUDGET * 100), minimum: None, overflow: Overflow::Skip },
    }
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
    let shuffled = index::sample(rng, TERRITORIES.len(), TERRITORIES.len()).into_vec();
    let mut marks: Vec<u16> = Vec::new();
    for at in shuffled {
        if marks.len() < most && rng.random_ratio(TERRITORIES[at].3, 100) {
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
