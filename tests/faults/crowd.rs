//! Residents who cast at the same time, through whichever node answers, and keep their own books of what was promised to them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use ballots::Ballot;
use reqwest::StatusCode;
use tokio::{sync::watch, task::JoinSet};
use veche::client::{
    Api, ClientFault,
    resident::{Cast, Credential, PollingPlace},
};

use super::{
    arrivals::{self, Arrival},
    poll::Poll,
    size,
};

/// Longest that a resident waits for an answer before sending the same bytes again: the service's own bound is 15 s.
pub const ANSWER: Duration = Duration::from_secs(20);
/// Between two tries, and between two ballots of one resident.
pub const PAUSE: Duration = Duration::from_millis(15);
/// Newcomers come within so many milliseconds.
const SOON: u64 = 40;

/// One resident with what they know: every acceptance with what it was for, and a ballot whose answer never came.
pub struct Voter {
    pub credential: Credential,
    pub accepted: Vec<(Cast, usize)>,
    pub unanswered: Option<(Vec<u8>, usize)>,
    /// Of whoever came while others cast already.
    pub arrival: Option<Arrival>,
}

/// What came of requests that were not answered as they should be: the same is sent again.
#[derive(Debug, Default)]
pub struct Tries {
    /// Answers with 503 and `Retry-After`.
    pub refusals: AtomicU64,
    /// No answer.
    pub retries: AtomicU64,
}

/// What happened to everybody together.
#[derive(Debug, Default)]
pub struct Counts {
    pub acceptances: AtomicU64,
    /// Of ballots.
    pub casting: Tries,
    /// Of those who came for a credential.
    pub arriving: Tries,
    /// Sessions that were over before they had it.
    pub ended_sessions: AtomicU64,
    /// Longest time between two acceptances of one resident, in milliseconds.
    pub longest_wait: AtomicU64,
}

impl Counts {
    /// Where no process of the service was killed every request has an answer, if only one that says to come again.
    pub fn everybody_was_answered(&self, what: &str) {
        let unanswered = [&self.casting, &self.arriving].map(|tries| tries.retries.load(Ordering::Relaxed));
        assert_eq!(unanswered, [0, 0], "{what}: ballots, and requests for a credential, that got no answer");
    }
}

/// What everybody of a crowd goes by.
#[derive(Clone)]
pub struct Among {
    pub place: PollingPlace,
    pub counts: Arc<Counts>,
    /// Whether a session may end before it was of use: where clocks jump.
    pub sessions_end: bool,
    choices: Vec<Ballot>,
    nodes: watch::Receiver<Vec<Api>>,
    stop: watch::Receiver<bool>,
}

impl Among {
    /// The node whose turn it is.
    pub fn node(&self, turn: usize) -> Api {
        let nodes = self.nodes.borrow();
        nodes[turn % nodes.len()].clone()
    }
}

/// Residents at work.
pub struct Crowd {
    pub counts: Arc<Counts>,
    among: Among,
    stop: watch::Sender<bool>,
    nodes: watch::Sender<Vec<Api>>,
    casting: JoinSet<Voter>,
}

impl Voter {
    pub fn new(credential: Credential) -> Self {
        Self { credential, accepted: Vec::new(), unanswered: None, arrival: None }
    }

    /// Casts until told to stop, and at least until one ballot is accepted. What got no answer is sent again first, the same bytes.
    async fn casts(mut self, among: Among) -> Self {
        let Among { place, choices, counts, .. } = &among;
        let mut turn = self.credential.version as usize;
        let (begun, mut last) = (Instant::now(), Instant::now());
        while !*among.stop.borrow() || self.accepted.is_empty() {
            turn += 1;
            let (bytes, choice) = match self.unanswered.take() {
                Some(waiting) => waiting,
                None => {
                    let choice = rand::random_range(0..choices.len());
                    (place.fill(&mut self.credential, &choices[choice]).unwrap(), choice)
                }
            };
            match answer(&among.node(turn), place, &bytes, counts).await {
                Some(cast) => {
                    let waited = u64::try_from(last.elapsed().as_millis()).unwrap();
                    counts.longest_wait.fetch_max(waited, Ordering::Relaxed);
                    last = Instant::now();
                    self.accepted.push((cast, choice));
                }
                None => self.unanswered = Some((bytes, choice)),
            }
            let is_served = !self.accepted.is_empty() || begun.elapsed() < arrivals::LONGEST;
            assert!(is_served, "somebody with a credential cannot cast");
            tokio::time::sleep(PAUSE).await;
        }
        self
    }

