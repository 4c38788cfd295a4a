//! Legal paths through a round's life, and random ones: the fold never panics, and what it refuses leaves no trace.

use audit::round::{Act, By, Bytes, Event, Phase, Round, Violation, event::BatchReason};
use proptest::prelude::*;
use sha2::Digest as _;

use crate::sample::*;

#[test]
fn by_the_timetable_to_the_certificate() {
    let round = fold(&until_certified()).unwrap();
    assert_eq!(round.phase, Phase::Certified);
    assert_eq!((round.roll, round.ballots, round.register.count), (10, 3, 3));
    assert_eq!((round.last_at, round.last_hour), (CLOSES, CLOSES));
    assert_eq!(round.opening_key, Some(Bytes(OPENING_KEY.to_vec())));
    assert_eq!(round.signed.iter().collect::<Vec<_>>(), ["member-1", "member-2"]);
    assert_eq!(round.tally_line, until_tallied().last().map(line_of));
    assert_eq!(round.fingerprint, rules().fingerprint());
    let third = signed(CLOSES, &round, 3, &member(3));
    let round = round.apply(&third, &line_of(&third)).unwrap();
    assert_eq!((round.phase, round.signed.len()), (Phase::Certified, 3));
}

/// Pictures come before the voting and may go until the close; what goes makes room.
#[test]
fn pictures_come_before_the_voting_and_go_until_the_close() {
    let (at, long) = (OPENS - 900, "\u{44f}".repeat(300));
    let mut events = vec![published(rules()), roll(at, 10, 10)];
    events.extend((0..8).map(|seed| pictured(at, 1, seed, &[("ru", &long), ("bak", "x")])));
    events.extend([pictured(at, 3, 8, &[("en", "A plan")]), picture_removed(at, 1, 0, "a face")]);
    events.push(pictured(at, 1, 0, &[("en", "Again")]));
    let round = fold(&events).unwrap();
    assert_eq!(round.pictures.len(), 9);
    assert_eq!(round.pictures.get(&picture_name(8)), Some(&3));
    events.extend([opened(OPENS, By::Schedule), picture_removed(OPENS, 1, 1, "a face")]);
    events.extend([Event::VotingPaused(remark(OPENS)), picture_removed(OPENS, 3, 8, "a face")]);
    let round = fold(&events).unwrap();
    assert_eq!((round.phase, round.pictures.len()), (Phase::Paused, 7));
    assert!(!round.pictures.contains_key(&picture_name(8)));
}

/// The service stored the state of rounds before there were pictures, and before small batches were told apart.
#[test]
fn a_state_of_an_older_service_is_read() {
    let round = fold(&until_open()).unwrap();
    let mut stored = serde_json::to_value(&round).unwrap();
    for newer in ["pictures", "last_due"] {
        assert!(stored.as_object_mut().unwrap().remove(newer).is_some());
    }
    assert_eq!(serde_json::from_value::<Round>(stored).unwrap(), round);
}

#[test]
fn two_people_open_and_close_before_the_time() {
    let mut events = vec![published(rules()), proposed(OPENS - 900, Act::Open), opened(OPENS - 800, by_two())];
    assert_eq!(fold(&events).unwrap().phase, Phase::Open);
    assert_eq!(fold(&events).unwrap().proposal, None, "a proposal is used up");
    events.extend([proposed(OPENS + 1, Act::Close), register(OPENS, 0), closed(OPENS + 2, by_two())]);
    assert_eq!(fold(&events).unwrap().phase, Phase::Closed);
}

#[test]
fn the_voting_pauses_and_goes_on_and_ends_later() {
    let hour = OPENS + HOUR;
    let mut events = until_open();
    events.extend([Event::VotingPaused(remark(OPENS + 1)), extended(OPENS + 2, CLOSES + HOUR), roll(OPENS + 3, 1, 11)]);
    events.push(letters_replaced(OPENS + 3, 11, "lost"));
    events.push(client_replaced(OPENS + 3, client(2)));
    // Ballots that were accepted before go into the log in a pause too.
    events.push(batch(hour, 1, BatchReason::Due));
    events.extend(ballots(1, 0));
    let round = fold(&events).unwrap();
    assert_eq!((round.phase, round.closes_at, round.roll, round.ballots), (Phase::Paused, CLOSES + HOUR, 11, 1));
    assert_eq!(round.client, client(2));
    assert!(round.takes_ballots());
    events.extend([register(hour, 2), Event::VotingResumed(remark(hour)), register(hour + HOUR, 4)]);
    assert_eq!(fold(&events).unwrap().phase, Phase::Open);
    events.push(batch(CLOSES, 2, BatchReason::Close));
    events.extend(ballots(2, 1));
    events.push(batch(CLOSES, 1, BatchReason::Close));
    events.extend(ballots(1, 3));
    events.extend([register(CLOSES, 5), closed(CLOSES + HOUR, By::Schedule)]);
    let round = fold(&events).unwrap();
    assert_eq!((round.phase, round.ballots, round.register.count), (Phase::Closed, 4, 5));
    assert!(!round.takes_ballots());
}

