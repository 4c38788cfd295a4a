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
use serde_json::json;

use super::{
    super::{
        CliFault,
        play::{self, Stage},
        show, town,
    },
    Figure,
    load::{self, AsyncWork, CONNECTIONS, Connection},
    process::ServerProcess,
};
use crate::{
    client::resident::{CredentialRequest, PollingPlace},
    clock::Clock,
    http::{IdentificationResponse, IssueResponse},
};

const SLUG: &str = "bench";
/// Ballots that are cast at a steady rate to measure latency.
const STEADY: usize = 10_000;
/// The steady rate, a second.
const STEADY_RATE: u32 = 1_000;

pub(super) async fn measure(count: usize, quiet: bool) -> Result<Vec<Figure>, CliFault> {
    let (data, _temporary) = play::folder(None)?;
    let mut stage = Stage::set(&data, "127.0.0.1:0").await?;
    let rules = town::rules(town::Way::Approval);
    stage.publish(SLUG, "bench", rules.clone(), 14).await?;
    let people = town::people(count, play::today(Clock::system().now()).year());
    let codes = stage.enrol(SLUG, &people, &show::bar("on the roll", count as u64, quiet)).await?;
    stage.act(SLUG, Act::Open, "bench").await?;
    stage.stop().await?;
    let server = ServerProcess::start(&data)?;
    stage.move_to(&server.url)?;
    let place = Arc::new(PollingPlace::enter(&stage.api, SLUG).await?);

    let spinner = show::spinner("blinding credentials", quiet);
    let requests = in_parallel(vec![(); count], |()| place.request())?;
    spinner.set_message("issuing credentials");
    let items: Vec<_> = codes.iter().map(|code| code.identifying.to_string()).zip(requests).collect();
    let items =
        items.into_iter().map(|(code, request)| IssueItem { code, request: Mutex::new(Some(request)) }).collect();
    let work = Issue { issued: Arc::default() };
    let issuing = load::run(server.host(), items, None, work.clone()).await?;
    let issued = std::mem::take(&mut *work.issued.lock().map_err(CliFault::other)?);

    spinner.set_message("sealing ballots");
    let choices = town::choices(&rules, count).into_iter().map(first);
    let prepared = issued.into_iter().zip(choices).collect();
    let mut bodies =
        in_parallel(prepared, |((request, signature), ballot): ((CredentialRequest, Vec<u8>), Ballot)| {
            let mut credential = place.finish(request, &signature)?;
            let ballot = place.fill(&mut credential, &ballot)?;
            Ok(Body::from(json!({ "ballot": Bytes(ballot) }).to_string()))
        })?;
    spinner.set_message("casting at a steady rate");
    let rest = bodies.split_off(STEADY.min(count / 2));
    let steady = load::run(server.host(), bodies, Some(STEADY_RATE), Cast).await?;
    spinner.set_message("casting as fast as it goes");
    let casting = load::run(server.host(), rest, None, Cast).await?;
    let memory = server.peak_memory()?;

    spinner.set_message("closing, counting, exporting");
    stage.act(SLUG, Act::Close, "bench").await?;
    stage.certify(SLUG, true).await?;
    let folder = stage.bundle(SLUG, &data)?;
    spinner.set_message("verifying");
    let verifying = verification(&folder, count)?;
    spinner.finish_and_clear();
    let clients = format!("{CONNECTIONS} connections, server in a process of its own on the same machine");
    Ok(vec![
        Figure::new(
            "credentials",
            issuing.per_second,
            "/s",
            Some("≥ 2500"),
            format!("identification and blind signature over HTTP, {clients}"),
        ),
        Figure::new(
            "casting",
            casting.per_second,
            "ballots/s",
            Some("≥ 6000"),
            format!("prepared ballots, SQLite synchronous=FULL, answered after the commit, log running; {clients}"),
        ),
        Figure::new(
            "casting at 1000/s, p99",
            steady.percentile(99),
            "ms",
            Some("≤ 30"),
            format!("{STEADY} ballots, from the time each was due; p50 {:.1} ms", steady.percentile(50)),
        ),
        Figure::new(
            "server memory",
            memory,
            "MB",
            Some("≤ 300"),
            format!("peak resident set with {count} ballots cast and integrated"),
        ),
        Figure::new(
            "verification",
            verifying,
            "ballots/s",
            Some("≥ 10000"),
            format!("whole bundle of {count} ballots, recount included, every core"),
        ),
    ])
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
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut parts: Vec<Vec<T>> = Vec::new();
    let (mut rest, each) = (items, 1);
    let each = each.max(rest.len().div_ceil(cores));
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
        let body = json!({ "code": item.code }).to_string().into();
        let path = format!("/api/v1/rounds/{SLUG}/identification");
        let answer: IdentificationResponse = parse(&connection.post(&path, None, body).await?)?;
        let body = json!({ "blinded": Bytes(request.blinded.clone()) }).to_string().into();
        let path = format!("/api/v1/rounds/{SLUG}/credential");
        let answer: IssueResponse = parse(&connection.post(&path, Some(&answer.session), body).await?)?;
        self.issued.lock().map_err(CliFault::other)?.push((request, answer.signature.0));
        Ok(())
    }
}

#[derive(Clone)]
struct Cast;

impl AsyncWork<Body> for Cast {
    async fn call(&self, connection: &mut Connection, ballot: &Body) -> Result<(), CliFault> {
        connection.post(&format!("/api/v1/rounds/{SLUG}/ballots"), None, ballot.clone()).await.map(drop)
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, CliFault> {
    serde_json::from_slice(body).map_err(CliFault::other)
}