    /// Sends the ballot whose answer never came until it is answered.
    pub async fn is_answered(&mut self, api: &Api, place: &PollingPlace) {
        let counts = Counts::default();
        let started = Instant::now();
        while let Some((bytes, choice)) = self.unanswered.take() {
            match answer(api, place, &bytes, &counts).await {
                Some(cast) => self.accepted.push((cast, choice)),
                None => self.unanswered = Some((bytes, choice)),
            }
            assert!(started.elapsed() < 3 * ANSWER, "a ballot gets no answer after the fault was over");
        }
    }
}

/// What a request comes to: none when there was no answer in time, or one that says to come again.
pub async fn heard<T>(
    asked: impl Future<Output = Result<T, ClientFault>>,
    patience: Duration,
    tries: &Tries,
) -> Option<Result<T, ClientFault>> {
    match tokio::time::timeout(patience, asked).await {
        Ok(Err(ClientFault::Refused { status: StatusCode::SERVICE_UNAVAILABLE, problem, .. }))
            if problem["retry_after"].is_u64() =>
        {
            tries.refusals.fetch_add(1, Ordering::Relaxed);
            None
        }
        Ok(Err(ClientFault::Http(_))) | Err(_) => {
            tries.retries.fetch_add(1, Ordering::Relaxed);
            None
        }
        Ok(answer) => Some(answer),
    }
}

/// An acceptance; none when the ballot must be sent again. Anything else is a failure of the test.
async fn answer(api: &Api, place: &PollingPlace, bytes: &[u8], counts: &Counts) -> Option<Cast> {
    let answer = heard(place.cast(api, bytes.to_vec()), ANSWER, &counts.casting).await?;
    let cast = answer.unwrap_or_else(|fault| panic!("a ballot is not accepted: {fault}"));
    counts.acceptances.fetch_add(1, Ordering::Relaxed);
    Some(cast)
}

impl Crowd {
    /// Every voter of the poll begins to cast, through these nodes in turn.
    pub fn of(poll: &mut Poll, nodes: &[&Api]) -> Self {
        let counts = Arc::new(Counts::default());
        let (stop, stopping) = watch::channel(false);
        let (nodes, seen) = watch::channel(apis(nodes));
        let (place, choices) = (poll.place.clone(), poll.choices.clone());
        let counted = Arc::clone(&counts);
        let among = Among { place, counts: counted, sessions_end: false, choices, nodes: seen, stop: stopping };
        let mut casting = JoinSet::new();
        for voter in std::mem::take(&mut poll.voters) {
            casting.spawn(voter.casts(among.clone()));
        }
        Self { counts, among, stop, nodes, casting }
    }

    /// So many of those who have no credential yet come, within the next moments, and cast then like the others.
    pub fn is_joined_by(&mut self, poll: &mut Poll, newcomers: usize) {
        assert!(newcomers <= poll.codes.len(), "nobody is left who has no credential");
        for code in poll.codes.drain(..newcomers) {
            let (among, after) = (self.among.clone(), Duration::from_millis(rand::random_range(0..SOON)));
            self.casting.spawn(async move {
                tokio::time::sleep(after).await;
                arrivals::arrives(&code, &among).await.casts(among).await
            });
        }
    }

    /// From now on whoever comes identifies themselves anew when their session is over.
    pub fn lets_sessions_end(&mut self) {
        self.among.sessions_end = true;
    }

    /// As a proxy does: from now on these nodes are asked.
    pub fn asks(&self, nodes: &[&Api]) {
        self.nodes.send_replace(apis(nodes));
    }

    /// Everybody who casts or came for a credential.
    pub fn people(&self) -> u64 {
        self.casting.len() as u64
    }

    pub fn acceptances(&self) -> u64 {
        self.counts.acceptances.load(Ordering::Relaxed)
    }

    pub fn refusals(&self) -> u64 {
        self.counts.casting.refusals.load(Ordering::Relaxed)
    }

    /// Waits until so many more ballots were accepted.
    pub async fn until_more(&self, more: u64) {
        let wanted = self.acceptances() + more;
        let started = Instant::now();
        while self.acceptances() < wanted {
            assert!(started.elapsed() < Duration::from_secs(size::of(90, 300)), "nothing more is accepted");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until more ballots than these were refused, with `Retry-After`.
    pub async fn until_refused(&self, before: u64) {
        let started = Instant::now();
        while self.refusals() == before {
            assert!(started.elapsed() < Duration::from_secs(30), "no ballot is refused with Retry-After");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Everybody stops who has cast; the poll has its voters again, with those who came.
    pub async fn ends(self, poll: &mut Poll) -> Arc<Counts> {
        self.stop.send_replace(true);
        poll.voters = self.casting.join_all().await;
        self.counts
    }
}

fn apis(nodes: &[&Api]) -> Vec<Api> {
    nodes.iter().copied().cloned().collect()
}
