//! The architecture, as a test: who may import whom, which library is confined to which module, who owns which table, how long a file may be, and where secrecy forbids a word.

#[path = "layers/modules.rs"]
mod modules;
#[path = "layers/statements.rs"]
mod statements;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use modules::LAYERS;

/// Library, and the only modules that may name it. `error` turns the database's faults into its own.
const CONFINED: &[(&str, &[&str])] = &[
    ("sqlx", &["store", "error"]),
    ("axum", &["connections", "http", "server", "witness"]),
    ("governor", &["http"]),
    ("utoipa", &["http"]),
    ("askama", &["pages", "http"]),
    ("fluent_bundle", &["pages"]),
    ("icu_datetime", &["pages"]),
    ("icu_decimal", &["pages"]),
    ("image", &["pictures"]),
    ("moxcms", &["pictures"]),
    ("webp", &["pictures"]),
    ("reqwest", &["client", "outbound"]),
    ("object_store", &["outbound"]),
    ("quick_cache", &["app", "http"]),
    ("clap", &["cli", "main"]),
    ("prometheus_client", &["metrics"]),
    ("tracing_subscriber", &["telemetry"]),
    ("aws_lc_sys", &["crypto"]),
    ("hpke", &["client", "crypto"]),
    ("blind_rsa_signatures", &["client"]),
];

/// What a pure module must not name: clocks, randomness of its own, files, sockets, tasks, floats.
const IMPURE: &[&str] =
    &["async ", "tokio::", "SystemTime", "Instant::now", "rand::rng()", "OsRng", "std::fs", "std::net", "f32", "f64"];

/// Folders that must be pure.
const PURE: &[&str] = &[
    "ballots/src",
    "audit/src",
    "src/domain",
    "src/crypto",
    "src/export",
    "src/pages",
    "src/web.rs",
    "src/pictures",
    "src/pictures.rs",
    "src/domain.rs",
    "src/crypto.rs",
    "src/pages.rs",
];
/// The auditor's program, and the folders, archives and addresses it reads: the edges of `audit`.
const EDGES: &[&str] =
    &["audit/src/archive.rs", "audit/src/bin/", "audit/src/fetch.rs", "audit/src/folder.rs", "audit/src/place.rs"];

/// Table, and the one file that may name it.
const TABLES: &[(&str, &str)] = &[
    ("logs", "src/store/log.rs"),
    ("log_lines", "src/store/log.rs"),
    ("log_tiles", "src/store/log.rs"),
    ("long_lines", "src/store/log.rs"),
    ("cosigned_heads", "src/store/cosignatures.rs"),
    ("cosignatures", "src/store/cosignatures.rs"),
    ("rounds", "src/store/rounds.rs"),
    ("pictures", "src/store/pictures.rs"),
    ("picture_files", "src/store/pictures.rs"),
    ("leases", "src/store/leases.rs"),
    ("limited", "src/store/limited.rs"),
    ("secrets", "src/store/secrets.rs"),
    ("staff", "src/store/staff.rs"),
    ("turnout", "src/store/turnout.rs"),
    ("voters", "src/store/voters.rs"),
    ("backups", "src/store/backups.rs"),
    ("issuances", "src/store/issuances.rs"),
    ("urns", "src/store/ballot_box.rs"),
    ("waiting_ballots", "src/store/ballot_box.rs"),
    ("accepted_ballots", "src/store/promises.rs"),
    ("promise_filters", "src/store/promises.rs"),
    ("line_runs", "src/store/ballot_lines.rs"),
    ("line_chunks", "src/store/ballot_lines.rs"),
];

