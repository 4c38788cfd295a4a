//! When those who are turned away come again. Told the same time they would all be back at once, and told a short one they would ask
//! so often that refusing them is the work. So each gets a time in a line that moves more slowly than places become free.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// Of so many places that become free one is meant for somebody who comes again: that bounds what refusals cost, and leaves the other
/// places to those who come for the first time.
const OF: u32 = 4;
/// Longest that anybody is sent away for, in seconds.
const LONGEST: u32 = 30;

/// A line of those who come again.
pub(super) struct Line {
    began: Instant,
    /// Microseconds after the beginning at which the last of them comes.
    end: AtomicU64,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), end: AtomicU64::new(0) }
    }

    /// Puts somebody at its end, where a place becomes free each time this has passed: seconds until that, 1 to 30.
    pub(super) fn seconds(&self, pace: Duration) -> u32 {
        let now = micros(self.began.elapsed());
        let step = micros(pace * OF);
        let longest = now + micros(Duration::from_secs(LONGEST.into()));
        let after = |end: u64| end.max(now).saturating_add(step).min(longest);
        let before = self.end.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |end| Some(after(end)));
        let away = Duration::from_micros(after(before.unwrap_or_default()) - now);
        u32::try_from(away.as_micros().div_ceil(1_000_000)).unwrap_or(LONGEST).clamp(1, LONGEST)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const PACE: Duration = Duration::from_micros(75);

    fn told(line: &Line, people: usize, pace: Duration) -> BTreeMap<u32, usize> {
        let mut told = BTreeMap::new();
        (0..people).for_each(|_| *told.entry(line.seconds(pace)).or_default() += 1);
        told
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_come_again_come_more_slowly_than_places_become_free() {
        let line = Line::new();
        assert_eq!(told(&line, 10_000, PACE), [(1, 3_333), (2, 3_333), (3, 3_334)].into());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(line.seconds(PACE), 2, "whoever comes now stands behind those who have not come again");
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(line.seconds(PACE), 1, "nobody stands there any more");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_sent_away_for_longer_than_half_a_minute() {
        let line = Line::new();
        assert_eq!(line.seconds(Duration::MAX / 8), LONGEST, "a database that stood still");
        assert!(told(&line, 1_000_000, PACE).into_iter().eq([(LONGEST, 1_000_000)]));
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(line.seconds(PACE), 1);
        assert_eq!(line.seconds(Duration::ZERO), 1, "before anything was committed");
    }
}
