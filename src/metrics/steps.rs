//! Counts of people's acts, shown in steps: once in ten minutes at most, and only when twenty more have come.
//!
//! Whoever reads a counter every second would see it move by one just when somebody stands at the tablet. So what is shown is a copy,
//! which is renewed at the first look in each period, and of which a number changes only with the next multiple of [`K`].

use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use super::series::Value;

/// Numbers of acts are shown in multiples of this, as ballots go into the log in batches of at least so many.
pub const K: u64 = 20;
/// Seconds between two looks at the counts.
pub const PERIOD: i64 = 600;

/// The number of the period that a Unix second is in.
pub(super) const fn period(now: i64) -> i64 {
    now.div_euclid(PERIOD)
}

/// The multiple of [`K`] below.
pub(super) const fn rounded(count: u64) -> u64 {
    count - count % K
}

/// One series: how many there were of each size, and their sum in millionths.
#[derive(Debug)]
pub(super) struct Cell {
    bounds: &'static [f64],
    buckets: Vec<AtomicU64>,
    sum: AtomicU64,
    shown: Mutex<Option<Value>>,
}

impl Cell {
    fn new(bounds: &'static [f64]) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, buckets, sum: AtomicU64::new(0), shown: Mutex::default() }
    }

    /// One more, of this size.
    pub(super) fn observe(&self, size: f64) {
        let at = self.bounds.partition_point(|bound| *bound < size);
        self.buckets[at].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add((size * 1e6) as u64, Ordering::Relaxed);
    }

    /// What may be shown from now on: nothing new, unless the total has reached another multiple of [`K`].
    fn renew(&self) {
        let mut running = 0;
        let up_to: Vec<u64> = self
            .buckets
            .iter()
            .map(|bucket| {
                running += bucket.load(Ordering::Relaxed);
                running
            })
            .collect();
        let total = rounded(running);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if total == 0 || shown.as_ref().is_some_and(|shown| shown.count() == total) {
            return;
        }
        *shown = Some(if self.bounds.is_empty() {
            Value::Counter(total)
        } else {
            // The mean stays true when the sum shrinks as the count does; rounded up to so many, no bucket tells of one.
            let sum = self.sum.load(Ordering::Relaxed) as f64 / 1e6 * total as f64 / running as f64;
            let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
            Value::Histogram { sum, up_to: bounds.zip(up_to.into_iter().map(rounded)).collect() }
        });
    }
}

/// Every series of one metric, by the values of its labels.
#[derive(Debug)]
pub(super) struct Steps {
    bounds: &'static [f64],
    /// Sorted, so that a request finds its series without making a key.
    series: RwLock<Vec<(Vec<String>, Arc<Cell>)>>,
    renewed: Mutex<i64>,
}

impl Steps {
    pub(super) fn counter() -> Self {
        Self::histogram(&[])
    }

    pub(super) fn histogram(bounds: &'static [f64]) -> Self {
        Self { bounds, series: RwLock::default(), renewed: Mutex::new(i64::MIN) }
    }

    /// The series with these labels.
    pub(super) fn cell(&self, labels: &[&str]) -> Arc<Cell> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        if let Ok(at) = place(&series, labels) {
            return Arc::clone(&series[at].1);
        }
        drop(series);
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        let at = place(&series, labels).unwrap_or_else(|at| {
            let key = labels.iter().map(|label| (*label).to_owned()).collect();
            series.insert(at, (key, Arc::new(Cell::new(self.bounds))));
            at
        });
        Arc::clone(&series[at].1)
    }

    /// What is shown in this period.
    pub(super) fn show(&self, period: i64) -> Vec<(Vec<String>, Value)> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        let mut renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if *renewed < period {
            *renewed = period;
            series.iter().for_each(|(_, cell)| cell.renew());
        }
        let shown = series.iter().filter_map(|(labels, cell)| {
            let shown = cell.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
            Some((labels.clone(), shown))
        });
        shown.collect()
    }
}

/// Where the series with these labels stands, or would stand.
fn place(series: &[(Vec<String>, Arc<Cell>)], labels: &[&str]) -> Result<usize, usize> {
    series.binary_search_by(|(key, _)| key.iter().map(String::as_str).cmp(labels.iter().copied()))
}
