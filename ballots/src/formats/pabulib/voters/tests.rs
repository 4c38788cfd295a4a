//! Names are told apart though their hashes are one, and those that are equal are found.

use std::collections::HashMap;

use super::{Doubles, Voters, hash};

#[test]
fn equal_hashes_alone_refuse_nobody() {
    let hashes = ["a", "b", "c"].map(hash).into();
    let mut doubles = Doubles { hashes, lines: HashMap::new() };
    assert!(["a", "b", "d", "d", "c"].into_iter().zip(7..).all(|(name, line)| doubles.see(name, line).is_ok()));
    let told = doubles.see("b", 12).unwrap_err().to_string();
    assert_eq!(told, "line 12: voter_id b stands there twice: first in line 8");
}

#[test]
fn only_what_may_be_double_is_looked_for() {
    let of = |names: &[&str]| {
        let mut voters = Voters::default();
        names.iter().for_each(|name| voters.add(name));
        voters
    };
    assert!(of(&["a", "b", "ab"]).doubles().is_none());
    let mut voters = of(&["a", "b"]);
    voters.merge(of(&["c", "b", "d"]));
    assert_eq!(voters.doubles().map(|doubles| doubles.hashes), Some([hash("b")].into()));
}

/// Names as cities number them, and short ones that differ in a zero or in their length alone, have hashes of their own.
#[test]
fn names_of_cities_have_hashes_of_their_own() {
    let mut voters = Voters::default();
    (0..200_000).for_each(|at| voters.add(&at.to_string()));
    (0..200_000).for_each(|at| voters.add(&format!("10000{:06}", at * 3)));
    (0..30).for_each(|length| voters.add(&"\0".repeat(length)));
    assert!(voters.doubles().is_none());
}
