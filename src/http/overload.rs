//! Too much to do: what can wait is turned away early, so that the rest is done at the best rate; ballots are turned away last.
//!
//! Load is measured by how long whatever is ready waits until it runs, as its smallest value over an interval: a queue that never
//! empties is too much work, one that sometimes does is a burst (Nichols and Jacobson, *Controlling Queue Delay*, ACM Queue 10(5),
//! 2012). What is turned away goes by what it is worth, on one ladder, up fast and down slowly (Zhou et al., *Overload Control for
//! Scaling `WeChat` Microservices*, `SoCC` 2018).

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use rand::RngExt as _;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use crate::{
    config,
    domain::Refusal,
    metrics::{Class, Share},
};

/// Steps of the ladder for each class: shares are in thousandths.
const WHOLE: u32 = 1_000;
/// The highest step: a tenth of the ballots is always taken, so that the measure never stands still.
const TOP: u32 = 2 * WHOLE + 900;
/// How far up in an interval that was too slow, and how far down in another.
const UP: u32 = 100;
const DOWN: u32 = 25;
/// Length of one look, and how many of them make an interval.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: u32 = 5;
/// Most seconds for which somebody is sent away; everybody gets another number, so that they do not come back together.
const AWAY: u32 = 5;

/// How much is turned away.
#[derive(Debug)]
pub struct Overload {
    bound: Duration,
    step: AtomicU32,
    delay: AtomicU32,
    counted: [AtomicU32; 3],
    reading: Semaphore,
    voting: Semaphore,
}

impl Overload {
    /// Nothing is turned away yet.
    #[must_use]
    pub fn new(settings: &config::Overload) -> Self {
        let at_once = |most: usize| Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS));
        Self {
            bound: Duration::from_millis(settings.delay_ms),
            step: AtomicU32::new(0),
            delay: AtomicU32::new(0),
            counted: Default::default(),
            reading: at_once(settings.reading),
            voting: at_once(settings.voting),
        }
    }

    /// Takes a request up, for as long as what is returned is held.
    ///
    /// # Errors
    /// [`Refusal::Overloaded`] when there is too much to do already.
    pub fn admit(&self, class: Class) -> Result<Option<SemaphorePermit<'_>>, Refusal> {
        if self.is_turned_away(class) {
            return Err(away());
        }
        match class {
            Class::Reading => self.reading.try_acquire().map(Some).map_err(|_| away()),
            Class::Voting => self.voting.try_acquire().map(Some).map_err(|_| away()),
            Class::Casting | Class::Operating => Ok(None),
        }
    }

    /// Of a thousand requests in a row just the share is turned away, evenly.
    fn is_turned_away(&self, class: Class) -> bool {
        let share = share(self.step.load(Ordering::Relaxed), class);
        let Some(counted) = self.counted.get(class as usize).filter(|_| share > 0) else { return false };
        let before = counted.fetch_add(share, Ordering::Relaxed) % WHOLE;
        before + share >= WHOLE
    }

    /// Takes over what was measured in an interval.
    fn measured(&self, delay: Duration) {
        let micros = u32::try_from(delay.as_micros()).unwrap_or(u32::MAX);
        self.delay.store(micros, Ordering::Relaxed);
        let step = next(self.step.load(Ordering::Relaxed), delay > self.bound);
        self.step.store(step, Ordering::Relaxed);
    }

    /// Measures for ever, unless the settings turn it off.
    pub async fn follow(self: Arc<Self>) {
        if self.bound.is_zero() {
            return;
        }
        loop {
            let mut least = Duration::MAX;
            for _ in 0..LOOKS {
                let due = Instant::now() + LOOK;
                tokio::time::sleep_until(due).await;
                least = least.min(due.elapsed());
            }
            self.measured(least);
        }
    }

    /// Seconds that whatever was ready waited at least, in the last interval.
    #[must_use]
    pub fn delay(&self) -> f64 {
        f64::from(self.delay.load(Ordering::Relaxed)) / 1e6
    }

    /// What is turned away of each class now.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let step = self.step.load(Ordering::Relaxed);
        let of = |class| Share { class, share: f64::from(share(step, class)) / f64::from(WHOLE) };
        [Class::Reading, Class::Voting, Class::Casting].map(of).into()
    }
}