/// Code that knows the ballot must not name the person, and the other way round.
const SECRECY: &[(&str, &[&str])] = &[
    ("src/app/casting.rs", PERSON),
    ("src/app/receipts.rs", PERSON),
    ("src/app/proving.rs", PERSON),
    ("src/app/tiles.rs", PERSON),
    ("src/app/witnessing.rs", PERSON),
    ("src/http/tiles.rs", PERSON),
    ("src/http/log.rs", PERSON),
    ("src/store/ballot_box.rs", PERSON),
    ("src/store/ballot_lines.rs", PERSON),
    ("src/store/promises.rs", PERSON),
    ("src/app/segments.rs", PERSON),
    ("src/app/segments/filters.rs", PERSON),
    ("src/app/segments/keeping.rs", PERSON),
    ("src/domain/filter.rs", PERSON),
    ("src/app/indexing.rs", PERSON),
    ("src/app/indexing/anew.rs", PERSON),
    ("src/app/indexing/merging.rs", PERSON),
    ("src/app/sequencing.rs", PERSON),
    ("src/app/sweeping.rs", PERSON),
    ("src/app/measuring.rs", PERSON),
    ("src/http/casting.rs", PERSON),
    ("src/app/issuing.rs", BALLOT),
    ("src/app/identifying.rs", BALLOT),
    ("src/store/issuances.rs", BALLOT),
    ("src/store/backups.rs", BALLOT),
    ("src/store/voters.rs", BALLOT),
    ("src/http/issuing.rs", BALLOT),
    ("src/http/identifying.rs", BALLOT),
    // Counts what both do, and knows neither.
    ("src/app/limiting.rs", PERSON),
    ("src/app/limiting.rs", BALLOT),
    ("src/store/limited.rs", PERSON),
    ("src/store/limited.rs", BALLOT),
    ("src/crypto/places.rs", PERSON),
    ("src/crypto/places.rs", BALLOT),
    ("web/src/core/casting.ts", PERSON_IN_BROWSER),
    ("web/src/core/ballot.ts", PERSON_IN_BROWSER),
    ("web/src/core/choice.ts", PERSON_IN_BROWSER),
    ("web/src/core/registering.ts", BALLOT_IN_BROWSER),
];
const PERSON: &[&str] = &["voter", "pseudonym", "session", "person::", "issuance", "roll::", "letter"];
/// The same for the browser's client, whose comments are not taken out.
const PERSON_IN_BROWSER: &[&str] =
    &["session:", "session.", "pseudonym", "identifyingcode", "secretcode", "registering"];
const BALLOT_IN_BROWSER: &[&str] = &["choice", "marks", "./casting", "pendingcast", "acceptance"];
const BALLOT: &[&str] = &["ballot_box", "envelope", "sealed", "casting::", "urn", "acceptance"];

/// What holds a secret, a person or a ballot must not be printable by mistake: file, and types that do not derive `Debug`.
const UNPRINTED: &[(&str, &[&str])] = &[
    ("src/app.rs", &["SessionKey"]),
    ("src/app/casting.rs", &["Job"]),
    ("src/app/identifying.rs", &["Identified"]),
    ("src/app/issuing.rs", &["Job"]),
    ("src/app/letters.rs", &["Letter"]),
    ("src/app/roll.rs", &["Entry"]),
    ("src/crypto/session.rs", &["Session", "Payload"]),
    ("src/domain/roll.rs", &["Person"]),
    ("src/http/access.rs", &["Resident"]),
    ("src/http/casting.rs", &["CastRequest"]),
    ("src/http/identifying.rs", &["IdentificationRequest", "IdentificationResponse"]),
    ("src/http/issuing.rs", &["IssueRequest", "IssueResponse", "StatusResponse", "Backup"]),
    ("src/http/letters.rs", &["LettersRequest", "LetterEntry"]),
    ("src/http/log.rs", &["ReceiptRequest"]),
    ("src/http/roll.rs", &["RollRequest", "RollEntry"]),
    ("src/http/tallying.rs", &["RevealRequest"]),
    ("src/store/ballot_box.rs", &["Waiting"]),
    ("src/store/issuances.rs", &["Issuance"]),
    ("src/store/voters.rs", &["Voter", "CodeRow"]),
];

const MAX_LINES: usize = 400;

#[test]
fn modules_import_only_downwards() {
    let mut faults = Vec::new();
    for (file, text) in sources("src") {
        let module = module(&file);
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            if module != "lib" && module != "main" {
                faults.push(format!("{file}: module `{module}` has no row in LAYERS"));
            }
            continue;
        };
        for import in crate_imports(&text) {
            if import != module && !allowed.contains(&import.as_str()) {
                faults.push(format!("{file}: `{module}` may not import `{import}`"));
            }
        }
    }
    report(&faults);
}

#[test]
fn libraries_stay_where_they_belong() {
    let mut faults = Vec::new();
    for (file, text) in sources("src") {
        for (library, homes) in CONFINED {
            let named = names(&code(&text), &format!("{library}::"));
            if named && !is_test(&file) && !homes.contains(&module(&file).as_str()) {
                faults.push(format!("{file}: `{library}` is confined to {homes:?}"));
            }
        }
    }
    report(&faults);
}

#[test]
fn the_core_is_pure() {
    let mut faults = Vec::new();
    for (file, text) in PURE.iter().flat_map(|folder| sources(folder)) {
        if is_test(&file) || EDGES.iter().any(|edge| file.starts_with(edge)) {
            continue;
        }
        for word in IMPURE {
            if names(&code(&text), word) {
                faults.push(format!("{file}: a pure module may not name `{}`", word.trim()));
            }
        }
    }
    report(&faults);
}

