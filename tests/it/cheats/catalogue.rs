//! Every cheat that is played, with what is expected of those who look.

mod ballots;
mod credentials;
mod log;
mod promises;
mod times;

use super::{
    forgery::Forgery,
    play::{Cheat, Play},
    truth::Truth,
};

/// In the order of the table.
pub fn all() -> Vec<Cheat> {
    [log::cheats(), ballots::cheats(), promises::cheats(), credentials::cheats(), times::cheats()]
        .into_iter()
        .flatten()
        .collect()
}

/// Nothing is wrong.
pub fn honest(truth: &'static Truth) -> Play {
    let log = Forgery::of(truth);
    let [first, second, last] = truth.sizes;
    Play::of([(&log, first), (&log, second), (&log, last)])
}

/// A log made again from end to end by the operator's means, with nothing changed: it shows that what is caught is the
/// cheat and not the remaking.
pub fn remade(truth: &'static Truth) -> Play {
    let log = Forgery::of(truth).mended();
    let [first, second, last] = truth.sizes;
    Play::of([(&log, first), (&log, second), (&log, last)])
}
