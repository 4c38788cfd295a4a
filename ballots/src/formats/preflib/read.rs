//! Reading: metadata lines that begin with `#`, then a line for each different ballot.

use super::{DataType, Preference, Preferences};
use crate::formats::{FormatFault, parts::line_ends};

/// Some programs put it at the beginning of a text.
const MARK: char = '\u{feff}';

/// Metadata that the reader checks against what it finds, and the writer counts again.
const COUNTS: [&str; 5] =
    ["NUMBER ALTERNATIVES", "NUMBER VOTERS", "NUMBER UNIQUE ORDERS", "NUMBER UNIQUE PREFERENCES", "NUMBER CATEGORIES"];

/// What the head says of how many there are: the key, the number and the line of each.
pub(super) struct Counts(Vec<(&'static str, u64, usize)>);

/// What the head says.
#[derive(Default)]
struct Head {
    alternatives: Vec<String>,
    categories: Vec<String>,
    counts: Vec<(&'static str, u64, usize)>,
    data_type: Option<(String, usize)>,
    meta: Vec<(String, String)>,
}

/// Reads a file; its `DATA TYPE` says which kind it is.
///
/// # Errors
/// [`FormatFault`] with the line and the reason.
pub fn read(text: &str) -> Result<Preferences, FormatFault> {
    let (head, ballots) = text.split_at(head_end(text).unwrap_or(text.len()));
    let (mut file, counts) = self::head(head, None)?;
    let mut preferences = Vec::new();
    let before = line_ends(head.as_bytes());
    rows(ballots, before, &file, |preference| {
        preferences.push(preference);
        Ok(())
    })?;
    let voters = preferences.iter().try_fold(0, |sum: u64, one| sum.checked_add(one.count));
    counts.check(&file, voters, preferences.len() as u64)?;
    file.preferences = preferences;
    Ok(file)
}

/// Where the ballots begin: at the first line that is neither blank nor begins with `#`.
pub(super) fn head_end(text: &str) -> Option<usize> {
    let mut from = usize::from(text.starts_with(MARK)) * MARK.len_utf8();
    for line in text[from..].split_inclusive('\n') {
        if !line.starts_with('#') && !line.trim().is_empty() {
            return Some(from);
        }
        from += line.len();
    }
    None
}

/// Reads all before the ballots, which must be of the kind that the file's name says, if it says any.
pub(super) fn head(text: &str, named: Option<DataType>) -> Result<(Preferences, Counts), FormatFault> {
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let mut head = Head::default();
    let mut last = 0;
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        head.line(line, number)?;
        last = number;
    }
    let (name, line) = head.data_type.take().ok_or_else(|| FormatFault::new(last + 1, "DATA TYPE is missing"))?;
    let data_type = DataType::ALL.into_iter().find(|kind| kind.name() == name);
    let data_type = data_type
        .ok_or_else(|| FormatFault::new(line, format!("DATA TYPE: {name} is not soc, soi, toc, toi or cat")))?;
    if let Some(other) = named.filter(|named| *named != data_type) {
        return Err(FormatFault::new(line, format!("DATA TYPE is {name}, but the file's name says {}", other.name())));
    }
    match (data_type, head.categories.is_empty()) {
        (DataType::Cat, true) => {
            return Err(FormatFault::new(line, "DATA TYPE is cat, but there is no CATEGORY NAME"));
        }
        (DataType::Cat, false) | (_, true) => {}
        (_, false) => {
            return Err(FormatFault::new(line, format!("DATA TYPE is {name}, which has no CATEGORY NAME")));
        }
    }
    if head.alternatives.is_empty() {
        return Err(FormatFault::new(last + 1, "ALTERNATIVE NAME 1 is missing"));
    }
    let Head { alternatives, categories, meta, counts, .. } = head;
    Ok((Preferences { alternatives, categories, data_type, meta, preferences: Vec::new() }, Counts(counts)))
}

/// Reads ballots to the end of a text that stands after so many lines.
pub(super) fn rows(
    text: &str,
    before: usize,
    file: &Preferences,
    mut each: impl FnMut(Preference) -> Result<(), FormatFault>,
) -> Result<(), FormatFault> {
    for (line, number) in text.lines().zip(before + 1..).filter(|(line, _)| !line.trim().is_empty()) {
        let preference = preference(line, number)?;
        check(&preference, file)?;
        each(preference)?;
    }
    Ok(())
}

impl Head {
    fn line(&mut self, line: &str, number: usize) -> Result<(), FormatFault> {
        let fault = |reason: String| Err(FormatFault::new(number, reason));
        let Some((key, value)) = line.trim_start_matches('#').split_once(':') else {
            return fault("a metadata line must be #, a key, a colon, a value".to_owned());
        };
        let (key, value) = (key.trim(), value.trim());
        if let Some(count) = COUNTS.into_iter().find(|count| *count == key) {
            let found = value.parse().map_err(|_| FormatFault::new(number, format!("{key}: {value} is no number")))?;
            if self.counts.iter().any(|(earlier, ..)| *earlier == count) {
                return fault(format!("{key} stands there twice"));
            }
            self.counts.push((count, found, number));
            return Ok(());
        }
        for (name, names) in [("ALTERNATIVE NAME", &mut self.alternatives), ("CATEGORY NAME", &mut self.categories)] {
            if let Some(at) = key.strip_prefix(name) {
                if at.trim().parse() != Ok(names.len() + 1) || names.len() >= usize::from(u16::MAX) {
                    return fault(format!("{key}: here stands number {}, of at most 65535", names.len() + 1));
                }
                names.push(value.to_owned());
                return Ok(());
            }
        }
        if key == "DATA TYPE" && self.data_type.is_none() {
            self.data_type = Some((value.to_owned(), number));
        } else if key == "DATA TYPE" || self.meta.iter().any(|(earlier, _)| earlier == key) {
            return fault(format!("{key} stands there twice"));
        } else {
            self.meta.push((key.to_owned(), value.to_owned()));
        }
        Ok(())
    }
}

impl Counts {
    /// Holds what the head says against so many voters, or more than fit, and so many different ballots.
    pub(super) fn check(&self, file: &Preferences, voters: Option<u64>, orders: u64) -> Result<(), FormatFault> {
        for (key, said, line) in &self.0 {
            let found = match *key {
                "NUMBER ALTERNATIVES" => Some(file.alternatives.len() as u64),
                "NUMBER CATEGORIES" => Some(file.categories.len() as u64),
                "NUMBER VOTERS" => voters,
                _ => Some(orders),
            };
            if found != Some(*said) {
                let found = found.map_or_else(|| "more than fits".to_owned(), |found| found.to_string());
                return Err(FormatFault::new(*line, format!("{key} is {said}, but the file has {found}")));
            }
        }
        Ok(())
    }
}

/// A count, a colon, and alternatives or groups in braces, between commas.
fn preference(line: &str, number: usize) -> Result<Preference, FormatFault> {
    let fault = |reason: String| FormatFault::new(number, reason);
    let (count, order) =
        line.split_once(':').ok_or_else(|| fault("a ballot must be a count, a colon, alternatives".to_owned()))?;
    let count = count.trim();
    let count: u64 = count
        .parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| fault(format!("count {count}: it must be a whole number above 0")))?;
    let alternative = |text: &str| {
        let at = text.trim().parse::<u16>().ok().and_then(|at| at.checked_sub(1));
        at.ok_or_else(|| fault(format!("{} is no alternative's number", text.trim())))
    };
    let (mut groups, mut rest) = (Vec::new(), order.trim());
    while !rest.is_empty() {
        let (group, after) = if let Some(inner) = rest.strip_prefix('{') {
            let (inner, after) = inner.split_once('}').ok_or_else(|| fault("a brace is not closed".to_owned()))?;
            let members = inner.split(',').filter(|_| !inner.trim().is_empty()).map(alternative);
            (members.collect::<Result<Vec<u16>, _>>()?, after.trim_start())
        } else {
            let (one, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            (vec![alternative(one)?], after)
        };
        groups.push(group);
        rest = match after.strip_prefix(',').map(str::trim_start) {
            Some("") => return Err(fault("nothing follows the last comma".to_owned())),
            Some(more) => more,
            None if after.is_empty() => after,
            None => return Err(fault(format!("a comma must stand before {after}"))),
        };
    }
    Ok(Preference { count, groups, line: number })
}

/// Whether a ballot is of the file's kind.
fn check(preference: &Preference, head: &Preferences) -> Result<(), FormatFault> {
    let data_type = head.data_type;
    let fault = |reason: String| Err(FormatFault::new(preference.line, reason));
    let mut named: Vec<u16> = preference.groups.concat();
    named.sort_unstable();
    if let Some(at) = named.iter().find(|at| usize::from(**at) >= head.alternatives.len()) {
        return fault(format!("there is no alternative {}", u32::from(*at) + 1));
    }
    if let Some(pair) = named.windows(2).find(|pair| pair[0] == pair[1]) {
        return fault(format!("alternative {} stands there twice", u32::from(pair[0]) + 1));
    }
    if !data_type.has_ties() && preference.groups.iter().any(|group| group.len() != 1) {
        return fault(format!("a {} file has no ties", data_type.name()));
    }
    if data_type.is_complete() && named.len() != head.alternatives.len() {
        return fault(format!("a {} file orders everything", data_type.name()));
    }
    match data_type {
        DataType::Cat if preference.groups.len() != head.categories.len() => {
            fault(format!("there are {} groups for {} categories", preference.groups.len(), head.categories.len()))
        }
        DataType::Cat => Ok(()),
        _ if preference.groups.iter().any(Vec::is_empty) => fault("a group is empty".to_owned()),
        _ => Ok(()),
    }
}
