//! Who may do what: the office's staff, the second person, the signatures under a certificate, and the rules' keys.

use audit::{
    log::hash::{Hash, leaf},
    office::{Founded, Office, OfficeEvent, OfficeViolation, Role, RoundDrafted, StaffAdded, StaffRevoked},
    round::{
        Bytes, Event, Phase, Round, RoundRules, Violation, certificate,
        event::Signed,
        rules::{Member, RoundRulesFault},
    },
};
use ed25519_dalek::Signer;

use crate::sample::*;

fn founded() -> OfficeEvent {
    OfficeEvent::Founded(Founded { at: 10, log_key: "key".to_owned(), origin: "vote.example/office".to_owned() })
}

fn added(handle: &str, role: Role, key: Option<Bytes>) -> OfficeEvent {
    OfficeEvent::StaffAdded(StaffAdded { at: 10, handle: handle.to_owned(), key, role })
}

fn revoked(handle: &str) -> OfficeEvent {
    OfficeEvent::StaffRevoked(StaffRevoked { at: 10, handle: handle.to_owned() })
}

fn drafted(at: i64, by: &str) -> OfficeEvent {
    let (by, slug) = (by.to_owned(), "spring".to_owned());
    OfficeEvent::RoundDrafted(RoundDrafted { at, by, draft: Hash::ZERO, slug })
}

fn public(number: u8) -> Option<Bytes> {
    Some(Bytes::from(*member(number).verifying_key().as_bytes()))
}

fn office(events: &[OfficeEvent]) -> Result<Office, OfficeViolation> {
    events.iter().try_fold(Office::default(), Office::apply)
}

/// An office with one of each role.
fn staffed() -> Vec<OfficeEvent> {
    vec![founded(), added("official-1", Role::Official, None), added("member-1", Role::Commission, public(1))]
}

#[test]
fn the_office_knows_its_staff() {
    let mut events = staffed();
    events.push(drafted(11, "official-1"));
    let found = office(&events).unwrap();
    assert_eq!(found.staff.get("official-1"), Some(&Role::Official));
    assert_eq!(found.staff.get("member-1"), Some(&Role::Commission));
    assert_eq!(found.last_at(), 11);
    events.push(OfficeEvent::StaffRevoked(StaffRevoked { at: 12, handle: "official-1".to_owned() }));
    let found = office(&events).unwrap();
    assert_eq!(found.staff.keys().collect::<Vec<_>>(), ["member-1"]);
}

#[test]
fn a_commission_member_has_a_key_and_an_official_has_none() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    for (role, key) in [
        (Role::Official, public(1)),
        (Role::Commission, None),
        (Role::Commission, Some(Bytes(vec![1; 31]))),
        (Role::Commission, Some(Bytes(vec![1; 33]))),
        // A point of low order, under which anything verifies.
        (Role::Commission, Some(Bytes::from(neutral))),
        (Role::Official, Some(Bytes::from(neutral))),
    ] {
        let events = [founded(), added("x", role, key.clone())];
        assert_eq!(office(&events), Err(OfficeViolation::Key), "{role:?} with {key:?}");
    }
}

#[test]
fn the_office_refuses_what_does_not_follow() {
    let taken = || OfficeViolation::Taken("member-1".to_owned());
    for (more, violation) in [
        (vec![founded()], OfficeViolation::Founding),
        (vec![drafted(9, "official-1")], OfficeViolation::Time(9)),
        (vec![drafted(10, "member-1")], OfficeViolation::Unknown("member-1".to_owned())),
        (vec![drafted(10, "official-2")], OfficeViolation::Unknown("official-2".to_owned())),
        (vec![revoked("official-1"), drafted(10, "official-1")], OfficeViolation::Unknown("official-1".to_owned())),
        (vec![revoked("official-1"), revoked("official-1")], OfficeViolation::Unknown("official-1".to_owned())),
        (vec![added("member-1", Role::Official, None)], taken()),
        (vec![revoked("member-1"), added("member-1", Role::Commission, public(2))], taken()),
    ] {
        assert_eq!(office(&[staffed(), more].concat()), Err(violation));
    }
    assert_eq!(office(&[added("official-1", Role::Official, None)]), Err(OfficeViolation::Founding));
}

fn signature(member: &str, signature: &[u8]) -> Event {
    Event::Signed(Signed { at: CLOSES, member: member.to_owned(), signature: Bytes(signature.to_vec()) })
}

fn apply(round: &Round, event: &Event) -> Result<Round, Violation> {
    round.clone().apply(event, &line_of(event))
}

