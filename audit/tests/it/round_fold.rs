//! The fold: every legal path passes, and each violation is provoked by a story that ends with it.

use audit::{
    log::hash::Hash,
    round::{
        Act, By, Event, Phase, Round, Violation,
        act::Proposal,
        event::{Annulment, BatchReason, Client, Extension},
        rules::RoundRulesFault,
    },
};

use crate::sample::*;

/// How many kinds of violation there are.
const KINDS: usize = 32;

/// A number for each kind, so that the table below cannot forget one.
fn kind(violation: &Violation) -> usize {
    match violation {
        Violation::NotPublished => 0,
        Violation::PublishedTwice => 1,
        Violation::Rules(_) => 2,
        Violation::Phase { .. } => 3,
        Violation::Time { .. } => 4,
        Violation::BatchCut { .. } => 5,
        Violation::NoBatch => 6,
        Violation::BatchSize { .. } => 7,
        Violation::BatchOrder => 8,
        Violation::Hour(_) => 9,
        Violation::Closing => 10,
        Violation::Chance => 31,
        Violation::Count { .. } => 11,
        Violation::MoreIssuedThanPeople { .. } => 12,
        Violation::RegisterMissing => 13,
        Violation::NotProposed(_) => 14,
        Violation::NotConfirmed(_) => 15,
        Violation::NotDue { .. } => 16,
        Violation::NotLater { .. } => 17,
        Violation::OpeningKey => 18,
        Violation::Tally { .. } => 19,
        Violation::Signature(_) => 20,
        Violation::Reason => 21,
        Violation::TooLate { .. } => 22,
        Violation::SameClient => 28,
        Violation::ClientFiles => 29,
        Violation::DueAgain(_) => 30,
        Violation::UnknownTerritory(_) => 23,
        Violation::Alt => 24,
        Violation::PictureTwice(_) => 25,
        Violation::Pictures { .. } => 26,
        Violation::UnknownPicture(_) => 27,
    }
}

/// Legal events, the event that may not follow them, and why not.
type Story = (Vec<Event>, Event, Violation);

fn then(mut events: Vec<Event>, more: impl IntoIterator<Item = Event>) -> Vec<Event> {
    events.extend(more);
    events
}

fn phase(event: &'static str, phase: Phase) -> Violation {
    Violation::Phase { event, phase }
}

/// A client of files with these names.
fn files(names: impl IntoIterator<Item = String>) -> Client {
    names.into_iter().map(|name| (name, Hash::ZERO)).collect()
}

/// Wrong whatever the round's phase allows: order, time, words.
fn stories_of_form() -> Vec<Story> {
    let open = until_open;
    let silent = |at| audit::round::event::Remark { reason: " \n".to_owned(), ..remark(at) };
    vec![
        (open(), published(rules()), Violation::Time { at: OPENS - 1000, last: OPENS }),
        (vec![published(rules())], published(rules()), Violation::PublishedTwice),
        (open(), Event::VotingPaused(remark(OPENS - 1)), Violation::Time { at: OPENS - 1, last: OPENS }),
        (
            then(open(), [register(OPENS + 2 * HOUR, 2)]),
            batch(OPENS + HOUR, 3, BatchReason::Full),
            Violation::Time { at: OPENS + HOUR, last: OPENS + 2 * HOUR },
        ),
        (open(), batch(OPENS + 1, 3, BatchReason::Full), Violation::Hour(OPENS + 1)),
        (open(), register(OPENS - 1, 2), Violation::Hour(OPENS - 1)),
        (open(), Event::VotingPaused(silent(OPENS)), Violation::Reason),
        (then(open(), [Event::VotingPaused(remark(OPENS))]), Event::VotingResumed(silent(OPENS)), Violation::Reason),
        (
            open(),
            Event::Proposed(Proposal { act: Act::Close, at: OPENS, by: official(), reason: String::new() }),
            Violation::Reason,
        ),
        (
            open(),
            Event::ClosingExtended(Extension {
                at: OPENS,
                by: official(),
                closes_at: CLOSES + 1,
                reason: String::new(),
            }),
            Violation::Reason,
        ),
        (
            then(open(), [proposed(OPENS, Act::Annul)]),
            Event::Annulled(Annulment { at: OPENS, by: by_two(), reason: String::new() }),
            Violation::Reason,
        ),
        (open(), roll(OPENS, 5, 14), Violation::Count { field: "total", given: 14, before: 10 }),
        (open(), roll(OPENS, u64::MAX, 9), Violation::Count { field: "total", given: 9, before: 10 }),
        (open(), letters_replaced(OPENS, 0, "lost"), Violation::Count { field: "people", given: 0, before: 10 }),
        (open(), letters_replaced(OPENS, 11, "lost"), Violation::Count { field: "people", given: 11, before: 10 }),
        (open(), letters_replaced(OPENS, 1, " "), Violation::Reason),
        (open(), letters_replaced(OPENS - 1, 1, "lost"), Violation::Time { at: OPENS - 1, last: OPENS }),
        (open(), client_replaced(OPENS, client(1)), Violation::SameClient),
        (open(), client_replaced(OPENS, files(["Vote.js".to_owned()])), Violation::ClientFiles),
        (open(), client_replaced(OPENS, files([String::new()])), Violation::ClientFiles),
        (open(), client_replaced(OPENS, files((0..33).map(|at| at.to_string()))), Violation::ClientFiles),
        (open(), extended(OPENS, CLOSES), Violation::NotLater { given: CLOSES, before: CLOSES }),
        (open(), extended(CLOSES, CLOSES + 1), Violation::TooLate { at: CLOSES, closes_at: CLOSES }),
        (
            then(open(), [extended(OPENS, CLOSES + 10)]),
            extended(OPENS, CLOSES + 9),
            Violation::NotLater { given: CLOSES + 9, before: CLOSES + 10 },
        ),
    ]
}

