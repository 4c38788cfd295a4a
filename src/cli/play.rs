//! A whole round played over HTTP: the stage, its people, and each of their acts. The demo, replays and benches stand on it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use audit::{
    office::Role,
    round::{
        Act, Bytes, Phase,
        rules::{BatchRules, Member, RegisterRules},
    },
};
use ballots::{Ballot, Rules};
use ed25519_dalek::SigningKey;
use indicatif::ProgressBar;
use rand::Rng as _;

use super::{CliFault, fetch, show};
use crate::{
    app::staff,
    client::{
        Api, ClientFault,
        letters::{self, ListedPerson},
        resident::PollingPlace,
        staff::StaffMember,
    },
    clock::Clock,
    config::{Config, Database, Limits, Overload},
    crypto::{codes::LetterCode, opening::OpeningKeyPair, pseudonym::RollKey},
    domain::Draft,
    http::{ResultResponse, RoundResponse},
    server::Server,
};

/// Residents who act at the same time.
const AT_ONCE: usize = 16;
/// Seconds that a played round stays open, unless it is closed.
const OPEN_FOR: i64 = 30 * 24 * 3600;

/// A server with everybody who makes a round.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) server: Option<Server>,
    pub(super) api: Api,
    pub(super) official: StaffMember,
    pub(super) tokens: serde_json::Value,
    members: [(StaffMember, SigningKey); 2],
    opening: OpeningKeyPair,
    roll_key: RollKey,
}

/// What a voter does with a letter code.
#[derive(Debug, Clone)]
pub(super) enum Choice {
    /// Casts these ballots, one after the other; the last counts.
    Ballots(Vec<Ballot>),
    /// Casts a ballot that nobody can read, as a faulty device would.
    Unreadable,
}

/// How casting went.
#[derive(Debug, Default)]
pub(super) struct Cast {
    /// Ballots accepted.
    pub(super) accepted: u64,
    /// People who were refused, by their place in the list, and why.
    pub(super) refused: Vec<(usize, String)>,
}

impl Stage {
    /// Starts a server in the folder, with one official and two commission members.
    pub(super) async fn set(data: &Path, listen: &str) -> Result<Self, CliFault> {
        Self::set_on(Database::default(), data, listen).await
    }

    /// The same, on this database.
    pub(super) async fn set_on(database: Database, data: &Path, listen: &str) -> Result<Self, CliFault> {
        let config = Config {
            listen: listen.parse().map_err(CliFault::other)?,
            data: data.to_owned(),
            database,
            integrate_every_ms: 500,
            // Everybody here comes from one address, so limits by address would stop the play.
            limits: Limits { enabled: false, ..Limits::default() },
            // And they take the same processor as the server, which must not turn them away for that.
            overload: Overload { delay_ms: 0, ..Overload::default() },
            ..Config::default()
        };
        let server = Server::start(config, Clock::system()).await?;
        let api = Api::new(&server.url())?;
        let official = staff::add(&server.app, "official-1", Role::Official, None).await?;
        let (first, second) = (new_signing_key(), new_signing_key());
        let first_token = add_member(&server, "member-1", &first).await?;
        let second_token = add_member(&server, "member-2", &second).await?;
        Ok(Self {
            tokens: serde_json::json!({ "official-1": official, "member-1": first_token, "member-2": second_token }),
            official: StaffMember::new(api.clone(), official),
            members: [
                (StaffMember::new(api.clone(), first_token), first),
                (StaffMember::new(api.clone(), second_token), second),
            ],
            opening: OpeningKeyPair::generate(&mut rand::rng()),
            roll_key: RollKey::generate(&mut rand::rng()),
            api,
            server: Some(server),
        })
    }

    /// Drafts and publishes a round over these rules.
    pub(super) async fn publish(
        &self,
        slug: &str,
        title: &str,
        voting: Rules,
        minimum_age: u8,
    ) -> Result<RoundResponse, CliFault> {
        let now = Clock::system().now();
        let member = |(handle, key): (&str, &SigningKey)| Member {
            handle: handle.to_owned(),
            key: Bytes::from(key.verifying_key().to_bytes()),
        };
        let draft = Draft {
            batch: BatchRules { at_least: 20, within: 7200 },
            closes_at: now + OPEN_FOR,
            commission: [("member-1", &self.members[0].1), ("member-2", &self.members[1].1)].map(member).into(),
            district: None,
            minimum_age,
            opens_at: now + OPEN_FOR / 2,
            quorum: 2,
            reference_date: today(now).to_string().parse().map_err(CliFault::other)?,
            register: RegisterRules { at_least: 50 },
            sealing_key: Bytes(self.opening.public().to_vec()),
            slug: slug.to_owned(),
            time_zone: "Asia/Yekaterinburg".to_owned(),
            title: title.to_owned(),
            voting,
            witnesses: None,
        };
        self.official.draft(&draft).await?;
        Ok(self.official.publish(slug).await?)
    }

    /// Puts people on the roll and returns their letter codes, in the same order.
    pub(super) async fn enrol(
        &self,
        slug: &str,
        people: &[ListedPerson],
        bar: &ProgressBar,
    ) -> Result<Vec<LetterCode>, CliFault> {
        let (codes, entries) = letters::write(&self.roll_key, people).into_iter().unzip();
        self.official.import(slug, entries, |sent| bar.inc(sent as u64)).await?;
        Ok(codes)
    }

