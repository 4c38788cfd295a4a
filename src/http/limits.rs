//! Rate limits: for each operation one by who asks and one by what is asked for, in bounded memory.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hash},
    net::IpAddr,
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use ipnet::IpNet;

use super::{Http, client::Client, problem::Problem};
use crate::{config, domain::Refusal};

/// Longest that a request may take until its answer begins.
const LONGEST: Duration = Duration::from_secs(60);

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Trying a letter code; the target is the code's first letters.
    Identify,
    /// Asking for a signature or a backup; the target is the session.
    Issue,
    /// Casting; the target is the credential.
    Cast,
    /// Acting as staff; the target is the token.
    Staff,
}

/// One limit. Keys are hashed, under a secret of this process, into so many places that memory is bounded whatever is asked.
#[derive(Debug)]
struct Limit {
    limiter: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
    hasher: RandomState,
    places: u64,
}

/// Every limit of the service.
#[derive(Debug)]
pub struct Limits {
    enabled: bool,
    trusted_proxies: Vec<IpNet>,
    identify: [Limit; 2],
    issue: [Limit; 2],
    cast: [Limit; 2],
    staff: [Limit; 2],
    read: Limit,
}

impl Limits {
    /// The limits that these settings ask for.
    #[must_use]
    pub fn new(settings: &config::Limits, trusted_proxies: &[IpNet]) -> Self {
        let limit = |rate| Limit::new(rate, settings.keys);
        Self {
            enabled: settings.enabled,
            trusted_proxies: trusted_proxies.to_vec(),
            identify: [limit(settings.identify_by_address), limit(settings.identify_by_code)],
            issue: [limit(settings.issue_by_address), limit(settings.issue_by_person)],
            cast: [limit(settings.cast_by_address), limit(settings.cast_by_credential)],
            staff: [limit(settings.staff_by_address), limit(settings.staff_by_token)],
            read: limit(settings.read_by_address),
        }
    }

    /// Networks whose forwarding header is believed.
    #[must_use]
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies
    }

    /// Counts one request by its sender, and if that is within the limit by its target.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] with the seconds to wait, at least 1.
    pub fn check(&self, operation: Operation, address: IpAddr, target: impl Hash) -> Result<(), Refusal> {
        if !self.enabled {
            return Ok(());
        }
        let [by_address, by_target] = match operation {
            Operation::Identify => &self.identify,
            Operation::Issue => &self.issue,
            Operation::Cast => &self.cast,
            Operation::Staff => &self.staff,
        };
        by_address.check(address)?;
        by_target.check(target)
    }

    /// Places in memory that are taken now; never more than the `keys` setting for each limit.
    #[must_use]
    pub fn places_used(&self) -> usize {
        self.all().map(|limit| limit.limiter.len()).sum()
    }

    fn all(&self) -> impl Iterator<Item = &Limit> {
        [&self.identify, &self.issue, &self.cast, &self.staff].into_iter().flatten().chain([&self.read])
    }

    /// Forgets keys that have been quiet long enough to be as good as new.
    pub fn forget_quiet_keys(&self) {
        for limit in self.all() {
            limit.limiter.retain_recent();
            limit.limiter.shrink_to_fit();
        }
    }
}

impl Limit {
    fn new(rate: config::Rate, places: usize) -> Self {
        let one = Duration::from_millis(rate.every_ms.max(1));
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(one).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            hasher: RandomState::new(),
            places: places.max(1) as u64,
        }
    }

    fn check(&self, key: impl Hash) -> Result<(), Refusal> {
        let place = self.hasher.hash_one(key) % self.places;
        self.limiter.check_key(&place).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            Refusal::TooMany {
                seconds: u32::try_from(wait.as_secs()).map_or(u32::MAX, |whole| whole.saturating_add(1)),
            }
        })
    }
}

/// Ends a request that takes too long, be it sent slowly or answered slowly. Files are streamed after this.
pub(super) async fn in_time(answer: impl Future<Output = Response>) -> Response {
    let words = "the request took too long; asking again is safe and changes nothing twice";
    let answer = tokio::time::timeout(LONGEST, answer).await;
    answer.unwrap_or_else(|_| Problem::new("timeout", StatusCode::REQUEST_TIMEOUT, words).into_response())
}

/// Limits everything that only reads, by the requester's address.
pub(super) async fn reads(
    State(http): State<Http>,
    Client(address): Client,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if http.limits.enabled {
        http.limits.read.check(address)?;
    }
    Ok(next.run(request).await)
}