/// Wrong batches and register steps.
fn stories_of_ballots() -> Vec<Story> {
    let open = until_open;
    let hour = OPENS + HOUR;
    let full = || then(open(), [batch(hour, 3, BatchReason::Full)]);
    let due = || then(open(), [batch(hour, 2, BatchReason::Due), ballots(2, 20).remove(0), ballots(2, 20).remove(1)]);
    let [first, second, third] = ballots(3, 0).try_into().expect("three");
    vec![
        (open(), first.clone(), Violation::NoBatch),
        (then(full(), ballots(3, 0)), ballots(1, 9).remove(0), Violation::NoBatch),
        (open(), batch(hour, 2, BatchReason::Full), Violation::BatchSize { ballots: 2, at_least: 3 }),
        (open(), batch(hour, 0, BatchReason::Due), Violation::BatchSize { ballots: 0, at_least: 1 }),
        (open(), batch(hour, 0, BatchReason::Close), Violation::BatchSize { ballots: 0, at_least: 1 }),
        (full(), register(hour, 2), Violation::BatchCut { left: 3 }),
        (then(full(), [first.clone()]), batch(hour, 3, BatchReason::Full), Violation::BatchCut { left: 2 }),
        (then(full(), [first.clone()]), closed(CLOSES, By::Schedule), Violation::BatchCut { left: 2 }),
        (then(full(), [second.clone()]), first.clone(), Violation::BatchOrder),
        (then(full(), [first.clone(), third.clone()]), third, Violation::BatchOrder),
        // Promises are for two hours, so small batches that are due stand in different hours.
        (due(), batch(hour, 1, BatchReason::Due), Violation::DueAgain(hour)),
        (
            then(due(), [batch(hour, 3, BatchReason::Due)].into_iter().chain(ballots(3, 0))),
            batch(hour, 2, BatchReason::Due),
            Violation::DueAgain(hour),
        ),
        // Hours and the times of acts stand in one order.
        (
            then(open(), [Event::VotingPaused(remark(hour + 1))]),
            batch(OPENS, 3, BatchReason::Full),
            Violation::Time { at: OPENS, last: hour },
        ),
        (
            then(open(), [Event::VotingPaused(remark(hour + 1))]),
            register(OPENS, 2),
            Violation::Time { at: OPENS, last: hour },
        ),
        (
            then(full(), ballots(3, 0)),
            Event::VotingPaused(remark(hour - 1)),
            Violation::Time { at: hour - 1, last: hour },
        ),
        (
            then(open(), [register(hour, 3)]),
            register(hour + HOUR, 2),
            Violation::Count { field: "count", given: 2, before: 3 },
        ),
        (open(), register(hour, 11), Violation::MoreIssuedThanPeople { issued: 11, roll: 10 }),
        // A closing batch, a small step and an early step each announce the close.
        (
            then(open(), [batch(hour, 1, BatchReason::Close), first.clone()]),
            batch(hour, 3, BatchReason::Full),
            Violation::Closing,
        ),
        (then(open(), [register(hour, 1)]), Event::VotingPaused(remark(hour)), Violation::Closing),
        (then(open(), [register(hour, 2), register(hour, 4)]), roll(hour, 1, 11), Violation::Closing),
        (then(open(), [register(hour, 1)]), batch(hour, 1, BatchReason::Due), Violation::Closing),
        (open(), closed(CLOSES, By::Schedule), Violation::RegisterMissing),
        (then(open(), [register(hour, 1)]), closed_with(Some(32)), Violation::Chance),
        (then(open_with_lots(), [register(hour, 1)]), closed_with(None), Violation::Chance),
        (then(open_with_lots(), [register(hour, 1)]), closed_with(Some(31)), Violation::Chance),
        (
            then(open(), [register(hour, 1), batch(hour, 1, BatchReason::Close), first]),
            closed(CLOSES, By::Schedule),
            Violation::RegisterMissing,
        ),
    ]
}