/// The close takes back what announced it, so the count may follow.
#[test]
fn a_small_last_step_announces_the_close_and_no_more() {
    let mut events = until_open();
    events.extend([register(OPENS + HOUR, 1), register(OPENS + HOUR, 1), closed(CLOSES, By::Schedule)]);
    events.extend([revealed(CLOSES, "member-3", &OPENING_KEY), tallied(CLOSES, 0, 0)]);
    assert_eq!(fold(&events).unwrap().phase, Phase::Tallied);
}

/// A step of the register is large enough and late enough exactly at the rules' limits.
#[test]
fn a_step_at_the_limits_announces_nothing() {
    let mut events = until_open();
    events.extend([register(OPENS, 2), register(OPENS + HOUR, 4), Event::VotingPaused(remark(OPENS + HOUR))]);
    assert_eq!(fold(&events).unwrap().phase, Phase::Paused);
}

#[test]
fn a_round_is_annulled_in_every_phase_before_the_certificate() {
    let closed = until_closed();
    let opened = [closed.clone(), vec![revealed(CLOSES, "member-1", &OPENING_KEY)]].concat();
    let paused = [until_open(), vec![Event::VotingPaused(remark(OPENS))]].concat();
    for mut events in [vec![published(rules())], until_open(), paused, closed, opened, until_tallied()] {
        events.extend([proposed(CLOSES, Act::Annul), annulled(CLOSES, by_two())]);
        assert_eq!(fold(&events).unwrap().phase, Phase::Annulled);
    }
}

#[test]
fn an_annulment_that_waits_may_be_confirmed_while_the_voting_ends() {
    let mut events = until_open();
    events.extend([proposed(OPENS, Act::Annul), register(OPENS, 0), annulled(OPENS, by_two())]);
    assert_eq!(fold(&events).unwrap().phase, Phase::Annulled);
}

/// Hours at the end of the number's range must be refused or taken, not overflow.
#[test]
fn hours_at_the_end_of_time_do_not_panic() {
    let last = i64::MAX / HOUR * HOUR;
    let mut events = until_open();
    events.extend([register(last, 2), register(last, 4)]);
    assert_eq!(fold(&events).map(|round| round.register.count), Ok(4));
    // The second step came in the hour of the first, so only the close may follow.
    events.push(Event::VotingPaused(remark(last)));
    assert_eq!(fold(&events), Err(Violation::Closing));
}

/// One random step: which event, with which numbers.
type Pick = (u8, u8, i64, u64);

