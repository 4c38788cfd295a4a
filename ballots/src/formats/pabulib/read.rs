//! Reading: three sections, fields between semicolons, columns in any order.

mod ids;
mod rows;

use std::{borrow::Cow, collections::HashMap};

use super::{Instance, Project, VoteType, Votes, voters::Voters};
use crate::formats::FormatFault;

pub(super) use rows::Columns;

/// Columns that have a meaning here; every other one is kept as it is.
const PROJECT_COLUMNS: [&str; 6] = ["project_id", "cost", "name", "votes", "score", "selected"];

/// Reads a file.
///
/// # Errors
/// [`FormatFault`] with the line and the reason.
pub fn read(text: &str) -> Result<Instance, FormatFault> {
    let (Head { mut instance, columns, counts }, mut lines) = head(text)?;
    let mut again = lines.clone();
    let mut voters = Voters::default();
    columns.read(&mut lines, &mut instance.votes, &mut voters)?;
    counts.check(instance.projects.len(), instance.votes.len())?;
    if let Some(mut doubles) = voters.doubles() {
        columns.voters(&mut again, |voter_id, line| doubles.see(voter_id, line))?;
    }
    Ok(instance)
}

/// A file without its ballots.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) instance: Instance,
    pub(super) columns: Columns,
    pub(super) counts: Counts,
}

/// How many projects and ballots there are to be, by META: the key, the text and the line of each.
#[derive(Debug)]
pub(super) struct Counts([Option<(String, String, usize)>; 2]);

impl Counts {
    pub(super) fn check(self, projects: usize, votes: usize) -> Result<(), FormatFault> {
        for (count, found) in self.0.into_iter().zip([projects, votes]) {
            if let Some((key, value, line)) = count.filter(|(_, value, _)| value.parse() != Ok(found)) {
                return Err(fault(line, format!("{key} is {value}, but the file has {found}")));
            }
        }
        Ok(())
    }
}

/// Reads all before the ballots, and says where they begin.
pub(super) fn head(text: &str) -> Result<(Head, Lines<'_>), FormatFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Lines::new(text, 0);
    lines.heading("META")?;
    let meta = meta(&mut lines)?;
    let value = |key: &str| meta.iter().find(|(name, _, _)| name == key);
    let end = lines.last;
    let missing = |key: &str| fault(end, format!("META: {key} is missing"));
    let (_, name, line) = value("vote_type").ok_or_else(|| missing("vote_type"))?;
    let vote_type = VoteType::parse(name).ok_or_else(|| {
        fault(*line, format!("vote_type: {name} is not approval, choose-1, ordinal, cumulative or scoring"))
    })?;
    let (_, budget, line) = value("budget").ok_or_else(|| missing("budget"))?;
    let budget = budget.parse().map_err(|reason| fault(*line, format!("budget: {reason}")))?;
    let counts = Counts([value("num_projects").cloned(), value("num_votes").cloned()]);
    let mut pairs: Vec<_> = meta.into_iter().map(|(key, value, _)| (key, value)).collect();
    if pairs.iter().any(|(key, value)| key == "vote_type" && value == "choose-1")
        && !pairs.iter().any(|(key, _)| key == "max_length")
    {
        pairs.push(("max_length".to_owned(), "1".to_owned()));
    }
    let projects = projects(&mut lines)?;
    let (columns, vote_columns) = Columns::new(&mut lines, vote_type, &projects)?;
    let instance = Instance { vote_type, budget, meta: pairs, projects, vote_columns, votes: Votes::default() };
    Ok((Head { instance, columns, counts }, lines))
}

fn fault(line: usize, reason: impl Into<String>) -> FormatFault {
    FormatFault { line, reason: reason.into() }
}

/// The lines that are not blank, with their numbers.
#[derive(Clone)]
pub(super) struct Lines<'a> {
    rest: &'a str,
    number: usize,
    peeked: Option<(&'a str, usize)>,
    last: usize,
}

