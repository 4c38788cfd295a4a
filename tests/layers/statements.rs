//! Each SQL statement of the store stands in the table of docs/scale.md, where it is held against a distributed engine's limits.

use std::{collections::BTreeSet, fs};

use super::{report, root, sources};

/// What a statement begins with.
const VERBS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "LOCK", "BEGIN", "WITH"];
/// Words before a table's name.
const BEFORE: &[&str] = &["FROM", "INTO", "UPDATE", "TABLE"];
/// What makes a statement harder for an engine than others of its kind.
const MARKS: &[&str] = &["FOR UPDATE", "ON CONFLICT", "REPEATABLE READ", "RETURNING", "UNION ALL"];

#[test]
fn each_statement_is_held_against_the_engine_s_limits() {
    let text = fs::read_to_string(root().join("docs/scale.md")).expect("docs/scale.md can be read");
    let (mut named, mut faults) = (BTreeSet::new(), Vec::new());
    for line in text.lines().filter(|line| line.starts_with("| `") && line.contains("::")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells.len() < 4 || cells[2].is_empty() || cells[3].len() < 3 {
            faults.push(format!("docs/scale.md: a row without its key or its verdict: {line}"));
        }
        named.insert(cells.iter().take(2).map(|cell| cell.trim_matches('`')).collect::<Vec<_>>().join(" "));
    }
    let found: BTreeSet<String> = sources("src/store").iter().flat_map(|(file, text)| statements(file, text)).collect();
    assert!(found.len() > 60, "only {} statements were found in src/store", found.len());
    faults.extend(found.difference(&named).map(|name| format!("docs/scale.md has no row for: {name}")));
    faults.extend(named.difference(&found).map(|name| format!("docs/scale.md names what is not in src/store: {name}")));
    report(&faults);
}

/// A file without its tests, its lines of comment, and quotation marks that begin and end no text.
fn bare(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n").replace("'\"'", "").replace("\\\"", "")
}

/// `file::function VERB table MARKS` of each statement in a file.
fn statements(file: &str, text: &str) -> Vec<String> {
    let code = bare(text);
    let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".rs");
    let (mut owner, mut found) = (String::new(), Vec::<(String, String)>::new());
    for (at, piece) in code.split('"').enumerate() {
        if at % 2 == 0 {
            owner = last_item(piece).unwrap_or(owner);
        } else if VERBS.iter().any(|verb| piece.split_whitespace().next() == Some(verb)) {
            found.push((owner.clone(), piece.to_owned()));
        } else if let (Some(last), true) = (found.last_mut(), piece.starts_with(" ON CONFLICT")) {
            last.1.push_str(piece);
        }
    }
    let name = |(owner, text): (String, String)| format!("{stem}::{owner} {}", short(&text));
    found.into_iter().map(name).collect()
}

/// Verb, table and marks.
fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(['(', ')', ','])).collect();
    let is_name = |word: &&str| !word.is_empty() && !VERBS.contains(word);
    let tables = words.windows(2).filter(|pair| BEFORE.contains(&pair[0])).map(|pair| pair[1]);
    let mut out = vec![words[0]];
    out.extend(tables.filter(is_name).take(1));
    let text = words.join(" ");
    out.extend(MARKS.iter().copied().filter(|mark| text.contains(mark)));
    out.join(" ")
}

/// The last function or constant that a piece of code begins.
fn last_item(code: &str) -> Option<String> {
    let starts = ["fn ", "const "].iter().filter_map(|word| code.rfind(word).map(|at| at + word.len()));
    let name: String =
        code[starts.max()?..].chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[test]
fn statements_are_found_by_function_and_table() {
    let code = r#"
        pub async fn take() { query("SELECT a FROM waiting WHERE b = $1"); other("of things"); query("DELETE FROM waiting WHERE b IN ("); }
        const MOST: &str = "SELECT a FROM
            (SELECT a FROM heads WHERE b = 1) AS recent";
        fn put() { new("INSERT INTO tiles (a) "); push(" ON CONFLICT (a) DO NOTHING"); }
        fn lock() { lock("SELECT id FROM logs WHERE id = $1 FOR UPDATE"); begin("BEGIN"); }
    "#;
    let expected = [
        "x::take SELECT waiting",
        "x::take DELETE waiting",
        "x::MOST SELECT heads",
        "x::put INSERT tiles ON CONFLICT",
        "x::lock SELECT logs FOR UPDATE",
        "x::lock BEGIN",
    ];
    assert_eq!(statements("src/store/x.rs", code), expected);
}
