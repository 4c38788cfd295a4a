//! What later checks need to know of the acts in the log, with the lines where they stand.

use ballots::Outcome;

use crate::round::{Event, event::RegisterStep};

/// Acts with their line numbers, from 1.
#[derive(Debug, Default)]
pub(super) struct Acts {
    pub(super) register: Vec<(u64, RegisterStep)>,
    pub(super) tallied: Option<(u64, Outcome, u64)>,
}

impl Acts {
    pub(super) fn note(&mut self, event: &Event, number: u64) {
        match event {
            Event::Register(step) => self.register.push((number, step.clone())),
            Event::Tallied(tallied) => {
                self.tallied = Some((number, tallied.outcome.clone(), tallied.replaced));
            }
            _ => {}
        }
    }
}
