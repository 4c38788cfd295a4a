//! Cheats with what a resident is given: acceptances and receipts that prove nothing.

use audit::round::{
    Bytes, Event,
    event::{BallotLine, Batch, BatchReason},
};
use ballots::envelope::OpeningKey;

use super::super::{
    forgery::{Forgery, name},
    play::{Catcher::*, Cheat, Play, When::*},
    truth::Truth,
    view::{Accepting, View},
};
use crate::town::HOUR;

pub fn cheats() -> Vec<Cheat> {
    vec![
        Cheat {
            name: "an acceptance signed with another key",
            hopes: "it looks like a promise, and proves nothing when the ballot is dropped",
            play: signed_with_another_key,
            caught: &[(Receipt, AtOnce), (Browser, AtOnce)],
        },
        Cheat {
            name: "an acceptance for a far year",
            hopes: "it is signed, and its time never comes",
            play: for_a_far_year,
            caught: &[(Receipt, AtOnce), (Browser, AtOnce)],
        },
        Cheat {
            name: "an acceptance whose second marks the resident",
            hopes: "the promised time says at which second, and so by whom, the ballot was cast",
            play: to_the_second,
            caught: &[(Receipt, AtOnce), (Browser, AtOnce)],
        },
        Cheat {
            name: "a round of its own for one resident",
            hopes: "rules with a sealing key of the operator's, who reads the ballot; a log of its own holds it",
            play: a_round_for_one,
            caught: &[(Paper, AtOnce)],
        },
        Cheat {
            name: "the receipt of another ballot",
            hopes: "a resident whose ballot was dropped is shown that somebody's is in the log",
            play: receipt_of_another,
            caught: &[(Receipt, AtOnce), (Browser, AtOnce)],
        },
    ]
}

/// The true log as of the first visit, with a ballot box that does this.
fn accepting(truth: &'static Truth, how: Accepting) -> View {
    let mut view = Forgery::of(truth).view(truth.sizes[0]);
    view.accepting = how;
    view
}

/// What an honest box would promise at the first visit.
fn honest_time(truth: &Truth) -> i64 {
    truth.cast(0).acceptance.in_log_by
}

fn signed_with_another_key(truth: &'static Truth) -> Play {
    super::honest(truth).newcomer_sees(|truth, _| accepting(truth, Accepting::WithAnotherKey(honest_time(truth))))
}

fn for_a_far_year(truth: &'static Truth) -> Play {
    super::honest(truth).newcomer_sees(|truth, _| {
        let far = honest_time(truth) + 100 * 365 * 24 * HOUR;
        accepting(truth, Accepting::Promising(far))
    })
}

fn to_the_second(truth: &'static Truth) -> Play {
    super::honest(truth).newcomer_sees(|truth, _| accepting(truth, Accepting::Promising(honest_time(truth) - 1234)))
}

/// The rules of a round that nobody else takes part in: ballots are sealed to a key of the operator's, and no witness is
/// asked for.
fn private(truth: &'static Truth, taken: &[Vec<u8>]) -> View {
    let mut log = Forgery::of(truth);
    log.events.truncate(log.place(|event| matches!(event, Event::VotingOpened(_))) + 1);
    let Event::Published(published) = &mut log.events[0] else { unreachable!("a log begins with its rules") };
    published.rules.sealing_key = Bytes(OpeningKey::from_bytes(&[7; 32]).unwrap().sealing_key().to_vec());
    published.rules.witnesses = None;
    for ballot in taken {
        let hour = truth.times[0] - truth.times[0].rem_euclid(HOUR);
        log.events.push(Event::Batch(Batch { ballots: 1, hour, reason: BatchReason::Due }));
        log.events.push(Event::Ballot(BallotLine { envelope: Bytes(ballot.clone()) }));
    }
    let mut view = log.view(log.events.len());
    view.accepting = Accepting::Promising(honest_time(truth));
    view
}

fn a_round_for_one(truth: &'static Truth) -> Play {
    super::honest(truth).newcomer_sees(private)
}

fn receipt_of_another(truth: &'static Truth) -> Play {
    let (one, other) = (name(&truth.cast(1).ballot), name(&truth.cast(2).ballot));
    super::honest(truth).with(&[0, 1, 2], |view| {
        view.swapped.insert(one, other);
    })
}
