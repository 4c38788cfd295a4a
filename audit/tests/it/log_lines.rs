//! Lines and chains: an event has one spelling, one place and one line before it; a fault names its place.

use audit::log::{
    chain::{Chain, ChainFault},
    hash::{Hash, leaf},
    line::{Line, LineFault},
    tree::Frontier,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    mutation::{Mutation, mutation},
    naive,
};

/// A vocabulary that is as small as can be and has everything: text, number, something left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Word {
    Said {
        at: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<u8>,
        what: String,
    },
}

fn said(what: &str) -> Word {
    Word::Said { at: -7, to: None, what: what.to_owned() }
}

fn read(text: &str) -> Result<Line<Word>, LineFault> {
    Line::parse(text.as_bytes())
}

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn good() -> String {
    format!(r#"{{"event":{{"said":{{"at":-7,"what":"so"}}}},"index":0,"previous":"{ZEROS}"}}"#)
}

#[test]
fn a_line_is_canonical_json() {
    let line = Line { event: said("so"), index: 0, previous: Hash::ZERO };
    assert_eq!(String::from_utf8(line.to_bytes()).unwrap(), good());
    assert_eq!(read(&good()), Ok(line));
}

/// Place of the first byte of `part` in the good line, from 1.
fn place(part: &str) -> usize {
    good().find(part).expect("the part is there") + 1
}

#[test]
fn another_spelling_is_refused_where_it_begins() {
    let good = good();
    for (wrong, column) in [
        (format!(" {good}"), 1),
        (format!("{good}\n"), good.len() + 1),
        (format!("{good} "), good.len() + 1),
        (good.replace(":-7", ": -7"), place("-7")),
        (good.replace(",\"what", ",\n\"what"), place("\"what")),
        (good.replace("\"so\"", r#""s\u006f""#), place("so") + 1),
        (good.replace(r#""at":-7,"what":"so""#, r#""what":"so","at":-7"#), place("at\"")),
        (good.replace(r#""at":-7,"#, r#""at":-7,"to":null,"#), place("what\"")),
    ] {
        assert_eq!(read(&wrong), Err(LineFault::Spelling { column }), "{wrong:?}");
    }
    let slash = good.replace("so", "s/o");
    assert!(read(&slash).is_ok());
    assert_eq!(read(&slash.replace('/', r"\/")), Err(LineFault::Spelling { column: place("so") + 1 }));
    let beyond = good.replace("so", "\u{433}");
    assert!(read(&beyond).is_ok());
    assert_eq!(read(&beyond.replace('\u{433}', r"\u0433")), Err(LineFault::Spelling { column: place("so") }));
}

#[test]
fn what_is_no_line_is_refused_with_its_place_and_reason() {
    let good = good();
    let zeros = format!("\"{ZEROS}\"");
    for (wrong, column, reason) in [
        (good.replace("-7,", "-7,\"at\":-7,"), place("what") + 2, "duplicate field `at`"),
        (good.replace(":0,", ":0,\"index\":0,"), place("previous") + 5, "duplicate field `index`"),
        (
            good.replace("-7,", "-7,\"by\":1,"),
            place("what") + 2,
            "unknown field `by`, expected one of `at`, `to`, `what`",
        ),
        (
            good.replace(":0,", ":0,\"more\":1,"),
            place("previous") + 4,
            "unknown field `more`, expected one of `event`, `index`, `previous`",
        ),
        (good.replace("said", "done"), place("said") + 4, "unknown variant `done`, expected `said`"),
        (good.replace(",\"what\":\"so\"", ""), place("}}") - 12, "missing field `what`"),
        (good.replace(":0,", ":-1,"), place(":0") + 2, "invalid value: integer `-1`, expected u64"),
        (good.replace(":0,", ":0.0,"), place(":0") + 3, "invalid type: floating point `0.0`, expected u64"),
        (good.replace(&zeros, "\"00\""), place(ZEROS) + 3, "a hash must be 64 lower-case hexadecimal digits"),
        (
            good.replace(&ZEROS[1..], &"A".repeat(63)),
            place(ZEROS) + 65,
            "a hash must be 64 lower-case hexadecimal digits",
        ),
        (format!("{good}{good}"), good.len() + 1, "trailing characters"),
        (
            good.replace("so", "s\no"),
            place("so") + 1,
            "control character (\\u0000-\\u001F) found while parsing a string",
        ),
        (good.replace("\"index", "\n\nx"), place("\"index") + 2, "key must be a string"),
        (String::new(), 0, "EOF while parsing a value"),
    ] {
        let Err(LineFault::Json { column: at, reason: why }) = read(&wrong) else {
            panic!("{wrong:?} is taken, or refused as a spelling");
        };
        assert_eq!((at, why.as_str()), (column, reason), "{wrong:?}");
    }
    assert!(matches!(Line::<Word>::parse(b"\xff"), Err(LineFault::Json { column: 1, .. })));
    let torn = [good.as_bytes()[..place("so")].to_vec(), vec![0xff], good.as_bytes()[place("so")..].to_vec()].concat();
    assert!(matches!(Line::<Word>::parse(&torn), Err(LineFault::Json { .. })), "text must be UTF-8");
}

#[test]
fn a_chain_links_and_counts_its_lines() {
    let (mut writer, mut reader) = (Chain::new(), Chain::new());
    assert_eq!((writer.size(), writer.last(), writer.root()), (0, Hash::ZERO, naive::root(&[])));
    let mut leaves: Vec<Hash> = Vec::new();
    for what in ["one", "two", "three", "four", "five"] {
        let before = leaves.last().copied().unwrap_or(Hash::ZERO);
        let (bytes, hash) = writer.append(&said(what));
        let line = Line::<Word>::parse(&bytes).unwrap();
        assert_eq!(line, Line { event: said(what), index: leaves.len() as u64, previous: before });
        assert_eq!(hash, leaf(&bytes));
        leaves.push(hash);
        assert_eq!(reader.follow(line.index, &line.previous, &bytes), Ok(()));
        assert_eq!(reader, writer);
        assert_eq!((writer.size(), writer.last()), (leaves.len() as u64, hash));
        assert_eq!(writer.root(), naive::root(&leaves));
    }
}

#[test]
fn a_line_of_another_place_is_refused_and_changes_nothing() {
    let mut chain = Chain::new();
    let (first, first_hash) = chain.append(&said("one"));
    let before = chain.clone();
    for given in [0, 2, u64::MAX] {
        let fault = ChainFault::Index { given, expected: 1 };
        assert_eq!(chain.follow(given, &first_hash, b"x"), Err(fault));
        assert_eq!(fault.to_string(), format!("index: the line says {given}, its place is 1"));
    }
    let fault = ChainFault::Previous { given: Hash::ZERO, expected: first_hash };
    assert_eq!(chain.follow(1, &Hash::ZERO, b"x"), Err(fault));
    assert_eq!(fault.to_string(), format!("previous: the line names {ZEROS}, the line before it has {first_hash}"));
    assert_eq!(chain, before);
    let fault = ChainFault::Previous { given: first_hash, expected: Hash::ZERO };
    assert_eq!(Chain::new().follow(0, &first_hash, &first), Err(fault), "the first line names zeros");
}

#[test]
fn a_chain_resumes_with_its_tree_or_without() {
    let mut whole = Chain::new();
    let mut tree = Frontier::new();
    for what in ["one", "two", "three"] {
        tree.push(whole.append(&said(what)).1);
    }
    let mut with = Chain::resume_with_tree(whole.last(), tree);
    let mut without = Chain::resume(3, whole.last());
    let next = whole.append(&said("four"));
    assert_eq!(with.append(&said("four")), next);
    assert_eq!(without.append(&said("four")), next);
    assert_eq!(with, whole);
    assert_eq!((without.size(), without.last(), without.root()), (4, next.1, Hash::ZERO));
}

proptest! {
    #[test]
    fn lines_are_read_as_printed(at: i64, to: Option<u8>, what: String, index: u64, previous: [u8; 32]) {
        let line = Line { event: Word::Said { at, to, what }, index, previous: previous.into() };
        prop_assert_eq!(Line::parse(&line.to_bytes()), Ok(line));
    }

    #[test]
    fn what_is_read_is_what_would_be_printed(what in "[ -~\u{430}-\u{44f}\"\\\\\n]{0,6}", mutation in mutation()) {
        let text = String::from_utf8(Line { event: said(&what), index: 10, previous: Hash::ZERO }.to_bytes()).unwrap();
        let changed = Mutation::apply(&mutation, &text);
        match Line::<Word>::parse(changed.as_bytes()) {
            Ok(line) => prop_assert_eq!(line.to_bytes(), changed.into_bytes()),
            Err(LineFault::Json { column, .. } | LineFault::Spelling { column }) => {
                prop_assert!(column <= changed.len() + 1, "column {} of {}", column, changed.len());
            }
        }
    }
}
