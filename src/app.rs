//! The use cases. Each owns its transaction; issuing knows the person and casting the ballot, and neither knows the other.

pub mod bundling;
pub mod casting;
pub mod certifying;
pub mod checking;
pub mod files;
mod group;
pub mod heads;
pub mod identifying;
pub mod indexing;
pub mod issuing;
pub mod leasing;
pub mod letters;
pub mod limiting;
pub mod log;
pub mod logs;
pub mod looking;
pub mod measuring;
pub mod observing;
pub mod pictures;
mod proving;
mod published;
pub mod readiness;
pub mod receipts;
pub mod registering;
pub mod results;
pub mod roll;
pub mod rounds;
mod segments;
pub mod sequencing;
mod signing;
pub mod staff;
pub mod steps;
mod sweeping;
pub mod tallying;
pub mod tiles;
pub mod witnessing;

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    config::Config,
    crypto::{codes::Pepper, places::Places, vault::MasterKey},
    domain::Refusal,
    error::Error,
    metrics::Metrics,
    store::{Db, voters::Alike},
};
pub use group::Crowd;
use group::Group;
pub use published::Published;

/// What sessions are signed with.
struct SessionKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

/// The running service, shared by every request and job.
#[derive(Debug)]
pub struct App {
    /// Settings.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether the node takes requests.
    pub readiness: readiness::Readiness,
    db: Db,
    master: MasterKey,
    pepper: Pepper,
    session_key: SessionKey,
    limited: Places,
    published: RwLock<HashMap<String, Arc<Published>>>,
    office_log: tokio::sync::OnceCell<Arc<logs::OpenLog>>,
    tiles: tiles::Full,
    casting: Group<casting::Job, casting::Promise>,
    issuing: Group<issuing::Job, ()>,
    identifying: Group<identifying::Job, Alike>,
    signers: signing::Signers,
    making: tokio::sync::Mutex<()>,
    workshop: pictures::Workshop,
    witnesses: Vec<Arc<witnessing::Witness>>,
    loss_accepted: heads::Accepted,
    held: Arc<heads::Held>,
    started_at: i64,
    node: String,
}

impl App {
    /// Starts the service on an open database. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Database`] when the office log cannot be founded, [`Error::Broken`] with the witness whose settings are wrong.
    pub async fn start(config: Config, clock: Clock, db: Db, master: MasterKey) -> Result<Arc<Self>, Error> {
        let metrics = Arc::new(Metrics::new(clock.now()));
        let commits = |queue| metrics.commits(queue);
        let app = Arc::new(Self {
            casting: casting::start(db.clone(), clock.clone(), config.queue, commits("casting")),
            issuing: issuing::start(db.clone(), clock.clone(), config.queue, commits("issuing")),
            identifying: identifying::start(db.clone(), config.queue, commits("identifying")),
            pepper: Pepper::from_bytes(master.derive("veche/pepper/v1")),
            session_key: SessionKey(Zeroizing::new(master.derive("veche/session-key/v1"))),
            limited: Places::new(&master.derive("veche/limits/v1"), config.limits.keys),
            published: RwLock::default(),
            office_log: tokio::sync::OnceCell::new(),
            tiles: tiles::Full::default(),
            signers: signing::Signers::start()?,
            readiness: readiness::Readiness::default(),
            metrics,
            making: tokio::sync::Mutex::default(),
            workshop: pictures::Workshop::default(),
            witnesses: witnessing::Witness::all(&config.witnesses)?,
            loss_accepted: heads::Accepted::default(),
            held: Arc::default(),
            started_at: clock.now(),
            node: hex::encode(rand::random::<[u8; 8]>()),
            config,
            clock,
            db,
            master,
        });
        staff::found(&app).await?;
        Ok(app)
    }

    /// The witnesses that the settings name.
    #[must_use]
    pub fn witnesses(&self) -> &[Arc<witnessing::Witness>] {
        &self.witnesses
    }

    /// While three quarters of the places before the ballot box are taken, whoever comes for a credential comes later: ballots have the
    /// database first.
    fn makes_way(&self) -> Result<(), Refusal> {
        if self.must_make_way() { Err(self.issuing.away()) } else { Ok(()) }
    }

    fn must_make_way(&self) -> bool {
        self.casting.crowd() >= Crowd::Most || !self.issuing.has_place()
    }

    /// Ballots that wait, and those who work one out.
    #[must_use]
    pub fn places_taken(&self) -> usize {
        self.casting.depth()
    }

    /// How the ballots that wait stand: whoever asks for something else makes way for them.
    #[must_use]
    pub fn ballots_that_wait(&self) -> Crowd {
        self.casting.crowd()
    }

    /// What somebody hears for whose ballot there is no place, and when to come again.
    #[must_use]
    pub fn ballot_comes_again(&self) -> Refusal {
        self.casting.away()
    }

    /// Number of the server that has the database, of those that were met.
    #[must_use]
    pub fn server_met(&self) -> u64 {
        self.db.met()
    }

    /// Comes about when another server than that of this number has it.
    pub async fn meets_another_server(&self, number: u64) {
        self.db.meets_another(number).await;
    }

    /// Whether that server was held against what this node has seen, without which nobody writes.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.db.may_write()
    }

    /// Forgets what is known of promises by heart: another server may have others.
    fn forget_promises(&self) {
        if let Ok(rounds) = self.published.read() {
            rounds.values().for_each(|round| round.segments.forget());
        }
    }

    /// Lets the database empty its write-ahead log beside those who write; how many pages it had.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn checkpoint(&self) -> Result<u64, Error> {
        self.db.checkpoint().await
    }

    /// Closes the database after what is under way has been committed.
    pub async fn stop(&self) {
        // Who asks for it every moment was stopped before.
        if !self.db.may_write()
            && let Err(fault) = heads::remember(self).await
        {
            tracing::warn!(%fault, "what the database has could not be compared at the end");
        }
        self.casting.drain().await;
        self.issuing.drain().await;
        if let Err(fault) = leasing::end(self).await.and(heads::remember(self).await) {
            tracing::warn!(%fault, "the end could not be noted");
        }
        self.db.close().await;
    }
}
