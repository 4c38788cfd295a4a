//! Cheats with ballots and their count.

use audit::round::{
    Bytes, Event,
    event::{BallotLine, Batch, BatchReason},
};

use super::super::{
    forgery::{Forgery, name},
    play::{Catcher::*, Cheat, Play, When::*},
    truth::{ABSTAINER, STAYS_AT_HOME, Truth},
};
use crate::town::HOUR;

pub fn cheats() -> Vec<Cheat> {
    vec![
        Cheat {
            name: "a ballot dropped after its acceptance",
            hopes: "it never comes into the log, and its owner is told to wait, each time a little longer",
            play: dropped_after_acceptance,
            caught: &[(Receipt, Promised), (Browser, Promised)],
        },
        Cheat {
            name: "a ballot dropped after its receipt",
            hopes: "the log is made again without it",
            play: dropped_after_receipt,
            caught: &[
                (Receipt, NextHead),
                (Browser, NextHead),
                (Witness, NextHead),
                (Monitor, NextHead),
                (Paper, Afterwards),
                (Audit, Afterwards),
            ],
        },
        Cheat {
            name: "a ballot exchanged for one of the operator's own",
            hopes: "the log is made again with another ballot in its place, of a credential that the issuer did sign",
            play: exchanged,
            caught: &[
                (Receipt, NextHead),
                (Browser, NextHead),
                (Witness, NextHead),
                (Monitor, NextHead),
                (Paper, Afterwards),
                (Audit, Afterwards),
            ],
        },
        Cheat {
            name: "a batch out of hash order",
            hopes: "ballots stand as they came, for whoever stood at the door and watched",
            play: out_of_order,
            caught: &[(Monitor, NextHead), (Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "a ballot added after the close",
            hopes: "a batch more, behind the line that ends the voting",
            play: after_the_close,
            caught: &[(Monitor, NextHead), (Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "a ballot that stands in the log twice",
            hopes: "one that the operator likes is put into a later batch once more, and counted twice",
            play: twice,
            caught: &[(Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "an altered count",
            hopes: "the winner is another",
            play: altered_count,
            caught: &[(Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "a count altered after the commission signed",
            hopes: "the signatures that are there are left where they are",
            play: count_altered_after_signing,
            caught: &[(Monitor, NextHead), (Audit, Afterwards)],
        },
        Cheat {
            name: "ballots in the place of people who took a credential and did not vote",
            hopes: "the issuer signs as many credentials for itself; their ballots go into the last batch, and fewer have voted \
                    than were issued one",
            play: for_abstainers,
            caught: &[],
        },
    ]
}

fn dropped_after_acceptance(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    log.events.remove(log.ballot(truth.cast(6)));
    let log = log.mended();
    let ballot = name(&truth.cast(6).ballot);
    Play::from_second(truth, &log, truth.sizes[1] - 1).with(&[1, 2], |view| {
        let later = view.waiting[&ballot] + 1_000_000;
        view.waiting.insert(ballot, later);
    })
}

fn dropped_after_receipt(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    log.events.remove(log.ballot(truth.cast(3)));
    let log = log.mended();
    Play::from_second(truth, &log, truth.sizes[1] - 1)
}

fn exchanged(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    super::log::exchange(truth, &mut log);
    Play::from_second(truth, &log.mended(), truth.sizes[1])
}

fn out_of_order(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let places: Vec<usize> = (6..10).map(|cast| log.ballot(truth.cast(cast))).collect();
    let (first, last) = (*places.iter().min().unwrap(), *places.iter().max().unwrap());
    log.events.swap(first, last);
    Play::from_second(truth, &log, truth.sizes[1])
}

/// Puts a ballot of a credential that the operator signed for itself, or for a friend, at this place.
pub fn add(truth: &'static Truth, log: &mut Forgery, place: usize) {
    log.events.insert(place, Event::Ballot(BallotLine { envelope: Bytes(truth.stuffed()) }));
}

/// So many such ballots go into the last batch.
pub fn stuff(truth: &'static Truth, log: &mut Forgery, ballots: usize) {
    let place = log.place(|event| matches!(event, Event::Batch(batch) if batch.reason == BatchReason::Close));
    (0..ballots).for_each(|_| add(truth, log, place + 1));
}

fn after_the_close(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let close = log.place(|event| matches!(event, Event::VotingClosed(_)));
    let hour = truth.times[1] - truth.times[1].rem_euclid(HOUR);
    log.events.insert(close + 1, Event::Batch(Batch { ballots: 1, hour, reason: BatchReason::Due }));
    add(truth, &mut log, close + 2);
    Play::from_last(truth, &log.mended())
}

fn twice(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let again = log.events[log.ballot(truth.cast(1))].clone();
    log.events.insert(log.ballot(truth.cast(6)), again);
    let log = log.mended();
    Play::from_second(truth, &log, truth.sizes[1] + 1)
}

fn altered_count(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    alter(&mut log);
    Play::from_last(truth, &log)
}

fn count_altered_after_signing(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    alter(&mut log);
    log.signed_anew = false;
    Play { to_sign: Some(Forgery::of(truth).bundle()), ..Play::from_last(truth, &log) }
}

/// Exchanges the first two territories, with their places.
fn alter(log: &mut Forgery) {
    let outcome = &mut log.tallied().unwrap().outcome;
    let id = std::mem::take(&mut outcome.standings[0].id);
    let second = std::mem::replace(&mut outcome.standings[1].id, id);
    outcome.standings[0].id = second;
    outcome.winners.swap(0, 1);
}

fn for_abstainers(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    stuff(truth, &mut log, STAYS_AT_HOME - ABSTAINER);
    Play::from_last(truth, &log.mended())
}
