//! `veche vote ADDRESS`: a resident on the command line, with the letter code in hand.

use audit::log::hash::Hash;
use ballots::Ballot;
use clap::Args;
use serde_json::json;

use super::{CliFault, Holds, fetch};
use crate::{
    client::{
        Api, ClientFault,
        receipt::{self, Receipt},
        resident::{Cast, Credential, PollingPlace},
    },
    clock::Clock,
    crypto::codes::LetterCode,
};

#[derive(Debug, Args)]
pub(super) struct Vote {
    /// Address of the round, such as http://127.0.0.1:8080/rounds/ozersk-2027.
    address: String,
    /// Letter code, both halves. The second half does not leave this machine.
    #[arg(long, env = "VECHE_CODE", hide_env_values = true)]
    code: LetterCode,
    /// Fingerprint of the rules as you know it from paper; with other rules nothing is cast.
    #[arg(long, value_name = "HEX")]
    fingerprint: Option<Hash>,
    /// Territories that you mark, best first where they are ranked; with a number where the ballot asks for one, as in
    /// `t4=7`. None at all is a blank ballot.
    marks: Vec<String>,
}

impl Vote {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let (base, slug) = fetch::address(&self.address)
            .ok_or_else(|| CliFault::Other(format!("{} is no address of a round", self.address)))?;
        let api = Api::new(base)?;
        let place = PollingPlace::enter(&api, slug).await?;
        if let Some(fingerprint) = &self.fingerprint {
            place.must_be(fingerprint)?;
        }
        let marks: Vec<_> = self.marks.iter().map(|text| mark(text)).collect::<Result<_, _>>()?;
        let ballot = Ballot::parse(&place.rules.voting, marks).map_err(CliFault::other)?;
        let mut credential = credential(&api, &place, &self.code).await?;
        let cast = cast(&api, &place, &mut credential, &ballot).await?;
        let now = Clock::system().now();
        receipt::is_timely(&place, &cast.acceptance, now)?;
        let receipt = receipt::check(&api, &place, &cast, None, now).await?;
        show(&cast, &receipt, credential.version, as_json);
        Ok(true)
    }
}

fn mark(text: &str) -> Result<(&str, Option<u32>), CliFault> {
    let Some((territory, number)) = text.split_once('=') else { return Ok((text, None)) };
    let number = number.parse().map_err(|_| CliFault::Other(format!("{text}: the mark must be a whole number")))?;
    Ok((territory, Some(number)))
}

/// A new credential, or the one that another device left.
async fn credential(api: &Api, place: &PollingPlace, code: &LetterCode) -> Result<Credential, ClientFault> {
    match place.register(api, code).await {
        Err(fault) if fault.slug() == Some("already-issued") => {
            let session = place.identify(api, &code.identifying).await?.session;
            place.restore(api, &session, &code.secret, 0).await
        }
        other => other,
    }
}

/// Casts; if another device has cast before, with the version after its last.
async fn cast(
    api: &Api,
    place: &PollingPlace,
    credential: &mut Credential,
    ballot: &Ballot,
) -> Result<Cast, ClientFault> {
    match place.vote(api, credential, ballot).await {
        Err(ClientFault::Refused { slug, problem, .. }) if slug == "version-not-growing" => {
            let accepted = problem["accepted_version"].as_u64().and_then(|version| u32::try_from(version).ok());
            credential.version = accepted.ok_or_else(|| ClientFault::wrong("no version stands in the refusal"))?;
            place.vote(api, credential, ballot).await
        }
        other => other,
    }
}

fn show(cast: &Cast, receipt: &Receipt, version: u32, as_json: bool) {
    let hash = Hash::from(cast.acceptance.ballot);
    let (line, witnessed) = match receipt {
        Receipt::Waiting(_) => (None, None),
        Receipt::Logged { index, witnessed, .. } => (Some(*index), witnessed.as_ref()),
    };
    let in_log_by = cast.acceptance.in_log_by;
    if as_json {
        println!("{}", json!({ "ballot": hash, "version": version, "in_log_by": in_log_by, "line": line }));
        return;
    }
    println!("accepted: your ballot {hash} counts, unless you cast again before the close (this was number {version})");
    let by = jiff::Timestamp::from_second(in_log_by).unwrap_or_default();
    match line {
        Some(line) => println!("it is line {line} of the log, and the proof was checked"),
        None => println!("it will be in the log by {by}; the ballot box has signed for that"),
    }
    if let Some(witnessed) = witnessed {
        println!("witnesses of that head: {} of {}", witnessed.signed.len(), witnessed.quorum);
    }
}
