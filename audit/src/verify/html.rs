//! The report as one page that needs nothing else: no script, no picture file, no network.

use std::fmt::{self, Write};

use super::{
    Check, Report, text,
    words::{self, Language, Phrase, Verdict},
};

const STYLE: &str = include_str!("html/report.css");
/// Widest bar of the picture.
const WIDTH: u64 = 560;

/// The page, in both languages, `first` first; `subject` is what was checked: a folder, a file, an address.
#[must_use]
pub fn page(report: &Report, subject: &str, first: Language) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut out, report, subject, first);
    out
}

fn write_page(out: &mut String, report: &Report, subject: &str, first: Language) -> fmt::Result {
    let title = report.facts.get("title").map_or("", String::as_str);
    let heading = Phrase::Heading.words().get(first);
    write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{heading}: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        first.code(),
        escape(title)
    )?;
    let second = Language::ALL.into_iter().filter(|language| *language != first);
    for language in std::iter::once(first).chain(second) {
        section(out, report, subject, language)?;
    }
    out.write_str("</body>\n</html>\n")
}

fn section(out: &mut String, report: &Report, subject: &str, language: Language) -> fmt::Result {
    let say = |phrase: Phrase| phrase.words().get(language);
    let kind = if report.passed() { "ok" } else { "bad" };
    writeln!(out, "<main lang=\"{}\">", language.code())?;
    writeln!(out, "<h1>{}</h1>", say(Phrase::Heading))?;
    writeln!(out, "<p class=\"verdict {kind}\">{}</p>", words::verdict(report).get(language))?;
    writeln!(out, "<p>{}: {}</p>", say(Phrase::Subject), escape(subject))?;
    facts(out, report, language)?;
    writeln!(
        out,
        "<table class=\"checks\">\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>",
        say(Phrase::Check),
        say(Phrase::Items),
        say(Phrase::Verdict)
    )?;
    for check in &report.checks {
        row(out, check, language)?;
    }
    out.write_str("</tbody>\n</table>\n</main>\n")
}

fn row(out: &mut String, check: &Check, language: Language) -> fmt::Result {
    let (verdict, words) = (Verdict::of(check), words::check(check.name));
    let kind = match verdict {
        Verdict::Passed => "ok",
        Verdict::Failed => "bad",
        Verdict::NotRun => "none",
    };
    write!(out, "<tr class=\"{kind}\"><th scope=\"row\">{}", words.title.get(language))?;
    write!(out, "<p>{}</p>", words.meaning(verdict).get(language))?;
    if let Some(failure) = &check.failure {
        let label = Phrase::Where.words().get(language);
        write!(out, "<p class=\"where\">{label}: {}</p>", escape(&text::place(failure, language)))?;
    }
    let word = verdict.word().get(language);
    writeln!(out, "</th><td>{}\u{a0}{}</td><td>{word}</td></tr>", check.items, words.items.get(language))
}

fn facts(out: &mut String, report: &Report, language: Language) -> fmt::Result {
    if report.facts.is_empty() {
        return Ok(());
    }
    let say = |phrase: Phrase| phrase.words().get(language);
    writeln!(out, "<h2>{}</h2>\n<dl>", say(Phrase::Facts))?;
    for (name, value) in &report.facts {
        let value = words::value(name, value, language);
        let name = words::fact(name).map_or(*name, |words| words.get(language));
        writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escape(&value))?;
    }
    writeln!(out, "</dl>\n<p>{}</p>", say(Phrase::Compare))?;
    turnout(out, report, language)
}

/// People on the roll, credentials issued, credentials used, as bars of one scale.
fn turnout(out: &mut String, report: &Report, language: Language) -> fmt::Result {
    let number = |name: &str| report.facts.get(name).and_then(|value| value.parse::<u64>().ok());
    let bars: Vec<_> = ["roll", "credentials_issued", "credentials_used"]
        .into_iter()
        .filter_map(|name| Some((words::fact(name)?.get(language), number(name)?)))
        .collect();
    let most = bars.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    let label = Phrase::Turnout.words().get(language);
    writeln!(
        out,
        "<h2>{label}</h2>\n<svg role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {WIDTH} {}\">",
        bars.len() * 48
    )?;
    for (at, (name, value)) in bars.into_iter().enumerate() {
        let width = u128::from(value) * u128::from(WIDTH) / u128::from(most);
        let top = at * 48;
        writeln!(out, "<text x=\"0\" y=\"{}\">{name}: {value}</text>", top + 16)?;
        writeln!(out, "<rect x=\"0\" y=\"{}\" width=\"{width}\" height=\"14\" rx=\"3\"/>", top + 24)?;
    }
    out.write_str("</svg>\n")
}

/// A stranger's text inside an element or an attribute.
fn escape(stranger: &str) -> String {
    let mut out = String::new();
    for letter in text::printable(stranger).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
