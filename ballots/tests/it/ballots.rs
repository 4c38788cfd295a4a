//! What a ballot may hold, why one is refused, and its bytes.

use ballots::{
    Ballot, BallotFault, Choice, Procedure, Rules, codec,
    methods::{positional::Scale, score::Measure},
    rules::Kind,
};
use proptest::prelude::*;

use super::sample::{any_choice, any_rules, ballot, rules};

/// Territories with values, as they come from a form.
type Marks = &'static [(&'static str, Option<u32>)];

fn approval() -> Rules {
    rules(4, Kind::Approval { max: 2 }, Procedure::Approval)
}

fn score() -> Rules {
    rules(4, Kind::Score { max: 5 }, Procedure::Score(Measure::Sum))
}

fn points() -> Rules {
    rules(4, Kind::Points { each: Some(6), total: 10 }, Procedure::Points)
}

fn one_total() -> Rules {
    rules(4, Kind::Points { each: None, total: 10 }, Procedure::Points)
}

fn ranked() -> Rules {
    rules(4, Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength))
}

#[test]
fn each_refusal_says_why() {
    let cases: [(Rules, Marks, &str, &str); 19] = [
        (approval(), &[("x", None)], "unknown-territory", "x"),
        (approval(), &[("a", None), ("a", None)], "duplicate", "a"),
        (approval(), &[("a", None), ("b", None), ("c", None)], "too-many", "at most 2"),
        (approval(), &[("a", Some(1))], "value-not-expected", "a"),
        (ranked(), &[("e", None)], "unknown-territory", "e"),
        (ranked(), &[("b", None), ("a", None), ("b", None)], "duplicate", "b"),
        (ranked(), &[("a", None), ("b", None), ("c", None), ("d", None)], "too-many", "at most 3"),
        (ranked(), &[("b", None), ("a", Some(0))], "value-not-expected", "a"),
        (score(), &[("y", Some(1))], "unknown-territory", "y"),
        (score(), &[("a", Some(1)), ("a", Some(2))], "duplicate", "a"),
        (score(), &[("b", Some(5)), ("a", Some(6))], "out-of-range", "6 for territory a is not 0 to 5"),
        (score(), &[("a", None)], "value-missing", "a"),
        (points(), &[("z", Some(1))], "unknown-territory", "z"),
        (points(), &[("a", Some(1)), ("a", Some(1))], "duplicate", "a"),
        (points(), &[("a", Some(0))], "out-of-range", "1 to 6"),
        (points(), &[("a", Some(7))], "out-of-range", "1 to 6"),
        (points(), &[("a", Some(6)), ("b", Some(5))], "too-many-points", "11 points are given, there are 10"),
        (points(), &[("a", None)], "value-missing", "a"),
        // Without a limit for one territory, the total is the limit.
        (one_total(), &[("a", Some(11))], "out-of-range", "1 to 10"),
    ];
    for (rules, marks, slug, words) in cases {
        let fault = Ballot::parse(&rules, marks.iter().copied()).unwrap_err();
        assert_eq!(fault.slug(), slug, "{marks:?}");
        assert!(fault.to_string().contains(words), "{fault}");
    }
}

/// Each kind takes its own choices and none of the three others'.
#[test]
fn a_ballot_of_another_kind_is_refused() {
    for (at, rules) in [approval(), ranked(), score(), points()].into_iter().enumerate() {
        let plain = || vec![0];
        let valued = || vec![(0, 1)];
        let choices =
            [Choice::Approval(plain()), Choice::Ranked(plain()), Choice::Score(valued()), Choice::Points(valued())];
        for (kind, choice) in choices.into_iter().enumerate() {
            let made = Ballot::new(&rules, choice.clone());
            if kind == at {
                assert_eq!(made.unwrap().choice(), &choice);
            } else {
                assert_eq!(made, Err(BallotFault::WrongKind));
            }
        }
    }
    assert_eq!(BallotFault::WrongKind.slug(), "wrong-kind");
}

#[test]
fn limits_are_reached_and_blanks_are_valid() {
    for (rules, most) in [
        (approval(), "a d"),
        (ranked(), "d a c"),
        (score(), "a=5 b=0 c=5 d=1"),
        (points(), "a=6 b=4"),
        (one_total(), "c=10"),
    ] {
        assert!(!ballot(&rules, most).is_blank());
        assert!(ballot(&rules, "").is_blank());
    }
    assert!(!ballot(&score(), "a=0").is_blank(), "a mark of nought is a mark");
}

