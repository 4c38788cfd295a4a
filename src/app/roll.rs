//! Importing the roll: people by pseudonym, each with the identifying half of a letter code. Nothing is half imported.

use std::collections::HashSet;

use audit::{
    office::Role,
    round::{Event, event::RollExtended},
};
use jiff::civil::Date;

use super::{App, steps};
use crate::{
    crypto::codes::IdentifyingCode,
    domain::{Refusal, roll::Person, staff::Actor},
    error::Error,
    store::voters::{self, Voter},
};

/// Most people in one import.
pub const MOST: usize = 10_000;

/// A line of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// HMAC of the person's number, as 64 hexadecimal digits.
    pub pseudonym: String,
    /// Date of birth, YYYY-MM-DD.
    pub born: String,
    /// District of residence.
    pub district: Option<String>,
    /// Identifying half of the letter code.
    pub code: String,
}

/// Adds people to the roll. Those who are on it already are left as they are.
///
/// # Errors
/// [`Refusal::Roll`] with the place of the first mistake, [`Refusal::NotAllowed`], [`Refusal::Round`].
pub async fn import(app: &App, actor: &Actor, slug: &str, entries: &[Entry]) -> Result<(u64, u64), Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    let round = app.published(slug).await?;
    if entries.len() > MOST {
        return Err(Refusal::Malformed(format!("at most {MOST} people in one import; send the rest in another")).into());
    }
    let voters = entries
        .iter()
        .zip(1..)
        .map(|(entry, number)| parse(app, entry).map_err(|reason| Refusal::Roll { number, reason }));
    let voters: Vec<Voter> = voters.collect::<Result<_, _>>()?;
    let mut seen = HashSet::new();
    if let Some(at) = voters.iter().position(|voter| !seen.insert(voter.person.pseudonym)) {
        return Err(Refusal::Roll { number: at + 1, reason: "the same pseudonym stands there twice".into() }.into());
    }
    let mut imported = 0;
    let state = steps::write(app, &round, async |tx, writing, at| {
        let added = voters::insert(tx, round.id, &voters).await.map_err(taken)?;
        let total = writing.state()?.roll + added;
        imported = added;
        writing.push(&Event::RollExtended(RollExtended { added, at, by, total })).map(drop)
    })
    .await?;
    Ok((imported, state.roll))
}

/// Two letters may not start alike: the start finds the voter.
fn taken(fault: Error) -> Error {
    let reason = "code: the first letters are another voter's; make the letters of this import anew".to_owned();
    if fault.is_taken() { Refusal::Roll { number: 0, reason }.into() } else { fault }
}

fn parse(app: &App, entry: &Entry) -> Result<Voter, String> {
    let pseudonym: audit::log::hash::Hash =
        entry.pseudonym.parse().map_err(|_| "pseudonym: must be 64 lower-case hexadecimal digits".to_owned())?;
    let born: Date = entry.born.parse().map_err(|fault| format!("born: {fault}"))?;
    let code: IdentifyingCode = entry.code.parse().map_err(|fault| format!("code: {fault}"))?;
    Ok(Voter {
        person: Person { pseudonym: *pseudonym.as_bytes(), born, district: entry.district.clone() },
        locator: code.locator().to_owned(),
        code_hash: app.pepper.hash(&code).to_vec(),
    })
}
