//! Importing the roll: people by pseudonym, each with the identifying half of a letter code. Nothing is half imported.

use std::collections::HashMap;

use audit::{
    office::Role,
    round::{Event, event::RollExtended},
};
use jiff::civil::Date;

use super::{App, steps};
use crate::{
    crypto::codes::IdentifyingCode,
    domain::{
        Refusal,
        roll::{self, Person},
        staff::Actor,
    },
    error::Error,
    store::voters::{self, Taken, Voter},
};

/// Most people in one import.
pub const MOST: usize = 10_000;
/// What is said of a person, or of a letter, that stands in an import twice.
const TWICE: [&str; 2] =
    ["the same pseudonym stands there twice", "the same code stands there twice; make the letters of this import anew"];

/// A line of an import.
#[derive(Clone, PartialEq, Eq)]
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

/// Adds people to the roll. The same import again changes nothing.
///
/// # Errors
/// [`Refusal::Roll`] with the place of the first mistake, such as another voter's code; [`Refusal::NotAllowed`], [`Refusal::Round`].
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
    roll::all_differ(voters.iter().map(|voter| (voter.person.pseudonym, &voter.code_hash)), TWICE)?;
    let mut imported = 0;
    let state = steps::write(app, &round, async |tx, writing, at| {
        none_collides(&voters, &voters::taken(tx, round.id, &voters).await?)?;
        let added = voters::insert(tx, round.id, &voters).await?;
        let total = writing.state()?.roll + added;
        imported = added;
        writing.push(&Event::RollExtended(RollExtended { added, at, by, total })).map(drop)
    })
    .await?;
    Ok((imported, state.roll))
}

/// An import that was made already may come again; another code for somebody on the roll would be a letter that opens nothing.
fn none_collides(voters: &[Voter], taken: &[Taken]) -> Result<(), Refusal> {
    let codes: HashMap<_, _> = taken.iter().map(|row| (row.pseudonym.as_slice(), row.code_hash.as_slice())).collect();
    let owners: HashMap<_, _> = taken.iter().map(|row| (row.code_hash.as_slice(), row.pseudonym.as_slice())).collect();
    for (voter, number) in voters.iter().zip(1..) {
        let person = voter.person.pseudonym.as_slice();
        let reason = if codes.get(person).is_some_and(|code| *code != voter.code_hash) {
            "this person is on the roll already, with another letter code; send the letter that was made first"
        } else if owners.get(voter.code_hash.as_slice()).is_some_and(|owner| *owner != person) {
            "code: it is another voter's; make the letters of this import anew"
        } else {
            continue;
        };
        return Err(Refusal::Roll { number, reason: reason.into() });
    }
    Ok(())
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