/// The event of a pick: mostly one that could come next in this round, sometimes far off.
fn event(round: &Round, (which, small, far, count): Pick, next_ballot: Option<Event>) -> Event {
    // One pick in eight goes to the ends of the numbers.
    let wild = small % 8 == 7;
    let at = if wild { far } else { round.time(0).saturating_add(i64::from(small % 4) * 40 * HOUR) };
    let hour = if wild { far - far % HOUR } else { (at / HOUR * HOUR).max(round.last_hour) };
    let number = |near: u64| if wild { count } else { near.saturating_add(u64::from(small % 4)) };
    let by = if small % 2 == 0 { By::Schedule } else { by_two() };
    let acts = [Act::Open, Act::Close, Act::Annul];
    let seat = small % 4 + 1;
    match which {
        0 => published(rules()),
        1 => roll(at, number(0), round.roll.wrapping_add(number(0))),
        2 => proposed(at, acts[usize::from(small) % 3]),
        3 | 4 => opened(at, by),
        5 => Event::VotingPaused(remark(at)),
        6 => Event::VotingResumed(remark(at)),
        7 => extended(at, round.closes_at.wrapping_add(i64::from(small))),
        8 | 9 => batch(hour, u32::from(small % 4), [BatchReason::Full, BatchReason::Due][usize::from(small % 2)]),
        10 => batch(hour, u32::from(small % 4), BatchReason::Close),
        11..=16 => next_ballot.unwrap_or_else(|| ballots(1, small).remove(0)),
        17 | 18 => register(hour, number(round.register.count)),
        19..=21 => closed(at.max(round.closes_at), by),
        22 | 23 => revealed(at, &format!("member-{seat}"), &OPENING_KEY),
        24 | 25 => tallied(at, number(round.ballots.min(round.register.count)), number(0)),
        26 => tallied(at, 0, round.ballots),
        27 | 28 => signed(at, round, seat, &member(seat)),
        32 => client_replaced(at, client(small)),
        29 => letters_replaced(at, number(0), "lost"),
        30 => pictured(at, u32::from(small % 5), small, &[("ru", "a")]),
        31 => picture_removed(at, u32::from(small % 5), small, "a face"),
        _ => annulled(at, by),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_sequences_keep_their_promises(
        picks in prop::collection::vec((0u8..34, any::<u8>(), prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)], any::<u64>()), 0..80),
    ) {
        let early = [(1, 6), (2, 7), (3, 8)].map(|(territory, seed)| pictured(OPENS - 500, territory, seed, &[("ru", "a")]));
        let mut taken = until_open();
        taken.splice(2..2, early);
        let mut round = fold(&taken).unwrap();
        let mut waiting = ballots(250, 0);
        for pick in picks {
            let event = event(&round, pick, waiting.first().cloned());
            let before = round.clone();
            match round.apply(&event, &line_of(&event)) {
                Err(violation) => {
                    prop_assert!(!violation.to_string().is_empty());
                    round = before.clone();
                    prop_assert_eq!(round.advance(&event, &line_of(&event)), Err(violation));
                    prop_assert_eq!(&round, &before, "a refused line leaves no trace");
                }
                Ok(after) => {
                    let mut in_place = before.clone();
                    prop_assert_eq!(in_place.advance(&event, &line_of(&event)), Ok(()));
                    prop_assert_eq!(&in_place, &after);
                    prop_assert!(after.last_at >= before.last_at && after.last_hour >= before.last_hour);
                    prop_assert!(after.closes_at >= before.closes_at && after.ballots >= before.ballots);
                    prop_assert!(after.register.count >= before.register.count && after.register.count <= after.roll);
                    let back = before.phase == Phase::Paused && after.phase == Phase::Open;
                    prop_assert!(after.phase >= before.phase || back, "{} became {}", before.phase, after.phase);
                    prop_assert!(after.phase != Phase::Certified || after.signed.len() >= 2);
                    if waiting.first() == Some(&event) {
                        waiting.remove(0);
                    }
                    taken.push(event);
                    round = after;
                }
            }
        }
        // The refused events left no trace: the taken ones alone lead to the same round.
        prop_assert_eq!(fold(&taken), Ok(round.clone()));
        let ballots = taken.iter().filter(|event| matches!(event, Event::Ballot(_))).count();
        prop_assert_eq!(round.ballots, ballots as u64);
        // The service keeps the round as JSON between lines.
        let stored = serde_json::to_vec(&round).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Round>(&stored).unwrap(), round);
    }
}

/// What lots are drawn from is fixed in this order: the ballots, the head that the close left, and only then the key. No ballot comes
/// after the close, and no key before it.
#[test]
fn the_seed_of_lots_is_fixed_step_by_step() {
    let closed = fold(&until_closed()).unwrap();
    let root = line_of(&register(CLOSES, 3));
    assert_eq!(closed.seed(&root), None, "nobody has revealed the key");
    let more = [batch(CLOSES + HOUR, 3, BatchReason::Full), batch(CLOSES + HOUR, 1, BatchReason::Close)];
    for event in more.into_iter().chain(ballots(1, 9)).chain([register(CLOSES + HOUR, 5)]) {
        assert!(closed.clone().apply(&event, &line_of(&event)).is_err(), "{event:?}");
    }
    let key = revealed(CLOSES, "member-1", &OPENING_KEY);
    assert!(matches!(
        fold(&until_open()).unwrap().apply(&key, &line_of(&key)),
        Err(Violation::Phase { event: "key-revealed", phase: Phase::Open })
    ));
    let opened = closed.apply(&key, &line_of(&key)).unwrap();
    let seed = opened.seed(&root).expect("the key is there");
    let parts = [b"veche/seed/v1\0", root.as_bytes().as_slice(), &OPENING_KEY].concat();
    assert_eq!(seed.as_bytes().as_slice(), sha2::Sha256::digest(parts).as_slice());
    assert_ne!(opened.seed(&line_of(&key)), Some(seed), "another head gives another seed");
}
