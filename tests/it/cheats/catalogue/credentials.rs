//! Cheats with credentials, the register and the roll.

use audit::{log::hash::leaf, round::Event, verify::bundle::REGISTER};

use super::super::{
    forgery::{Forgery, with_manifest},
    play::{Catcher::*, Cheat, Play, When::*},
    truth::{ABSTAINER, PEOPLE, STAYS_AT_HOME, Truth},
};
use super::ballots::stuff;

pub fn cheats() -> Vec<Cheat> {
    vec![
        Cheat {
            name: "a second credential for one person, in the register",
            hopes: "their pseudonym stands in two steps",
            play: twice_in_the_register,
            caught: &[(Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "more credentials than the register has",
            hopes: "the issuer signs three that nobody is named for, and they vote",
            play: beyond_the_register,
            caught: &[(Monitor, NextHead), (Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "a re-ordered register",
            hopes: "its lines stand as people came; the hashes in the log are those of the sorted one",
            play: reordered,
            caught: &[(Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "a re-ordered register with hashes to fit",
            hopes: "the same, and the log names the hashes of the lines as they stand",
            play: reordered_with_hashes,
            caught: &[(Signing, Afterwards), (Audit, Afterwards)],
        },
        Cheat {
            name: "credentials in the name of nobody",
            hopes: "pseudonyms that are nobody's fill the register up to the number on the roll, and vote",
            play: for_nobody,
            caught: &[(Commission, Afterwards)],
        },
        Cheat {
            name: "people on the roll who do not exist",
            hopes: "the roll is longer than the town's list, and those who were added vote",
            play: longer_roll,
            caught: &[(Commission, Afterwards)],
        },
        Cheat {
            name: "credentials in the name of people who stay at home",
            hopes: "people of the roll who never ask get a credential in the register, and it votes",
            play: for_those_at_home,
            caught: &[(People, Afterwards)],
        },
    ]
}

fn twice_in_the_register(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let step = log.register.iter().position(|step| step.contains(&truth.pseudonym(ABSTAINER))).unwrap();
    let other = log.register[0][0];
    log.register[step].push(other);
    stuff(truth, &mut log, 1);
    Play::from_last(truth, &log.mended())
}

fn beyond_the_register(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    stuff(truth, &mut log, STAYS_AT_HOME - ABSTAINER + 1);
    Play::from_last(truth, &log.mended())
}

fn reordered(truth: &'static Truth) -> Play {
    let mut play = super::honest(truth);
    let register = String::from_utf8(play.bundle[REGISTER].clone()).unwrap();
    let mut lines: Vec<_> = register.split_inclusive('\n').collect();
    lines.swap(0, 1);
    play.bundle.insert(REGISTER.into(), lines.concat().into_bytes());
    play.bundle = with_manifest(play.bundle);
    play
}

fn reordered_with_hashes(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let last = log.register.len() - 1;
    log.register[last].swap(0, 1);
    log.hash_register();
    Play::from_last(truth, &log)
}

fn for_nobody(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let strangers = [1, 2].map(|number: u8| *leaf(&[number]).as_bytes());
    log.register.last_mut().unwrap().extend(strangers);
    stuff(truth, &mut log, strangers.len());
    Play::from_last(truth, &log.mended())
}

fn longer_roll(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    let strangers = [1, 2, 3].map(|number: u8| *leaf(&[number]).as_bytes());
    let place = log.place(|event| matches!(event, Event::RollExtended(_)));
    let Event::RollExtended(roll) = &mut log.events[place] else { unreachable!("the place of an import") };
    (roll.added, roll.total) = (roll.added + 3, roll.total + 3);
    log.register.last_mut().unwrap().extend(strangers);
    stuff(truth, &mut log, strangers.len());
    let log = log.mended();
    let [first, second, _] = truth.sizes;
    Play::of([(&log, first), (&log, second), (&log, log.events.len())])
}

fn for_those_at_home(truth: &'static Truth) -> Play {
    let mut log = Forgery::of(truth);
    log.register.last_mut().unwrap().extend((STAYS_AT_HOME..PEOPLE).map(|number| truth.pseudonym(number)));
    stuff(truth, &mut log, PEOPLE - STAYS_AT_HOME);
    Play::from_last(truth, &log.mended())
}
