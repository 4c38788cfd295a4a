//! Identification: a letter code becomes a short session with the registrar, if the round's rules admit its owner.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::sleep_until;

use super::{App, group::Group, published::Published};
pub use crate::crypto::session::Session;
use crate::{
    crypto::{codes::IdentifyingCode, session},
    domain::Refusal,
    error::Error,
    metrics::Commits,
    store::{
        Db, Tx,
        voters::{self, Alike, BURNED_AFTER, CodeRow},
    },
};

/// Seconds that a session lasts.
const SESSION: i64 = 1800;
/// What each of two waits is hidden by: a code is refused no sooner than twice this after it was asked, and once after it was found. A wrong
/// try at a code that exists is written down, which takes a commit, and nothing is written of one that does not exist, or is burned. By
/// the time of the answer nobody shall learn which first letters there are: not by its own commit, nor by that of a try just before, which
/// on SQLite the look-up waits for.
const HIDDEN: Duration = Duration::from_millis(100);

/// A session, and what opens it later.
#[derive(Clone, PartialEq, Eq)]
pub struct Identified {
    /// Who it is for, and until when.
    pub session: Session,
    /// Token for the registrar's other requests.
    pub token: String,
}

/// Recognises the owner of a letter code and decides whether they may vote.
///
/// # Errors
/// [`Refusal::Code`] alike for unknown, wrong and burned codes; [`Refusal::CodeMistyped`] when the check letters do not
/// fit; [`Refusal::UnderAge`], [`Refusal::WrongDistrict`]; [`Refusal::Overloaded`].
pub async fn identify(app: &App, slug: &str, code: &str) -> Result<Identified, Error> {
    app.makes_way()?;
    let round = app.published(slug).await?;
    let code: IdentifyingCode = code.parse().map_err(|fault| Refusal::CodeMistyped(format!("{fault}")))?;
    let asked = tokio::time::Instant::now();
    let rows = app.identifying.submit(Job { round: Arc::clone(&round), locator: code.locator().to_owned() }).await?;
    let looked = tokio::time::Instant::now();
    let recognised = recognise(app, &round, &code, rows).await;
    if let Err(Error::Refused(Refusal::Code)) = recognised {
        sleep_until((asked + 2 * HIDDEN).max(looked + HIDDEN)).await;
    }
    let CodeRow { person, code_hash, .. } = recognised?;
    round.eligibility.admit(&person)?;
    let expires = app.clock.now() + SESSION;
    let letter = session::letter(&code_hash);
    let session = Session { expires, letter, pseudonym: person.pseudonym, round: slug.to_owned() };
    let token = session.issue(&app.session_key.0);
    Ok(Identified { session, token })
}

/// Whose code somebody holds who stands at the registrar's door.
pub struct Job {
    round: Arc<Published>,
    locator: String,
}

pub(super) fn start(db: Db, queue: usize, metrics: Commits) -> Group<Job, Alike> {
    Group::start(queue, metrics.clone(), move |jobs| {
        let (db, metrics) = (db.clone(), metrics.clone());
        async move { look_up(&db, &metrics, jobs).await }
    })
}

/// Looks those up together who came together: each question to a database wakes its threads.
async fn look_up(db: &Db, metrics: &Commits, jobs: Vec<Job>) -> Result<Vec<Result<Alike, Error>>, Error> {
    let asked = Instant::now();
    let mut tx = db.ask_in_turn().await?;
    metrics.waited(asked.elapsed());
    let mut by_round: BTreeMap<i64, Vec<(usize, &str)>> = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        by_round.entry(job.round.id).or_default().push((at, &job.locator));
    }
    let mut rows: Vec<Result<Alike, Error>> = jobs.iter().map(|_| Ok(Alike::new())).collect();
    for (round_id, asked) in by_round {
        let locators: Vec<&str> = asked.iter().map(|(_, locator)| *locator).collect();
        let found = voters::by_locators(&mut tx, round_id, &locators).await?;
        for (at, locator) in asked {
            let alike = found.get(locator).into_iter().flatten();
            rows[at] = Ok(alike.map(|row| row.as_ref().cloned().map_err(Error::broken)).collect());
        }
    }
    Ok(rows)
}

/// Whose code it is of those that start alike; a wrong one is counted against each of them. What two people have is nobody's.
async fn recognise(app: &App, round: &Published, code: &IdentifyingCode, alike: Alike) -> Result<CodeRow, Error> {
    let alike: Vec<CodeRow> = alike.into_iter().collect::<Result<_, _>>()?;
    if alike.is_empty() {
        // The same work as for a code that exists.
        let _ = app.pepper.matches(code, &[0; 32]);
    }
    let (mut right, others): (Vec<_>, Vec<_>) =
        alike.into_iter().partition(|row| app.pepper.matches(code, &row.code_hash));
    if right.is_empty() && others.iter().any(|row| row.failures < BURNED_AFTER) {
        let mut tx = app.db.write().await?;
        voters::count_failure(&mut tx, round.id, code.locator()).await?;
        tx.commit().await?;
    }
    match right.pop() {
        Some(row) if right.is_empty() && row.failures < BURNED_AFTER => Ok(row),
        _ => Err(Refusal::Code.into()),
    }
}

/// Whose code somebody tries, before anything is checked: the target of a rate limit. Other spellings of the same letters
/// are the same target; what is no code at all is one target together.
#[must_use]
pub fn target(slug: &str, code: &str) -> Vec<u8> {
    let locator = code.parse().map(|code: IdentifyingCode| code.locator().to_owned()).unwrap_or_default();
    format!("{slug}/{locator}").into_bytes()
}

/// Opens a session that this service issued and that is not over.
///
/// # Errors
/// [`Refusal::Session`].
pub fn open_session(app: &App, token: &str) -> Result<Session, Error> {
    Ok(Session::open(&app.session_key.0, token, app.clock.now()).map_err(|_| Refusal::Session)?)
}

/// The person of a session, if it is for this round.
pub(super) fn person(session: &Session, slug: &str) -> Result<[u8; 32], Error> {
    if session.round == slug { Ok(session.pseudonym) } else { Err(Refusal::Session.into()) }
}

/// The stored hash of the letter that the session was opened with, if that letter is in force still: whoever holds one that was lost
/// or stolen must get nothing once its owner has another.
pub(super) async fn letter(tx: &mut Tx, round: &Published, session: &Session) -> Result<Vec<u8>, Error> {
    let hash = voters::code_hashes(tx, round.id, &[session.pseudonym]).await?.remove(session.pseudonym.as_slice());
    Ok(hash.filter(|hash| session::letter(hash) == session.letter).ok_or(Refusal::LetterReplaced)?)
}
