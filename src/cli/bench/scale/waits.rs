//! How long people waited: counted in steps of one hundredth, so that millions take little memory.

/// Shortest wait that is told from none, in seconds.
const LEAST: f64 = 1e-6;
/// A step, as a factor.
const STEP: f64 = 1.01;

/// Waits in seconds.
#[derive(Debug, Clone, Default)]
pub(super) struct Waits {
    steps: Vec<u64>,
    count: u64,
    sum: f64,
    longest: f64,
}

impl Waits {
    pub(super) fn add(&mut self, seconds: f64) {
        let step = if seconds <= LEAST { 0 } else { ((seconds / LEAST).ln() / STEP.ln()).ceil() as usize };
        if self.steps.len() <= step {
            self.steps.resize(step + 1, 0);
        }
        self.steps[step] += 1;
        self.count += 1;
        self.sum += seconds;
        self.longest = self.longest.max(seconds);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    pub(super) fn longest(&self) -> f64 {
        self.longest
    }

    /// What this share of all did not exceed, at most a hundredth too long.
    pub(super) fn within(&self, share: f64) -> f64 {
        let wanted = (self.count as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (step, count) in self.steps.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return (LEAST * STEP.powf(step as f64)).min(self.longest);
            }
        }
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_a_hundredth() {
        let mut waits = Waits::default();
        (1..=1000).for_each(|ms| waits.add(f64::from(ms) / 1000.0));
        assert_eq!((waits.count(), waits.longest()), (1000, 1.0));
        assert!((waits.mean() - 0.5005).abs() < 1e-9);
        for (share, expected) in [(0.5, 0.5), (0.99, 0.99), (1.0, 1.0)] {
            let found = waits.within(share);
            assert!((expected..=expected * STEP).contains(&found), "{share}: {found}");
        }
    }

    #[test]
    fn nobody_waited() {
        let waits = Waits::default();
        assert_eq!((waits.mean(), waits.within(0.99), waits.longest()), (0.0, 0.0, 0.0));
    }
}
