//! Residents with the ballot box: choices good and bad, versions old and new, bytes damaged and repeated, answers lost.

use audit::round::Bytes;
use ballots::{Ballot, codec};
use rand::RngExt as _;
use reqwest::Method;
use serde_json::json;
use veche::client::{
    ClientFault,
    receipt::{self, Receipt},
    resident::{Cast, PollingPlace},
};

use super::{
    kinds,
    model::{
        Choice, Verdict,
        people::{damaged_at, hash, version},
    },
    run::{Run, Sent},
    world::At,
};

/// Seconds that a device allows a server's clock.
const CLOCKS_DIFFER: i64 = 600;

impl Run {
    /// A device that can cast.
    fn voter(&mut self) -> Option<(String, usize, bool)> {
        for _ in 0..6 {
            let (slug, person) = self.somebody()?;
            let tablet = self.rng.random_bool(0.3);
            for tablet in [tablet, !tablet] {
                if self.device(&slug, person, tablet).credential.is_some() {
                    return Some((slug, person, tablet));
                }
            }
        }
        None
    }

    /// A ballot with the next version of this device, or with some other version.
    pub fn ballot(&mut self, slug: &str, person: usize, tablet: bool) -> (Vec<u8>, Choice) {
        let place = self.grounds[slug].place.clone().unwrap();
        let (choice, encoded) = self.choice(&place);
        let known = self.device(slug, person, tablet).credential.as_ref().unwrap().version;
        let before = match self.rng.random_range(0..100) {
            0..8 => known.saturating_add(self.rng.random_range(0..5)),
            8..15 => self.rng.random_range(0..=known.min(3)),
            15 => u32::MAX - 1,
            _ => known,
        };
        let credential = self.device(slug, person, tablet).credential.as_mut().unwrap();
        credential.version = before.min(u32::MAX - 1);
        (place.fill_bytes(credential, &encoded).unwrap(), choice)
    }

    /// What is marked, and its bytes; sometimes they are no choice at all.
    fn choice(&mut self, place: &PollingPlace) -> (Choice, Vec<u8>) {
        let count = self.rng.random_range(0..=3);
        let mut marks: Vec<u16> = (0..count).map(|_| self.rng.random_range(0..8)).collect();
        marks.sort_unstable();
        marks.dedup();
        let ids: Vec<_> = marks.iter().map(|mark| (format!("t{}", mark + 1), None)).collect();
        let voting = &place.rules.voting;
        let ballot = Ballot::parse(voting, ids.iter().map(|(id, value)| (id.as_str(), *value))).unwrap();
        let mut bytes = codec::encode(voting, &ballot);
        match self.rng.random_range(0..20) {
            0 => {
                bytes[0] = 2;
                (Choice::Invalid("format"), bytes)
            }
            1 => {
                bytes[1..3].copy_from_slice(&1_u16.to_be_bytes());
                bytes[3..5].copy_from_slice(&99_u16.to_be_bytes());
                bytes[5..].fill(0);
                (Choice::Invalid("unknown-territory"), bytes)
            }
            _ => (Choice::Marks(marks), bytes),
        }
    }

    pub async fn casts(&mut self) {
        let Some((slug, person, tablet)) = self.voter() else { return self.asks().await };
        let (bytes, choice) = self.ballot(&slug, person, tablet);
        let highest = self.sends(&slug, person, bytes, choice).await;
        if let Some(highest) = highest {
            self.device(&slug, person, tablet).credential.as_mut().unwrap().version = highest;
        }
    }

    /// Casts, and holds the answer against the model; the highest version accepted, if the refusal names it.
    async fn sends(&mut self, slug: &str, person: usize, bytes: Vec<u8>, choice: Choice) -> Option<u32> {
        let at = self.anywhere();
        let place = self.grounds[slug].place.clone().unwrap();
        self.begins(at.now, format!("{slug}: person {person} casts version {}, {choice:?}", version(&bytes)));
        if self.rng.random_bool(0.1) {
            self.loses_answer(place.cast(&at.api, bytes.clone())).await;
        }
        let answer = place.cast(&at.api, bytes.clone()).await;
        self.hears(slug, person, &at, (bytes, choice), answer)
    }

    /// What came back for a ballot.
    pub fn hears(
        &mut self,
        slug: &str,
        person: usize,
        at: &At,
        (bytes, choice): (Vec<u8>, Choice),
        answer: Result<Cast, ClientFault>,
    ) -> Option<u32> {
        let round = self.model.round(slug).unwrap();
        let wanted = round.would_accept(at.now, &bytes);
        let verdict: Verdict<i64> = wanted.map_err(|(slug, _)| slug);
        if let Ok(in_log_by) = verdict {
            round.accepts(&bytes, in_log_by, choice.clone());
        }
        let highest = match &answer {
            Err(ClientFault::Refused { problem, .. }) => problem["accepted_version"].as_u64().map(|it| it as u32),
            _ => None,
        };
        let cast = self.agree(answer, &verdict);
        if let Err((_, named)) = wanted {
            assert_eq!(highest, named, "the refusal names another version");
        }
        if let Some(cast) = &cast {
            assert_eq!(Ok(cast.acceptance.in_log_by), verdict, "the promise is for another hour");
        }
        let sent = &mut self.resident(slug, person).sent;
        match sent.iter_mut().find(|sent| sent.bytes == bytes) {
            Some(known) => known.cast = known.cast.take().or(cast),
            None => sent.push(Sent { bytes, choice, cast, head: None }),
        }
        highest
    }

