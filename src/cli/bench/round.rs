//! A round over HTTP against a server in a process of its own: credentials, casting, latency, memory, verification.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use audit::{
    folder::Folder,
    round::{Act, Bytes},
    verify::verify,
};
use ballots::Ballot;
use hyper::body::Bytes as Body;
use indicatif::ProgressBar;
use serde_json::json;

use super::{
    super::{
        CliFault,
        play::{self, Stage},
        show, town,
    },
    Figure,
    ceilings::{Ceilings, On},
    core,
    load::{self, AsyncWork, CONNECTIONS, Connection},
    process::ServerProcess,
    profile::Recording,
};
use crate::{
    app::measuring,
    client::resident::{CredentialRequest, PollingPlace},
    clock::Clock,
    http::IdentificationResponse,
};

const SLUG: &str = "bench";
/// Of all ballots, the part that is cast at a steady rate to measure latency, the part that is cast while others read, and each of the
/// parts that are cast before and after those, as fast as it goes.
const PARTS: usize = 4;
/// Ballots of nobody in one batch.
const BATCH: u64 = 4_095;
/// Readers of the results page, a second.
const READERS: u32 = 1_000;

/// How much is cast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Residents with a credential.
    pub(super) residents: usize,
    /// Ballots that each of them casts, one after the other.
    pub(super) versions: usize,
    /// Ballots of nobody that are in the log before.
    pub(super) standing: u64,
    /// Ballots a second at which the latency is measured.
    pub(super) rate: u32,
}

