//! The report as text for a terminal.

use std::fmt::{self, Write};

use super::{
    Failure, Report,
    words::{self, Language, Phrase, Verdict},
};

/// The report in a language.
#[must_use]
pub fn write(report: &Report, language: Language) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_to(&mut out, report, language);
    out
}

fn write_to(out: &mut String, report: &Report, language: Language) -> fmt::Result {
    for (name, value) in &report.facts {
        let value = words::value(name, value, language);
        let name = words::fact(name).map_or(*name, |words| words.get(language));
        writeln!(out, "{name:>28}  {}", printable(value))?;
    }
    writeln!(out)?;
    for check in &report.checks {
        let (verdict, words) = (Verdict::of(check), words::check(check.name));
        let (word, title) = (verdict.word().get(language), words.title.get(language));
        writeln!(out, "{word:<8} {:>9}  {title}", check.items)?;
        if let Some(failure) = &check.failure {
            writeln!(out, "                    → {}", place(failure, language))?;
            writeln!(out, "                      {}", words.meaning(verdict).get(language))?;
        }
    }
    writeln!(out, "\n{}", words::verdict(report).get(language))
}

/// File, line and reason. The reason is for those who mend it, and in English.
#[must_use]
pub fn place(failure: &Failure, language: Language) -> String {
    let line = failure.line.map(|line| format!(", {} {line}", Phrase::Line.words().get(language)));
    printable(&format!("{}{}: {}", failure.file, line.unwrap_or_default(), failure.reason))
}

/// JSON that no terminal takes for a command: the same value, with such letters escaped.
#[must_use]
pub fn printable_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        if steers(letter) {
            // All of them are of the first plane; writing to a string cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    out
}

/// A text of a stranger, without what steers a terminal or turns the order of letters.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|letter| if steers(letter) { '\u{fffd}' } else { letter }).collect()
}

fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