    /// Stops the server of this process.
    pub(super) async fn stop(&mut self) -> Result<(), CliFault> {
        match self.server.take() {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }

    /// Goes on with another server over the same database.
    pub(super) fn move_to(&mut self, base: &str) -> Result<(), CliFault> {
        self.api = Api::new(base)?;
        self.official = self.official.at(self.api.clone());
        for (member, _) in &mut self.members {
            *member = member.at(self.api.clone());
        }
        Ok(())
    }

    /// The official proposes, a member confirms.
    pub(super) async fn act(&self, slug: &str, act: Act, reason: &str) -> Result<RoundResponse, CliFault> {
        self.official.propose(slug, act, reason).await?;
        Ok(self.members[0].0.confirm(slug).await?)
    }

    /// Closes the round, unless somebody with the tokens has done so.
    pub(super) async fn close(&self, slug: &str, reason: &str) -> Result<RoundResponse, CliFault> {
        let round: RoundResponse = self.api.get(&format!("/api/v1/rounds/{slug}"), None).await?;
        if round.phase < Phase::Closed { self.act(slug, Act::Close, reason).await } else { Ok(round) }
    }

    /// Reveals the opening key, waits for the count, and lets both members sign it.
    pub(super) async fn certify(&self, slug: &str, quiet: bool) -> Result<ResultResponse, CliFault> {
        self.members[0].0.reveal(slug, self.opening.secret()).await?;
        let spinner = show::spinner("opening and counting", quiet);
        loop {
            let round: RoundResponse = self.api.get(&format!("/api/v1/rounds/{slug}"), None).await?;
            if round.phase >= Phase::Tallied {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        spinner.finish_and_clear();
        for (member, key) in &self.members {
            member.sign(slug, key).await?;
        }
        Ok(self.api.get(&format!("/api/v1/rounds/{slug}/result"), None).await?)
    }

    /// Fetches the bundle over HTTP into a folder beside the database.
    pub(super) fn bundle(&self, slug: &str, data: &Path) -> Result<PathBuf, CliFault> {
        let folder = data.join("bundle");
        fetch::open_into(&fetch::bundle_of(self.api.base(), slug), &folder)?;
        Ok(folder)
    }
}

/// Residents with their letter codes cast over HTTP, several at once.
pub(super) async fn cast(
    api: &Api,
    slug: &str,
    residents: Vec<(LetterCode, Choice)>,
    bar: &ProgressBar,
) -> Result<Cast, CliFault> {
    let place = Arc::new(PollingPlace::enter(api, slug).await?);
    let queue = Arc::new(Mutex::new(residents.into_iter().enumerate()));
    let mut working = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (api, place, queue, bar) = (api.clone(), Arc::clone(&place), Arc::clone(&queue), bar.clone());
        working.spawn(async move {
            let mut done = Cast::default();
            loop {
                let next = queue.lock().map_err(CliFault::other)?.next();
                let Some((at, (code, choice))) = next else { return Ok::<_, CliFault>(done) };
                match vote(&api, &place, &code, choice).await {
                    Ok(accepted) => done.accepted += accepted,
                    Err(ClientFault::Refused { slug, detail, .. }) => {
                        done.refused.push((at, format!("{slug}: {detail}")))
                    }
                    Err(fault) => return Err(fault.into()),
                }
                bar.inc(1);
            }
        });
    }
    let mut total = Cast::default();
    while let Some(done) = working.join_next().await {
        let done = done.map_err(CliFault::other)??;
        total.accepted += done.accepted;
        total.refused.extend(done.refused);
    }
    total.refused.sort();
    Ok(total)
}

async fn vote(api: &Api, place: &PollingPlace, code: &LetterCode, choice: Choice) -> Result<u64, ClientFault> {
    let mut credential = place.register(api, code).await?;
    match choice {
        Choice::Ballots(ballots) => {
            for ballot in &ballots {
                place.vote(api, &mut credential, ballot).await?;
            }
            Ok(ballots.len() as u64)
        }
        Choice::Unreadable => {
            let ballot = place.fill_bytes(&mut credential, &vec![0; place.rules.voting.ballot_len()])?;
            place.cast(api, ballot).await?;
            Ok(1)
        }
    }
}

/// The day of a Unix second, in UTC.
pub(super) fn today(at: i64) -> jiff::civil::Date {
    let at = jiff::Timestamp::from_second(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

/// The folder to play in: the one asked for, or a temporary one that goes when it is dropped.
pub(super) fn folder(wanted: Option<PathBuf>) -> Result<(PathBuf, Option<tempfile::TempDir>), CliFault> {
    match wanted {
        Some(path) => {
            std::fs::create_dir_all(&path).map_err(CliFault::file(&path))?;
            Ok((path, None))
        }
        None => {
            let temporary = tempfile::TempDir::with_prefix("veche-").map_err(CliFault::other)?;
            Ok((temporary.path().to_owned(), Some(temporary)))
        }
    }
}

fn new_signing_key() -> SigningKey {
    let mut secret = zeroize::Zeroizing::new([0; 32]);
    rand::rng().fill_bytes(secret.as_mut_slice());
    SigningKey::from_bytes(&secret)
}

async fn add_member(server: &Server, handle: &str, key: &SigningKey) -> Result<String, CliFault> {
    Ok(staff::add(&server.app, handle, Role::Commission, Some(key.verifying_key().to_bytes())).await?)
}