/// Tells somebody to come again.
pub(super) fn away() -> Refusal {
    Refusal::Overloaded { seconds: rand::rng().random_range(1..=AWAY) }
}

/// The thousandths of a class that are turned away on a step: of the next class none before all of this one.
fn share(step: u32, class: Class) -> u32 {
    let below = match class {
        Class::Reading => 0,
        Class::Voting => WHOLE,
        Class::Casting => 2 * WHOLE,
        Class::Operating => return 0,
    };
    step.saturating_sub(below).min(WHOLE)
}

fn next(step: u32, is_slow: bool) -> u32 {
    if is_slow { (step + UP).min(TOP) } else { step.saturating_sub(DOWN) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: Duration = Duration::from_millis(101);
    const FAST: Duration = Duration::from_millis(100);

    fn overload() -> Overload {
        Overload::new(&config::Overload { delay_ms: 100, reading: 2, voting: 3 })
    }

    fn admitted(overload: &Overload, class: Class) -> usize {
        (0..1000).filter(|_| overload.admit(class).is_ok()).count()
    }

    #[test]
    fn classes_are_turned_away_one_after_the_other_and_ballots_last() {
        let overload = overload();
        let mut before = [1000, 1000, 1000];
        for _ in 0..40 {
            overload.measured(SLOW);
            let now = [Class::Reading, Class::Voting, Class::Casting].map(|class| admitted(&overload, class));
            assert!(now[0] == 0 || now[1] == 1000, "{now:?}: somebody on the way to a ballot before a reader");
            assert!(now[1] == 0 || now[2] == 1000, "{now:?}: a ballot before somebody else");
            assert!(now.iter().zip(before).all(|(now, before)| *now <= before));
            before = now;
        }
        assert_eq!(before, [0, 0, 100], "a tenth of the ballots is always taken");
        assert_eq!(admitted(&overload, Class::Operating), 1000);
    }

    #[test]
    fn everybody_is_back_when_the_load_is_gone() {
        let overload = overload();
        (0..40).for_each(|_| overload.measured(SLOW));
        overload.measured(FAST);
        assert_eq!(admitted(&overload, Class::Casting), 125);
        (0..200).for_each(|_| overload.measured(FAST));
        assert_eq!(Class::ALL.map(|class| admitted(&overload, class)), [1000; 4]);
    }

    #[test]
    fn few_are_served_at_once_and_the_others_hear_when_to_come() {
        let overload = overload();
        let held: Vec<_> = (0..2).map(|_| overload.admit(Class::Reading).unwrap()).collect();
        let Err(Refusal::Overloaded { seconds }) = overload.admit(Class::Reading) else { panic!("it was taken") };
        assert!((1..=AWAY).contains(&seconds));
        assert!(overload.admit(Class::Voting).is_ok() && overload.admit(Class::Casting).is_ok());
        drop(held);
        assert!(overload.admit(Class::Reading).is_ok());
    }

    /// A runtime whose only thread is busy is measured as such; one that idles is not.
    #[tokio::test]
    async fn a_busy_runtime_is_seen() {
        let overload = Arc::new(Overload::new(&config::Overload { delay_ms: 100, reading: 2, voting: 3 }));
        let following = tokio::spawn(Arc::clone(&overload).follow());
        while overload.shares()[0].share == 0.0 {
            std::thread::sleep(Duration::from_millis(150));
            tokio::task::yield_now().await;
        }
        assert!(overload.delay() > 0.1);
        following.abort();
    }
}
