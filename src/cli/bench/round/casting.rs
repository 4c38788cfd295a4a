//! Casting, measured: at a steady rate, as fast as it goes, beside readers of the results page, and beside those who come for credentials.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hyper::body::Bytes as Body;
use indicatif::ProgressBar;

use super::{
    super::{
        super::CliFault,
        load::{self, AsyncWork, Connection, Run},
        process::ServerProcess,
        profile::Recording,
    },
    SLUG,
    crowd::AtTheDoor,
};

/// Credentials a second, and as many ballots, where both are asked for at once.
pub(super) const VOTES: u32 = 2_000;
/// Of the other ballots, the part that is cast at a steady rate to measure latency, the part that is cast while others read, and each of the
/// parts that are cast before and after those, as fast as it goes.
const PARTS: usize = 4;
/// How often it is looked whether somebody reads.
const LOOK: Duration = Duration::from_millis(5);
/// Readers of the results page, a second.
pub(super) const READERS: u32 = 1_000;

/// What was measured.
pub(super) struct Casting {
    /// At the steady rate.
    pub(super) steady: Run,
    /// Ballots that were cast at it.
    pub(super) steadily: usize,
    /// Ballots a second as fast as it goes.
    pub(super) per_second: f64,
    /// Ballots a second beside readers.
    pub(super) beside: f64,
    /// Readers a second who were answered meanwhile.
    pub(super) readers: f64,
    /// Ballots at [`VOTES`] a second, and credentials at the same time.
    pub(super) together: [Run; 2],
    /// The server's processor time for a ballot, in microseconds, as fast as it goes.
    pub(super) processor: f64,
}

/// Casts all ballots, as many of them as there are late residents while those come for their credentials.
pub(super) async fn measure(
    server: &ServerProcess,
    mut ballots: Vec<Body>,
    (late, count): (AtTheDoor, usize),
    rate: u32,
    profile: Option<&Path>,
    spinner: &ProgressBar,
) -> Result<Casting, CliFault> {
    let part = (ballots.len() - count) / PARTS;
    let mut beside_late = ballots.split_off(part);
    let mut rest = beside_late.split_off(count);
    let mut others = rest.split_off(part);
    let last = others.split_off(part);
    spinner.set_message("casting at a steady rate");
    let steady = load::run(server.host(), ballots, Some(rate), Cast).await?;
    spinner.set_message("casting while others come for credentials");
    let together = tokio::try_join!(
        load::run(server.host(), beside_late, Some(VOTES), Cast),
        late.ask(server.host(), Some(VOTES)),
    );
    let together = together.map(|(casting, (issuing, _))| [casting, issuing])?;
    // Before and after: a database takes its time to get going, and gets slower as it grows.
    spinner.set_message("casting as fast as it goes");
    let earlier = load::run(server.host(), rest, None, Cast).await?;
    spinner.set_message("casting while others read");
    let (beside, readers) = beside_readers(server.host(), others).await?;
    spinner.set_message("casting as fast as it goes, again");
    let (recording, before) = (Recording::start(profile, server.id())?, server.processor_time()?);
    let cast = last.len() as f64;
    let later = load::run(server.host(), last, None, Cast).await?;
    let processor = (server.processor_time()? - before) * 1e6 / cast;
    recording.map_or(Ok(()), Recording::stop)?;
    let per_second = 2.0 / (1.0 / earlier.per_second + 1.0 / later.per_second);
    Ok(Casting { steady, steadily: part, per_second, beside, readers, together, processor })
}

/// Casts as fast as it goes, while somebody asks for the results page so many times a second. Both rates, as they came about.
async fn beside_readers(host: &str, ballots: Vec<Body>) -> Result<(f64, f64), CliFault> {
    let page = format!("/rounds/{SLUG}/results");
    let answered = Read::default();
    let reading = {
        let (host, pages, read) = (host.to_owned(), vec![page; READERS as usize * 600], answered.clone());
        tokio::spawn(async move { load::run(&host, pages, Some(READERS), read).await })
    };
    let count = || answered.0.load(Ordering::Relaxed);
    while count() == 0 && !reading.is_finished() {
        tokio::time::sleep(LOOK).await;
    }
    let (started, before) = (Instant::now(), count());
    let casting = load::run(host, ballots, None, Cast).await?;
    let readers = (count() - before) as f64 / started.elapsed().as_secs_f64();
    if reading.is_finished() {
        return Err(CliFault::Other("nobody read while ballots were cast".into()));
    }
    reading.abort();
    Ok((casting.per_second, readers))
}

#[derive(Clone)]
pub(in super::super) struct Cast;

impl AsyncWork<Body> for Cast {
    async fn call(&self, connection: &mut Connection, ballot: &Body) -> Result<(), CliFault> {
        connection.post(&format!("/api/v1/rounds/{SLUG}/ballots"), ballot.clone()).await.map(drop)
    }
}

/// Counts who was answered.
#[derive(Clone, Default)]
struct Read(Arc<AtomicU64>);

impl AsyncWork<String> for Read {
    async fn call(&self, connection: &mut Connection, path: &String) -> Result<(), CliFault> {
        connection.get(path).await?;
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
