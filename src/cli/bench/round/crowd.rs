//! The crowd of a measured round: what its devices prepare before anything is timed, and how they ask for credentials.

use std::sync::{Arc, OnceLock};

use audit::round::Bytes;
use ballots::{Ballot, Rules};
use hyper::body::Bytes as Body;
use serde_json::json;

use super::{
    super::{
        super::{CliFault, play::Choice, town},
        core,
        load::{self, AsyncWork, Connection, Run},
    },
    SLUG,
};
use crate::{
    client::{
        ClientFault,
        resident::{CredentialRequest, PollingPlace},
    },
    crypto::codes::LetterCode,
    http::IdentificationResponse,
};

/// A request for each resident, blinded.
pub(super) fn requests(place: &PollingPlace, residents: usize) -> Result<Vec<CredentialRequest>, CliFault> {
    in_parallel(vec![(); residents], |()| place.request())
}

/// Requests, each with the issuer's blind signature.
type Issued = Vec<(CredentialRequest, Vec<u8>)>;

/// Residents at the door: what each of them asks is written already.
pub(super) struct AtTheDoor {
    requests: Vec<CredentialRequest>,
    asked: Vec<(usize, Body)>,
}

impl AtTheDoor {
    /// Those who hold these letters.
    pub(super) fn with(codes: &[LetterCode], requests: Vec<CredentialRequest>) -> Self {
        let body = |(code, request): (&LetterCode, &CredentialRequest)| {
            let (code, blinded) = (code.identifying.to_string(), Bytes(request.blinded.clone()));
            Body::from(json!({ "code": code, "blinded": blinded }).to_string())
        };
        let asked = codes.iter().zip(&requests).map(body).enumerate().collect();
        Self { requests, asked }
    }

    /// Asks for everybody's credential, as fast as it goes or so many a second. What is answered is read later.
    pub(super) async fn ask(self, host: &str, per_second: Option<u32>) -> Result<(Run, Issued), CliFault> {
        let work = Issue { answers: self.asked.iter().map(|_| OnceLock::new()).collect() };
        let run = load::run(host, self.asked, per_second, work.clone()).await?;
        let signed = self.requests.into_iter().zip(work.answers.iter());
        let signed = signed.map(|(request, answer)| Ok((request, signature(answer.get())?)));
        Ok((run, signed.collect::<Result<_, CliFault>>()?))
    }
}

/// Seals so many ballots of each resident: everybody's first, then everybody's second, so that between two of one resident come those
/// of all others.
pub(super) fn ballots(
    place: &PollingPlace,
    rules: &Rules,
    issued: Issued,
    versions: usize,
) -> Result<Vec<Body>, CliFault> {
    let choices = town::choices(rules, issued.len()).into_iter().map(first);
    let prepared = issued.into_iter().zip(choices).collect();
    let by_resident: Vec<Vec<Body>> = in_parallel(prepared, |((request, signature), ballot)| {
        let mut credential = place.finish(request, &signature)?;
        let ballots = (0..versions).map(|_| place.fill(&mut credential, &ballot));
        ballots.map(|ballot| Ok(Body::from(json!({ "ballot": Bytes(ballot?) }).to_string()))).collect()
    })?;
    Ok((0..versions).flat_map(|version| by_resident.iter().map(move |ballots| ballots[version].clone())).collect())
}

fn first(choice: Choice) -> Ballot {
    match choice {
        Choice::Ballots(ballots) => ballots.into_iter().next(),
        Choice::Unreadable => None,
    }
    .expect("simulated residents cast at least one ballot")
}

/// Prepares items on every core.
fn in_parallel<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> Result<R, ClientFault> + Sync,
) -> Result<Vec<R>, CliFault> {
    let mut parts: Vec<Vec<T>> = Vec::new();
    let each = items.len().div_ceil(core::every_core()).max(1);
    let mut rest = items;
    while !rest.is_empty() {
        let tail = rest.split_off(each.min(rest.len()));
        parts.push(std::mem::replace(&mut rest, tail));
    }
    let work = &work;
    let done: Result<Vec<Vec<R>>, ClientFault> = std::thread::scope(|scope| {
        let started: Vec<_> =
            parts.into_iter().map(|part| scope.spawn(move || part.into_iter().map(work).collect())).collect();
        started.into_iter().map(|thread| thread.join().expect("preparing does not panic")).collect()
    });
    Ok(done?.into_iter().flatten().collect())
}

/// The blind signature of an answer.
fn signature(answer: Option<&Vec<u8>>) -> Result<Vec<u8>, CliFault> {
    let answer = answer.ok_or_else(|| CliFault::Other("somebody was not answered".into()))?;
    let answer: IdentificationResponse = serde_json::from_slice(answer).map_err(CliFault::other)?;
    let signature = answer.signature.ok_or_else(|| CliFault::Other("no credential was issued".into()))?;
    Ok(signature.0)
}

/// Asks what somebody wrote, and keeps the answer in their place.
#[derive(Clone)]
struct Issue {
    answers: Arc<[OnceLock<Vec<u8>>]>,
}

impl AsyncWork<(usize, Body)> for Issue {
    async fn call(&self, connection: &mut Connection, (place, asked): &(usize, Body)) -> Result<(), CliFault> {
        let path = format!("/api/v1/rounds/{SLUG}/identification");
        let answer = connection.post(&path, asked.clone()).await?;
        // The bytes that came are a part of what the connection reads into.
        let answer = answer.to_vec();
        self.answers[*place].set(answer).map_err(|_| CliFault::Other("somebody was answered twice".into()))
    }
}