/// Lots take the chance that the service draws at the close.
#[test]
fn a_round_with_lots_is_closed_with_chance() {
    let events = then(open_with_lots(), [register(OPENS + 3600, 1), closed_with(Some(32))]);
    assert_eq!(fold(&events).unwrap().phase, Phase::Closed);
}

/// Pictures of nothing, without words, twice, too many, too late.
fn stories_of_pictures() -> Vec<Story> {
    let at = OPENS - 900;
    let words = [("ru", "\u{410}\u{43b}\u{43b}\u{435}\u{44f}")];
    let ready = || vec![published(rules())];
    let has_one = || then(ready(), [pictured(at, 1, 1, &words)]);
    let full = then(ready(), (0..8).map(|seed| pictured(at, 2, seed, &words)));
    let paused = then(until_open(), [Event::VotingPaused(remark(OPENS))]);
    let long = "\u{44f}".repeat(301);
    let alt = |alt: &[(&str, &str)]| (ready(), pictured(at, 1, 1, alt), Violation::Alt);
    vec![
        alt(&[]),
        alt(&[("ru", " ")]),
        alt(&[("ru", "")]),
        alt(&[("ru", &long)]),
        alt(&[("ru", "a\nb")]),
        alt(&[("r", "a")]),
        alt(&[("Ru", "a")]),
        alt(&[("ru-RU", "a")]),
        alt(&[("ru", "a"), ("russ", "a")]),
        alt(&[("\u{440}\u{443}", "a")]),
        (ready(), pictured(at, 0, 1, &words), Violation::UnknownTerritory(0)),
        (ready(), pictured(at, 4, 1, &words), Violation::UnknownTerritory(4)),
        (has_one(), pictured(at, 1, 1, &words), Violation::PictureTwice(picture_name(1))),
        (has_one(), pictured(at, 2, 1, &words), Violation::PictureTwice(picture_name(1))),
        (has_one(), pictured(at - 1, 1, 2, &words), Violation::Time { at: at - 1, last: at }),
        (full, pictured(at, 2, 9, &words), Violation::Pictures { territory: 2, most: 8 }),
        (until_open(), pictured(OPENS, 1, 1, &words), phase("pictured", Phase::Open)),
        (paused, pictured(OPENS, 1, 1, &words), phase("pictured", Phase::Paused)),
        (until_closed(), pictured(CLOSES, 1, 1, &words), phase("pictured", Phase::Closed)),
        (has_one(), picture_removed(at, 1, 2, "a face"), Violation::UnknownPicture(picture_name(2))),
        (has_one(), picture_removed(at, 2, 1, "a face"), Violation::UnknownPicture(picture_name(1))),
        (has_one(), picture_removed(at, 1, 1, "\t"), Violation::Reason),
        (
            then(has_one(), [picture_removed(at, 1, 1, "a face")]),
            picture_removed(at, 1, 1, "a face"),
            Violation::UnknownPicture(picture_name(1)),
        ),
        (until_closed(), picture_removed(CLOSES, 1, 1, "a face"), phase("picture-removed", Phase::Closed)),
        (
            then(until_open(), [register(OPENS + HOUR, 1)]),
            picture_removed(OPENS + HOUR, 1, 1, "a face"),
            Violation::Closing,
        ),
        (
            then(until_open(), [batch(OPENS + HOUR, 3, BatchReason::Full)]),
            picture_removed(OPENS + HOUR, 1, 1, "a face"),
            Violation::BatchCut { left: 3 },
        ),
    ]
}

