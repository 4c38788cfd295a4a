//! When people come: days with their hours, a last hour far above the mean, and chance that can be repeated.

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

/// Seconds in an hour.
pub(super) const HOUR: f64 = 3600.0;
/// Share of a day's visits in each hour, from midnight; what counts is how they compare. An assumption: few at night, most from
/// six to nine in the evening.
const DAY: [f64; 24] = [
    6.0, 3.0, 2.0, 1.0, 1.0, 2.0, 6.0, 14.0, 28.0, 40.0, 48.0, 50.0, 52.0, 50.0, 48.0, 46.0, 46.0, 50.0, 60.0, 66.0,
    64.0, 50.0, 32.0, 16.0,
];
/// How the rate rises within the last hour: from half to one and a half of its mean.
const RISE: f64 = 0.5;
/// Steps in which it rises.
const STEPS: u32 = 60;

/// A generator of chance that begins anew from the same seed.
#[derive(Debug)]
pub(super) struct Chance(StdRng);

impl Chance {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// Exponential with mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -(1.0 - self.0.random::<f64>()).ln()
    }
}

/// Piecewise constant rates over the voting.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Profile {
    /// (seconds, how many come in them), one piece after the other.
    pieces: Vec<(f64, f64)>,
    hours: u32,
}

impl Profile {
    /// So many visits in so many days, the last hour of which has `last_hour` times the mean of an hour.
    pub(super) fn new(visits: f64, days: u32, last_hour: f64) -> Self {
        let hours = days.max(1) * 24;
        let last = (visits * last_hour / f64::from(hours)).min(visits);
        let weights: Vec<f64> = (0..hours - 1).map(|hour| DAY[hour as usize % 24]).collect();
        let sum: f64 = weights.iter().sum();
        let mut pieces: Vec<_> = weights.iter().map(|weight| (HOUR, (visits - last) * weight / sum)).collect();
        for step in 0..STEPS {
            let middle = (f64::from(step) + 0.5) / f64::from(STEPS);
            let of_mean = 1.0 - RISE + 2.0 * RISE * middle;
            pieces.push((HOUR / f64::from(STEPS), last * of_mean / f64::from(STEPS)));
        }
        Self { pieces, hours }
    }

    /// When the last hour begins, in seconds from the opening.
    pub(super) fn last_hour(&self) -> f64 {
        f64::from(self.hours - 1) * HOUR
    }

    /// Visits a second in the busiest piece.
    pub(super) fn peak(&self) -> f64 {
        self.pieces.iter().map(|(seconds, visits)| visits / seconds).fold(0.0, f64::max)
    }

    /// Visits in each hour.
    pub(super) fn by_hour(&self) -> Vec<f64> {
        let mut hours: Vec<f64> = self.pieces[..self.hours as usize - 1].iter().map(|piece| piece.1).collect();
        hours.push(self.pieces[self.hours as usize - 1..].iter().map(|piece| piece.1).sum());
        hours
    }

    /// Calls `visit` with the time of each of those who come through a door that takes this share of all: a Poisson process
    /// whose rate is the profile's, made from exponential steps in the mean number of visits.
    pub(super) fn arrivals(&self, share: f64, chance: &mut Chance, mut visit: impl FnMut(f64)) {
        let (mut begins, mut need) = (0.0, chance.exponential());
        for (seconds, visits) in &self.pieces {
            let (expected, mut within) = (visits * share, 0.0);
            while within + need <= expected {
                within += need;
                visit(begins + seconds * within / expected);
                need = chance.exponential();
            }
            need -= expected - within;
            begins += seconds;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_comes_and_the_last_hour_is_as_asked() {
        let profile = Profile::new(1_200_000.0, 50, 30.0);
        let hours = profile.by_hour();
        assert_eq!(hours.len(), 1200);
        assert!((hours.iter().sum::<f64>() - 1_200_000.0).abs() < 1e-3);
        assert!((hours[1199] - 30_000.0).abs() < 1e-6, "{}", hours[1199]);
        // One and a half of 30,000 an hour, but for half a step.
        assert!((profile.peak() * HOUR - 45_000.0).abs() < 300.0, "{}", profile.peak());
    }

    #[test]
    fn arrivals_are_poisson_with_the_profile_s_rate() {
        let (profile, mut chance) = (Profile::new(400_000.0, 10, 30.0), Chance::seeded(3));
        let (mut all, mut last, mut before) = (0u32, 0u32, 0.0);
        profile.arrivals(0.5, &mut chance, |at| {
            assert!(at >= before);
            (all, last, before) = (all + 1, last + u32::from(at >= profile.last_hour()), at);
        });
        // 200,000 and 25,000 expected, with deviations of 447 and 158.
        assert!((198_000..202_000).contains(&all), "{all}");
        assert!((24_300..25_700).contains(&last), "{last}");
    }

    #[test]
    fn the_same_seed_is_the_same_crowd() {
        let times = |seed| {
            let mut times = Vec::new();
            Profile::new(500.0, 1, 3.0).arrivals(1.0, &mut Chance::seeded(seed), |at| times.push(at));
            times
        };
        assert_eq!(times(7), times(7));
        assert_ne!(times(7), times(8));
    }
}
