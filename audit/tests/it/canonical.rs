//! Canonical JSON: each event, the rules and the office's events are spelled as RFC 8785 spells them, by an oracle.

use std::{collections::BTreeMap, fmt::Debug};

use audit::{
    log::{hash::Hash, line::Line},
    office::{Founded, OfficeEvent, Role, RoundDrafted, StaffAdded, StaffRevoked},
    round::{Act, By, Bytes, Event, event::BatchReason, event::Tallied, rules::canonical},
};
use ballots::{
    Ballot, Choice, Exact, Fraction, Money, Outcome, Procedure, Rules, Tally,
    ladder::Seed,
    methods::{positional::Scale, score::Measure},
    outcome::{Standing, Why},
    rules::{Kind, Overflow, Place, Territory, Winners},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::sample::*;

/// Spelled as the oracle spells it, and read back the same.
fn is_canonical<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let ours = canonical(value);
    let theirs = serde_json_canonicalizer::to_vec(value).expect("it serialises");
    assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
    let same: T = serde_json::from_slice(&ours).expect("it is read back");
    assert_eq!(&same, value);
}

/// A number for each kind of event, so that the samples below cannot forget one.
fn kind(event: &Event) -> usize {
    match event {
        Event::Published(_) => 0,
        Event::RollExtended(_) => 1,
        Event::Proposed(_) => 2,
        Event::VotingOpened(_) => 3,
        Event::VotingPaused(_) => 4,
        Event::VotingResumed(_) => 5,
        Event::ClosingExtended(_) => 6,
        Event::Batch(_) => 7,
        Event::Ballot(_) => 8,
        Event::Register(_) => 9,
        Event::VotingClosed(_) => 10,
        Event::KeyRevealed(_) => 11,
        Event::Tallied(_) => 12,
        Event::Signed(_) => 13,
        Event::Annulled(_) => 14,
        Event::LettersReplaced(_) => 15,
        Event::ClientReplaced(_) => 18,
        Event::Pictured(_) => 16,
        Event::PictureRemoved(_) => 17,
    }
}

/// Rules with everything that may be left out, texts that need escapes, and each kind of ballot.
fn published_variants() -> Vec<Event> {
    let mut full = rules();
    full.district = Some("\u{426}\u{435}\u{43d}\u{442}\u{440} \"\u{1}\u{7f}\\/\u{2028}\u{1f333}".to_owned());
    full.witnesses = Some(witnesses());
    full.voting.territories[0].applied = Some("2026-02-28".parse().expect("a day"));
    full.voting.territories[0].cost = Some(Money(150_000_000));
    full.voting.territories[1] = Territory {
        address: Some("\u{443}\u{43b}. \"\u{41c}\u{438}\u{440}\u{430}\"".to_owned()),
        description: Some("<b>1</b>\n\n\u{2028}2\\".to_owned()),
        place: Some(Place { latitude: -1, longitude: 60_710_000 }),
        proposed_by: Some("\u{422}\u{41e}\u{421}".to_owned()),
        ..full.voting.territories[1].clone()
    };
    let kinds = [
        (Kind::Approval { max: 1 }, Procedure::Approval),
        (Kind::Points { each: Some(3), total: 10 }, Procedure::Points),
        (Kind::Points { each: None, total: 10 }, Procedure::Points),
        (Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength)),
        (Kind::Ranked { max: 3 }, Procedure::InstantRunoff { batches: false }),
        (Kind::Score { max: 5 }, Procedure::Score(Measure::Sum)),
    ];
    let winners = |number| match number % 4 {
        0 => Winners::Top { minimum: Some(2), seats: 1 },
        1 => Winners::Top { minimum: None, seats: 2 },
        2 => Winners::Budget { budget: Money(5), minimum: Some(1), overflow: Overflow::Skip },
        _ => Winners::Budget { budget: Money(5), minimum: None, overflow: Overflow::Stop },
    };
    let variant = |(number, (kind, method))| {
        let voting = Rules { kind, method, winners: winners(number), ..full.voting.clone() };
        published(audit::round::RoundRules { voting, ..full.clone() })
    };
    [vec![published(rules())], kinds.into_iter().enumerate().map(variant).collect()].concat()
}

/// A count by these rules: two ballots that tie, a third, a blank one, two invalid.
fn count(rules: &Rules, choice: fn(Vec<u16>) -> Choice) -> Outcome {
    let mut tally = Tally::new(rules);
    for marks in [vec![0, 1], vec![1, 0], vec![2], vec![]] {
        tally.add(&Ballot::new(rules, choice(marks)).expect("a ballot"));
    }
    tally.add_invalid("not-opened");
    tally.add_invalid("too-many");
    let outcome = tally.finish(rules, None).expect("an outcome");
    assert!(!outcome.ties.is_empty(), "the sample must show a tie");
    outcome
}

fn tallied_as(outcome: Outcome) -> Event {
    Event::Tallied(Tallied { at: CLOSES, outcome, replaced: 1 })
}

