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
        writeln!(out, "{name:>28}  {}", printable(&value))?;
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

/// A text of a stranger, without what steers a terminal or turns the order of letters.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(|letter| if steers(letter) { '\u{fffd}' } else { letter }).collect()
}

/// JSON in which such letters of a stranger's text stand as escapes: it says the same, and may be shown on a terminal.
#[must_use]
pub fn json(value: &serde_json::Value) -> String {
    let mut out = String::new();
    // Compact JSON has such letters inside of strings only, and none of them beyond U+FFFF.
    for letter in value.to_string().chars() {
        if steers(letter) {
            let _ = write!(out, "\\u{:04x}", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    out
}

fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