/// The layout of the protocol, byte by byte.
#[test]
fn bytes_are_as_the_protocol_says() {
    let bytes = |rules: &Rules, marks: &str| codec::encode(rules, &ballot(rules, marks));
    assert_eq!(bytes(&approval(), "c a"), [1, 0, 2, 0, 0, 0, 2]);
    assert_eq!(bytes(&approval(), ""), [1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes(&ranked(), "c a"), [1, 0, 2, 0, 2, 0, 0, 0, 0]);
    let long = bytes(&score(), "d=5 b=0");
    assert_eq!(long[..15], [1, 0, 2, 0, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 5]);
    assert_eq!((long.len(), long[15..].iter().any(|byte| *byte != 0)), (3 + 4 * 6, false));
    assert_eq!(bytes(&points(), "a=6")[..9], [1, 0, 1, 0, 0, 0, 0, 0, 6]);
}

#[test]
fn bytes_that_are_spelled_otherwise_are_refused() {
    let few = rules(4, Kind::Points { each: None, total: 2 }, Procedure::Points);
    let marks = rules(2, Kind::Score { max: 5 }, Procedure::Score(Measure::Sum));
    let cases: [(Rules, &[u8], &str); 17] = [
        (approval(), &[1, 0, 1, 0, 0, 0], "length"),
        (approval(), &[2, 0, 1, 0, 0, 0, 0], "format"),
        (approval(), &[1, 0, 1, 0, 0, 0, 1], "padding"),
        (approval(), &[1, 0, 2, 0, 2, 0, 1], "order"),
        (approval(), &[1, 0, 2, 0, 2, 0, 2], "duplicate"),
        (approval(), &[1, 0, 1, 0, 4, 0, 0], "unknown-territory"),
        (approval(), &[1, 0, 3, 0, 0, 0, 1], "too-many"),
        (approval(), &[1, 255, 255, 0, 0, 0, 1], "too-many"),
        (approval(), &[], "length"),
        (approval(), &[1, 0, 1, 0, 0, 0, 0, 0], "length"),
        (ranked(), &[1, 0, 2, 0, 1, 0, 1, 0, 0], "duplicate"),
        (marks.clone(), &[1, 0, 2, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 5], "order"),
        (marks.clone(), &[1, 0, 1, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0], "out-of-range"),
        (marks, &[1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "out-of-range"),
        (few.clone(), &[1, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "out-of-range"),
        (few.clone(), &[1, 0, 2, 0, 1, 0, 0, 0, 1, 0, 3, 0, 0, 0, 2], "too-many-points"),
        (few, &[1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 3, 0, 0, 0, 1], "padding"),
    ];
    for (rules, bytes, slug) in cases {
        assert_eq!(codec::decode(&rules, bytes).unwrap_err().slug(), slug, "{bytes:?}");
    }
}

/// Rules with a choice, valid or not.
fn any_case() -> impl Strategy<Value = (Rules, Choice)> {
    any_rules().prop_flat_map(|rules| any_choice(&rules).prop_map(move |choice| (rules.clone(), choice)))
}

proptest! {
    #[test]
    fn no_ballot_breaks_a_limit((rules, choice) in any_case()) {
        let Ok(ballot) = Ballot::new(&rules, choice) else { return Ok(()) };
        let marks = ballot.marks();
        let mut named: Vec<_> = marks.iter().map(|(at, _)| *at).collect();
        named.sort_unstable();
        named.dedup();
        prop_assert_eq!(named.len(), marks.len(), "one mark for each territory");
        prop_assert!(named.iter().all(|at| usize::from(*at) < rules.territories.len()));
        let values = || marks.iter().filter_map(|(_, value)| *value);
        match rules.kind {
            Kind::Approval { max } | Kind::Ranked { max } => prop_assert!(marks.len() <= usize::from(max)),
            Kind::Score { max } => prop_assert!(values().all(|value| value <= max)),
            Kind::Points { each, total } => {
                prop_assert!(values().all(|value| value > 0 && each.is_none_or(|each| value <= each)));
                prop_assert!(values().sum::<u32>() <= total);
            }
        }
    }

    #[test]
    fn bytes_read_back((rules, choice) in any_case()) {
        let Ok(ballot) = Ballot::new(&rules, choice) else { return Ok(()) };
        let bytes = codec::encode(&rules, &ballot);
        prop_assert_eq!(bytes.len(), codec::len(&rules), "every ballot of a round has one length");
        prop_assert_eq!(codec::decode(&rules, &bytes), Ok(ballot));
    }

    /// One spelling for each ballot: whatever decodes is what would be encoded.
    #[test]
    fn only_canonical_bytes_are_read(
        (rules, choice) in any_case(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..5_u8), 0..4),
    ) {
        let ballot = Ballot::new(&rules, choice);
        let mut bytes = ballot.map_or_else(|_| vec![0; codec::len(&rules)], |ballot| codec::encode(&rules, &ballot));
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(read) = codec::decode(&rules, &bytes) {
            prop_assert_eq!(codec::encode(&rules, &read), bytes);
        }
    }
}
