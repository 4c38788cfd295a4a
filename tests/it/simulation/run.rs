//! One run: who and what there is, and the scheduler that draws the next operation from the seed.

use std::collections::BTreeMap;

use audit::{follow::Follower, log::checkpoint::Checkpoint, office::Role, round::Act};
use ed25519_dalek::SigningKey;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use veche::{
    client::{
        ClientFault,
        letters::ListedPerson,
        resident::{Cast, Credential, CredentialRequest, PollingPlace},
    },
    crypto::{codes::LetterCode, opening::OpeningKeyPair, pseudonym::RollKey},
    domain::Draft,
};

use super::{
    journal::Journal,
    kinds,
    model::{Choice, Model, Terms, Verdict, people::Session},
    world::{At, World},
};
use crate::both;

/// A moment in 2027, before the reference date of the rules; each run begins up to a day after it.
const BEGINNING: i64 = 1_800_000_000;
/// People on the town's list.
const PEOPLE: usize = 16;

/// Everything of one run.
pub struct Run {
    pub rng: StdRng,
    pub world: World,
    pub model: Model,
    pub journal: Journal,
    pub staff: Vec<Official>,
    pub people: Vec<ListedPerson>,
    pub roll_key: RollKey,
    /// By slug.
    pub grounds: BTreeMap<String, Ground>,
    /// Who reads every line of the office's log.
    pub office: Option<Follower>,
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Official {
    pub handle: String,
    pub token: String,
    pub key: Option<SigningKey>,
}

/// What people outside of the service know of a round.
pub struct Ground {
    pub terms: Terms,
    pub draft: Draft,
    pub opening: OpeningKeyPair,
    pub place: Option<PollingPlace>,
    /// By their place in the town's list.
    pub residents: BTreeMap<usize, Resident>,
    /// Who reads every line.
    pub follower: Option<Follower>,
    /// Heads that somebody saw.
    pub heads: Vec<Checkpoint>,
    /// Names of the pictures that were added, by the number of the image.
    pub pictures: BTreeMap<u32, audit::log::hash::Hash>,
}

/// Somebody on the roll, with what they keep.
#[derive(Default)]
pub struct Resident {
    /// Every letter that was in force, the newest last.
    pub letters: Vec<LetterCode>,
    pub phone: Device,
    pub tablet: Device,
    /// Every ballot that was sent.
    pub sent: Vec<Sent>,
}

/// A device of a resident.
#[derive(Default)]
pub struct Device {
    pub session: Option<Session>,
    pub asked: Option<Asked>,
    pub credential: Option<Credential>,
}

/// A request for a credential, and the answer if it came.
pub struct Asked {
    pub blinded: Vec<u8>,
    pub request: Option<CredentialRequest>,
    pub signature: Option<Vec<u8>>,
}

/// A ballot that was sent, and the acceptance if it came.
#[derive(Clone)]
pub struct Sent {
    pub bytes: Vec<u8>,
    pub choice: Choice,
    pub cast: Option<Cast>,
    /// The head under which it was seen in the log.
    pub head: Option<Checkpoint>,
}

/// What may happen next, and how often.
const OPERATIONS: &[(u32, &str)] = &[
    (8, "identify"),
    (16, "ask"),
    (5, "save"),
    (3, "restore"),
    (44, "cast"),
    (5, "replay"),
    (4, "damage"),
    (8, "race"),
    (2, "race for a credential"),
    (7, "receipt"),
    (2, "draft"),
    (3, "publish"),
    (6, "import"),
    (3, "letters"),
    (4, "picture"),
    (7, "step"),
    (6, "propose"),
    (5, "confirm"),
    (2, "reveal"),
    (3, "sign"),
    (2, "staff"),
    (14, "time"),
    (12, "jobs"),
    (3, "node"),
    (4, "death"),
    (7, "read"),
    (3, "look"),
];

impl Run {
    /// A service with its staff, and a town's list.
    pub async fn new(seed: u64, journal: Journal) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let second = BEGINNING + rng.random_range(0..86_400);
        let nodes = if both::on_postgres() { rng.random_range(2..=3) } else { 1 };
        let ahead = (0..nodes).map(|node| if node == 0 { 0 } else { rng.random_range(-3..=3) }).collect();
        let people = (0..PEOPLE).map(|number| listed(&mut rng, number)).collect();
        let world = World::new(second, ahead).await;
        let roll_key = RollKey::from_bytes(rng.random());
        let model = Model { office_size: 1, ..Model::default() };
        let mut run = Self {
            rng,
            world,
            model,
            journal,
            staff: Vec::new(),
            people,
            roll_key,
            grounds: BTreeMap::new(),
            office: None,
        };
        for (handle, role) in [
            ("official-1", Role::Official),
            ("official-2", Role::Official),
            ("member-1", Role::Commission),
            ("member-2", Role::Commission),
            ("member-3", Role::Commission),
        ] {
            run.joins(handle, role).await;
        }
        run.prepares("square").await;
        if run.rng.random_bool(0.4) {
            run.prepares("park").await;
        }
        // Mostly the first round begins at once, so that the run is about the voting.
        if run.rng.random_bool(0.8) {
            run.begins_first().await;
        }
        run
    }

