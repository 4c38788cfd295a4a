//! Time and nodes: clocks that are moved, jobs that run, nodes that stop, start, and die in the middle.

use std::time::Duration;

use audit::round::Phase;
use rand::RngExt as _;
use veche::client::{ClientFault, resident::Cast};

use super::{
    kinds,
    model::{Choice, people::hash},
    run::{Run, Sent},
};
use crate::town::HOUR;

/// A ballot on its way.
struct OnItsWay {
    slug: String,
    person: usize,
    bytes: Vec<u8>,
    choice: Choice,
    answer: Option<Result<Cast, ClientFault>>,
}

impl Run {
    /// Mostly a little, at times hours, now and then backwards, and often to where something is decided.
    pub async fn time_goes(&mut self) {
        let second = self.world.second;
        let seconds = match self.rng.random_range(0..20) {
            0..7 => self.rng.random_range(0..120),
            7..12 => self.rng.random_range(120..HOUR),
            12..14 => self.rng.random_range(HOUR..4 * HOUR),
            14 => -self.rng.random_range(1..300),
            15 => -self.rng.random_range(1..2 * HOUR),
            16..19 => self.some_edge() - second,
            _ => self.some_close() - second,
        };
        // An edge that is far away would end the run.
        let seconds = seconds.clamp(-2 * HOUR, 8 * HOUR);
        self.begins(second, format!("the clock moves by {seconds} s"));
        self.world.moves(seconds);
    }

    /// A second at which something changes, or the one before.
    fn some_edge(&mut self) -> i64 {
        let Some(slug) = self.some_round() else { return self.world.second };
        let round = &self.model.rounds[&slug];
        let promised =
            round.ballots.values().filter(|ballot| !ballot.logged).map(|ballot| ballot.in_log_by - 900).min();
        let step = round.register.1 + HOUR;
        let edges = [Some(round.terms.opens_at), promised, Some(step)];
        let edges: Vec<i64> = edges.into_iter().flatten().filter(|edge| *edge > self.world.second).collect();
        if edges.is_empty() {
            return self.world.second;
        }
        self.one(&edges) - i64::from(self.rng.random_range(0..2_u8))
    }

    /// The second of some close, or one beside it.
    fn some_close(&mut self) -> i64 {
        let Some(slug) = self.some_round() else { return self.world.second };
        self.model.rounds[&slug].closes_at + self.rng.random_range(-1..=1)
    }

    /// One node looks what is due, or one after the other.
    pub async fn jobs(&mut self) {
        let running = self.world.running();
        let all = running.len() > 1 && self.rng.random_bool(0.3);
        let nodes = if all { running } else { vec![self.one(&running)] };
        for node in nodes {
            let now = self.world.now(node);
            self.begins(now, format!("node {node} runs its jobs"));
            self.world.runs_jobs(node).await;
            self.model.runs_jobs(now);
        }
    }

    async fn starts(&mut self, node: usize) {
        if self.model.rounds.values().any(|round| round.phase == Phase::Opened) {
            self.journal.counts(kinds::COUNTED_AT_START);
        }
        self.begins(self.world.now(node), format!("node {node} starts"));
        self.world.starts(node).await;
        self.model.runs_jobs(self.world.now(node));
    }

    pub async fn a_node_restarts(&mut self) {
        let running = self.world.running();
        let stopped: Vec<_> = (0..self.world.len()).filter(|node| !running.contains(node)).collect();
        if !stopped.is_empty() {
            let node = self.one(&stopped);
            return self.starts(node).await;
        }
        let node = self.one(&running);
        self.begins(self.world.now(node), format!("node {node} stops"));
        self.world.stops(node).await;
        if running.len() == 1 {
            let away = self.rng.random_range(0..HOUR);
            self.world.moves(away);
            self.starts(node).await;
        }
    }

    pub async fn a_node_dies(&mut self) {
        if self.rng.random_bool(0.3) { self.dies_at_its_jobs().await } else { self.dies_while_casting().await }
    }

    /// The jobs of a dead node are done again at the same second, and come to the same.
    async fn dies_at_its_jobs(&mut self) {
        // Who counts holds a lease for a minute after death; what the next jobs do is not known then.
        if self.model.rounds.values().any(|round| round.phase == Phase::Opened) {
            return;
        }
        let running = self.world.running();
        let node = self.one(&running);
        let now = self.world.now(node);
        self.begins(now, format!("node {node} dies in the middle of its jobs"));
        let after = Duration::from_micros(self.rng.random_range(0..12_000));
        self.world.begins_jobs(node);
        tokio::time::sleep(after).await;
        self.world.dies(node).await;
        self.world.starts(node).await;
        self.model.runs_jobs(now);
    }

