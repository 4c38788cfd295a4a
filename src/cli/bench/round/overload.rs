//! Past what can be done, measured: more devices at once than ballots may wait, and readers all the time, with the limits of load as they
//! are by default. A device that is turned away comes again when it was told to, on the same connection if the service keeps that.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use hyper::body::Bytes as Body;
use tokio::{task::JoinSet, time::sleep_until};

use super::{
    super::{
        super::{CliFault, play, show, town},
        Figure,
        ceilings::On,
        load::{CONNECTIONS, Connection, Heard, percentile},
        process::{Away, ServerProcess},
    },
    SLUG, Size,
    casting::READERS,
    crowd::{self, AtTheDoor},
    opened, verification,
};
use crate::client::resident::PollingPlace;

/// Devices that cast at once, each on a connection of its own: four times as many as ballots may wait.
const CROWD: usize = 8_192;
/// Connections of the readers.
const READING: usize = 256;

/// How it went.
struct Seen {
    devices: usize,
    /// Ballots accepted a second, as long as there were more than could be done.
    per_second: f64,
    /// The server's processor time for each of them, in microseconds, with all that it refused and all readers.
    processor: f64,
    /// How long devices waited for an acceptance, each time from its last asking, and for a refusal.
    accepted: Vec<Duration>,
    refused: Vec<Duration>,
    /// Readers who were served, and who were turned away.
    readers: [usize; 2],
}

/// What everybody of the crowd goes by.
struct Work {
    host: String,
    ballots: Vec<Body>,
    next: AtomicUsize,
    accepted: AtomicUsize,
    began: Instant,
    /// When the last ballot was taken up, and how many were accepted until then.
    ended: OnceLock<(Duration, usize)>,
    over: AtomicBool,
}

impl Work {
    fn next(&self) -> Option<&Body> {
        let ballot = self.ballots.get(self.next.fetch_add(1, Ordering::Relaxed));
        if ballot.is_none() {
            self.ended.get_or_init(|| (self.began.elapsed(), self.accepted.load(Ordering::Relaxed)));
        }
        ballot
    }

    /// One device: casts what is there to cast, and how long it waited for acceptances and refusals.
    async fn casts(self: Arc<Self>, mut connection: Connection) -> Result<[Vec<Duration>; 2], CliFault> {
        let path = format!("/api/v1/rounds/{SLUG}/ballots");
        let [mut accepted, mut refused] = [Vec::new(), Vec::new()];
        while let Some(ballot) = self.next() {
            loop {
                let asked = Instant::now();
                let Heard::Away(later) = connection.posts(&path, ballot.clone()).await? else {
                    self.accepted.fetch_add(1, Ordering::Relaxed);
                    accepted.push(asked.elapsed());
                    break;
                };
                refused.push(asked.elapsed());
                tokio::time::sleep(later).await;
                if connection.is_closed() {
                    connection = Connection::open(&self.host).await?;
                }
            }
        }
        Ok([accepted, refused])
    }

    /// Reads the results, each time when it is due, until the crowd is done; how many were served, and turned away.
    async fn reads(self: Arc<Self>, reader: usize) -> Result<[usize; 2], CliFault> {
        let path = format!("/rounds/{SLUG}/results");
        let (mut connection, mut seen) = (Connection::open(&self.host).await?, [0; 2]);
        for at in (reader..).step_by(READING) {
            sleep_until((self.began + Duration::from_secs(1) * at as u32 / READERS).into()).await;
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            if connection.is_closed() {
                connection = Connection::open(&self.host).await?;
            }
            match connection.gets(&path).await? {
                Heard::Taken(_) => seen[0] += 1,
                Heard::Away(_) => seen[1] += 1,
            }
        }
        Ok(seen)
    }
}

/// So many devices cast these ballots.
async fn crowded(server: &ServerProcess, ballots: Vec<Body>, devices: usize) -> Result<Seen, CliFault> {
    let host = server.host();
    // Of few ballots few devices cast several each, or nothing would be seen of them at work.
    let devices = devices.min(ballots.len() / 4);
    let mut connections = Vec::with_capacity(devices);
    for _ in 0..devices {
        connections.push(Connection::open(host).await?);
    }
    let busy = server.processor_time()?;
    let work = Arc::new(Work {
        host: host.to_owned(),
        ballots,
        next: AtomicUsize::new(0),
        accepted: AtomicUsize::new(0),
        began: Instant::now(),
        ended: OnceLock::new(),
        over: AtomicBool::new(false),
    });
    let mut reading: JoinSet<_> = (0..READING).map(|reader| Arc::clone(&work).reads(reader)).collect();
    let mut casting: JoinSet<_> =
        connections.into_iter().map(|connection| Arc::clone(&work).casts(connection)).collect();
    let [mut accepted, mut refused] = [Vec::new(), Vec::new()];
    let mut processor = 0.0;
    while let Some(device) = casting.join_next().await {
        if accepted.is_empty() {
            // The first device that finds no ballot any more: from here on the crowd gets smaller.
            processor = (server.processor_time()? - busy) * 1e6 / work.accepted.load(Ordering::Relaxed).max(1) as f64;
        }
        let [its, away] = device.map_err(CliFault::other)??;
        accepted.extend(its);
        refused.extend(away);
    }
    work.over.store(true, Ordering::Relaxed);
    let mut readers = [0; 2];
    while let Some(reader) = reading.join_next().await {
        let [served, away] = reader.map_err(CliFault::other)??;
        readers = [readers[0] + served, readers[1] + away];
    }
    accepted.sort_unstable();
    refused.sort_unstable();
    let (took, until) = work.ended.get().copied().unwrap_or_default();
    Ok(Seen { devices, per_second: until as f64 / took.as_secs_f64(), processor, accepted, refused, readers })
}