    async fn begins_first(&mut self) {
        for _ in 0..3 {
            self.drafts().await;
            self.publishes().await;
        }
        for _ in 0..6 {
            self.imports().await;
        }
        let Some(slug) = self.some_round() else { return };
        self.proposes_this(&slug, Act::Open).await;
        if self.rng.random_bool(0.8) {
            self.confirms_this(&slug).await;
        }
    }

    /// Draws an operation and does it.
    pub async fn operates(&mut self) {
        let all = OPERATIONS.iter().map(|(weight, _)| weight).sum();
        let mut drawn = self.rng.random_range(0..all);
        let operation = OPERATIONS.iter().find(|(weight, _)| {
            let found = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            found
        });
        match operation.unwrap().1 {
            "identify" => self.identifies().await,
            "ask" => self.asks().await,
            "save" => self.saves().await,
            "restore" => self.restores().await,
            "cast" => self.casts().await,
            "replay" => self.replays().await,
            "damage" => self.damages().await,
            "race" => self.races().await,
            "race for a credential" => self.races_for_a_credential().await,
            "receipt" => self.asks_for_a_receipt().await,
            "draft" => self.drafts().await,
            "publish" => self.publishes().await,
            "import" => self.imports().await,
            "letters" => self.replaces_letters().await,
            "picture" => self.pictures().await,
            "step" => self.steps().await,
            "propose" => self.proposes().await,
            "confirm" => self.confirms().await,
            "reveal" => self.reveals().await,
            "sign" => self.signs().await,
            "staff" => self.staff_changes().await,
            "time" => self.time_goes().await,
            "jobs" => self.jobs().await,
            "node" => self.a_node_restarts().await,
            "death" => self.a_node_dies().await,
            "read" => self.reads().await,
            _ => self.looks().await,
        }
    }

    /// Some node that runs.
    pub fn anywhere(&mut self) -> At {
        let running = self.world.running();
        self.world.at(running[self.rng.random_range(0..running.len())])
    }

    /// An operation begins.
    pub fn begins(&self, second: i64, what: impl Into<String>) {
        self.journal.begins(second, what);
    }

    /// The answer and the model must say the same.
    pub fn agree<T, W>(&self, answer: Result<T, ClientFault>, wanted: &Verdict<W>) -> Option<T> {
        match (answer, wanted) {
            (Ok(answer), Ok(_)) => {
                self.journal.adds("done");
                Some(answer)
            }
            (Err(fault), Err(slug)) if fault.slug() == Some(slug) => {
                self.journal.adds(slug);
                self.journal.counts(kinds::REFUSAL);
                None
            }
            // What was answered may be a secret, and secrets cannot be printed.
            (answer, wanted) => {
                let (said, wanted) = (answer.map(drop), wanted.as_ref().map(drop));
                panic!("the model says {wanted:?}, the service {said:?}")
            }
        }
    }

    /// Name of some round, draft or published.
    pub fn some_slug(&mut self) -> String {
        let at = self.rng.random_range(0..self.grounds.len());
        self.grounds.keys().nth(at).unwrap().clone()
    }

    /// Some round that is published.
    pub fn some_round(&mut self) -> Option<String> {
        let published: Vec<_> = self.model.rounds.keys().cloned().collect();
        (!published.is_empty()).then(|| published[self.rng.random_range(0..published.len())].clone())
    }

    /// One of these.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.rng.random_range(0..of.len())].clone()
    }
}

/// Most may vote; some are too young, some live elsewhere.
fn listed(rng: &mut StdRng, number: usize) -> ListedPerson {
    let born = if rng.random_bool(0.9) { "1980-05-17" } else { "2019-03-08" };
    let district = [None, Some("north"), Some("north"), Some("south")][rng.random_range(0..4)];
    ListedPerson {
        number: format!("list-number-{number:04}"),
        born: born.to_owned(),
        district: district.map(str::to_owned),
    }
}
