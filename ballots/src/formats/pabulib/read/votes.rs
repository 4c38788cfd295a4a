//! The ballots of a file, which are nearly all of it: each line is looked at once, and only what is kept is copied.

use std::{borrow::Cow, collections::HashMap};

use super::{Lines, fault, split};
use crate::formats::{
    FormatFault,
    pabulib::{Project, Vote, VoteType},
};

/// Columns that have a meaning here; every other one is kept as it is.
const KNOWN: [&str; 4] = ["voter_id", "vote", "points", "age"];

/// Places of the columns.
struct Places {
    voter_id: usize,
    vote: usize,
    points: Option<usize>,
    age: Option<usize>,
    other: Vec<usize>,
}

/// Reads the last section: names of the columns without a meaning here, and the ballots.
pub(super) fn votes(
    lines: &mut Lines<'_>,
    vote_type: VoteType,
    projects: &[Project],
) -> Result<(Vec<String>, Vec<Vote>), FormatFault> {
    lines.heading("VOTES")?;
    let needed: &[&str] = if vote_type.has_values() { &["voter_id", "vote", "points"] } else { &["voter_id", "vote"] };
    let columns = lines.columns("VOTES", needed)?;
    let mut other: Vec<_> = columns.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str())).collect();
    other.sort_by_key(|(_, at)| **at);
    let at = |name: &str| columns.get(name).copied();
    let places = Places {
        voter_id: at("voter_id").unwrap_or(0),
        vote: at("vote").unwrap_or(0),
        points: at("points").filter(|_| vote_type.has_values()),
        age: at("age"),
        other: other.iter().map(|(_, at)| **at).collect(),
    };
    let positions: HashMap<&str, u16> = projects.iter().map(|project| project.id.as_str()).zip(0..).collect();
    let (mut found, mut fields) = (Vec::new(), Vec::new());
    while let Some((line, number)) = lines.row() {
        split(line, &mut fields);
        found.push(vote(&fields, number, &places, &positions)?);
    }
    match lines.next() {
        Some((line, number)) => Err(fault(number, format!("{} must not follow VOTES", line.trim()))),
        None => Ok((other.into_iter().map(|(name, _)| name.clone()).collect(), found)),
    }
}

fn vote(
    fields: &[Cow<'_, str>],
    line: usize,
    places: &Places,
    positions: &HashMap<&str, u16>,
) -> Result<Vote, FormatFault> {
    let text = |at: usize| fields.get(at).map_or("", |field| field.as_ref());
    let voter_id = text(places.voter_id);
    if voter_id.is_empty() {
        return Err(fault(line, "voter_id is empty"));
    }
    // Ages stand there in many spellings; what is no number of years is no age.
    let age = places.age.and_then(|at| text(at).parse().ok());
    let marks = marks(text(places.vote), places.points.map(text), line, positions)?;
    let mut texts =
        String::with_capacity(voter_id.len() + places.other.iter().map(|at| text(*at).len() + 1).sum::<usize>());
    texts.push_str(voter_id);
    for at in &places.other {
        texts.push('\n');
        texts.push_str(text(*at));
    }
    Ok(Vote { age, marks, texts })
}

fn marks(
    projects: &str,
    points: Option<&str>,
    line: usize,
    positions: &HashMap<&str, u16>,
) -> Result<Vec<(u16, Option<u32>)>, FormatFault> {
    let list = |text: &str| memchr::memchr_iter(b',', text.as_bytes()).count() + usize::from(!text.is_empty());
    let count = list(projects);
    let mut marks = Vec::with_capacity(count);
    for id in projects.split(',').take(count).map(str::trim) {
        let at = positions.get(id).ok_or_else(|| fault(line, format!("vote: there is no project {id}")))?;
        marks.push((*at, None));
    }
    let Some(points) = points else { return Ok(marks) };
    let given = list(points);
    for (at, text) in points.split(',').take(given).map(str::trim).enumerate() {
        let value = text.parse().map_err(|_| fault(line, format!("points: {text} is no whole number")))?;
        if let Some((_, slot)) = marks.get_mut(at) {
            *slot = Some(value);
        }
    }
    if given == count {
        return Ok(marks);
    }
    Err(fault(line, format!("{count} projects are named, but {given} points are given")))
}
