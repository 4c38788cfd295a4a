//! What commands print for people: progress bars and the table of a result.

use std::time::Duration;

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

/// The result as a table, with every tie explained.
pub(super) fn result(table: &Table) {
    println!("\n{:>5}  {:>9}  {:>9}  {:<3}  territory", "place", "votes", "score", "won");
    for row in &table.rows {
        let won = if row.selected { "yes" } else { "" };
        println!("{:>5}  {:>9}  {:>9}  {won:<3}  {}", row.rank, row.votes, row.score, row.title);
    }
    println!("\n{} ballots counted, {} of them blank, {} invalid", table.ballots, table.blank, table.invalid);
    if table.ties.is_empty() {
        println!("no ties");
    }
    for tie in &table.ties {
        println!("tie: {tie}");
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
