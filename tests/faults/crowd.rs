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

use super::{poll::Poll, size};

/// Longest that a resident waits for an answer before sending the same bytes again.
const ANSWER: Duration = Duration::from_secs(20);
/// Between two tries, and between two ballots of one resident.
const PAUSE: Duration = Duration::from_millis(15);

/// One resident with what they know: every acceptance with what it was for, and a ballot whose answer never came.
pub struct Voter {
    pub credential: Credential,
    pub accepted: Vec<(Cast, usize)>,
    pub unanswered: Option<(Vec<u8>, usize)>,
}

/// What happened to everybody together.
#[derive(Debug, Default)]
pub struct Counts {
    pub acceptances: AtomicU64,
    /// Answers with 503 and `Retry-After`: the ballot is sent again.
    pub refusals: AtomicU64,
    /// No answer: the same bytes are sent again.
    pub retries: AtomicU64,
    /// Longest time between two acceptances of one resident, in milliseconds.
    pub longest_wait: AtomicU64,
}

/// Residents at work.
pub struct Crowd {
    pub counts: Arc<Counts>,
    stop: watch::Sender<bool>,
    nodes: watch::Sender<Vec<Api>>,
    casting: JoinSet<Voter>,
}

impl Voter {
    pub fn new(credential: Credential) -> Self {
        Self { credential, accepted: Vec::new(), unanswered: None }
    }

    /// Casts until told to stop. What got no answer is sent again first, the same bytes.
    async fn casts(
        mut self,
        place: PollingPlace,
        choices: Vec<Ballot>,
        nodes: watch::Receiver<Vec<Api>>,
        stop: watch::Receiver<bool>,
        counts: Arc<Counts>,
    ) -> Self {
        let mut turn = self.credential.version as usize;
        let mut last = Instant::now();
        while !*stop.borrow() {
            turn += 1;
            let (bytes, choice) = match self.unanswered.take() {
                Some(waiting) => waiting,
                None => {
                    let choice = rand::random_range(0..choices.len());
                    (place.fill(&mut self.credential, &choices[choice]).unwrap(), choice)
                }
            };
            let api = {
                let nodes = nodes.borrow();
                nodes[turn % nodes.len()].clone()
            };
            match answer(&api, &place, &bytes, &counts).await {
                Some(cast) => {
                    let waited = u64::try_from(last.elapsed().as_millis()).unwrap();
                    counts.longest_wait.fetch_max(waited, Ordering::Relaxed);
                    last = Instant::now();
                    self.accepted.push((cast, choice));
                }
                None => self.unanswered = Some((bytes, choice)),
            }
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

/// An acceptance; none when there was no answer, or one that says to come again. Anything else is a failure of the test.
async fn answer(api: &Api, place: &PollingPlace, bytes: &[u8], counts: &Counts) -> Option<Cast> {
    match tokio::time::timeout(ANSWER, place.cast(api, bytes.to_vec())).await {
        Ok(Ok(cast)) => {
            counts.acceptances.fetch_add(1, Ordering::Relaxed);
            return Some(cast);
        }
        Ok(Err(ClientFault::Refused { status, slug, problem, .. })) => {
            let timely = status == StatusCode::SERVICE_UNAVAILABLE && problem["retry_after"].is_u64();
            assert!(timely || slug == "timeout", "{slug} ({status}): {problem}");
            counts.refusals.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Err(ClientFault::Http(_))) | Err(_) => {
            counts.retries.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Err(fault)) => panic!("{fault}"),
    }
    None
}

impl Crowd {
    /// Every voter of the poll begins to cast, through these nodes in turn.
    pub fn of(poll: &mut Poll, nodes: &[&Api]) -> Self {
        let counts = Arc::new(Counts::default());
        let (stop, stopping) = watch::channel(false);
        let (nodes, seen) = watch::channel(apis(nodes));
        let mut casting = JoinSet::new();
        for voter in std::mem::take(&mut poll.voters) {
            let (place, choices) = (poll.place.clone(), poll.choices.clone());
            casting.spawn(voter.casts(place, choices, seen.clone(), stopping.clone(), Arc::clone(&counts)));
        }
        Self { counts, stop, nodes, casting }
    }

    /// As a proxy does: from now on these nodes are asked.
    pub fn asks(&self, nodes: &[&Api]) {
        self.nodes.send_replace(apis(nodes));
    }

    pub fn acceptances(&self) -> u64 {
        self.counts.acceptances.load(Ordering::Relaxed)
    }

    pub fn refusals(&self) -> u64 {
        self.counts.refusals.load(Ordering::Relaxed)
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

    /// Waits until somebody more than these was refused, with `Retry-After`.
    pub async fn until_refused(&self, before: u64) {
        let started = Instant::now();
        while self.refusals() == before {
            assert!(started.elapsed() < Duration::from_secs(30), "no ballot is refused with Retry-After");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Everybody stops; the poll has its voters again.
    pub async fn ends(self, poll: &mut Poll) -> Arc<Counts> {
        self.stop.send_replace(true);
        poll.voters = self.casting.join_all().await;
        self.counts
    }
}

fn apis(nodes: &[&Api]) -> Vec<Api> {
    nodes.iter().copied().cloned().collect()
}
