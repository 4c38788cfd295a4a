//! Comma-separated values (RFC 4180), UTF-8 with a byte order mark, so that office programs show Russian text.

use super::table::Table;
use crate::error::Error;

const HEADINGS: [&str; 10] = ["rank", "number", "id", "title", "votes", "score", "mean", "median", "cost", "selected"];

/// The table with a heading row. Text that an office program would take for a formula is made harmless.
///
/// # Errors
/// [`Error::Broken`] never in practice: memory does not fail to be written.
pub fn write(table: &Table) -> Result<String, Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADINGS).map_err(Error::broken)?;
    for row in &table.rows {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let record = [
            row.rank.to_string(),
            row.number.to_string(),
            harmless(&row.id),
            harmless(&row.title),
            row.votes.to_string(),
            row.score.clone(),
            text(&row.mean),
            text(&row.median),
            text(&row.cost),
            u8::from(row.selected).to_string(),
        ];
        writer.write_record(record).map_err(Error::broken)?;
    }
    let bytes = writer.into_inner().map_err(Error::broken)?;
    Ok(format!("\u{feff}{}", String::from_utf8(bytes).map_err(Error::broken)?))
}

/// A leading `=`, `+`, `-`, `@` or tab would start a formula; an apostrophe before it does not.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_title_is_harmless() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("Сквер"), "Сквер");
    }
}
