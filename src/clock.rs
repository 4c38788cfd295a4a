//! The only place that reads the wall clock.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of an hour.
pub const HOUR: i64 = 3600;

/// The time, in Unix seconds. Tests move theirs; the service's own is never moved.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
    /// The second at which it stands, if it does not go by itself.
    standing: Option<i64>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at this Unix second until it is moved, so that a test's time is the same on every machine.
    #[must_use]
    pub fn standing(at: i64) -> Self {
        Self { standing: Some(at), ..Self::default() }
    }

    /// Unix second.
    #[must_use]
    pub fn now(&self) -> i64 {
        let machine = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()).cast_signed();
        self.standing.unwrap_or_else(machine) + self.ahead.load(Ordering::Relaxed)
    }

    /// Moves this clock, and its copies, by so many seconds, backwards too.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// The full hour that a Unix second belongs to.
#[must_use]
pub fn hour(at: i64) -> i64 {
    at - at.rem_euclid(HOUR)
}
