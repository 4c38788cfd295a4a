//! Cheats with what a resident is given: acceptances and receipts that prove nothing.

use super::super::{
    forgery::name,
    play::{Catcher::*, Cheat, Play, When::*},
    truth::Truth,
    view::Accepting,
};

pub fn cheats() -> Vec<Cheat> {
    vec![
        Cheat {
            name: "an acceptance signed with another key",
            hopes: "it looks like a promise, and proves nothing when the ballot is dropped",
            play: signed_with_another_key,
            caught: &[(Receipt, AtOnce)],
        },
        Cheat {
            name: "an acceptance for a far year",
            hopes: "it is signed, and its time never comes",
            play: for_a_far_year,
            caught: &[(Receipt, AtOnce)],
        },
        Cheat {
            name: "an acceptance whose second marks the resident",
            hopes: "the promised time says at which second, and so by whom, the ballot was cast",
            play: to_the_second,
            caught: &[(Receipt, AtOnce)],
        },
        Cheat {
            name: "the receipt of another ballot",
            hopes: "a resident whose ballot was dropped is shown that somebody's is in the log",
            play: receipt_of_another,
            caught: &[(Receipt, AtOnce)],
        },
    ]
}

fn accepting(truth: &'static Truth, how: Accepting) -> Play {
    super::honest(truth).with(&[0], |view| view.accepting = how)
}

/// What an honest box would promise at the first visit.
fn honest_time(truth: &Truth) -> i64 {
    truth.cast(0).acceptance.in_log_by
}

fn signed_with_another_key(truth: &'static Truth) -> Play {
    accepting(truth, Accepting::WithAnotherKey(honest_time(truth)))
}

fn for_a_far_year(truth: &'static Truth) -> Play {
    accepting(truth, Accepting::Promising(honest_time(truth) + 100 * 365 * 24 * 3600))
}

fn to_the_second(truth: &'static Truth) -> Play {
    accepting(truth, Accepting::Promising(honest_time(truth) - 1234))
}

fn receipt_of_another(truth: &'static Truth) -> Play {
    let (one, other) = (name(&truth.cast(1).ballot), name(&truth.cast(2).ballot));
    super::honest(truth).with(&[0, 1, 2], |view| {
        view.swapped.insert(one, other);
    })
}
