//! The follower of a round's log: what its lines say, and which may not stand where they stand.

use audit::{
    follow::{Cheat, Content, Follower, Step, Told},
    log::line::Line,
    office::{Founded, OfficeEvent, Role, StaffAdded},
    round::{By, Bytes, Event, Phase, event::BatchReason},
};

use super::{
    elections,
    follow::{caught, followed},
    sample::{self, CLOSES, HOUR, OPENS},
    served::Served,
};

const ROUND: &str = "vote.example/rounds/spring";

/// A round with three ballots, up to the count and the certificate.
fn round() -> Served {
    let rules = elections::rules();
    let ballots = (0..3).map(|number| elections::ballot(&rules, number)).collect();
    let mut events =
        vec![sample::published(rules), sample::roll(OPENS - 500, 10, 10), sample::opened(OPENS, By::Schedule)];
    events.extend(elections::batch(OPENS + HOUR, ballots));
    events.extend([sample::register(CLOSES, 3), sample::closed(CLOSES, By::Schedule)]);
    let mut served = Served::new(ROUND);
    served.push(&events);
    served
}

/// The same log with further events, signed by its key.
fn with(served: &Served, events: &[Event]) -> Served {
    let mut served = served.clone();
    served.push(events);
    served
}

fn event_in(line: impl AsRef<[u8]>) -> Event {
    Line::parse(line.as_ref()).expect("a line").event
}

fn violates(served: &Served, from: usize, event: Event, reason: &str) {
    let mut follower = followed(&served.at(from));
    let mut bad = Served::new(ROUND);
    bad.push(&served.lines[..from].iter().map(event_in).collect::<Vec<_>>());
    let bad = with(&bad, &[event]);
    match caught(&mut follower, &bad, &bad.note()).cheat {
        Cheat::Violation { index, line, reason: found } => {
            assert_eq!((index, &line), (from as u64, &bad.lines[from]));
            assert!(found.contains(reason), "{found}");
        }
        cheat => panic!("{cheat}"),
    }
}

#[test]
fn a_round_is_followed_line_by_line() {
    let served = round();
    let (mut follower, mut told) = (Follower::new(served.key()), Vec::new());
    for size in 1..=served.lines.len() {
        let note = served.at(size).note();
        let step = follower.step(&note, &mut served.clone(), &mut |index, line| {
            if let Told::Round(_, round) = line {
                told.push((index, round.phase));
            }
        });
        assert_eq!(step.unwrap(), Step::Grew { from: size as u64 - 1, to: size as u64 });
        follower = Follower::restore(follower.save()).unwrap();
    }
    let phases = [
        Phase::Published,
        Phase::Published,
        Phase::Open,
        Phase::Open,
        Phase::Open,
        Phase::Open,
        Phase::Open,
        Phase::Open,
        Phase::Closed,
    ];
    // The batch's line, three ballots and the register stand between the opening and the close.
    assert_eq!(told.iter().map(|(_, phase)| *phase).collect::<Vec<_>>(), phases[..told.len()]);
    assert_eq!(told.len(), served.lines.len());
    assert_eq!(follower.content().round().unwrap().ballots, 3);
}

#[test]
fn lines_against_the_rules_are_named() {
    let served = round();
    let rules = elections::rules();
    let mut forged = elections::ballot(&rules, 9);
    *forged.last_mut().unwrap() ^= 1;
    let ballot = |envelope: Vec<u8>| Event::Ballot(audit::round::event::BallotLine { envelope: Bytes(envelope) });
    let size = served.lines.len();
    violates(&served, size, ballot(elections::ballot(&rules, 9)), "batch");
    violates(&served, size, sample::batch(CLOSES, 3, BatchReason::Full), "closed");
    violates(&served, 4, ballot(forged), "not signed");
    violates(&served, 5, sample::register(OPENS + HOUR, 2), "announced");
    violates(&served, 3, sample::closed(OPENS + 1, By::Schedule), "register");
    // The last of the batch stands first: the order of hashes is broken by the second.
    let Event::Ballot(last) = event_in(&served.lines[6]) else { panic!() };
    let Event::Ballot(first) = event_in(&served.lines[4]) else { panic!() };
    let mut bad = Served::new(ROUND);
    bad.push(&served.lines[..4].iter().map(event_in).collect::<Vec<_>>());
    bad.push(&[Event::Ballot(last), Event::Ballot(first)]);
    let cheat = caught(&mut Follower::new(bad.key()), &bad, &bad.note()).cheat;
    assert!(matches!(&cheat, Cheat::Violation { index: 5, .. }), "{cheat}");
}

