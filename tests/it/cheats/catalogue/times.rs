//! Cheats with times and with the size of batches, which the log tells and nobody else knows.

use audit::round::{
    By, Event,
    event::{Batch, BatchReason},
};

use super::super::{
    forgery::Forgery,
    play::{Catcher::*, Cheat, Play, When::*},
    truth::{ABSTAINER, STAYS_AT_HOME, Truth},
};
use crate::town::HOUR;

pub fn cheats() -> Vec<Cheat> {
    vec![
        Cheat {
            name: "ballots one by one",
            hopes: "each is in the log as soon as it came, in a batch of its own that is called due, so that whoever watched the \
                    door and the log knows whose is whose",
            play: one_by_one,
            caught: &[(Monitor, AtOnce), (Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "hours that are not true",
            hopes: "beside a batch stands an hour long before the voting began",
            play: false_hours,
            caught: &[(Monitor, AtOnce), (Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "a box that stays open for friends",
            hopes: "the line that ends the voting comes five hours late, and two who had a credential vote meanwhile",
            play: late_close,
            caught: &[(Monitor, Overdue)],
        },
    ]
}

fn one_by_one(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let place = log.place(|event| matches!(event, Event::Batch(_)));
    let Event::Batch(batch) = log.events[place].clone() else { unreachable!("the place of a batch") };
    let end = place + 1 + batch.ballots as usize;
    let alone = Event::Batch(Batch { ballots: 1, reason: BatchReason::Due, ..batch });
    let ballots: Vec<Event> = log.events[place + 1..end].iter().flat_map(|one| [alone.clone(), one.clone()]).collect();
    let more = ballots.len() - (end - place);
    log.events.splice(place..end, ballots);
    let [first, second, last] = truth.sizes.map(|size| size + more);
    Play::of([(&log, first), (&log, second), (&log, last)])
}

fn false_hours(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let place = log.place(|event| matches!(event, Event::Batch(_)));
    let Event::Batch(batch) = &mut log.events[place] else { unreachable!("the place of a batch") };
    batch.hour -= 1000 * HOUR;
    let [first, second, last] = truth.sizes;
    Play::of([(&log, first), (&log, second), (&log, last)])
}

fn late_close(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let closes_at = truth.operator.rules.closes_at;
    let late = closes_at + 5 * HOUR;
    log.events.remove(log.events.iter().rposition(|event| matches!(event, Event::Proposed(_))).unwrap());
    let closing = log.place(|event| matches!(event, Event::Batch(batch) if batch.reason == BatchReason::Close));
    // The two ballots that wait are due long before the close; who comes late is in the closing batch.
    let Event::Batch(batch) = &mut log.events[closing] else { unreachable!("the place of a batch") };
    let friends = Event::Batch(batch.clone());
    batch.reason = BatchReason::Due;
    let before_friends = closing + 1 + batch.ballots as usize;
    log.events.insert(before_friends, friends);
    for _ in ABSTAINER..STAYS_AT_HOME {
        super::ballots::add(truth, &mut log, before_friends + 1);
    }
    for event in &mut log.events {
        match event {
            Event::VotingClosed(step) => (step.at, step.by) = (late, By::Schedule),
            Event::KeyRevealed(event) => event.at = late,
            Event::Tallied(event) => event.at = late,
            Event::Signed(event) => event.at = late,
            _ => {}
        }
    }
    let log = log.mended();
    let [first, second, _] = truth.sizes;
    let mut play = Play::of([(&log, first), (&log, second), (&log, before_friends)]).last_is(Overdue);
    play.scenes[2].now = closes_at + 4 * HOUR;
    play
}