impl<'a> Lines<'a> {
    /// Lines of a text that stands after so many others.
    pub(super) fn new(text: &'a str, before: usize) -> Self {
        Self { rest: text, number: before, peeked: None, last: before }
    }

    /// Bytes from the line after the last one looked at to the end.
    fn left(&self) -> usize {
        self.rest.len()
    }

    fn peek(&mut self) -> Option<(&'a str, usize)> {
        while self.peeked.is_none() && !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let line = &self.rest[..end];
            self.rest = self.rest.get(end + 1..).unwrap_or("");
            self.number += 1;
            // Nearly every line begins with a letter or a digit, which is enough to know that it is not blank.
            let is_blank = !line.as_bytes().first().is_some_and(u8::is_ascii_graphic) && line.trim().is_empty();
            self.peeked = (!is_blank).then_some((line, self.number));
        }
        self.peeked
    }

    fn next(&mut self) -> Option<(&'a str, usize)> {
        let found = self.peek()?;
        self.peeked = None;
        self.last = found.1;
        Some(found)
    }

    /// The next line of this section.
    fn row(&mut self) -> Option<(&'a str, usize)> {
        let (line, _) = self.peek()?;
        if is_heading(line) { None } else { self.next() }
    }

    fn heading(&mut self, name: &str) -> Result<(), FormatFault> {
        let (line, number) = self.next().ok_or_else(|| fault(self.last + 1, format!("section {name} is missing")))?;
        if line.trim().trim_end_matches(';').eq_ignore_ascii_case(name) {
            return Ok(());
        }
        Err(fault(number, format!("section {name} must begin here")))
    }

    /// The headings of a table, by name, with their places.
    fn columns(&mut self, section: &str, needed: &[&str]) -> Result<HashMap<String, usize>, FormatFault> {
        let (line, number) =
            self.row().ok_or_else(|| fault(self.last + 1, format!("{section}: headings are missing")))?;
        let names: HashMap<String, usize> =
            fields(line).into_iter().zip(0..).map(|(name, at)| (name.to_ascii_lowercase(), at)).collect();
        match needed.iter().find(|name| !names.contains_key(**name)) {
            Some(name) => Err(fault(number, format!("{section}: column {name} is missing"))),
            None => Ok(names),
        }
    }
}

/// Whether a section begins with this line.
pub(super) fn is_heading(line: &str) -> bool {
    // Nearly every line begins otherwise, which its first letter tells.
    let first = line.as_bytes().first().map_or(b' ', u8::to_ascii_uppercase);
    if first.is_ascii_graphic() && !matches!(first, b'M' | b'P' | b'V') {
        return false;
    }
    let name = line.trim().trim_end_matches(';');
    ["META", "PROJECTS", "VOTES"].iter().any(|section| name.eq_ignore_ascii_case(section))
}

/// A field without the spaces around it; nearly every one has none, which its ends tell.
fn trimmed(field: &str) -> &str {
    match field.as_bytes() {
        [] => field,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => field,
        _ => field.trim(),
    }
}

/// The fields of a line. A field in quotes may hold semicolons and doubled quotes.
fn split(line: &str) -> Vec<Cow<'_, str>> {
    let mut found = Vec::new();
    let mut rest = line.trim_end_matches('\r');
    loop {
        let (field, after) = match quoted(rest) {
            Some((field, after)) => (Cow::Owned(field), after),
            None => match rest.split_once(';') {
                Some((field, after)) => (Cow::Borrowed(field.trim()), Some(after)),
                None => (Cow::Borrowed(rest.trim()), None),
            },
        };
        found.push(field);
        match after {
            Some(after) => rest = after,
            None => return found,
        }
    }
}

/// The same, to keep.
fn fields(line: &str) -> Vec<String> {
    split(line).into_iter().map(Cow::into_owned).collect()
}