    /// A ballot that was sent before, accepted or not.
    fn sent(&mut self) -> Option<(String, usize, Sent)> {
        for _ in 0..6 {
            let (slug, person) = self.somebody()?;
            let sent = self.resident(&slug, person).sent.clone();
            if !sent.is_empty() {
                let sent = self.one(&sent);
                return Some((slug, person, sent));
            }
        }
        None
    }

    pub async fn replays(&mut self) {
        let Some((slug, person, sent)) = self.sent() else { return };
        self.sends(&slug, person, sent.bytes.clone(), sent.choice.clone()).await;
        let again = self.resident(&slug, person).sent.iter().find(|known| known.bytes == sent.bytes).cloned();
        if let (Some(first), Some(again)) = (sent.cast, again.and_then(|sent| sent.cast)) {
            assert_eq!(first, again, "one ballot has two acceptances");
        }
    }

    /// Bytes that are no ballot of this round.
    pub async fn damages(&mut self) {
        let Some((slug, _, sent)) = self.sent() else { return };
        let mut bytes = sent.bytes;
        let other = self.model.rounds.keys().find(|other| **other != slug).cloned();
        let (to, wanted): (String, &[&str]) = match (self.rng.random_range(0..10), other) {
            (0, _) => {
                bytes.pop();
                (slug, &["ballot-length"])
            }
            (1..4, Some(other)) => (other, &["ballot-other-round"]),
            _ => {
                let at = self.rng.random_range(0..bytes.len());
                bytes[at] ^= 1 << self.rng.random_range(0..8);
                let wanted = damaged_at(at, &bytes);
                (slug, wanted)
            }
        };
        let at = self.anywhere();
        self.begins(at.now, format!("{to}: somebody sends a damaged ballot, {wanted:?}"));
        let path = format!("/api/v1/rounds/{to}/ballots");
        let body = json!({ "ballot": Bytes(bytes) });
        let answer: Result<serde_json::Value, _> = at.api.send(Method::POST, &path, None, Some(&body)).await;
        let slug = answer.as_ref().err().and_then(ClientFault::slug);
        let fits = slug.is_some_and(|slug| wanted.contains(&slug));
        assert!(fits, "the model says one of {wanted:?}, the service {answer:?}");
    }

    /// One credential casts twice at once with one version: one of them is accepted, whichever nodes they come to.
    pub async fn races(&mut self) {
        let Some((slug, person, tablet)) = self.voter() else { return };
        let place = self.grounds[&slug].place.clone().unwrap();
        let (first, second) = (self.choice(&place), self.choice(&place));
        let credential = self.device(&slug, person, tablet).credential.as_mut().unwrap();
        if credential.version > u32::MAX - 2 {
            return;
        }
        let mut twin = credential.clone();
        let one = place.fill_bytes(credential, &first.1).unwrap();
        let other = place.fill_bytes(&mut twin, &second.1).unwrap();
        let (here, there) = (self.anywhere(), self.anywhere());
        self.begins(here.now, format!("{slug}: person {person} casts version {} twice at once", version(&one)));
        let (answer, other_answer) =
            tokio::join!(place.cast(&here.api, one.clone()), place.cast(&there.api, other.clone()));
        if answer.is_ok() != other_answer.is_ok() {
            self.journal.counts(kinds::RACE);
        }
        // Whichever was accepted came first; without one the order does not matter.
        if other_answer.is_ok() {
            self.hears(&slug, person, &there, (other, second.0), other_answer);
            self.hears(&slug, person, &here, (one, first.0), answer);
        } else {
            self.hears(&slug, person, &here, (one, first.0), answer);
            self.hears(&slug, person, &there, (other, second.0), other_answer);
        }
    }

    pub async fn asks_for_a_receipt(&mut self) {
        let Some((slug, person, sent)) = self.sent() else { return };
        let at = self.anywhere();
        self.begins(at.now, format!("{slug}: person {person} asks for a receipt of version {}", version(&sent.bytes)));
        self.checks_receipt(&at, &slug, person, &sent).await;
    }

    /// Where the service says that a ballot is must be where it is.
    pub async fn checks_receipt(&mut self, at: &At, slug: &str, person: usize, sent: &Sent) {
        let place = self.grounds[slug].place.clone().unwrap();
        let known = self.model.rounds[slug].ballots.get(&hash(&sent.bytes)).cloned();
        let Some(cast) = &sent.cast else {
            let path = format!("/api/v1/rounds/{slug}/receipts");
            let body = json!({ "ballot": audit::log::hash::Hash::from(hash(&sent.bytes)) });
            let answer: Result<serde_json::Value, _> = at.api.send(Method::POST, &path, None, Some(&body)).await;
            self.agree(answer, &known.map(drop).ok_or("unknown-ballot"));
            return;
        };
        let known = known.unwrap();
        let found = receipt::check(&at.api, &place, cast, sent.head.as_ref(), at.now).await;
        // A promise that nobody kept because no jobs ran is broken all the same, and the device says so.
        if !known.logged && at.now > known.in_log_by + CLOCKS_DIFFER {
            assert!(matches!(found, Err(ClientFault::Promise(_))), "{found:?}");
            return self.journal.adds("the promise is broken");
        }
        match found.unwrap_or_else(|fault| panic!("a receipt does not hold: {fault}; the model: {known:?}")) {
            Receipt::Waiting(by) => {
                assert_eq!((known.logged, known.in_log_by), (false, by), "a ballot waits that is in the log");
            }
            Receipt::Logged { head, .. } => {
                assert!(known.logged, "a ballot is in the log before its batch");
                self.journal.counts(kinds::RECEIPT);
                self.journal.adds(format!("in the log of {} lines", head.size));
                let kept = self.resident(slug, person).sent.iter_mut().find(|kept| kept.bytes == sent.bytes);
                kept.unwrap().head = Some(head);
            }
        }
    }
}