/// Acts that nobody was entitled to.
fn stories_of_powers() -> Vec<Story> {
    let ready = || vec![published(rules())];
    let asked = |act| then(ready(), [proposed(OPENS - 900, act)]);
    let two =
        |proposed: &str, confirmed: &str| By::Two { confirmed: confirmed.to_owned(), proposed: proposed.to_owned() };
    let at = OPENS - 800;
    let open_last = || then(until_open(), [register(OPENS, 2)]);
    let member_asks =
        Event::Proposed(Proposal { act: Act::Open, at, by: "member-1".to_owned(), reason: "needed".to_owned() });
    vec![
        (ready(), opened(OPENS - 1, By::Schedule), Violation::NotDue { at: OPENS - 1, due: OPENS }),
        (open_last(), closed(CLOSES - 1, By::Schedule), Violation::NotDue { at: CLOSES - 1, due: CLOSES }),
        (
            then(until_open(), [extended(OPENS, CLOSES + HOUR), register(OPENS, 2)]),
            closed(CLOSES, By::Schedule),
            Violation::NotDue { at: CLOSES, due: CLOSES + HOUR },
        ),
        (ready(), opened(at, by_two()), Violation::NotProposed(Act::Open)),
        (asked(Act::Annul), opened(at, by_two()), Violation::NotProposed(Act::Open)),
        (asked(Act::Open), opened(at, two("official-2", "member-1")), Violation::NotProposed(Act::Open)),
        (asked(Act::Annul), annulled(at, By::Schedule), Violation::NotProposed(Act::Annul)),
        (then(asked(Act::Open), [proposed(at, Act::Annul)]), opened(at, by_two()), Violation::NotProposed(Act::Open)),
        (open_last(), closed(OPENS, by_two()), Violation::NotProposed(Act::Close)),
        (
            asked(Act::Open),
            opened(at, two("official-1", "official-2")),
            Violation::NotConfirmed("official-2".to_owned()),
        ),
        (asked(Act::Open), opened(at, two("official-1", "member-4")), Violation::NotConfirmed("member-4".to_owned())),
        (
            then(ready(), [member_asks]),
            opened(at, two("member-1", "member-1")),
            Violation::NotConfirmed("member-1".to_owned()),
        ),
        (
            until_closed(),
            revealed(CLOSES, "official-1", &OPENING_KEY),
            Violation::NotConfirmed("official-1".to_owned()),
        ),
        (until_closed(), revealed(CLOSES, "member-1", &[8; 32]), Violation::OpeningKey),
        (until_closed(), revealed(CLOSES, "member-1", &[7; 31]), Violation::OpeningKey),
        (until_closed(), revealed(CLOSES, "member-1", &[0; 32]), Violation::OpeningKey),
    ]
}