/// A field in quotes at the start of the text, if its closing quote is followed by a semicolon or the end.
fn quoted(text: &str) -> Option<(String, Option<&str>)> {
    let inner = text.trim_start().strip_prefix('"')?;
    let mut from = 0;
    loop {
        let at = from + inner[from..].find('"')?;
        let after = &inner[at + 1..];
        if after.starts_with('"') {
            from = at + 2;
            continue;
        }
        let rest = after.trim_start();
        let field = inner[..at].replace("\"\"", "\"");
        return match rest.strip_prefix(';') {
            Some(rest) => Some((field, Some(rest))),
            None if rest.is_empty() => Some((field, None)),
            None => None,
        };
    }
}

type Meta = Vec<(String, String, usize)>;

fn meta(lines: &mut Lines<'_>) -> Result<Meta, FormatFault> {
    let mut found: Meta = Vec::new();
    while let Some((line, number)) = lines.row() {
        let (key, value) =
            line.split_once(';').ok_or_else(|| fault(number, "META: a line must be a key, a semicolon, a value"))?;
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim().to_owned());
        if key == "key" && value.eq_ignore_ascii_case("value") {
            continue;
        }
        if found.iter().any(|(earlier, _, _)| *earlier == key) {
            return Err(fault(number, format!("META: {key} stands there twice")));
        }
        found.push((key, value, number));
    }
    Ok(found)
}

/// One row of a table, by column.
struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    fields: Vec<String>,
    line: usize,
}

impl Row<'_> {
    /// The text of a column; an absent or empty one is nothing.
    fn text(&self, column: &str) -> Option<&str> {
        let at = *self.columns.get(column)?;
        self.fields.get(at).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn number<T: std::str::FromStr>(&self, column: &str) -> Result<Option<T>, FormatFault> {
        let parse = |text: &str| text.parse().map_err(|_| fault(self.line, format!("{column}: {text} is no number")));
        self.text(column).map(parse).transpose()
    }

    /// The columns without a meaning here, in their order.
    fn other(&self, known: &[&str]) -> Vec<(String, String)> {
        let mut rest: Vec<_> = self.columns.iter().filter(|(name, _)| !known.contains(&name.as_str())).collect();
        rest.sort_by_key(|(_, at)| **at);
        let value = |at: usize| self.fields.get(at).cloned().unwrap_or_default();
        rest.into_iter().map(|(name, at)| (name.clone(), value(*at))).collect()
    }
}

fn projects(lines: &mut Lines<'_>) -> Result<Vec<Project>, FormatFault> {
    lines.heading("PROJECTS")?;
    let columns = lines.columns("PROJECTS", &["project_id", "cost"])?;
    let mut found: Vec<Project> = Vec::new();
    let mut ids = std::collections::HashSet::new();
    while let Some((line, number)) = lines.row() {
        let row = Row { columns: &columns, fields: fields(line), line: number };
        let id = row.text("project_id").ok_or_else(|| fault(number, "project_id is empty"))?.to_owned();
        let cost = row.text("cost").ok_or_else(|| fault(number, "cost is empty"))?;
        let cost = cost.parse().map_err(|reason| fault(number, format!("cost {cost}: {reason}")))?;
        if !ids.insert(id.clone()) {
            return Err(fault(number, format!("project {id} stands there twice")));
        }
        found.push(Project {
            cost,
            name: row.text("name").unwrap_or(&id).to_owned(),
            votes: row.number("votes")?,
            score: row.number("score")?,
            selected: row.number::<u8>("selected")?.map(|selected| selected > 0),
            other: row.other(&PROJECT_COLUMNS),
            id,
        });
    }
    match found.len() {
        0 => Err(fault(lines.last + 1, "PROJECTS: there is no project")),
        count if count > usize::from(u16::MAX) => Err(fault(lines.last, "PROJECTS: there are more than 65535")),
        _ => Ok(found),
    }
}