pub(super) async fn measure(
    on: &On,
    Size { residents, versions, standing, rate }: Size,
    profile: Option<&Path>,
    quiet: bool,
) -> Result<Vec<Figure>, CliFault> {
    let (data, _temporary) = play::folder(None)?;
    let mut stage = Stage::set_on(on.database.clone(), &data, "127.0.0.1:0").await?;
    let rules = town::rules(town::Way::Approval);
    stage.publish(SLUG, "bench", rules.clone(), 14).await?;
    let count = residents * versions;
    let people = town::people(residents, play::today(Clock::system().now()).year());
    let codes = stage.enrol(SLUG, &people, &show::bar("on the roll", residents as u64, quiet)).await?;
    stage.act(SLUG, Act::Open, "bench").await?;
    stand(&stage, standing, &show::bar("ballots in the log before", standing, quiet)).await?;
    stage.stop().await?;
    if standing > 0 {
        on.settle().await?;
    }
    let started = Instant::now();
    let server = ServerProcess::start(&on.database, &data)?;
    let start = started.elapsed().as_secs_f64();
    stage.move_to(&server.url)?;
    let place = Arc::new(PollingPlace::enter(&stage.api, SLUG).await?);

    let spinner = show::spinner("blinding credentials", quiet);
    let requests = in_parallel(vec![(); residents], |()| place.request())?;
    spinner.set_message("issuing credentials");
    let items: Vec<_> = codes.iter().map(|code| code.identifying.to_string()).zip(requests).collect();
    let items =
        items.into_iter().map(|(code, request)| IssueItem { code, request: Mutex::new(Some(request)) }).collect();
    let work = Issue { issued: Arc::default() };
    let issuing = load::run(server.host(), items, None, work.clone()).await?;
    let issued = std::mem::take(&mut *work.issued.lock().map_err(CliFault::other)?);

    spinner.set_message("sealing ballots");
    let choices = town::choices(&rules, residents).into_iter().map(first);
    let prepared = issued.into_iter().zip(choices).collect();
    let cast_by_one = |((request, signature), ballot): ((CredentialRequest, Vec<u8>), Ballot)| {
        let mut credential = place.finish(request, &signature)?;
        let ballots = (0..versions).map(|_| place.fill(&mut credential, &ballot));
        ballots.map(|ballot| Ok(Body::from(json!({ "ballot": Bytes(ballot?) }).to_string()))).collect()
    };
    let by_resident: Vec<Vec<Body>> = in_parallel(prepared, cast_by_one)?;
    // Everybody's first, then everybody's second: between two of one resident come those of all others.
    let mut bodies: Vec<Body> =
        (0..versions).flat_map(|version| by_resident.iter().map(move |ballots| ballots[version].clone())).collect();
    let same = bodies.clone();
    spinner.set_message("casting at a steady rate");
    let mut rest = bodies.split_off(count / PARTS);
    let steady = load::run(server.host(), bodies, Some(rate), Cast).await?;
    // Before and after: a database takes its time to get going, and gets slower as it grows.
    let mut others = rest.split_off(count / PARTS);
    let last = others.split_off(count / PARTS);
    spinner.set_message("casting as fast as it goes");
    let earlier = load::run(server.host(), rest, None, Cast).await?;
    spinner.set_message("casting while others read");
    let beside = beside_readers(server.host(), others).await?;
    spinner.set_message("casting as fast as it goes, again");
    let (recording, before) = (Recording::start(profile, server.id())?, server.processor_time()?);
    let cast = last.len() as f64;
    let later = load::run(server.host(), last, None, Cast).await?;
    let processor = (server.processor_time()? - before) * 1e6 / cast;
    recording.map_or(Ok(()), Recording::stop)?;
    let casting = 2.0 / (1.0 / earlier.per_second + 1.0 / later.per_second);
    let memory = server.peak_memory()?;

    spinner.set_message("closing, counting, exporting, verifying");
    let verifying = if standing == 0 { Some(closing(&stage, &data, count).await?) } else { None };
    drop(server);
    spinner.set_message("measuring the ceilings");
    let ceilings = Ceilings::measure(on, &data, same).await?;
    spinner.finish_and_clear();
    let clients = format!("{CONNECTIONS} connections, server in a process of its own on the same machine");
    let name = on.name();
    let before = if standing == 0 { String::new() } else { format!(", after {standing} ballots of nobody") };
    let mut figures = vec![
        Figure::new(
            "credentials",
            issuing.per_second,
            "/s",
            Some("≥ 4000"),
            format!("identification and blind signature in one question over HTTP, {clients}"),
        ),
        Figure::new(
            format!("casting on {name}"),
            casting,
            "ballots/s",
            Some("≥ 10000"),
            format!("prepared ballots, answered after the durable commit, log running{before}; {clients}"),
        ),
        Figure::new(
            "processor time of a ballot",
            processor,
            "µs",
            None,
            "of the server's process, user and system, while it casts as fast as it goes".into(),
        ),
        Figure::new(
            format!("casting at {rate}/s, p99"),
            steady.latency(99),
            "ms",
            Some("≤ 40"),
            format!("{} ballots, from the time each was due; p50 {:.1} ms", count / PARTS, steady.latency(50)),
        ),
        Figure::new(
            format!("casting beside {READERS} readers/s"),
            beside.per_second,
            "ballots/s",
            None,
            format!("the same, while the results page is asked for; {clients}"),
        ),
        Figure::new(
            "casting beside readers, of casting alone",
            100.0 * beside.per_second / casting,
            "%",
            Some("≥ 90"),
            "alone is measured before and after".into(),
        ),
        Figure::new(
            "server memory",
            memory,
            "MB",
            Some("≤ 200"),
            format!("peak resident set with {count} ballots of {residents} residents cast and integrated{before}"),
        ),
        Figure::new(
            "start of the service",
            start,
            "s",
            Some("≤ 3"),
            format!("from the command to the line that says where it listens{before}"),
        ),
    ];
    figures.extend(verifying.map(|verifying| {
        let method = format!("whole bundle of {count} ballots of {residents} residents, recount included, every core");
        Figure::new("verification", verifying, "ballots/s", Some("≥ 10000"), method)
    }));
    figures.extend(ceilings.figures(issuing.per_second, casting));
    Ok(figures)
}

