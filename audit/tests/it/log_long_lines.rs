//! Long lines: the leaf of a line that does not fit into an entry names its event by hash, and everything else goes on.

use std::collections::BTreeMap;

use audit::{
    log::{
        chain::Chain,
        checkpoint::Checkpoint,
        hash::{self, Hash},
        line::{self, EventHash, Line, MAX_LEAF},
        note::Signer,
    },
    round::{Event, RoundRules},
    verify::{
        CheckName,
        bundle::{LOG, file_hash},
        verify,
    },
};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sample;

/// A line of exactly so many bytes.
fn line_of(len: usize, index: u64, previous: Hash) -> Vec<u8> {
    let of = |text: usize| Line { event: json!({ "said": "x".repeat(text) }), index, previous }.to_bytes();
    let line = of(len - of(0).len());
    assert_eq!(line.len(), len);
    line
}

#[test]
fn the_longest_leaf_has_65535_bytes() {
    assert_eq!(MAX_LEAF, 65_535);
    let fits = line_of(65_535, 3, Hash::ZERO);
    assert_eq!(*line::leaf(&fits), *fits);
    let long = line_of(65_536, 3, Hash::ZERO);
    let event = line::event(&long).unwrap();
    assert!(event.starts_with(br#"{"said":"xx"#) && event.ends_with(br#"xx"}"#));
    let short = line::leaf(&long);
    let expected = format!(r#"{{"event":{{"sha256":"{}"}},"index":3,"previous":"{}"}}"#, file_hash(event), Hash::ZERO);
    assert_eq!(*short, *expected.as_bytes());
    assert_eq!(line::shortened(&short), Some(file_hash(event)));
    assert_eq!(line::whole(&short, event), Some(long.clone()));
    assert_eq!(line::shortened(&fits), None);
    assert_eq!(line::whole(&fits, event), None);
}

#[test]
fn a_short_line_in_the_short_form_is_no_line_of_a_log() {
    let event = EventHash { sha256: file_hash(b"1") };
    let short = Line { event, index: 0, previous: Hash::ZERO }.to_bytes();
    assert!(Line::<Event>::parse(&short).is_err(), "no event of a round is named sha256");
    assert!(Line::<audit::office::OfficeEvent>::parse(&short).is_err(), "nor one of the office");
    assert_eq!(line::whole(&short, b"1"), None, "a line that fits is never shortened");
}

#[test]
fn a_chain_goes_on_after_a_long_line() {
    let (mut writer, mut reader) = (Chain::new(), Chain::new());
    let mut leaves = Vec::new();
    for len in [10, 70_000, 20, 65_536, 1] {
        let (bytes, leaf) = writer.append(&json!({ "said": "y".repeat(len) }));
        assert_eq!(leaf, hash::leaf(&line::leaf(&bytes)));
        leaves.push(leaf);
        let line = Line::<Value>::parse(&bytes).unwrap();
        reader.follow(line.index, &line.previous, &bytes).unwrap();
    }
    assert_eq!(reader, writer);
    assert_eq!(writer.root(), crate::naive::root(&leaves));
}

/// Rules whose territories are described at length.
fn wordy() -> RoundRules {
    let mut rules = sample::rules();
    let mut wordy = rules.voting.territories.clone();
    for (number, territory) in (4..).zip((0..20).map(|_| rules.voting.territories[0].clone())) {
        let text = "Озерск-Касли ".repeat(300).trim_end().to_owned();
        wordy.push(ballots::rules::Territory {
            number,
            id: format!("t{number}"),
            description: Some(text),
            ..territory
        });
    }
    rules.voting.territories = wordy;
    rules
}

/// The log of a round that was only published, and its head.
fn published(lines: &[Vec<u8>], root: Hash) -> BTreeMap<String, Vec<u8>> {
    let rules = sample::rules();
    let signer = Signer::new(rules.origin.clone(), SigningKey::from_bytes(&[100; 32]));
    let head = Checkpoint::new(&rules.origin, lines.len() as u64, root).sign(&signer);
    let log = lines.iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect();
    BTreeMap::from([(LOG.to_owned(), log), ("checkpoint".to_owned(), head.into_bytes())])
}

fn verdict(files: &BTreeMap<String, Vec<u8>>, name: CheckName) -> (bool, Option<String>) {
    let report = verify(files, None, &|_| {});
    let check = report.checks.iter().find(|check| check.name == name).expect("every check is reported");
    (check.reached, check.failure.as_ref().map(ToString::to_string))
}

#[test]
fn a_bundle_with_a_long_first_line_verifies() {
    let mut chain = Chain::new();
    let first = chain.append(&sample::published(wordy())).0;
    assert!(first.len() > 2 * MAX_LEAF, "{} bytes", first.len());
    let lines = vec![first.clone(), chain.append(&sample::roll(sample::OPENS - 900, 5, 5)).0];
    let files = published(&lines, chain.root());
    for name in [CheckName::Lines, CheckName::Acts, CheckName::Checkpoint] {
        assert_eq!(verdict(&files, name), (true, None), "{name:?}");
    }
    // The same lines under a root over the whole lines: what a writer that shortens nothing would sign.
    let leaves: Vec<_> = lines.iter().map(|line| hash::leaf(line)).collect();
    let whole = published(&lines, crate::naive::root(&leaves));
    assert!(verdict(&whole, CheckName::Checkpoint).1.is_some());
    // A change deep inside the long line is seen by the line after it.
    let at = first.len() / 2;
    let letter = (at..).find(|at| first[*at] == b'-').unwrap();
    let mut changed = lines.clone();
    changed[0][letter] = b'+';
    let (_, failure) = verdict(&published(&changed, chain.root()), CheckName::Lines);
    assert!(failure.is_some_and(|failure| failure.starts_with("log.jsonl, line 2: previous")));
}

proptest! {
    #[test]
    fn any_bytes_have_a_leaf(bytes in prop::collection::vec(any::<u8>(), 0..200), long: bool) {
        let pad = if long { MAX_LEAF } else { 0 };
        let bytes = [bytes, vec![b' '; pad]].concat();
        let leaf = line::leaf(&bytes);
        prop_assert!(*leaf == *bytes, "what has not the shape of a line stands for itself");
    }

    #[test]
    fn a_long_line_is_found_again(more in 0usize..5000, index: u64, previous: [u8; 32], other: [u8; 32]) {
        let long = line_of(MAX_LEAF + 1 + more, index, previous.into());
        let short = line::leaf(&long).into_owned();
        let event = line::event(&long).unwrap();
        let found = line::whole(&short, event);
        prop_assert_eq!(found.as_deref(), Some(&*long));
        prop_assert_eq!(line::whole(&short, &event[1..]), None);
        let elsewhere = line_of(long.len(), index, other.into());
        prop_assert_eq!(*line::leaf(&elsewhere) == *short, previous == other);
    }
}
