//! What is remembered of a witness between two requests: what it cosigned, what went wrong, and when to ask again.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::domain::WitnessFault;

/// Longest wait after a failure, as a power of two of seconds: four minutes.
const LONGEST_WAIT: u32 = 8;

/// One witness's board.
#[derive(Debug, Default)]
pub(super) struct Board {
    logs: HashMap<i64, Entry>,
    /// What is wrong with the witness as a whole.
    whole: Trouble,
}

#[derive(Debug, Default)]
struct Entry {
    cosigned: u64,
    /// Whether the witness has said anything of this log since the start. Until then it is asked of a log that did not grow, too: it
    /// may know a longer one.
    heard: bool,
    asked: Option<Instant>,
    trouble: Trouble,
}

/// A failure that was not made good yet.
#[derive(Debug, Default)]
struct Trouble {
    fault: Option<(WitnessFault, i64)>,
    tries: u32,
    until: Option<Instant>,
}

impl Trouble {
    /// Takes a failure, and says whether it is another than before.
    fn take(&mut self, fault: WitnessFault, at: i64) -> bool {
        let other = self.fault.is_none_or(|(before, _)| before != fault);
        if other {
            self.fault = Some((fault, at));
        }
        self.until = Some(Instant::now() + Duration::from_secs(1 << self.tries.min(LONGEST_WAIT)));
        self.tries = self.tries.saturating_add(1);
        other
    }

    fn is_over(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| until <= now)
    }
}

impl Board {
    /// Whether it is known what the witness cosigned of this log.
    pub(super) fn knows(&self, log_id: i64) -> bool {
        self.logs.contains_key(&log_id)
    }

    /// Of these logs with their sizes, the one to ask about now: it grew or was never heard of, no failure is too fresh, and it waited longest.
    pub(super) fn due(&self, sizes: &[(i64, u64)]) -> Option<i64> {
        let now = Instant::now();
        if !self.whole.is_over(now) {
            return None;
        }
        let is_open = |log: &&Entry, size: u64| log.cosigned < size || !log.heard;
        let grew =
            sizes.iter().filter_map(|(id, size)| Some((id, self.logs.get(id).filter(|log| is_open(log, *size))?)));
        let ready = grew.filter(|(_, log)| log.trouble.is_over(now));
        ready.min_by_key(|(_, log)| log.asked).map(|(id, _)| *id)
    }

    /// The size from which the witness will follow, as far as is known.
    pub(super) fn cosigned(&self, log_id: i64) -> u64 {
        self.logs.get(&log_id).map_or(0, |log| log.cosigned)
    }

    /// Notes a size that the witness cosigned.
    pub(super) fn set(&mut self, log_id: i64, size: u64) {
        let log = self.logs.entry(log_id).or_default();
        log.cosigned = log.cosigned.max(size);
    }

    /// Notes that a log's turn has come.
    pub(super) fn asks(&mut self, log_id: i64) {
        self.logs.entry(log_id).or_default().asked = Some(Instant::now());
    }

    /// Notes a cosignature.
    pub(super) fn succeeded(&mut self, log_id: i64, size: u64) {
        self.set(log_id, size);
        self.whole = Trouble::default();
        let log = self.logs.entry(log_id).or_default();
        (log.heard, log.trouble) = (true, Trouble::default());
    }

    /// Notes a failure, and says whether it is another than before.
    pub(super) fn failed(&mut self, log_id: i64, fault: WitnessFault, at: i64) -> bool {
        if fault.is_of_witness() {
            return self.whole.take(fault, at);
        }
        self.whole = Trouble::default();
        let log = self.logs.entry(log_id).or_default();
        log.heard = true;
        log.trouble.take(fault, at)
    }

    /// What is wrong with this log at the witness, or with the witness.
    pub(super) fn fault(&self, log_id: i64) -> Option<(WitnessFault, i64)> {
        self.logs.get(&log_id).and_then(|log| log.trouble.fault).or(self.whole.fault)
    }

    /// The logs that are not what the witness has seen. Nothing of the kind is wrong with a witness as a whole.
    pub(super) fn alarming(&self) -> Vec<i64> {
        let is_alarming = |log: &Entry| log.trouble.fault.is_some_and(|(fault, _)| fault.is_alarming());
        self.logs.iter().filter(|(_, log)| is_alarming(log)).map(|(id, _)| *id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_that_waited_longest_is_next() {
        let mut board = Board::default();
        board.set(1, 5);
        assert_eq!(board.due(&[(1, 5)]), Some(1), "since the start nothing was heard of it");
        board.succeeded(1, 5);
        board.succeeded(2, 5);
        assert_eq!(board.due(&[(1, 5), (2, 5)]), None, "nothing grew");
        board.asks(1);
        assert_eq!(board.due(&[(1, 6), (2, 6)]), Some(2));
        board.asks(2);
        assert_eq!(board.due(&[(1, 6), (2, 6)]), Some(1));
        assert_eq!(board.due(&[(3, 6)]), None, "what it cosigned of this one is not known");
    }

    #[test]
    fn a_failure_makes_its_log_wait_and_one_of_the_witness_all_of_them() {
        let mut board = Board::default();
        board.set(1, 0);
        board.set(2, 0);
        assert!(board.failed(1, WitnessFault::UnknownLog, 7));
        assert!(!board.failed(1, WitnessFault::UnknownLog, 9), "the same again is no news");
        assert_eq!(board.fault(1), Some((WitnessFault::UnknownLog, 7)));
        assert_eq!(board.due(&[(1, 1), (2, 1)]), Some(2));
        assert!(board.failed(2, WitnessFault::Slow, 8));
        assert_eq!((board.due(&[(1, 1), (2, 1)]), board.fault(2)), (None, Some((WitnessFault::Slow, 8))));
        board.succeeded(2, 1);
        assert_eq!((board.fault(2), board.cosigned(2)), (None, 1));
    }
}
