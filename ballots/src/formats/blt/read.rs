//! Reading: words between spaces and line ends, names in quotes.

use super::{Blt, Paper};
use crate::formats::FormatFault;

/// A word, or a text in quotes, and where it stands.
struct Word<'a> {
    text: &'a str,
    is_quoted: bool,
    line: usize,
}

/// Words one by one.
#[derive(Clone)]
pub(super) struct Words<'a> {
    rest: &'a str,
    line: usize,
}

/// What stands before the ballots.
pub(super) struct Head {
    pub(super) count: u16,
    pub(super) seats: u16,
    pub(super) withdrawn: Vec<u16>,
}

/// What stands after the ballots: names of the candidates, and the title.
pub(super) type Tail = (Vec<String>, String);

/// Reads a file.
///
/// # Errors
/// [`FormatFault`] with the line and the reason.
pub fn read(text: &str) -> Result<Blt, FormatFault> {
    let mut words = Words::new(text);
    let head = head(&mut words)?;
    let mut papers = Vec::new();
    let (candidates, title) = rest(&mut words, &head, |paper| {
        papers.push(paper);
        Ok(())
    })?;
    Ok(Blt { candidates, papers, seats: head.seats, title, withdrawn: head.withdrawn })
}

/// Reads what stands before the ballots, up to the word with which they begin.
pub(super) fn head(words: &mut Words<'_>) -> Result<Head, FormatFault> {
    let count = words.number("the number of candidates")?;
    let seats = words.number("the number of seats")?;
    if count == 0 || seats == 0 {
        return Err(FormatFault::new(words.line, "there must be at least one candidate and one seat"));
    }
    let mut withdrawn = Vec::new();
    let line = loop {
        let before = words.clone();
        let word = words.expect("a ballot, or 0 after the last")?;
        let Some(number) = word.text.strip_prefix('-').filter(|_| !word.is_quoted) else {
            *words = before;
            break word.line;
        };
        withdrawn.push(candidate(number, count, word.line)?);
    };
    withdrawn.sort_unstable();
    if withdrawn.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(FormatFault::new(line, "a candidate withdraws twice"));
    }
    Ok(Head { count, seats, withdrawn })
}

/// Reads ballots until there are no more words.
pub(super) fn papers(
    words: &mut Words<'_>,
    head: &Head,
    mut each: impl FnMut(Paper) -> Result<(), FormatFault>,
) -> Result<(), FormatFault> {
    while let Some(word) = words.next()? {
        each(paper(&word, words, head.count)?)?;
    }
    Ok(())
}

/// Reads ballots until the 0 after the last, and all that stands behind it.
pub(super) fn rest(
    words: &mut Words<'_>,
    head: &Head,
    mut each: impl FnMut(Paper) -> Result<(), FormatFault>,
) -> Result<Tail, FormatFault> {
    loop {
        let word = words.expect("a ballot, or 0 after the last")?;
        if word.text == "0" && !word.is_quoted {
            break;
        }
        each(paper(&word, words, head.count)?)?;
    }
    let mut candidates = Vec::new();
    for number in 1..=head.count {
        candidates.push(words.expect(&format!("the name of candidate {number}"))?.text.to_owned());
    }
    let title = words.next()?.map_or_else(String::new, |word| word.text.to_owned());
    match words.next()? {
        Some(word) => {
            Err(FormatFault::new(word.line, format!("nothing may follow the title, but here stands {}", word.text)))
        }
        None => Ok((candidates, title)),
    }
}

/// A weight, candidates by place, 0.
fn paper(first: &Word<'_>, words: &mut Words<'_>, count: u16) -> Result<Paper, FormatFault> {
    let id = first.text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let weighed = if id.is_some() { words.expect("a weight")?.text } else { first.text };
    let line = words.line;
    let weight = weight(weighed).ok_or_else(|| {
        FormatFault::new(line, format!("weight {weighed}: it must be a whole number above 0, or it would not be exact"))
    })?;
    let (mut places, mut named) = (Vec::new(), Vec::new());
    loop {
        let word = words.expect("a candidate, or 0 after the last")?;
        let place = match word.text {
            "0" if !word.is_quoted => break,
            "-" if !word.is_quoted => Vec::new(),
            text => text.split('=').map(|number| candidate(number, count, word.line)).collect::<Result<Vec<_>, _>>()?,
        };
        if let Some(at) =
            place.iter().find(|at| std::mem::replace(&mut seen(&mut named, count)[usize::from(**at)], true))
        {
            return Err(FormatFault::new(word.line, format!("candidate {} stands there twice", u32::from(*at) + 1)));
        }
        places.push(place);
    }
    Ok(Paper { id: id.map(str::to_owned), line: first.line, weight, places })
}

/// Who is named so far; made when the first is.
fn seen(named: &mut Vec<bool>, count: u16) -> &mut [bool] {
    named.resize(usize::from(count), false);
    named
}

/// A whole number above 0; decimals that are all zero change nothing.
fn weight(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = digits(whole) && digits(decimals) && decimals.bytes().all(|byte| byte == b'0');
    whole.parse().ok().filter(|weight| is_whole && *weight > 0)
}

fn candidate(text: &str, count: u16, line: usize) -> Result<u16, FormatFault> {
    let number = text.parse::<u16>().ok().filter(|number| (1..=count).contains(number));
    let number =
        number.ok_or_else(|| FormatFault::new(line, format!("{text} is no candidate's number: 1 to {count}")))?;
    Ok(number - 1)
}

impl<'a> Words<'a> {
    /// Words of a file, at whose beginning some programs put a mark.
    pub(super) fn new(text: &'a str) -> Self {
        Self::after(0, text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Words of a text that stands after so many lines.
    pub(super) fn after(lines: usize, text: &'a str) -> Self {
        Self { rest: text, line: lines + 1 }
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Whether no word is left.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.clone().next(), Ok(None))
    }

    fn next(&mut self) -> Result<Option<Word<'a>>, FormatFault> {
        loop {
            let trimmed = self.rest.trim_start();
            self.line += self.rest[..self.rest.len() - trimmed.len()].matches('\n').count();
            self.rest = trimmed;
            match trimmed.strip_prefix('#') {
                Some(comment) => self.rest = &comment[comment.find('\n').unwrap_or(comment.len())..],
                None => break,
            }
        }
        let line = self.line;
        if let Some(inner) = self.rest.strip_prefix('"') {
            let end = inner.find('"').filter(|end| !inner[..*end].contains('\n'));
            let end = end.ok_or_else(|| FormatFault::new(line, "a quote is not closed on its line"))?;
            self.rest = &inner[end + 1..];
            return Ok(Some(Word { text: &inner[..end], is_quoted: true, line }));
        }
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok((!text.is_empty()).then_some(Word { text, is_quoted: false, line }))
    }

    fn expect(&mut self, what: &str) -> Result<Word<'a>, FormatFault> {
        let found = self.next()?;
        found.ok_or_else(|| FormatFault::new(self.line, format!("the file ends where {what} must stand")))
    }

    fn number(&mut self, what: &str) -> Result<u16, FormatFault> {
        let word = self.expect(what)?;
        word.text.parse().map_err(|_| FormatFault::new(word.line, format!("{what} must stand here, not {}", word.text)))
    }
}
