//! The rows of a table: alike ballots, each row strictly by its headings.

use csv::{ReaderBuilder, StringRecord};

use super::heading::{Cells, Heading};
use crate::{
    choice::Choice,
    formats::{
        FormatFault,
        bounded::{Bounded, up_to},
        parts::line_ends,
    },
    rules::MAX_SCORE,
};

/// Alike ballots.
pub(super) struct Row {
    line: usize,
    weight: u64,
    marks: Marks,
}

enum Marks {
    Choice(Choice),
    /// Candidates that share a place, the best first.
    Groups(Vec<Vec<u16>>),
}

impl Heading {
    /// Reads rows to the end of a text that stands after so many lines.
    pub(super) fn rows(
        &self,
        text: &str,
        before: usize,
        mut each: impl FnMut(Row) -> Result<(), FormatFault>,
    ) -> Result<(), FormatFault> {
        // The crate would pass over a byte order mark at the beginning, which is none among the rows: an empty line, which it
        // passes over too, stands before it.
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(std::io::Read::chain(b"\n".as_slice(), text.as_bytes()));
        let (mut record, mut line, mut counted) = (StringRecord::new(), before + 1, 0);
        while reader.read_record(&mut record).map_err(|fault| FormatFault::new(line, fault.to_string()))? {
            // The crate's own position is that of the empty lines before a record.
            let from = record.position().map_or(0, |at| (at.byte() as usize).saturating_sub(1));
            let blank = text.as_bytes()[from..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            line += line_ends(&text.as_bytes()[counted..from + blank]);
            counted = from + blank;
            each(self.row(&record, line)?)?;
        }
        Ok(())
    }

    fn row(&self, record: &StringRecord, line: usize) -> Result<Row, FormatFault> {
        let fault = |reason: String| FormatFault::new(line, reason);
        if record.as_slice().contains('\n') {
            return Err(fault("a cell goes over the line's end".to_owned()));
        }
        let headings = self.territories.len() + 1;
        if record.len() != headings {
            return Err(fault(format!("{} fields stand under {headings} headings", record.len())));
        }
        let first = record.get(0).unwrap_or_default();
        let weight = first.trim().parse::<u64>().ok().filter(|weight| *weight > 0);
        let weight =
            weight.ok_or_else(|| fault(format!("{first:?} is no number of ballots: it must be whole and above 0")))?;
        let mut cells = Vec::new();
        for (cell, at) in record.iter().skip(1).zip(0u16..).filter(|(cell, _)| !cell.trim().is_empty()) {
            let value = cell.trim().parse::<u32>().map_err(|_| fault(format!("{cell:?} is no whole number")))?;
            cells.push((at, value));
        }
        let marks = self.marks(cells).map_err(fault)?;
        Ok(Row { line, weight, marks })
    }

    /// What the numbers in the cells of a row mean, or why they mean nothing.
    fn marks(&self, mut cells: Vec<(u16, u32)>) -> Result<Marks, String> {
        let most = cells.iter().map(|(_, value)| *value).max().unwrap_or(0);
        match self.cells {
            Cells::Approval => match cells.iter().find(|(_, value)| *value != 1) {
                Some((_, value)) => Err(format!("an approval is 1, not {value}")),
                None => Ok(Marks::Choice(Choice::Approval(cells.into_iter().map(|(at, _)| at).collect()))),
            },
            Cells::Points => Ok(Marks::Choice(Choice::Points(cells))),
            Cells::Score if most > MAX_SCORE => Err(format!("marks go to {MAX_SCORE} at most, not {most}")),
            Cells::Score => Ok(Marks::Choice(Choice::Score(cells))),
            Cells::Ranked => {
                cells.sort_by_key(|(at, place)| (*place, *at));
                let groups: Vec<&[(u16, u32)]> = cells.chunk_by(|left, right| left.1 == right.1).collect();
                match groups.iter().zip(1u32..).find(|(group, place)| group[0].1 != *place) {
                    Some((_, place)) => Err(format!("nobody has place {place}, but there are later ones")),
                    None => Ok(Marks::Groups(
                        groups.iter().map(|group| group.iter().map(|(at, _)| *at).collect()).collect(),
                    )),
                }
            }
        }
    }
}

impl Row {
    /// The limit that this row alone would need: its highest mark, or the sum of its points.
    pub(super) fn width(&self) -> u32 {
        match &self.marks {
            Marks::Choice(Choice::Score(marks)) => marks.iter().map(|(_, mark)| *mark).max().unwrap_or(0),
            Marks::Choice(Choice::Points(marks)) => {
                marks.iter().fold(0, |sum, (_, points)| sum.saturating_add(*points))
            }
            _ => 0,
        }
    }

    /// Adds how many ballots it is to those of the rows before it.
    pub(super) fn count_into(&self, ballots: &mut u64) -> Result<(), FormatFault> {
        up_to(ballots, self.weight, self.line)
    }

    pub(super) fn add_to(&self, ballots: &mut Bounded) -> Result<(), FormatFault> {
        ballots.add(self.weight, self.line, |profile| match &self.marks {
            Marks::Choice(choice) => profile.add(choice, self.weight),
            Marks::Groups(groups) => profile.add_groups(groups, self.weight),
        })
    }
}
