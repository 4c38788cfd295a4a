//! Reading and counting other people's votes: a made-up town of the size of Łódź 2022, or a file.

use std::{hint::black_box, path::Path};

use ballots::{
    Ballot, Choice, Contest, Ladder, Money, Procedure, Rules, count,
    formats::pabulib::{self, Instance},
    ladder::Rung,
    rules::{Kind, Overflow, Territory, TieRule, Winners},
};

use super::{super::CliFault, Figure, core::rate};

/// Projects and ballots of the made-up town, and what it may spend.
const PROJECTS: u16 = 160;
const BALLOTS: u64 = 90_000;
const BUDGET: Money = Money(600_000_000);
/// Methods that are measured, where they fit the ballots.
const METHODS: [&str; 8] =
    ["approval", "borda", "instant-runoff", "schulze", "score", "greedy", "equal-shares-add1", "phragmen"];

pub(super) fn measure(file: Option<&Path>) -> Result<Vec<Figure>, CliFault> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file).map_err(CliFault::file(file))?,
        None => pabulib::write(&town()?),
    };
    let megabytes = u32::try_from(text.len() / 1_000_000).unwrap_or(u32::MAX).max(1);
    let instance = pabulib::read(&text).map_err(CliFault::other)?;
    let reading = rate(1, || {
        black_box(pabulib::read(black_box(&text))).ok();
    });
    let what = format!("one core, {megabytes} MB, {} ballots", instance.votes.len());
    let speed = reading * text.len() as f64 / 1e6;
    let mut figures = vec![Figure::new("reading .pb", speed, "MB/s", Some("≥ 150"), what)];
    let rules = instance.rules();
    let poll = instance.poll(&rules).map_err(CliFault::other)?;
    let contest = Contest {
        profile: &poll.profile,
        territories: &poll.territories,
        winners: &rules.winners,
        ladder: &Ladder::new(&[Rung::Registration]),
        turnout: None,
    };
    for name in METHODS {
        let method: Procedure = name.parse().map_err(CliFault::other)?;
        if !method.fits(poll.profile.kind()) {
            continue;
        }
        count(&contest, method).map_err(CliFault::other)?;
        let milliseconds = 1000.0
            / rate(1, || {
                black_box(count(black_box(&contest), method)).ok();
            });
        let wanted = (name == "equal-shares-add1").then_some("≤ 1000");
        let how = format!("one core, {} projects, from ballots in memory", instance.projects.len());
        figures.push(Figure::new(name, milliseconds, "ms", wanted, how));
    }
    Ok(figures)
}

/// A town whose residents mark up to five projects, some of which are far better known than others.
fn town() -> Result<Instance, CliFault> {
    let territory = |number: u16| Territory {
        cost: Some(Money(1_000_000 + i64::from(number) * 7_919 % 211 * 100_000)),
        id: format!("p{number}"),
        number: number.into(),
        title: format!("Project {number}"),
        ..Territory::default()
    };
    let rules = Rules {
        kind: Kind::Approval { max: 5 },
        limits: Vec::new(),
        method: Procedure::Approval,
        territories: (1..=PROJECTS).map(territory).collect(),
        ties: vec![TieRule::Registration],
        turnout: None,
        winners: Winners::Budget { budget: BUDGET, minimum: None, overflow: Overflow::Skip },
    };
    let ballot = |voter: u64| {
        // A fixed mixer in place of chance, so that every run counts the same town.
        let mix = |step: u64| (voter * 5 + step).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let known =
            |step: u64| mix(step) % u64::from(PROJECTS) * (mix(step + 7) % u64::from(PROJECTS)) / u64::from(PROJECTS);
        let mut marks: Vec<u16> = (0..1 + voter % 5).filter_map(|step| u16::try_from(known(step)).ok()).collect();
        marks.sort_unstable();
        marks.dedup();
        Ballot::new(&rules, Choice::Approval(marks)).map_err(CliFault::other)
    };
    let ballots = (0..BALLOTS).map(ballot).collect::<Result<Vec<_>, _>>()?;
    Ok(Instance::from_round(&rules, ballots, Vec::new()))
}
