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
//! equals share one; points and marks are whole numbers; what is not named is left empty. A row is a line: no cell of it goes over
//! a line's end.

mod heading;
mod parts;
mod rows;

use csv::WriterBuilder;
use heading::heading;

use super::{FormatFault, Poll, Unwritable};
use crate::{profile::Paper, rules::Kind};

pub use parts::fold;

/// Reads a table. Limits of the ballots are as wide as the rows need.
///
/// # Errors
/// [`FormatFault`] with the line and the reason.
pub fn read(text: &str) -> Result<Poll, FormatFault> {
    let whole = true;
    let Some((heading, end)) = heading(text, whole)? else {
        return Err(FormatFault::new(1, "headings are missing"));
    };
    let (before, rows) = (super::parts::line_ends(&text.as_bytes()[..end]), &text[end..]);
    let mut widest = 0;
    heading.rows(rows, before, |row| {
        widest = widest.max(row.width());
        Ok(())
    })?;
    let mut ballots = heading.no_ballots(widest);
    heading.rows(rows, before, |row| row.add_to(&mut ballots))?;
    Ok(heading.into_poll(ballots.finish()?))
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

/// A row's marks: candidate and the number in its cell.
fn values(kind: &Kind, paper: Paper<'_>) -> Vec<(u16, u32)> {
    match kind {
        Kind::Approval { .. } => paper.marks.iter().map(|at| (*at, 1)).collect(),
        Kind::Ranked { .. } if paper.values.is_empty() => paper.marks.iter().copied().zip(1..).collect(),
        _ => paper.valued().collect(),
    }
}
