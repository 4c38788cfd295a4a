//! What happens by itself when jobs run: by the timetable, by the promises, by the register's pace.

use std::collections::BTreeSet;

use audit::round::Phase;

use super::{Model, Round, hour};
use crate::town::HOUR;

/// Seconds before the promised hour at which a batch may be small.
const DUE_BEFORE: i64 = 900;
/// Most ballots in one batch while the voting is on: the number after so many were moved in one look.
const MOST: [(usize, usize); 2] = [(0, 128), (1024, 512)];

impl Model {
    /// A node looks what is due by its clock.
    pub fn runs_jobs(&mut self, now: i64) {
        self.rounds.values_mut().for_each(|round| round.runs_jobs(now));
    }
}

impl Round {
    fn runs_jobs(&mut self, now: i64) {
        if self.phase == Phase::Published && now >= self.terms.opens_at {
            self.line(now);
            self.phase = Phase::Open;
        }
        if self.is_on() && now >= self.closes_at {
            self.closes(now);
        }
        if self.is_on() {
            self.moves_batches(now);
            self.reports(now);
        }
        if self.phase == Phase::Opened {
            self.line(now);
            self.phase = Phase::Tallied;
            self.counted = true;
        }
    }

    fn moves_batches(&mut self, now: i64) {
        let mut moved = 0;
        loop {
            let waiting = self.ballots.values().filter(|ballot| !ballot.logged);
            let due = waiting.clone().any(|ballot| now >= ballot.in_log_by - DUE_BEFORE);
            let people: BTreeSet<_> = waiting.clone().map(|ballot| ballot.credential).collect();
            if people.len() < self.terms.batch as usize && !due {
                return;
            }
            if waiting.count() < self.terms.batch as usize {
                let (hour, apart) = (hour(self.time(now)), (self.terms.within / HOUR - 1).max(0) * HOUR);
                if self.last_due.is_some_and(|last| hour < last + apart) {
                    return;
                }
                self.last_due = Some(hour);
            }
            let most = MOST.iter().rev().find(|(after, _)| moved >= *after).map_or(0, |(_, most)| *most);
            moved += self.moves_batch(now, most.max(self.terms.batch as usize));
        }
    }

    /// How many were moved.
    fn moves_batch(&mut self, now: i64, most: usize) -> usize {
        let mut moved = 0;
        // By hash, which is the order of the map.
        for ballot in self.ballots.values_mut().filter(|ballot| !ballot.logged).take(most) {
            ballot.logged = true;
            moved += 1;
        }
        if moved > 0 {
            self.last_hour = hour(self.time(now));
            self.size += 1 + moved;
        }
        moved as usize
    }

    fn reports(&mut self, now: i64) {
        if self.unreported >= self.terms.step && hour(now) >= self.register.1 + HOUR {
            self.steps_register(now);
        }
    }

    fn steps_register(&mut self, now: i64) {
        self.last_hour = hour(self.time(now));
        self.register = (self.register.0 + self.unreported, self.last_hour);
        self.unreported = 0;
        self.size += 1;
    }

    /// The last ballots, and the register's last step.
    pub(super) fn finishes(&mut self, at: i64) {
        self.moves_batch(at, usize::MAX);
        self.steps_register(at);
    }

    pub(super) fn closes(&mut self, now: i64) {
        self.finishes(now);
        let at = self.line(now);
        self.phase = Phase::Closed;
        self.ended_at = Some(at);
    }
}