    /// What a dying node had answered holds, and what it had not is sent again.
    async fn dies_while_casting(&mut self) {
        let running = self.world.running();
        let node = self.one(&running);
        self.begins(self.world.now(node), format!("node {node} dies in the middle of casting"));
        let on_their_way = self.all_cast(node).await;
        if self.world.running().is_empty() {
            self.world.starts(node).await;
            // What the dying node took is known before the jobs of its successor are.
            for ballot in &on_their_way {
                self.was_taken(node, ballot).await;
            }
            self.model.runs_jobs(self.world.now(node));
        }
        for OnItsWay { slug, person, bytes, choice, answer } in on_their_way {
            let there = self.anywhere();
            let place = self.grounds[&slug].place.clone().unwrap();
            let again = place.cast(&there.api, bytes.clone()).await;
            if let (Some(Ok(first)), Ok(again)) = (&answer, &again) {
                assert_eq!(first, again, "one ballot has two acceptances");
            }
            match again {
                Ok(cast) if answer.is_none() && self.world.len() > 1 => {
                    self.hears_from_either(&slug, person, there.now, (bytes, choice), cast);
                }
                again => drop(self.hears(&slug, person, &there, (bytes, choice), again)),
            }
        }
    }

    /// With several nodes it is not known whether the dead one or the next took a ballot, each by its own clock.
    fn hears_from_either(
        &mut self,
        slug: &str,
        person: usize,
        now: i64,
        (bytes, choice): (Vec<u8>, Choice),
        cast: Cast,
    ) {
        let round = self.model.round(slug).unwrap();
        let in_log_by = cast.acceptance.in_log_by;
        let promised = [now - 6, now + 6].map(|at| round.would_accept(at, &bytes));
        assert!(promised.contains(&Ok(in_log_by)), "the model says {promised:?}, the service {in_log_by}");
        round.accepts(&bytes, in_log_by, choice.clone());
        let sent = &mut self.resident(slug, person).sent;
        sent.retain(|sent| sent.bytes != bytes);
        sent.push(Sent { bytes, choice, cast: Some(cast), head: None });
    }

    /// Everybody who can casts through this node, which dies a moment later.
    async fn all_cast(&mut self, node: usize) -> Vec<OnItsWay> {
        let at = self.world.at(node);
        let able: Vec<(String, usize)> = self
            .grounds
            .iter()
            .flat_map(|(slug, ground)| {
                let able = ground.residents.iter().filter(|(_, resident)| resident.phone.credential.is_some());
                able.map(|(person, _)| (slug.clone(), *person))
            })
            .collect();
        let after = Duration::from_micros(self.rng.random_range(0..12_000));
        let mut casting = tokio::task::JoinSet::new();
        for (slug, person) in able {
            let (bytes, choice) = self.ballot(&slug, person, false);
            let (api, place) = (at.api.clone(), self.grounds[&slug].place.clone().unwrap());
            casting.spawn(async move {
                let answer = place.cast(&api, bytes.clone()).await;
                // A node that dies may say that it cannot answer, which tells nothing.
                let tells = |fault: &ClientFault| fault.slug().is_some_and(|slug| slug != "unavailable");
                let answer = Some(answer).filter(|answer| answer.as_ref().err().is_none_or(tells));
                OnItsWay { slug, person, bytes, choice, answer }
            });
        }
        tokio::time::sleep(after).await;
        self.world.dies(node).await;
        let mut on_their_way = casting.join_all().await;
        on_their_way.sort_by(|one, other| (&one.slug, one.person).cmp(&(&other.slug, other.person)));
        self.journal.adds(format!("{} on their way", on_their_way.len()));
        if !on_their_way.is_empty() {
            self.journal.counts(kinds::DEATH);
        }
        for OnItsWay { slug, person, bytes, choice, answer } in &mut on_their_way {
            let kept = answer.as_ref().and_then(|answer| answer.as_ref().ok().cloned());
            if let Some(answer) = answer.take() {
                self.hears(slug, *person, &at, (bytes.clone(), choice.clone()), answer);
            }
            *answer = kept.map(Ok);
        }
        on_their_way
    }

    /// Whether a ballot whose answer was lost had been taken.
    async fn was_taken(&mut self, node: usize, ballot: &OnItsWay) {
        let at = self.world.at(node);
        let OnItsWay { slug, person, bytes, choice, .. } = ballot;
        let name = audit::log::hash::Hash::from(hash(bytes));
        let path = format!("/api/v1/rounds/{slug}/receipts/{name}");
        let found: Result<serde_json::Value, _> = at.api.get(&path, None).await;
        match found {
            Ok(_) => {
                let round = self.model.round(slug).unwrap();
                let in_log_by = round.would_accept(at.now, bytes).expect("a ballot was taken that must not be");
                round.accepts(bytes, in_log_by, choice.clone());
                let sent = &mut self.resident(slug, *person).sent;
                if !sent.iter().any(|sent| sent.bytes == *bytes) {
                    sent.push(Sent { bytes: bytes.clone(), choice: choice.clone(), cast: None, head: None });
                }
            }
            Err(fault) => assert_eq!(fault.slug(), Some("unknown-ballot"), "{fault}"),
        }
    }
}
