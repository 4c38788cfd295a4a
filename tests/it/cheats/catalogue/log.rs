//! Cheats with the log itself: two faces, a shorter one, another past, a gap.

use audit::round::Event;

use super::super::{
    forgery::{Forgery, name, with_manifest},
    play::{Catcher::*, Cheat, Play, When::*},
    truth::Truth,
};

pub fn cheats() -> Vec<Cheat> {
    vec![
        Cheat {
            name: "split view: two heads of one size",
            hopes: "residents are shown a log with their ballots, all others one in which a ballot of the operator's own \
                    stands in the place of one of theirs",
            play: split_view,
            caught: &[(Receipt, AtOnce), (Browser, AtOnce), (Paper, Afterwards)],
        },
        Cheat {
            name: "split view with a witness that signs both heads",
            hopes: "the same, and the witness is the operator's friend",
            play: split_view_with_a_false_witness,
            caught: &[(Paper, Afterwards)],
        },
        Cheat {
            name: "a shrunk log",
            hopes: "the last line is taken back, and comes again later",
            play: shrunk,
            caught: &[(Receipt, NextHead), (Browser, NextHead), (Witness, NextHead), (Monitor, NextHead)],
        },
        Cheat {
            name: "a rewritten line",
            hopes: "an act of an official that was public gets another reason; all hashes and signatures are made anew",
            play: rewritten,
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
            name: "a withheld line",
            hopes: "the head covers a ballot that nobody is shown; its owner is told that it waits",
            play: withheld,
            caught: &[
                (Receipt, Promised),
                (Browser, NextHead),
                (Monitor, NextHead),
                (Signing, Afterwards),
                (Audit, Afterwards),
            ],
        },
        Cheat {
            name: "a log that stands still for those who watch it",
            hopes: "witness and monitor are shown the first head for ever, residents the true log",
            play: standing_still,
            caught: &[(Receipt, NextHead), (Browser, NextHead)],
        },
    ]
}

/// The first batch's ballot that is exchanged, or dropped, or withheld in these cheats.
const VICTIM: usize = 3;

fn split_view(truth: &'static Truth) -> Play {
    let mut other = Forgery::of(truth);
    exchange(truth, &mut other);
    let other = other.mended();
    let [first, second, last] = truth.sizes;
    let world = Play::of([(&other, first), (&other, second), (&other, last)]);
    world.residents_see(&super::honest(truth))
}

fn split_view_with_a_false_witness(truth: &'static Truth) -> Play {
    Play { witness_is_false: true, ..split_view(truth) }
}

/// Puts a ballot of a credential that the operator signed for itself in the place of a resident's.
pub fn exchange(truth: &'static Truth, log: &mut Forgery) {
    let place = log.ballot(truth.cast(VICTIM));
    let Event::Ballot(line) = &mut log.events[place] else { unreachable!("the place of a ballot") };
    line.envelope.0 = truth.stuffed();
}

fn shrunk(truth: &'static Truth) -> Play {
    let log = Forgery::of(truth);
    let [first, _, last] = truth.sizes;
    Play::of([(&log, first), (&log, first - 1), (&log, last)])
}

fn rewritten(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let place = log.place(|event| matches!(event, Event::Proposed(_)));
    let Event::Proposed(proposal) = &mut log.events[place] else { unreachable!("the place of a proposal") };
    "because the mayor asked".clone_into(&mut proposal.reason);
    Play::from_second(truth, &log, truth.sizes[1])
}

fn withheld(truth: &'static Truth) -> Play {
    let log = Forgery::of(truth);
    let place = log.ballot(truth.cast(6));
    let promised = (name(&truth.cast(6).ballot), truth.cast(6).acceptance.in_log_by);
    let mut play = super::honest(truth).with(&[1, 2], |view| {
        view.withheld.insert(place);
        view.waiting.extend([promised]);
    });
    let lines = log.lines().into_iter().enumerate().filter(|(index, _)| *index != place);
    let text = lines.flat_map(|(_, line)| [line.as_slice(), b"\n"].concat()).collect();
    play.bundle.insert(audit::verify::bundle::LOG.into(), text);
    play.bundle = with_manifest(play.bundle);
    play
}

fn standing_still(truth: &'static Truth) -> Play {
    let mut play = super::honest(truth);
    for visit in [1, 2] {
        play.scenes[visit].witness = play.scenes[0].witness.clone();
        play.scenes[visit].monitor = play.scenes[0].monitor.clone();
    }
    play
}