#[test]
fn each_table_has_one_owner() {
    let mut faults = Vec::new();
    for (file, text) in sources("src") {
        for (table, owner) in TABLES {
            let verbs = ["FROM", "INTO", "UPDATE", "JOIN", "TABLE"];
            let named = verbs.iter().any(|verb| names_table(&text, verb, table));
            if named && file != *owner {
                faults.push(format!("{file}: table `{table}` belongs to {owner}"));
            }
        }
    }
    for (table, owner) in TABLES {
        let text = fs::read_to_string(root().join(owner)).unwrap_or_default();
        if !names_table(&text, "FROM", table) && !names_table(&text, "INTO", table) {
            faults.push(format!("{owner} does not use `{table}`: the row in TABLES is stale"));
        }
    }
    report(&faults);
}

#[test]
fn people_and_ballots_do_not_meet() {
    let mut faults = Vec::new();
    for (file, words) in SECRECY {
        let text = fs::read_to_string(root().join(file)).unwrap_or_else(|fault| panic!("{file}: {fault}"));
        for word in *words {
            if names(&code(&text).to_lowercase(), word) {
                faults.push(format!("{file}: must not name `{word}`"));
            }
        }
    }
    report(&faults);
}

#[test]
fn secrets_cannot_be_printed() {
    let mut faults = Vec::new();
    for (file, types) in UNPRINTED {
        let text = fs::read_to_string(root().join(file)).unwrap_or_else(|fault| panic!("{file}: {fault}"));
        for name in *types {
            let found = ["(", " ", ";"].iter().find_map(|after| text.find(&format!("struct {name}{after}")));
            let Some(at) = found else {
                faults.push(format!("{file}: `{name}` is gone: the row in UNPRINTED is stale"));
                continue;
            };
            // What stands before a type up to the empty line is its documentation and its attributes.
            let before = text[..at].rsplit("\n\n").next().unwrap_or_default();
            if before.lines().any(|line| line.starts_with("#[derive") && line.contains("Debug")) {
                faults.push(format!("{file}: `{name}` derives Debug, and so shows itself in logs and panics"));
            }
        }
    }
    report(&faults);
}

#[test]
fn files_hold_one_idea() {
    let mut faults = Vec::new();
    for (file, text) in
        ["src", "ballots", "audit", "tests", "build", "build.rs"].iter().flat_map(|folder| sources(folder))
    {
        let lines = text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{file}: {lines} lines, at most {MAX_LINES}"));
        }
        if !text.starts_with("//!") && !text.starts_with("#![doc") {
            faults.push(format!("{file}: opens without a sentence that says what it is for"));
        }
    }
    report(&faults);
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The top module that a file of `src` belongs to.
fn module(file: &str) -> String {
    file.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default().to_owned()
}

/// A table's name after a verb of SQL, as a whole word.
fn names_table(text: &str, verb: &str, table: &str) -> bool {
    let sought = format!("{verb} {table}");
    text.match_indices(&sought).any(|(at, _)| {
        let after = text[at + sought.len()..].chars().next();
        after.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    })
}

/// Tests may use what they like.
fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs")
}

/// Whether the text holds the word, or a word that it begins: `voter` is found in `voters`, `urn` is not in `return`.
fn names(text: &str, word: &str) -> bool {
    let inside = |before: Option<char>| before.is_some_and(|before| before.is_alphanumeric());
    text.match_indices(word).any(|(at, _)| !inside(text[..at].chars().next_back()))
}

/// The text without comments, and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every first path segment after `crate::`, grouped imports included.
fn crate_imports(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut found = BTreeSet::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => found.extend(identifier(rest)),
            Some(group) => found.extend(group_members(group)),
        }
    }
    found
}

/// The leading identifiers of `a::b, c::{d, e}}`, at depth zero.
fn group_members(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut members) = (0usize, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                members.extend(identifier(group[start..at].trim()));
                start = at + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    members
}

fn identifier(path: &str) -> Option<String> {
    let name: String = path.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// Every Rust file below a folder (or the one file), by its path from the root, build output aside.
fn sources(path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(path), &mut found);
    assert!(!found.is_empty(), "{path} holds no Rust file: the check would check nothing");
    found
}

fn collect(path: &Path, found: &mut Vec<(String, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder of the project can be read") {
            collect(&entry.expect("an entry can be read").path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        let name = path.strip_prefix(root()).expect("files lie below the root").display().to_string();
        found.push((name, fs::read_to_string(path).expect("a source file can be read")));
    }
}
