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
use crate::{
    app::limiting,
    config::{self, Rate},
    domain::Refusal,
    error::Error,
};

/// Longest that a request may take until its answer begins.
const LONGEST: Duration = Duration::from_secs(60);

/// Requests at the limit's pace after which this node takes a target for a new one: so many times as rarely it may let one through that
/// the other nodes do not hear of.
const LATELY: u64 = 32;

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

impl Operation {
    const ALL: [Self; 4] = [Self::Identify, Self::Issue, Self::Cast, Self::Staff];

    /// Under which it is counted for all nodes.
    fn name(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Issue => "issue",
            Self::Cast => "cast",
            Self::Staff => "staff",
        }
    }
}

/// One limit. Keys are hashed, under a secret of this process, into so many places that memory is bounded whatever is asked.
#[derive(Debug)]
struct Limit {
    limiter: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
    hasher: RandomState,
    places: u64,
}

/// The limits of an operation.
#[derive(Debug)]
struct Pair {
    by_address: Limit,
    by_target: Limit,
    /// Where other nodes serve too: targets that were asked for here lately, which all nodes count together.
    lately: Option<Limit>,
    /// Of the limit by target.
    rate: Rate,
}

/// Every limit of the service.
#[derive(Debug)]
pub struct Limits {
    enabled: bool,
    trusted_proxies: Vec<IpNet>,
    identify: Pair,
    issue: Pair,
    cast: Pair,
    staff: Pair,
    read: Limit,
}

impl Limits {
    /// The limits that these settings ask for, on a node beside which others may serve, or on the only one.
    #[must_use]
    pub fn new(settings: &config::Limits, trusted_proxies: &[IpNet], has_others: bool) -> Self {
        let limit = |rate| Limit::new(rate, settings.keys);
        let pair = |by_address, rate: Rate| {
            let once = Rate { burst: 1, every_ms: rate.every_ms.saturating_mul(LATELY) };
            let lately = has_others.then(|| limit(once));
            Pair { by_address: limit(by_address), by_target: limit(rate), lately, rate }
        };
        Self {
            enabled: settings.enabled,
            trusted_proxies: trusted_proxies.to_vec(),
            identify: pair(settings.identify_by_address, settings.identify_by_code),
            issue: pair(settings.issue_by_address, settings.issue_by_person),
            cast: pair(settings.cast_by_address, settings.cast_by_credential),
            staff: pair(settings.staff_by_address, settings.staff_by_token),
            read: limit(settings.read_by_address),
        }
    }

    /// Networks whose forwarding header is believed.
    #[must_use]
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies
    }

    /// Counts one request by its sender, and if that is within the limit by its target, on this node.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] with the seconds to wait, at least 1.
    pub fn check(&self, operation: Operation, address: IpAddr, target: &[u8]) -> Result<(), Refusal> {
        if !self.enabled {
            return Ok(());
        }
        let pair = self.of(operation);
        pair.by_address.check(address)?;
        pair.by_target.check(target)
    }

    /// Whether a target was asked for here lately, so that the other nodes must hear of it.
    fn is_repeated(&self, operation: Operation, target: &[u8]) -> bool {
        let lately = self.of(operation).lately.as_ref().filter(|_| self.enabled);
        lately.is_some_and(|lately| lately.check(target).is_err())
    }

    fn of(&self, operation: Operation) -> &Pair {
        match operation {
            Operation::Identify => &self.identify,
            Operation::Issue => &self.issue,
            Operation::Cast => &self.cast,
            Operation::Staff => &self.staff,
        }
    }

    /// Places in memory that are taken now; never more than the `keys` setting for each limit.
    #[must_use]
    pub fn places_used(&self) -> usize {
        self.all().map(|limit| limit.limiter.len()).sum()
    }

    fn all(&self) -> impl Iterator<Item = &Limit> {
        let pairs = Operation::ALL.into_iter().map(|operation| self.of(operation));
        pairs.flat_map(|pair| [&pair.by_address, &pair.by_target].into_iter().chain(&pair.lately)).chain([&self.read])
    }

    /// Forgets keys that have been quiet long enough to be as good as new.
    fn forget_quiet_keys(&self) {
        for limit in self.all() {
            limit.limiter.retain_recent();
            limit.limiter.shrink_to_fit();
        }
    }
}

impl Http {
    /// Counts one request by its sender and by its target, on this node and over all.
    ///
    /// # Errors
    /// As [`Limits::check`] and [`Http::count`].
    pub(super) async fn limit(&self, operation: Operation, address: IpAddr, target: &[u8]) -> Result<(), Error> {
        self.limits.check(operation, address, target)?;
        self.count(operation, target).await
    }

    /// Counts a request over all nodes, where its target was asked for here lately. What can be checked of a request is checked before, so
    /// that nobody makes the service write with what is forged.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] with the seconds to wait, at least 1; [`Error::Database`].
    pub(super) async fn count(&self, operation: Operation, target: &[u8]) -> Result<(), Error> {
        if !self.limits.is_repeated(operation, target) {
            return Ok(());
        }
        limiting::count(&self.app, operation.name(), self.limits.of(operation).rate, target).await
    }

    /// Forgets whatever has been quiet long enough to be as good as new, here and for all nodes.
    pub async fn forget_quiet_keys(&self) {
        self.limits.forget_quiet_keys();
        if !self.app.has_other_nodes() {
            return;
        }
        for operation in Operation::ALL {
            let forgotten = limiting::forget(&self.app, operation.name(), self.limits.of(operation).rate).await;
            let _ =
                forgotten.inspect_err(|fault| tracing::warn!(%fault, "what was limited stays until the next minute"));
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
