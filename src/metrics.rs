//! What the operator may watch in numbers, in the text form of OpenMetrics: none of it tells when one resident came.

mod catalogue;
mod process;
mod series;
mod state;
mod steps;

pub use catalogue::{CATALOGUE, Description, Kind};
pub use process::Process;
pub use state::{Pool, Share, State, WitnessOf};
pub use steps::{K, PERIOD};

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use series::{Series, Value};
use steps::{Cell, Steps};

/// Media type of the text.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of durations, in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds of the number of requests in one commit.
const JOBS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// Who asks for what, as far as load is concerned; in the order in which they are refused when there is too much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Pages, results, exports, logs: whoever reads can read a moment later, or from a copy.
    Reading,
    /// The way to a ballot: its page and rules, identification, the credential.
    Voting,
    /// A ballot, and acts of staff.
    Casting,
    /// Questions of the supervisor, never refused.
    Operating,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Reading, Self::Voting, Self::Casting, Self::Operating];

    /// Its name in labels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Voting => "voting",
            Self::Casting => "casting",
            Self::Operating => "operating",
        }
    }
}

/// What one queue to the database does.
#[derive(Debug, Clone)]
pub struct Commits {
    size: Arc<Cell>,
    duration: Arc<Cell>,
    wait: Arc<Cell>,
}

impl Commits {
    /// One commit of so many requests, and how long it took.
    pub fn committed(&self, jobs: usize, took: Duration) {
        self.size.observe(jobs as f64);
        self.duration.observe(took.as_secs_f64());
    }

    /// How long the transaction waited until it began.
    pub fn waited(&self, waited: Duration) {
        self.wait.observe(waited.as_secs_f64());
    }
}

/// Everything that is counted in this process. What counts people's acts is shown in `steps` only.
#[derive(Debug)]
pub struct Metrics {
    requests: Steps,
    durations: Steps,
    by_class: [Arc<Cell>; 4],
    refusals: Steps,
    shed: Steps,
    sizes: Steps,
    commits: Steps,
    waits: Steps,
    job_faults: AtomicU64,
    faults: AtomicU64,
    jobs_at: AtomicI64,
    heads: Mutex<BTreeMap<String, (u64, i64)>>,
    urns: Mutex<(i64, BTreeMap<String, u64>)>,
    /// Connections that are open.
    pub connections: Arc<AtomicUsize>,
    started_at: i64,
}

impl Metrics {
    /// Nothing counted yet, at this Unix second.
    #[must_use]
    pub fn new(now: i64) -> Self {
        let durations = Steps::histogram(SECONDS);
        Self {
            by_class: Class::ALL.map(|class| durations.cell(&[class.name()])),
            durations,
            requests: Steps::counter(),
            refusals: Steps::counter(),
            shed: Steps::counter(),
            sizes: Steps::histogram(JOBS),
            commits: Steps::histogram(SECONDS),
            waits: Steps::histogram(SECONDS),
            job_faults: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            jobs_at: AtomicI64::new(now),
            heads: Mutex::default(),
            urns: Mutex::new((i64::MIN, BTreeMap::new())),
            connections: Arc::default(),
            started_at: now,
        }
    }

    /// What the queue of this name does is counted by the answer.
    #[must_use]
    pub fn commits(&self, queue: &str) -> Commits {
        let cell = |steps: &Steps| steps.cell(&[queue]);
        Commits { size: cell(&self.sizes), duration: cell(&self.commits), wait: cell(&self.waits) }
    }

    /// One request: the template of its route, its method, the status of the answer, and how long that took to begin.
    pub fn request(&self, class: Class, [route, method]: [&str; 2], status: u16, took: Duration) {
        let status = ["1xx", "2xx", "3xx", "4xx", "5xx"][usize::from((status / 100).clamp(1, 5) - 1)];
        self.requests.cell(&[route, method, status]).observe(1.0);
        self.by_class[class as usize].observe(took.as_secs_f64());
    }

    /// One answer that said no.
    pub fn refused(&self, slug: &str) {
        self.refusals.cell(&[slug]).observe(1.0);
    }

    /// One request that was turned away because there is too much to do.
    pub fn shed(&self, class: Class) {
        self.shed.cell(&[class.name()]).observe(1.0);
    }

    /// One request that failed by a fault of the service.
    pub fn failed(&self) {
        self.faults.fetch_add(1, Ordering::Relaxed);
    }

    /// The loop that looks what is due went round once, at this Unix second.
    pub fn jobs_ran(&self, now: i64) {
        self.jobs_at.store(now, Ordering::Relaxed);
    }

    /// Something failed in a round of a loop; it is tried again.
    pub fn job_failed(&self) {
        self.job_faults.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the ballots in the urns are to be counted for the numbers that are shown at this Unix second.
    pub fn wants_urns(&self, now: i64) -> bool {
        self.urns.lock().unwrap_or_else(PoisonError::into_inner).0 < steps::period(now)
    }

    /// Everything, in the order of the catalogue, as shown at this Unix second.
    #[must_use]
    pub fn text(&self, now: i64, state: State) -> String {
        let mut series = Series::default();
        let period = steps::period(now);
        for (name, steps) in [
            ("veche_requests", &self.requests),
            ("veche_request_duration", &self.durations),
            ("veche_refusals", &self.refusals),
            ("veche_shed", &self.shed),
            ("veche_commit_size", &self.sizes),
            ("veche_commit_duration", &self.commits),
            ("veche_database_wait", &self.waits),
        ] {
            steps.show(period).into_iter().for_each(|(labels, value)| series.add(name, labels, value));
        }
        let gauge = |number: i64| Value::Gauge(number as f64);
        series.add("veche_job_faults", [], Value::Counter(self.job_faults.load(Ordering::Relaxed)));
        series.add("veche_faults", [], Value::Counter(self.faults.load(Ordering::Relaxed)));
        series.add("veche_jobs_age", [], gauge(now.saturating_sub(self.jobs_at.load(Ordering::Relaxed)).max(0)));
        let connections = steps::rounded(self.connections.load(Ordering::Relaxed) as u64);
        series.add("veche_connections", [], Value::Gauge(connections as f64));
        series.add("veche_start_time", [], gauge(self.started_at));
        series.add("veche_build", [env!("CARGO_PKG_VERSION").to_owned()], Value::Info);
        for (log, age) in self.ages(now, &state) {
            series.add("veche_checkpoint_age", [log], gauge(age));
        }
        for (round, ballots) in self.urns(period, &state) {
            series.add("veche_urn_ballots", [round], Value::Gauge(ballots as f64));
        }
        state.into_series(&mut series);
        series.print()
    }

    /// Seconds since the head of each log was seen to move, as far as this process knows.
    fn ages(&self, now: i64, state: &State) -> Vec<(String, i64)> {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = state.logs.iter().map(|(log, size)| {
            let head = heads.entry(log.clone()).or_insert((*size, now));
            if head.0 != *size {
                *head = (*size, now);
            }
            (log.clone(), now.saturating_sub(head.1).max(0))
        });
        seen.collect()
    }

    /// The ballots in each urn, as of once in a period.
    fn urns(&self, period: i64, state: &State) -> BTreeMap<String, u64> {
        let mut shown = self.urns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(urns) = state.urns.as_ref().filter(|_| shown.0 < period) {
            *shown = (period, urns.iter().map(|(round, waiting)| (round.clone(), steps::rounded(*waiting))).collect());
        }
        shown.1.clone()
    }
}

#[cfg(test)]
mod tests;