#[test]
fn a_broken_chain_and_another_spelling_are_named() {
    let served = round();
    for (from, to, what) in [
        ("\"index\":2", "\"index\":3", "index"),
        ("\"previous\":\"", "\"previous\":\"00", "hash"),
        ("{\"event\"", "{ \"event\"", "canonical"),
    ] {
        let mut bad = served.at(3);
        let text = String::from_utf8(bad.lines[2].clone()).unwrap().replacen(from, to, 1);
        bad.lines[2] = text.into_bytes();
        let cheat = caught(&mut followed(&served.at(2)), &bad, &bad.note()).cheat;
        assert!(matches!(&cheat, Cheat::Violation { index: 2, reason, .. } if reason.contains(what)), "{cheat}");
    }
}

#[test]
fn rules_of_another_key_are_named() {
    let rules = elections::rules();
    let mut served = Served::new(ROUND);
    served.push(&[sample::published(rules)]);
    let other = audit::log::note::Signer::new(ROUND.to_owned(), ed25519_dalek::SigningKey::from_bytes(&[55; 32]));
    let note = served.head().sign(&other);
    let mut follower = Follower::new(other.vkey().parse().unwrap());
    let cheat = caught(&mut follower, &served, &note).cheat;
    assert!(matches!(&cheat, Cheat::Violation { index: 0, reason, .. } if reason.contains("log_key")), "{cheat}");
}

#[test]
fn a_long_line_is_fetched_whole() {
    let mut rules = elections::rules();
    for territory in &mut rules.voting.territories {
        territory.description = Some("word ".repeat(799) + "end");
    }
    let many = |number: u32| ballots::rules::Territory {
        id: format!("t{number}"),
        number,
        ..rules.voting.territories[0].clone()
    };
    rules.voting.territories = (1..40).map(many).collect();
    let mut served = Served::new(ROUND);
    served.push(&[sample::published(rules)]);
    assert!(served.lines[0].len() > audit::log::line::MAX_LEAF);
    let follower = followed(&served);
    assert_eq!(follower.content().round().unwrap().rules.voting.territories.len(), 39);
    let path = served.paths().into_keys().find(|path| path.starts_with("event/")).unwrap();
    for (lie, given) in [(None, false), (Some(b"{}".to_vec()), true)] {
        let mut lying = served.clone();
        lying.lies.insert(path.clone(), lie);
        let cheat = caught(&mut Follower::new(served.key()), &lying, &served.note()).cheat;
        assert!(
            matches!(&cheat, Cheat::Withheld { path: found, given: found_given, .. } if *found == path && *found_given == given),
            "{cheat}"
        );
    }
}

#[test]
fn the_office_is_followed_too() {
    let mut served = Served::new("vote.example/office");
    let founded = Founded { at: 1, log_key: served.signer().vkey(), origin: "vote.example/office".to_owned() };
    served.push(&[OfficeEvent::Founded(founded)]);
    let staff = |at, handle: &str| {
        OfficeEvent::StaffAdded(StaffAdded { at, handle: handle.to_owned(), key: None, role: Role::Official })
    };
    served.push(&[staff(2, "official-1")]);
    let mut follower = followed(&served);
    let Content::Office(Some(office)) = follower.content() else { panic!("{:?}", follower.content()) };
    assert_eq!(office.staff.len(), 1);
    served.push(&[staff(1, "official-2")]);
    assert_eq!(caught(&mut follower, &served, &served.note()).cheat.slug(), "violation");
}