/// A count as it is made, and one with every field of a standing.
fn tallied_variants() -> Vec<Event> {
    let counted = count(&rules().voting, Choice::Approval);
    let standing = |why| Standing {
        id: "a".to_owned(),
        mean: Fraction::new(7, 3),
        median: Fraction::new(5, 2),
        rank: 1,
        score: Some(Exact::from(7)),
        selected: why == Some(Why::NoSeat),
        votes: 3,
        why,
    };
    let whys = [
        None,
        Some(Why::AfterStop),
        Some(Why::Barred),
        Some(Why::BelowMinimum),
        Some(Why::NoSeat),
        Some(Why::NoSupport),
        Some(Why::OverBudget),
    ];
    let full = Outcome {
        ballots: 1 << 53,
        blank: 0,
        invalid: BTreeMap::from([("b".to_owned(), 1), ("a-b".to_owned(), 2), ("a".to_owned(), 3)]),
        needed: Some(1 << 53),
        pairwise: None,
        rounds: Vec::new(),
        seed: Some(Seed::from([7; 32])),
        spent: Some(Money(-1)),
        standings: whys.map(standing).into(),
        steps: Vec::new(),
        ties: counted.ties.clone(),
        winners: vec!["a".to_owned()],
    };
    [counted, full].map(tallied_as).into()
}

fn samples() -> Vec<Event> {
    let round = fold(&until_tallied()).expect("legal");
    let mut samples = [published_variants(), tallied_variants(), until_certified(), ballots(2, 0)].concat();
    samples.extend([Act::Annul, Act::Close, Act::Open].map(|act| proposed(OPENS, act)));
    samples.extend([By::Schedule, by_two()].map(|by| opened(-1, by)));
    samples.extend([By::Schedule, by_two()].map(|by| closed(0, by)));
    samples.extend([BatchReason::Close, BatchReason::Due, BatchReason::Full].map(|reason| batch(OPENS, 1, reason)));
    samples.extend([Event::VotingPaused(remark(OPENS)), Event::VotingResumed(remark(OPENS))]);
    samples.extend([
        extended(OPENS, CLOSES + 1),
        letters_replaced(OPENS, 1, "lost"),
        client_replaced(OPENS, client(2)),
        pictured(
            OPENS,
            1,
            1,
            &[("ru", "\u{410}\u{43b}\u{43b}\u{435}\u{44f} \"<b>"), ("bak", "x"), ("en", "An avenue")],
        ),
        pictured(OPENS, 1, 2, &[("en", "A plan")]),
        picture_removed(OPENS, 1, 1, "a face"),
        annulled(OPENS, by_two()),
        signed(CLOSES, &round, 1, &member(1)),
    ]);
    samples
}

#[test]
fn every_event_is_canonical() {
    let samples = samples();
    for event in &samples {
        is_canonical(event);
        let line = Line { event: event.clone(), index: 9, previous: Hash::ZERO };
        is_canonical(&line);
        assert_eq!(Line::parse(&line.to_bytes()), Ok(line));
    }
    let missing: Vec<_> = (0..19).filter(|wanted| !samples.iter().any(|event| kind(event) == *wanted)).collect();
    assert!(missing.is_empty(), "no sample of kinds {missing:?}");
}

/// Steps and ties of a run-off stand in the log too.
#[test]
fn a_run_off_is_canonical() {
    let mut runoff = rules().voting;
    (runoff.kind, runoff.method) = (Kind::Ranked { max: 3 }, Procedure::InstantRunoff { batches: false });
    let outcome = count(&runoff, Choice::Ranked);
    assert!(!outcome.rounds.is_empty() && outcome.ties.iter().any(|tie| tie.round.is_some()));
    is_canonical(&tallied_as(outcome));
}

#[test]
fn the_rules_are_canonical() {
    for event in published_variants() {
        let Event::Published(published) = event else { continue };
        is_canonical(&published.rules);
        assert_eq!(published.rules.canonical(), serde_json_canonicalizer::to_vec(&published.rules).unwrap());
    }
}

#[test]
fn every_office_event_is_canonical() {
    let (handle, key) = ("member-1".to_owned(), Some(Bytes(vec![0xfb, 0xff, 0xfe])));
    let added = |key, role| OfficeEvent::StaffAdded(StaffAdded { at: 2, handle: handle.clone(), key, role });
    for event in [
        OfficeEvent::Founded(Founded { at: 1, log_key: "k".to_owned(), origin: "vote.example/office".to_owned() }),
        added(key, Role::Commission),
        added(None, Role::Official),
        OfficeEvent::StaffRevoked(StaffRevoked { at: 3, handle: handle.clone() }),
        OfficeEvent::RoundDrafted(RoundDrafted { at: 4, by: handle.clone(), draft: Hash::ZERO, slug: "s".to_owned() }),
    ] {
        is_canonical(&event);
    }
}

/// The name of each kind of event is part of the format.
#[test]
fn events_have_their_names() {
    let names: std::collections::BTreeSet<String> = samples()
        .iter()
        .map(|event| serde_json::to_value(event).unwrap().as_object().unwrap().keys().next().unwrap().clone())
        .collect();
    let expected = "annulled ballot batch client-replaced closing-extended key-revealed letters-replaced picture-removed pictured proposed published register roll-extended \
                    signed tallied voting-closed voting-opened voting-paused voting-resumed";
    assert_eq!(names.into_iter().collect::<Vec<_>>().join(" "), expected);
}