/// A round of one ballot for each resident, so that none waits for another: a quarter of the ballots is cast by as many devices as are served
/// best, then half by the crowd, then a quarter as before. Every one of them must be counted.
pub(in super::super) async fn measure(
    on: &On,
    size: Size,
    queue: Option<usize>,
    quiet: bool,
) -> Result<Vec<Figure>, CliFault> {
    let size = Size { residents: size.ballots(), versions: 1, standing: 0, ..size };
    let (data, _temporary) = play::folder(None)?;
    let rules = town::rules(town::Way::Approval);
    let (mut stage, codes) = opened(on, &size, &data, &rules, quiet).await?;
    let spinner = show::spinner("issuing credentials", quiet);
    let server = ServerProcess::start(&on.database, &data, Away::Nobody)?;
    stage.move_to(&server.url)?;
    let place = PollingPlace::enter(&stage.api, SLUG).await?;
    let requests = crowd::requests(&place, size.residents)?;
    let (_, issued) = AtTheDoor::with(&codes, requests).ask(server.host(), None).await?;
    drop(server);
    let mut first = crowd::ballots(&place, &rules, issued, size.versions)?;
    let mut second = first.split_off(first.len() / 4);
    let third = second.split_off(2 * second.len() / 3);

    let server = ServerProcess::start(&on.database, &data, Away::ByDefault { queue })?;
    stage.move_to(&server.url)?;
    spinner.set_message("casting at its best");
    let before = crowded(&server, first, CONNECTIONS).await?;
    spinner.set_message("casting in a crowd");
    let past = crowded(&server, second, CROWD).await?;
    spinner.set_message("casting at its best, again");
    let after = crowded(&server, third, CONNECTIONS).await?;
    let memory = server.peak_memory()?;
    spinner.set_message("closing, counting, exporting, verifying");
    verification(&stage, &data, &size).await?;
    spinner.finish_and_clear();
    Ok(figures(on, &size, [&before, &after], &past, memory).into())
}

fn figures(on: &On, size: &Size, [before, after]: [&Seen; 2], past: &Seen, memory: f64) -> [Figure; 9] {
    let best = 2.0 / (1.0 / before.per_second + 1.0 / after.per_second);
    let processor = f64::midpoint(before.processor, after.processor);
    let ms = |times: &[Duration], percent| percentile(times, percent) * 1e3;
    let share = |away: usize, all: usize| 100.0 * away as f64 / all.max(1) as f64;
    let (refused, asked) = (past.refused.len(), past.refused.len() + past.accepted.len());
    let readers = past.readers[0] + past.readers[1];
    let beside = format!("beside {READERS} readers a second, limits of load as by default");
    let figure = |name: String, value, unit, target, method| Figure::new(name, value, unit, target, method);
    [
        figure(
            format!("casting by {} devices on {}", before.devices, on.name()),
            best,
            "ballots/s",
            None,
            format!("before and after the crowd, {beside}"),
        ),
        figure(
            format!("casting by {} devices on {}", past.devices, on.name()),
            past.per_second,
            "ballots/s",
            None,
            format!("as long as there are more than can be done, {beside}; all {} ballots are counted", size.ballots()),
        ),
        figure(
            "past capacity, of the best rate".into(),
            100.0 * past.per_second / best,
            "%",
            Some("≥ 90"),
            "both from this run".into(),
        ),
        figure(
            "processor time of a ballot at its best".into(),
            processor,
            "µs",
            None,
            "of the server's process, user and system, the readers' with it".into(),
        ),
        figure(
            "processor time of a ballot in the crowd".into(),
            past.processor,
            "µs",
            None,
            "the same, with all that is refused".into(),
        ),
        figure(
            "ballots turned away".into(),
            share(refused, asked),
            "%",
            None,
            format!(
                "{refused} times of {asked}, with a time to come again, heard within {:.0} ms (p99)",
                ms(&past.refused, 99)
            ),
        ),
        figure(
            "readers turned away".into(),
            share(past.readers[1], readers),
            "%",
            None,
            format!("{} of {readers}", past.readers[1]),
        ),
        figure(
            "an acceptance in the crowd, p99".into(),
            ms(&past.accepted, 99),
            "ms",
            None,
            format!("from the asking that was accepted; p50 {:.0} ms", ms(&past.accepted, 50)),
        ),
        figure("server memory in the crowd".into(), memory, "MB", None, "peak resident set".into()),
    ]
}
