//! The ballots of a file, which are nearly all of it: each line is gone through once, and only what is kept is copied.

use super::{Lines, fault, ids::Ids, split, trimmed};
use crate::formats::{
    FormatFault,
    pabulib::{Project, VoteType, voters::Voters, votes::Votes},
};

/// Columns that have a meaning here; every other one is kept as it is.
const KNOWN: [&str; 4] = ["voter_id", "vote", "points", "age"];

/// Where each column of the ballots stands, and what projects they can name.
#[derive(Debug)]
pub(in super::super) struct Columns {
    voter_id: usize,
    vote: usize,
    points: Option<usize>,
    age: Option<usize>,
    other: Vec<usize>,
    ids: Ids,
}

impl Columns {
    /// Reads the heading of the last section; also names of the columns without a meaning here.
    pub(super) fn new(
        lines: &mut Lines<'_>,
        vote_type: VoteType,
        projects: &[Project],
    ) -> Result<(Self, Vec<String>), FormatFault> {
        lines.heading("VOTES")?;
        let has_values = vote_type.has_values();
        let needed: &[&str] = if has_values { &["voter_id", "vote", "points"] } else { &["voter_id", "vote"] };
        let columns = lines.columns("VOTES", needed)?;
        let mut other: Vec<_> = columns.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str())).collect();
        other.sort_by_key(|(_, at)| **at);
        let at = |name: &str| columns.get(name).copied();
        let places = Self {
            voter_id: at("voter_id").unwrap_or(0),
            vote: at("vote").unwrap_or(0),
            points: at("points").filter(|_| has_values),
            age: at("age"),
            other: other.iter().map(|(_, at)| **at).collect(),
            ids: Ids::new(projects),
        };
        Ok((places, other.into_iter().map(|(name, _)| name.clone()).collect()))
    }

    /// Reads ballots to the end of the text.
    pub(in super::super) fn read(
        &self,
        lines: &mut Lines<'_>,
        votes: &mut Votes,
        voters: &mut Voters,
    ) -> Result<(), FormatFault> {
        if let Some((line, _)) = lines.peek() {
            votes.reserve(lines.left(), line.len());
        }
        rows(lines, |fields, line| self.row(fields, line, votes, voters))?;
        match lines.next() {
            Some((line, number)) => Err(fault(number, format!("{} must not follow VOTES", line.trim()))),
            None => Ok(()),
        }
    }

    /// Reads the voters' names alone, each with its line.
    pub(in super::super) fn voters(
        &self,
        lines: &mut Lines<'_>,
        mut each: impl FnMut(&str, usize) -> Result<(), FormatFault>,
    ) -> Result<(), FormatFault> {
        rows(lines, |fields, line| each(fields.get(self.voter_id).copied().unwrap_or_default(), line))
    }

    fn row(&self, fields: &[&str], line: usize, votes: &mut Votes, voters: &mut Voters) -> Result<(), FormatFault> {
        let text = |at: usize| fields.get(at).copied().unwrap_or_default();
        let voter_id = text(self.voter_id);
        if voter_id.is_empty() {
            return Err(fault(line, "voter_id is empty"));
        }
        let (projects, values, texts) = votes.lists();
        let named = projects.len();
        self.ids
            .list(text(self.vote), projects)
            .map_err(|id| fault(line, format!("vote: there is no project {id}")))?;
        if let Some(points) = self.points {
            numbers(text(points), projects.len() - named, values, line)?;
        }
        voters.add(voter_id);
        texts.push_str(voter_id);
        for at in &self.other {
            texts.push('\n');
            texts.push_str(text(*at));
        }
        // Ages stand there in many spellings; what is no number of years is no age.
        votes.end(self.age.and_then(|at| text(at).parse().ok()));
        Ok(())
    }
}

/// Splits each line to the end of the section into its fields.
fn rows(
    lines: &mut Lines<'_>,
    mut each: impl FnMut(&[&str], usize) -> Result<(), FormatFault>,
) -> Result<(), FormatFault> {
    let mut fields = Vec::new();
    while let Some((line, number)) = lines.row() {
        fields.clear();
        if plain(line, &mut fields) {
            each(&fields, number)?;
        } else {
            let quoted = split(line);
            let quoted: Vec<&str> = quoted.iter().map(AsRef::as_ref).collect();
            each(&quoted, number)?;
        }
    }
    Ok(())
}

/// Splits a line without quotes into fields; finding one, it stops and says so.
fn plain<'a>(line: &'a str, fields: &mut Vec<&'a str>) -> bool {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut from = 0;
    // Fields are a few letters long: looking at each is sooner done than a search is set up for every field.
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b';' => {
                fields.push(trimmed(&line[from..at]));
                from = at + 1;
            }
            b'"' => return false,
            _ => {}
        }
    }
    fields.push(trimmed(&line[from..]));
    true
}

/// Reads the values of a ballot that names so many projects.
fn numbers(text: &str, named: usize, values: &mut Vec<u32>, line: usize) -> Result<(), FormatFault> {
    let before = values.len();
    let mut rest = Some(text).filter(|text| !text.is_empty());
    while let Some(text) = rest {
        // Numbers are a digit or two long: looking at each is sooner done than a search is set up.
        let end = text.bytes().position(|byte| byte == b',').unwrap_or(text.len());
        rest = text.get(end + 1..);
        let number = trimmed(&text[..end]);
        values.push(number.parse().map_err(|_| fault(line, format!("points: {number} is no whole number")))?);
    }
    let given = values.len() - before;
    if given == named {
        return Ok(());
    }
    Err(fault(line, format!("{named} projects are named, but {given} points are given")))
}
