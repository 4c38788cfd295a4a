//! What commands print for people: progress bars and the table of a result.

use std::{fmt, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use crate::export::table::Table;

/// A bar over so many items, hidden when the output is for machines.
pub(super) fn bar(what: &'static str, items: u64, hidden: bool) -> ProgressBar {
    let bar = if hidden { ProgressBar::hidden() } else { ProgressBar::new(items) };
    let style = ProgressStyle::with_template("{prefix:>26} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(what);
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// A line that turns until the work is done.
pub(super) fn spinner(what: &'static str, hidden: bool) -> ProgressBar {
    let spinner = if hidden { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    spinner.set_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// Prints the result as a table, with every tie explained.
pub(super) fn result(table: &Table) {
    println!("\n{}", InWords(table));
}

/// A result for people to read.
struct InWords<'a>(&'a Table);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.0;
        if let Some(needed) = table.needed {
            let valid = table.ballots - table.invalid;
            write!(f, "no result, as too few voted: {needed} valid ballots were needed, {valid} were cast ")?;
            return write!(f, "({} of them blank; {} invalid)", table.blank, table.invalid);
        }
        writeln!(f, "{:>5}  {:>9}  {:>9}  {:<3}  territory", "place", "votes", "score", "won")?;
        for row in &table.rows {
            let won = if row.selected { "yes" } else { "" };
            writeln!(f, "{:>5}  {:>9}  {:>9}  {won:<3}  {}", row.rank, row.votes, row.score, row.title)?;
        }
        write!(f, "\n{} ballots counted, {} of them blank, {} invalid", table.ballots, table.blank, table.invalid)?;
        if table.ties.is_empty() && table.has_every_tie {
            write!(f, "\nno ties")?;
        }
        for tie in &table.ties {
            write!(f, "\ntie: {tie}")?;
        }
        if !table.has_every_tie {
            write!(
                f,
                "\nequal selections, and equals after the winners, stand by the rules on ties; they are not listed"
            )?;
        }
        Ok(())
    }
}

/// A table of texts, each column as wide as its widest text.
pub(super) fn columns(head: &[String], rows: &[Vec<String>]) {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let width = |at: usize| all().filter_map(|row| row.get(at)).map(|text| text.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    for row in all() {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(text, width)| format!("{text:<width$}")).collect();
        println!("{}", cells.join("  ").trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(needed: Option<u64>, has_every_tie: bool) -> String {
        let table = Table { rows: vec![], ties: vec![], has_every_tie, needed, ballots: 5, blank: 1, invalid: 2 };
        InWords(&table).to_string()
    }

    #[test]
    fn a_void_round_has_neither_table_nor_ties() {
        let words =
            "no result, as too few voted: 4 valid ballots were needed, 3 were cast (1 of them blank; 2 invalid)";
        assert_eq!(told(Some(4), true), words);
    }

    #[test]
    fn no_ties_is_said_only_where_all_would_be_listed() {
        assert!(told(None, true).ends_with("\n5 ballots counted, 1 of them blank, 2 invalid\nno ties"));
        let unlisted = told(None, false);
        assert!(!unlisted.contains("no ties") && unlisted.ends_with("they are not listed"), "{unlisted}");
    }
}