#[test]
fn a_certificate_needs_the_quorum() {
    let round = fold(&until_tallied()).unwrap();
    let one = apply(&round, &signed(CLOSES, &round, 3, &member(3))).unwrap();
    assert_eq!(one.phase, Phase::Tallied, "one of two signatures");
    let two = apply(&one, &signed(CLOSES, &round, 1, &member(1))).unwrap();
    assert_eq!(two.phase, Phase::Certified);
    for round in [&one, &two] {
        let again = signed(CLOSES, round, 3, &member(3));
        assert_eq!(apply(round, &again), Err(Violation::Signature("member-3".to_owned())), "nobody signs twice");
    }
    let mut strict = rules();
    strict.quorum = 3;
    let mut events = until_tallied();
    events[0] = published(strict);
    let round = fold(&events).unwrap();
    let sign = |round, number| apply(&round, &signed(CLOSES, &round, number, &member(number))).unwrap();
    let two = sign(sign(round, 1), 2);
    assert_eq!(two.phase, Phase::Tallied, "two of three signatures");
    assert_eq!(sign(two, 3).phase, Phase::Certified);
}

#[test]
fn a_signature_is_of_this_member_for_this_count_of_this_round() {
    let round = fold(&until_tallied()).unwrap();
    let (print, line) = (round.fingerprint, round.tally_line.unwrap());
    let good = member(1).sign(&certificate::message(&print, &line)).to_bytes();
    assert!(apply(&round, &signature("member-1", &good)).is_ok());
    let other_count = member(1).sign(&certificate::message(&print, &leaf(b"another line"))).to_bytes();
    let other_round = member(1).sign(&certificate::message(&Hash::ZERO, &line)).to_bytes();
    let unlabelled = member(1).sign(&[print.as_bytes().as_slice(), line.as_bytes()].concat()).to_bytes();
    let mut turned = good;
    turned[0] ^= 1;
    for (name, bytes) in [
        ("member-1", other_count.as_slice()),
        ("member-1", &other_round),
        ("member-1", &unlabelled),
        ("member-1", &turned),
        ("member-1", &good[..63]),
        ("member-1", &[good.as_slice(), &[0]].concat()),
        ("member-1", &[]),
        ("member-2", &good),
        ("member-4", &good),
        ("official-1", &good),
        ("", &good),
    ] {
        let violation = Violation::Signature(name.to_owned());
        assert_eq!(apply(&round, &signature(name, bytes)), Err(violation), "{name} with {} bytes", bytes.len());
    }
}

/// The message is a format: label, fingerprint, leaf hash.
#[test]
fn the_signed_message_is_known() {
    let message = certificate::message(&Hash::from([1; 32]), &Hash::from([2; 32]));
    assert_eq!(message, [b"veche/certificate/v1\0".as_slice(), &[1; 32], &[2; 32]].concat());
}

/// What is wrong with the rules.
type Change = Box<dyn Fn(&mut RoundRules)>;

#[test]
fn rules_with_unfit_keys_or_members_are_not_published() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let weak = move || Bytes::from(neutral);
    let cases: Vec<(&str, Change)> = vec![
        ("quorum", Box::new(|rules| rules.quorum = 0)),
        ("quorum", Box::new(|rules| rules.quorum = 4)),
        ("quorum", Box::new(|rules| rules.commission.clear())),
        ("commission", Box::new(|rules| rules.commission[1].handle = "member-1".to_owned())),
        ("commission", Box::new(move |rules| rules.commission[1] = Member { handle: "w".to_owned(), key: weak() })),
        ("commission", Box::new(|rules| rules.commission[0].key.0.truncate(31))),
        ("acceptance_key", Box::new(move |rules| rules.acceptance_key = weak())),
        ("issuer_key", Box::new(|rules| rules.issuer_key.0.truncate(200))),
        ("sealing_key", Box::new(|rules| rules.sealing_key.0.truncate(64))),
        ("sealing_key", Box::new(|rules| rules.sealing_key.0[0] = 2)),
        ("sealing_key", Box::new(|rules| rules.sealing_key.0[64] ^= 1)),
        ("sealing_key", Box::new(|rules| rules.sealing_key.0.clear())),
        ("log_key", Box::new(|rules| rules.log_key = rules.log_key.replace("spring", "autumn"))),
        ("origin", Box::new(|rules| rules.origin = "vote.example/rounds/autumn".to_owned())),
    ];
    assert_eq!(rules().check(), Ok(()));
    for (expected, change) in cases {
        let mut rules = rules();
        change(&mut rules);
        let fault = rules.check().expect_err(expected);
        let RoundRulesFault::Field { field, .. } = fault else { panic!("{fault}") };
        assert_eq!(field, expected);
        assert_eq!(Round::begin(&published(rules)), Err(Violation::Rules(fault)));
    }
}

/// One person with one key under two handles would make up the quorum alone.
#[test]
fn one_key_is_one_member() {
    let mut rules = rules();
    rules.commission[1].key = rules.commission[0].key.clone();
    let fault = RoundRulesFault::Field { field: "commission", reason: "keys must differ" };
    assert_eq!(rules.check(), Err(fault));
}
