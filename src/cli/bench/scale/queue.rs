//! Queues that are gone through arrival by arrival: servers in a row, and the one that commits whatever waits together.

use std::collections::VecDeque;

/// Servers that take whoever waits longest, one each.
#[derive(Debug)]
pub(super) struct Servers {
    /// When each is free, in seconds.
    free: Vec<f64>,
}

impl Servers {
    /// So many servers, all free; at least one.
    pub(super) fn new(count: usize) -> Self {
        Self { free: vec![0.0; count.max(1)] }
    }

    /// Somebody comes at a time, not before the last one, and needs so many seconds of one server. Returns the seconds that
    /// they wait before their turn.
    pub(super) fn arrive(&mut self, at: f64, service: f64) -> f64 {
        let mut first = 0;
        for (server, free) in self.free.iter().enumerate() {
            if *free < self.free[first] {
                first = server;
            }
        }
        let begins = self.free[first].max(at);
        self.free[first] = begins + service;
        begins - at
    }
}

/// One writer that takes all who wait, up to a limit, in one transaction: seconds for the commit and seconds for each of them.
#[derive(Debug)]
pub(super) struct Groups {
    commit: f64,
    each: f64,
    most: usize,
    busy_until: f64,
    waiting: VecDeque<f64>,
    /// Transactions that were begun.
    pub(super) commits: u64,
    /// Seconds in which the writer worked.
    pub(super) busy: f64,
    /// Most that waited at one time.
    pub(super) longest: usize,
}

impl Groups {
    /// A writer that is free, with at least one in a group.
    pub(super) fn new(commit: f64, each: f64, most: usize) -> Self {
        let (busy_until, waiting, most) = (0.0, VecDeque::new(), most.max(1));
        Self { commit, each, most, busy_until, waiting, commits: 0, busy: 0.0, longest: 0 }
    }

    /// Somebody comes at a time, not before the last one. `answered` gets (time of arrival, seconds until the answer) of all
    /// whose answer is known by then.
    pub(super) fn arrive(&mut self, at: f64, answered: &mut impl FnMut(f64, f64)) {
        while self.busy_until <= at && !self.waiting.is_empty() {
            self.begin(self.busy_until, answered);
        }
        self.waiting.push_back(at);
        self.longest = self.longest.max(self.waiting.len());
        if self.busy_until <= at {
            self.begin(at, answered);
        }
    }

    /// Nobody comes any more: the rest is answered.
    pub(super) fn end(&mut self, answered: &mut impl FnMut(f64, f64)) {
        while !self.waiting.is_empty() {
            self.begin(self.busy_until, answered);
        }
    }

    fn begin(&mut self, at: f64, answered: &mut impl FnMut(f64, f64)) {
        let group = self.waiting.len().min(self.most);
        let work = self.commit + self.each * group as f64;
        self.busy_until = at + work;
        self.busy += work;
        self.commits += 1;
        for came in self.waiting.drain(..group) {
            answered(came, self.busy_until - came);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::bench::scale::arrivals::Chance;

    const MANY: u32 = 1_500_000;

    /// Mean wait of Poisson arrivals, `rate` a second.
    fn mean_wait(servers: usize, rate: f64, mut service: impl FnMut(&mut Chance) -> f64) -> f64 {
        let (mut chance, mut queue, mut at, mut sum) = (Chance::seeded(11), Servers::new(servers), 0.0, 0.0);
        for _ in 0..MANY {
            at += chance.exponential() / rate;
            let service = service(&mut chance);
            sum += queue.arrive(at, service);
        }
        sum / f64::from(MANY)
    }

    fn near(found: f64, expected: f64, what: &str) {
        assert!((found / expected - 1.0).abs() < 0.03, "{what}: {found}, expected {expected}");
    }

    #[test]
    fn exponential_service_waits_as_in_m_m_1() {
        for load in [0.3, 0.6, 0.8] {
            near(mean_wait(1, load, Chance::exponential), load / (1.0 - load), "M/M/1");
        }
    }

    #[test]
    fn even_service_waits_as_in_m_d_1() {
        for load in [0.3, 0.6, 0.8] {
            near(mean_wait(1, load, |_| 1.0), load / (2.0 * (1.0 - load)), "M/D/1 (Pollaczek and Khinchine)");
        }
    }

    #[test]
    fn several_servers_wait_as_erlang_says() {
        // Erlang's C for 3 servers and 2 erlangs is 4/9; the wait is C / (servers - load).
        near(mean_wait(3, 2.0, Chance::exponential), 4.0 / 9.0, "M/M/3");
    }

    #[test]
    fn groups_of_one_wait_as_in_m_d_1() {
        let (mut chance, mut queue, mut at, mut sum) = (Chance::seeded(5), Groups::new(0.6, 0.4, 1), 0.0, 0.0);
        for _ in 0..MANY {
            at += chance.exponential() / 0.7;
            queue.arrive(at, &mut |_, answered| sum += answered);
        }
        queue.end(&mut |_, answered| sum += answered);
        near(sum / f64::from(MANY), 1.0 + 0.7 / (2.0 * 0.3), "M/D/1 with groups of one");
        near(queue.busy, f64::from(MANY), "work");
    }

    #[test]
    fn whoever_waits_together_is_answered_together() {
        let (mut queue, mut answers) = (Groups::new(10.0, 1.0, 2), Vec::new());
        for at in [0.0, 1.0, 2.0, 3.0] {
            queue.arrive(at, &mut |came, after| answers.push((came, after)));
        }
        queue.end(&mut |came, after| answers.push((came, after)));
        // One alone until 11, two until 23, one until 34.
        assert_eq!(answers, [(0.0, 11.0), (1.0, 22.0), (2.0, 21.0), (3.0, 31.0)]);
        assert_eq!((queue.commits, queue.longest), (3, 3));
    }
}
