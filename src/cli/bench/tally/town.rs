//! A made-up town of any size, whose residents vote on any kind of ballot: the same in every run.

use ballots::{
    Choice, Money, Profile,
    profile::ProfileFault,
    rules::{Kind, Territory},
};

/// Projects of the whole town.
pub(super) const PROJECTS: u16 = 160;
/// Most projects that a ballot names.
pub(super) const NAMED: u16 = 5;
const BUDGET: i64 = 600_000_000;

/// So many projects, each with what it costs.
pub(super) fn projects(count: u16) -> Vec<Territory> {
    let project = |number: u16| Territory {
        cost: Some(Money(1_000_000 + i64::from(number) * 7_919 % 211 * 100_000)),
        id: format!("p{number}"),
        number: number.into(),
        title: format!("Project {number}"),
        ..Territory::default()
    };
    (1..=count).map(project).collect()
}

/// What a town of so many projects may spend: about a third of what they cost.
pub(super) fn budget(projects: u16) -> Money {
    Money(BUDGET * i64::from(projects) / i64::from(PROJECTS))
}

/// Ballots of residents who name up to five projects, some of which are far better known than others.
pub(super) fn profile(kind: &Kind, projects: u16, ballots: u64) -> Result<Profile, ProfileFault> {
    let mut profile = Profile::new(kind.clone(), projects);
    for voter in 0..ballots {
        profile.add(&choice(kind, projects, voter), 1)?;
    }
    Ok(profile)
}

/// One resident's ballot.
pub(super) fn choice(kind: &Kind, projects: u16, voter: u64) -> Choice {
    let projects = u64::from(projects);
    // A fixed mixer in place of chance, so that every run counts the same town.
    let mix = |step: u64| (voter * 5 + step).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let known = |step: u64| mix(step) % projects * (mix(step + 7) % projects) / projects;
    let mut marks: Vec<u16> = Vec::new();
    for at in (0..1 + voter % u64::from(NAMED)).filter_map(|step| u16::try_from(known(step)).ok()) {
        if !marks.contains(&at) {
            marks.push(at);
        }
    }
    let valued = |most: u32| marks.iter().zip(0..).map(|(at, step)| (*at, 1 + (mix(step + 3) as u32) % most)).collect();
    match kind {
        Kind::Approval { max } => {
            marks.truncate((*max).into());
            marks.sort_unstable();
            Choice::Approval(marks)
        }
        Kind::Ranked { .. } => Choice::Ranked(marks),
        Kind::Score { max } => Choice::Score(valued(*max)),
        Kind::Points { total, .. } => Choice::Points(valued(*total / u32::from(NAMED))),
    }
}
