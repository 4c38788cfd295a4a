//! The honest round that a cheating operator starts from, with every key that an operator has.

use std::sync::{Arc, OnceLock};

use audit::{
    log::{hash::Hash, line::Line, policy::WitnessPolicy},
    round::Event,
};
use ed25519_dalek::SigningKey;
use veche::{
    app::Published,
    client::resident::{Cast, Credential, PollingPlace},
    crypto::{codes::LetterCode, pseudonym::RollKey},
};

use super::witness;
use crate::{
    bundle::{self, Files},
    town::{HOUR, SLUG, Town, approval, person, signing_key},
};

/// People on the roll.
pub const PEOPLE: usize = 16;
/// The first of the two who get a credential and cast nothing.
pub const ABSTAINER: usize = 12;
/// The first of the two who never ask for a credential.
pub const STAYS_AT_HOME: usize = 14;

/// A round as it was, looked at three times: after the first batch, after the second, and when all is over.
pub struct Truth {
    /// Every event of its log.
    pub events: Vec<Event>,
    /// Pseudonyms of its register, by step.
    pub register: Vec<Vec<[u8; 32]>>,
    /// Accepted ballots, with the number of the visit before which they were accepted.
    pub casts: Vec<(Cast, usize)>,
    /// Lines in the log at each visit.
    pub sizes: [usize; 3],
    /// Unix second of each visit; at the last one every promise is due.
    pub times: [i64; 3],
    /// What residents know of the round.
    pub place: PollingPlace,
    /// The service's own keys: log, issuer, acceptances.
    pub operator: Arc<Published>,
    /// Keys of the commission members, which the operator does not have.
    pub members: [SigningKey; 2],
    /// Makes pseudonyms of numbers in the town's list; the commission has it.
    pub roll_key: RollKey,
    /// The published bundle.
    pub bundle: Files,
}

/// The round; it is held once for all tests.
pub fn truth() -> &'static Truth {
    static TRUTH: OnceLock<Truth> = OnceLock::new();
    TRUTH.get_or_init(|| {
        let work = || tokio::runtime::Runtime::new().unwrap().block_on(hold());
        std::thread::spawn(work).join().unwrap()
    })
}

async fn hold() -> Truth {
    let town = Town::new().await;
    // In the past, so that what is overdue in the round's time is overdue by every clock.
    town.clock.advance(-5 * 24 * HOUR);
    let mut draft = town.draft(approval());
    draft.batch.at_least = 4;
    draft.register.at_least = 3;
    draft.witnesses = Some(WitnessPolicy { keys: vec![witness::key().to_string()], quorum: 1 });
    town.publishes_draft(&draft).await;
    let codes = town.enrols(PEOPLE).await;
    town.opens().await;
    let mut casts = Vec::new();

    let mut credentials = vote(&town, &codes[..6], 0, &mut casts).await;
    town.jobs().await;
    let mut visits = vec![visit(&town).await];

    town.clock.advance(HOUR);
    credentials.extend(vote(&town, &codes[6..10], 1, &mut casts).await);
    casts.push((town.casts(&mut credentials[0], &["t4"]).await.unwrap(), 1));
    town.jobs().await;
    vote(&town, &codes[10..ABSTAINER], 1, &mut casts).await;
    for code in &codes[ABSTAINER..STAYS_AT_HOME] {
        town.registers(code).await;
    }
    visits.push(visit(&town).await);

    town.certifies().await;
    town.clock.advance(4 * HOUR);
    visits.push(visit(&town).await);
    let [first, second, last]: [(usize, i64); 3] = visits.try_into().unwrap();
    let bundle = bundle::fetch(&town).await;
    let (place, operator) = (town.place().await, town.server.app.published(SLUG).await.unwrap());
    let Town { server, roll_key, folder, .. } = town;
    server.stop().await.unwrap();
    drop(folder);
    Truth {
        events: events(&bundle),
        register: register(&bundle),
        casts,
        sizes: [first.0, second.0, last.0],
        times: [first.1, second.1, last.1],
        place,
        operator,
        members: [signing_key(1), signing_key(2)],
        roll_key,
        bundle,
    }
}

/// Each gets a credential and casts.
async fn vote(town: &Town, codes: &[LetterCode], visit: usize, casts: &mut Vec<(Cast, usize)>) -> Vec<Credential> {
    let mut credentials = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let mut credential = town.registers(code).await;
        let marks = [["t1", "t2"], ["t2", "t3"], ["t2", "t5"]][at % 3];
        casts.push((town.casts(&mut credential, &marks).await.unwrap(), visit));
        credentials.push(credential);
    }
    credentials
}

/// Lines in the log, and the time.
async fn visit(town: &Town) -> (usize, i64) {
    let log = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/lines")).await.unwrap();
    (log.iter().filter(|byte| **byte == b'\n').count(), town.clock.now())
}

/// The events of a bundle's log.
pub fn events(bundle: &Files) -> Vec<Event> {
    let lines = bundle["log.jsonl"].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Line::<Event>::parse(line).unwrap().event).collect()
}

/// The pseudonyms of a bundle's register, by step.
pub fn register(bundle: &Files) -> Vec<Vec<[u8; 32]>> {
    let mut steps: Vec<Vec<[u8; 32]>> = Vec::new();
    for line in std::str::from_utf8(&bundle["register.txt"]).unwrap().lines() {
        let (step, pseudonym) = line.split_once(' ').unwrap();
        let step: usize = step.parse().unwrap();
        steps.resize(steps.len().max(step), Vec::new());
        steps[step - 1].push(*pseudonym.parse::<Hash>().unwrap().as_bytes());
    }
    steps
}

impl Truth {
    /// A pseudonym of the town's list.
    pub fn pseudonym(&self, number: usize) -> [u8; 32] {
        self.roll_key.pseudonym(&person(number).number)
    }

    /// The ballot of this number, in the order in which they were cast.
    pub fn cast(&self, number: usize) -> &Cast {
        &self.casts[number].0
    }

    /// A credential that the operator signs for itself, or for whoever asks under rules like these.
    pub fn credential(&self, place: &PollingPlace) -> Credential {
        let request = place.request().unwrap();
        let signature = self.operator.issuer.blind_sign(&request.blinded).unwrap();
        place.finish(request, &signature).unwrap()
    }

    /// A ballot of a credential that nobody asked for, for the operator's favourite.
    pub fn stuffed(&self) -> Vec<u8> {
        let ballot = ballots::Ballot::parse(&self.place.rules.voting, [("t8", None)]).unwrap();
        self.place.fill(&mut self.credential(&self.place), &ballot).unwrap()
    }
}