/// Puts ballots of nobody into the log, before the round gets a server of its own.
async fn stand(stage: &Stage, ballots: u64, bar: &ProgressBar) -> Result<(), CliFault> {
    let server = stage.server.as_ref().ok_or_else(|| CliFault::Other("the stage has no server any more".into()))?;
    // All batches are of about one size, for none may be too small.
    let batches = ballots.div_ceil(BATCH);
    for batch in 0..batches {
        let size = ballots / batches + u64::from(batch < ballots % batches);
        measuring::stand(&server.app, SLUG, usize::try_from(size).map_err(CliFault::other)?).await?;
        bar.inc(size);
    }
    if ballots > 0 {
        measuring::settle(&server.app, SLUG).await?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Closes the round, and returns how many ballots a second its bundle is verified at.
async fn closing(stage: &Stage, data: &Path, count: usize) -> Result<f64, CliFault> {
    stage.act(SLUG, Act::Close, "bench").await?;
    stage.certify(SLUG, true).await?;
    verification(&stage.bundle(SLUG, data)?, count)
}

/// Casts as fast as it goes, while somebody asks for the results page so many times a second.
async fn beside_readers(host: &str, ballots: Vec<Body>) -> Result<load::Run, CliFault> {
    let page = format!("/rounds/{SLUG}/results");
    let reading = {
        let (host, pages) = (host.to_owned(), vec![page; READERS as usize * 600]);
        tokio::spawn(async move { load::run(&host, pages, Some(READERS), Read).await })
    };
    let casting = load::run(host, ballots, None, Cast).await?;
    if reading.is_finished() {
        return Err(CliFault::Other("nobody read while ballots were cast".into()));
    }
    reading.abort();
    Ok(casting)
}

fn first(choice: play::Choice) -> Ballot {
    match choice {
        play::Choice::Ballots(ballots) => ballots.into_iter().next(),
        play::Choice::Unreadable => None,
    }
    .expect("simulated residents cast at least one ballot")
}

fn verification(folder: &Path, count: usize) -> Result<f64, CliFault> {
    let started = Instant::now();
    let report = verify(&Folder(folder.to_owned()), None, &|_| ());
    if !report.passed() {
        return Err(CliFault::Other(format!("the bundle does not verify:\n{report}")));
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// Prepares items on every core.
fn in_parallel<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> Result<R, crate::client::ClientFault> + Sync,
) -> Result<Vec<R>, CliFault> {
    let mut parts: Vec<Vec<T>> = Vec::new();
    let each = items.len().div_ceil(core::every_core()).max(1);
    let mut rest = items;
    while !rest.is_empty() {
        let tail = rest.split_off(each.min(rest.len()));
        parts.push(std::mem::replace(&mut rest, tail));
    }
    let work = &work;
    let done: Result<Vec<Vec<R>>, crate::client::ClientFault> = std::thread::scope(|scope| {
        let started: Vec<_> =
            parts.into_iter().map(|part| scope.spawn(move || part.into_iter().map(work).collect())).collect();
        started.into_iter().map(|thread| thread.join().expect("preparing does not panic")).collect()
    });
    Ok(done?.into_iter().flatten().collect())
}

/// Somebody who asks for a credential.
struct IssueItem {
    code: String,
    request: Mutex<Option<CredentialRequest>>,
}

/// Requests, each with the issuer's blind signature.
type Issued = Vec<(CredentialRequest, Vec<u8>)>;

#[derive(Clone)]
struct Issue {
    issued: Arc<Mutex<Issued>>,
}

impl AsyncWork<IssueItem> for Issue {
    async fn call(&self, connection: &mut Connection, item: &IssueItem) -> Result<(), CliFault> {
        let request = item.request.lock().map_err(CliFault::other)?.take();
        let request = request.ok_or_else(|| CliFault::Other("a request is used once".into()))?;
        let body = json!({ "code": item.code, "blinded": Bytes(request.blinded.clone()) }).to_string().into();
        let path = format!("/api/v1/rounds/{SLUG}/identification");
        let answer: IdentificationResponse = parse(&connection.post(&path, None, body).await?)?;
        let signature = answer.signature.ok_or_else(|| CliFault::Other("no credential was issued".into()))?;
        self.issued.lock().map_err(CliFault::other)?.push((request, signature.0));
        Ok(())
    }
}

#[derive(Clone)]
pub(super) struct Cast;

impl AsyncWork<Body> for Cast {
    async fn call(&self, connection: &mut Connection, ballot: &Body) -> Result<(), CliFault> {
        connection.post(&format!("/api/v1/rounds/{SLUG}/ballots"), None, ballot.clone()).await.map(drop)
    }
}

#[derive(Clone)]
struct Read;

impl AsyncWork<String> for Read {
    async fn call(&self, connection: &mut Connection, path: &String) -> Result<(), CliFault> {
        connection.get(path).await.map(drop)
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, CliFault> {
    serde_json::from_slice(body).map_err(CliFault::other)
}