/// Steps that do not exist in the phase, counts that do not fit, signatures that do not hold.
fn stories_of_phases() -> Vec<Story> {
    let paused = || then(until_open(), [Event::VotingPaused(remark(OPENS))]);
    let opened_ballots = || then(until_closed(), [revealed(CLOSES, "member-1", &OPENING_KEY)]);
    let over = || then(until_open(), [proposed(OPENS, Act::Annul), annulled(OPENS, by_two())]);
    let count = fold(&until_tallied()).expect("legal");
    let ready = vec![published(rules())];
    let issued_two = || {
        let mut events = until_open();
        events.push(batch(OPENS + HOUR, 3, BatchReason::Full));
        events.extend(ballots(3, 0));
        let last = [register(CLOSES, 2), closed(CLOSES, By::Schedule), revealed(CLOSES, "member-1", &OPENING_KEY)];
        then(events, last)
    };
    vec![
        (ready.clone(), Event::VotingPaused(remark(OPENS)), phase("voting-paused", Phase::Published)),
        (ready.clone(), batch(OPENS, 3, BatchReason::Full), phase("batch", Phase::Published)),
        (ready.clone(), register(OPENS, 0), phase("register", Phase::Published)),
        (ready.clone(), proposed(OPENS, Act::Close), phase("proposed", Phase::Published)),
        (ready.clone(), closed(CLOSES, By::Schedule), phase("voting-closed", Phase::Published)),
        (until_open(), opened(OPENS, By::Schedule), phase("voting-opened", Phase::Open)),
        (until_open(), Event::VotingResumed(remark(OPENS)), phase("voting-resumed", Phase::Open)),
        (until_open(), proposed(OPENS, Act::Open), phase("proposed", Phase::Open)),
        (until_open(), revealed(OPENS, "member-1", &OPENING_KEY), phase("key-revealed", Phase::Open)),
        (paused(), Event::VotingPaused(remark(OPENS)), phase("voting-paused", Phase::Paused)),
        (until_closed(), extended(CLOSES, CLOSES + 1), phase("closing-extended", Phase::Closed)),
        (until_closed(), roll(CLOSES, 1, 11), phase("roll-extended", Phase::Closed)),
        (ready.clone(), client_replaced(OPENS, client(2)), phase("client-replaced", Phase::Published)),
        (until_closed(), client_replaced(CLOSES, client(2)), phase("client-replaced", Phase::Closed)),
        (until_closed(), letters_replaced(CLOSES, 1, "lost"), phase("letters-replaced", Phase::Closed)),
        (until_closed(), batch(CLOSES, 3, BatchReason::Full), phase("batch", Phase::Closed)),
        (until_closed(), tallied(CLOSES, 2, 1), phase("tallied", Phase::Closed)),
        (opened_ballots(), signed(CLOSES, &count, 1, &member(1)), phase("signed", Phase::Opened)),
        (until_tallied(), tallied(CLOSES, 2, 1), phase("tallied", Phase::Tallied)),
        (until_certified(), proposed(CLOSES, Act::Annul), phase("proposed", Phase::Certified)),
        (until_certified(), annulled(CLOSES, by_two()), phase("annulled", Phase::Certified)),
        (over(), annulled(OPENS, by_two()), phase("annulled", Phase::Annulled)),
        (
            then(until_open(), [proposed(OPENS, Act::Annul), register(OPENS, 0), annulled(OPENS, by_two())]),
            extended(OPENS, CLOSES + 1),
            phase("closing-extended", Phase::Annulled),
        ),
        (over(), register(OPENS, 2), phase("register", Phase::Annulled)),
        (opened_ballots(), tallied(CLOSES, 2, 0), Violation::Tally { counted: 2, replaced: 0, logged: 3 }),
        (
            opened_ballots(),
            tallied(CLOSES, u64::MAX, 4),
            Violation::Tally { counted: u64::MAX, replaced: 4, logged: 3 },
        ),
        (issued_two(), tallied(CLOSES, 3, 0), Violation::Count { field: "ballots", given: 3, before: 2 }),
        (until_tallied(), signed(CLOSES, &count, 1, &member(2)), Violation::Signature("member-1".to_owned())),
    ]
}

#[test]
fn each_violation_has_its_story() {
    let mut seen = [false; KINDS];
    let stories =
        [stories_of_form(), stories_of_ballots(), stories_of_pictures(), stories_of_powers(), stories_of_phases()]
            .concat();
    for (number, (before, wrong, expected)) in stories.into_iter().enumerate() {
        let round = fold(&before).unwrap_or_else(|fault| panic!("story {number} breaks off: {fault}"));
        let found = round.apply(&wrong, &line_of(&wrong));
        assert_eq!(found.as_ref(), Err(&expected), "story {number}: {wrong:?}");
        seen[kind(&expected)] = true;
    }
    for wrong in beginnings() {
        seen[kind(&wrong)] = true;
    }
    let missing: Vec<_> = (0..KINDS).filter(|kind| !seen[*kind]).collect();
    assert!(missing.is_empty(), "no story for kinds {missing:?}");
}

/// What a log may not begin with.
fn beginnings() -> [Violation; 2] {
    let mut late = rules();
    late.opens_at = late.closes_at;
    let begin = |event: &Event| Round::begin(event).expect_err("it is no beginning");
    let faults = [begin(&roll(0, 1, 1)), begin(&published(late))];
    let fault = RoundRulesFault::Field { field: "closes_at", reason: "must be after opens_at" };
    assert_eq!(faults, [Violation::NotPublished, Violation::Rules(fault)]);
    faults
}

#[test]
fn a_round_tells_when_its_voting_ended_which_may_be_before_its_time() {
    let ended = |story: Vec<Event>| fold(&story).unwrap().ended_at;
    let by_two_early = |mut story: Vec<Event>, act, end: fn(i64, By) -> Event| {
        story.extend([proposed(OPENS + 7, act), register(CLOSES - HOUR, 0), end(CLOSES - 60, by_two())]);
        story
    };
    assert_eq!(ended(until_open()), None);
    assert_eq!(ended(until_closed()), Some(CLOSES));
    assert_eq!(ended(by_two_early(until_open(), Act::Close, closed)), Some(CLOSES - 60));
    assert_eq!(ended(by_two_early(until_open(), Act::Annul, annulled)), Some(CLOSES - 60));
    let annulled_later = [proposed(CLOSES + 7, Act::Annul), annulled(CLOSES + 9, by_two())];
    assert_eq!(ended(until_closed().into_iter().chain(annulled_later).collect()), Some(CLOSES));
}
