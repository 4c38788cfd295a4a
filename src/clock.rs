//! The only place that reads the wall clock.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of an hour.
pub const HOUR: i64 = 3600;

/// The time, in Unix seconds. Tests move theirs forward; the service's own is never moved.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Unix second.
    #[must_use]
    pub fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        since.cast_signed() + self.ahead.load(Ordering::Relaxed)
    }

    /// Moves this clock, and its copies, forward by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// The full hour that a Unix second belongs to.
#[must_use]
pub fn hour(at: i64) -> i64 {
    at - at.rem_euclid(HOUR)
}
