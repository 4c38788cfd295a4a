//! Ballots as a table (CSV): a column for each candidate, a row for alike ballots.
//!
//! ```text
//! ranked,park,square,street
//! 3,1,2,
//! 1,,1,1
//! ```
//!
//! The first heading names the kind (`approval`, `points`, `ranked`, `score`), the others the candidates. The first cell of a
//! row says how many ballots are alike, in a whole number. An approval is 1; a ranking gives places from 1 without gaps, and
//! equals share one; points and marks are whole numbers; what is not named is left empty.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use super::{FormatFault, Poll, Unwritable};
use crate::{
    choice::Choice,
    profile::{Paper, Profile},
    rules::{Kind, MAX_SCORE, Territory},
};

/// A row's marks: candidate and the number in its cell.
type Cells = Vec<(u16, u32)>;

/// Reads a table. Limits of the ballots are as wide as the rows need.
///
/// # Errors
/// [`FormatFault`] with the line and the reason.
pub fn read(text: &str) -> Result<Poll, FormatFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut headings: Option<StringRecord> = None;
    for record in reader.records() {
        let record = record.map_err(|fault| {
            let line = fault.position().map_or(1, |at| at.line() as usize);
            FormatFault::new(line, fault.to_string())
        })?;
        let line = record.position().map_or(1, |at| at.line() as usize);
        match &headings {
            None => headings = Some(record),
            Some(_) => rows.push((line, row(&record, line)?)),
        }
    }
    let headings = headings.ok_or_else(|| FormatFault::new(1, "headings are missing"))?;
    let territories = territories(&headings)?;
    let kind = headings.get(0).unwrap_or_default().trim();
    let (count, most) = (territories.len() as u16, |rows: &[(usize, (u64, Cells))]| {
        rows.iter().flat_map(|(_, (_, cells))| cells).map(|(_, value)| *value).max().unwrap_or(1).max(1)
    });
    let sums = rows.iter().map(|(_, (_, cells))| cells.iter().fold(0u32, |sum, (_, value)| sum.saturating_add(*value)));
    let kind = match kind {
        "approval" => Kind::Approval { max: count },
        "ranked" => Kind::Ranked { max: count },
        "score" => Kind::Score { max: most(&rows) },
        "points" => Kind::Points { each: None, total: sums.max().unwrap_or(1).max(1) },
        other => {
            let reason = format!("the first heading is {other:?}; it must be approval, points, ranked or score");
            return Err(FormatFault::new(1, reason));
        }
    };
    let mut profile = Profile::new(kind, count);
    for (line, (weight, cells)) in rows {
        add(&mut profile, weight, cells, line)?;
    }
    Ok(Poll { budget: None, invalid: BTreeMap::new(), profile, seats: None, territories, title: String::new() })
}

fn territories(headings: &StringRecord) -> Result<Vec<Territory>, FormatFault> {
    let ids: Vec<&str> = headings.iter().skip(1).map(str::trim).collect();
    if ids.is_empty() || ids.len() > usize::from(u16::MAX) {
        return Err(FormatFault::new(1, "there must be 1 to 65535 candidates"));
    }
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    if sorted[0].is_empty() {
        return Err(FormatFault::new(1, "a candidate has no name"));
    }
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(FormatFault::new(1, format!("candidate {} stands there twice", pair[0])));
    }
    let territory = |(id, number): (&&str, u32)| Territory {
        id: (*id).to_owned(),
        number,
        title: (*id).to_owned(),
        ..Territory::default()
    };
    Ok(ids.iter().zip(1..).map(territory).collect())
}

fn row(record: &StringRecord, line: usize) -> Result<(u64, Cells), FormatFault> {
    let fault = |text: &str, what: &str| FormatFault::new(line, format!("{text:?} is no {what}"));
    let weight = record.get(0).unwrap_or_default().trim();
    let weight = weight.parse::<u64>().ok().filter(|weight| *weight > 0);
    let first = record.get(0).unwrap_or_default();
    let weight = weight.ok_or_else(|| fault(first, "number of ballots: it must be whole and above 0"))?;
    let cells = record.iter().skip(1).zip(0u16..).filter(|(cell, _)| !cell.trim().is_empty());
    let cells = cells.map(|(cell, at)| {
        let value = cell.trim().parse::<u32>().map_err(|_| fault(cell, "whole number"))?;
        Ok((at, value))
    });
    Ok((weight, cells.collect::<Result<_, FormatFault>>()?))
}

fn add(profile: &mut Profile, weight: u64, cells: Cells, line: usize) -> Result<(), FormatFault> {
    let fault = |reason: String| Err(FormatFault::new(line, reason));
    let added = match profile.kind() {
        Kind::Approval { .. } => {
            if let Some((_, value)) = cells.iter().find(|(_, value)| *value != 1) {
                return fault(format!("an approval is 1, not {value}"));
            }
            profile.add(&Choice::Approval(cells.into_iter().map(|(at, _)| at).collect()), weight)
        }
        Kind::Ranked { .. } => {
            let mut cells = cells;
            cells.sort_by_key(|(at, place)| (*place, *at));
            let groups: Vec<&[(u16, u32)]> = cells.chunk_by(|left, right| left.1 == right.1).collect();
            if let Some((_, place)) = groups.iter().zip(1u32..).find(|(group, place)| group[0].1 != *place) {
                return fault(format!("nobody has place {place}, but there are later ones"));
            }
            let groups: Vec<Vec<u16>> = groups.iter().map(|group| group.iter().map(|(at, _)| *at).collect()).collect();
            profile.add_groups(&groups, weight)
        }
        Kind::Score { max } if *max > MAX_SCORE => return fault(format!("marks go to {MAX_SCORE} at most, not {max}")),
        Kind::Score { .. } => profile.add(&Choice::Score(cells), weight),
        Kind::Points { .. } => profile.add(&Choice::Points(cells), weight),
    };
    added.map_err(|fault| FormatFault::profile(line, &fault))
}

/// The table's text, with line feeds.
///
/// # Errors
/// [`Unwritable`] when the table cannot be written, which memory alone could cause.
pub fn write(poll: &Poll) -> Result<String, Unwritable> {
    let fault = |fault: &dyn std::fmt::Display| Unwritable { format: "csv", reason: fault.to_string() };
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let ids = poll.territories.iter().map(|territory| territory.id.as_str());
    writer.write_record(std::iter::once(poll.profile.kind().name()).chain(ids)).map_err(|found| fault(&found))?;
    for paper in poll.profile.papers() {
        let mut cells = vec![String::new(); poll.territories.len()];
        for (at, value) in values(poll.profile.kind(), paper) {
            cells[usize::from(at)] = value.to_string();
        }
        let row = std::iter::once(paper.weight.to_string()).chain(cells);
        writer.write_record(row).map_err(|found| fault(&found))?;
    }
    let bytes = writer.into_inner().map_err(|found| fault(&found))?;
    String::from_utf8(bytes).map_err(|found| fault(&found))
}

fn values(kind: &Kind, paper: Paper<'_>) -> Cells {
    match kind {
        Kind::Approval { .. } => paper.marks.iter().map(|at| (*at, 1)).collect(),
        Kind::Ranked { .. } if paper.values.is_empty() => paper.marks.iter().copied().zip(1..).collect(),
        _ => paper.valued().collect(),
    }
}
