//! Reading and counting other people's votes: a made-up town of the size of Łódź 2022, or a file.

mod town;

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use ballots::{
    Ballot, Contest, Ladder, Procedure, Profile, Rules, count,
    formats::pabulib::{self, Instance},
    ladder::Rung,
    methods::{kemeny, knapsack},
    rules::{Kind, Overflow, Territory, TieRule, Winners},
};

use super::{super::CliFault, Figure, core::rate};

/// Ballots of the made-up town.
const BALLOTS: u64 = 90_000;
/// How long each method is repeated, once at least.
const TIME: Duration = Duration::from_secs(1);
/// Who is elected where a method fills seats.
const SEATS: u16 = 5;

pub(super) fn measure(file: Option<&Path>) -> Result<Vec<Figure>, CliFault> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file).map_err(CliFault::file(file))?,
        None => pabulib::write(&town()?),
    };
    let mut figures = vec![reading(&text)?];
    match file {
        Some(_) => figures.extend(counts_of_file(&text)?),
        None => {
            for method in Procedure::all() {
                figures.push(Held::new(method, town::PROJECTS, BALLOTS)?.measured(method)?);
            }
        }
    }
    Ok(figures)
}

fn reading(text: &str) -> Result<Figure, CliFault> {
    let megabytes = u32::try_from(text.len() / 1_000_000).unwrap_or(u32::MAX).max(1);
    let ballots = pabulib::read(text).map_err(CliFault::other)?.votes.len();
    let reading = rate(1, || {
        black_box(pabulib::read(black_box(text))).ok();
    });
    let what = format!("one core, {megabytes} MB, {ballots} ballots");
    Ok(Figure::new("reading .pb", reading * text.len() as f64 / 1e6, "MB/s", Some("≥ 150"), what))
}

/// Every method that counts the ballots of a file, but those whose time grows with every set of projects.
fn counts_of_file(text: &str) -> Result<Vec<Figure>, CliFault> {
    let instance = pabulib::read(text).map_err(CliFault::other)?;
    let rules = instance.rules();
    let poll = instance.poll(&rules).map_err(CliFault::other)?;
    let held = Held { profile: poll.profile, territories: poll.territories, winners: rules.winners };
    let ladder = Ladder::new(&[Rung::Registration]);
    let fitting = Procedure::fitting_contest(&held.contest(&ladder)).into_iter();
    let certain = fitting.filter(|method| held.territories.len() <= most(*method).into());
    certain.map(|method| held.measured(method)).collect()
}

/// A vote that a method is to count.
struct Held {
    profile: Profile,
    territories: Vec<Territory>,
    winners: Winners,
}

impl Held {
    /// The made-up town's, on ballots that fit the method, and with fewer projects where its time doubles with each.
    fn new(method: Procedure, projects: u16, ballots: u64) -> Result<Self, CliFault> {
        let projects = most(method).min(projects);
        let profile = town::profile(&kind(method), projects, ballots).map_err(CliFault::other)?;
        let winners = if method.spends() {
            Winners::Budget { budget: town::budget(projects), minimum: None, overflow: Overflow::Skip }
        } else {
            Winners::Top { minimum: None, seats: SEATS }
        };
        Ok(Self { profile, territories: town::projects(projects), winners })
    }

    fn contest<'a>(&'a self, ladder: &'a Ladder) -> Contest<'a> {
        let Self { profile, territories, winners } = self;
        Contest { profile, territories, winners, ladder, turnout: None }
    }

    /// How long one count takes.
    fn measured(&self, method: Procedure) -> Result<Figure, CliFault> {
        let ladder = Ladder::new(&[Rung::Registration]);
        let contest = self.contest(&ladder);
        let (started, mut counts) = (Instant::now(), 0_u32);
        while counts == 0 || started.elapsed() < TIME {
            black_box(count(black_box(&contest), method)).map_err(CliFault::other)?;
            counts += 1;
        }
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0 / f64::from(counts);
        let wanted = (method.to_string() == "equal-shares-add1").then_some("≤ 1000");
        let (projects, ballots) = (self.territories.len(), self.profile.ballots());
        let few = if projects < usize::from(town::PROJECTS) && most(method) < town::PROJECTS { "only " } else { "" };
        let kind = self.profile.kind().name();
        let how = format!("one core, {few}{projects} projects, {ballots} {kind} ballots in memory");
        Ok(Figure::new(method.to_string(), milliseconds, "ms", wanted, how))
    }
}

/// Most projects with which a method's time is bounded well.
fn most(method: Procedure) -> u16 {
    match method {
        Procedure::Kemeny => kemeny::MOST,
        Procedure::Knapsack => knapsack::MOST_CERTAIN,
        _ => u16::MAX,
    }
}

/// The first kind of ballots that a method counts.
fn kind(method: Procedure) -> Kind {
    let most = if method == Procedure::ChooseOne { 1 } else { town::NAMED };
    let score = Kind::Score { max: 5 };
    let kinds = [Kind::Approval { max: most }, Kind::Ranked { max: most }, Kind::Points { each: None, total: 15 }];
    kinds.into_iter().find(|kind| method.fits(kind)).unwrap_or(score)
}

/// The town's vote as a city would publish it.
fn town() -> Result<Instance, CliFault> {
    let rules = Rules {
        kind: Kind::Approval { max: town::NAMED },
        limits: Vec::new(),
        method: Procedure::Approval,
        territories: town::projects(town::PROJECTS),
        ties: vec![TieRule::Registration],
        turnout: None,
        winners: Winners::Budget { budget: town::budget(town::PROJECTS), minimum: None, overflow: Overflow::Skip },
    };
    let ballot = |voter: u64| {
        let choice = town::choice(&rules.kind, town::PROJECTS, voter);
        Ballot::new(&rules, choice).map_err(CliFault::other)
    };
    let ballots = (0..BALLOTS).map(ballot).collect::<Result<Vec<_>, _>>()?;
    Ok(Instance::from_round(&rules, ballots, Vec::new()))
}

#[cfg(test)]
mod tests;
