//! Replacing letters: whoever lost theirs, or whose code was burned, gets another, as long as they have no credential. Who asks is not told.

use std::collections::HashSet;

use audit::{
    log::hash::Hash,
    office::Role,
    round::{Event, event::LettersReplaced},
};

use super::{App, steps};
use crate::{
    crypto::codes::IdentifyingCode,
    domain::{Refusal, staff::Actor},
    error::Error,
    store::{Tx, backups, issuances, voters},
};

/// Most people in one request.
pub const MOST: usize = 1_000;

/// A new letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// HMAC of the person's number, as 64 hexadecimal digits.
    pub pseudonym: String,
    /// Identifying half of the new code.
    pub code: String,
}

/// Gives people on the roll new codes; the old ones are worth nothing from then on. For how many that was asked stands in the log.
///
/// Whoever has a credential keeps the letter that they have: another could not restore it. The answer and the line are the same
/// then, for who has a credential is no official's business, and a refusal would tell it without a trace.
///
/// # Errors
/// [`Refusal::Roll`] with the place of the first who is not on the roll, or whose code is no code; then nobody's letter was
/// replaced.
pub async fn replace(app: &App, actor: &Actor, slug: &str, letters: &[Letter], reason: String) -> Result<u64, Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    let round = app.published(slug).await?;
    if letters.len() > MOST {
        return Err(Refusal::Malformed(format!("at most {MOST} letters at once")).into());
    }
    let letters = letters
        .iter()
        .zip(1..)
        .map(|(letter, number)| parse(letter).map_err(|reason| Refusal::Roll { number, reason: reason.to_owned() }));
    let letters: Vec<([u8; 32], IdentifyingCode)> = letters.collect::<Result<_, _>>()?;
    let people = letters.len() as u64;
    steps::write(app, &round, async |tx, writing, at| {
        writing.push(&Event::LettersReplaced(LettersReplaced { at, by, people, reason }))?;
        let mut seen = HashSet::new();
        for ((person, code), number) in letters.iter().zip(1..) {
            let refused = match refuse(tx, round.id, person, code).await? {
                None if !seen.insert(person) => Some("the same person stands there twice"),
                other => other,
            };
            if let Some(reason) = refused {
                return Err(Refusal::Roll { number, reason: reason.to_owned() }.into());
            }
            let code_hash = app.pepper.hash(code);
            if issuances::of(tx, round.id, &[*person]).await?.is_empty() {
                voters::replace_code(tx, round.id, person, code.locator(), &code_hash).await?;
                backups::forget(tx, round.id, person).await?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(people)
}

fn parse(letter: &Letter) -> Result<([u8; 32], IdentifyingCode), &'static str> {
    let person: Hash = letter.pseudonym.parse().map_err(|_| "pseudonym: must be 64 lower-case hexadecimal digits")?;
    let code = letter.code.parse().map_err(|_| "code: is no identifying half of a letter code")?;
    Ok((*person.as_bytes(), code))
}

async fn refuse(
    tx: &mut Tx,
    round_id: i64,
    person: &[u8; 32],
    code: &IdentifyingCode,
) -> Result<Option<&'static str>, Error> {
    if !voters::is_on_roll(tx, round_id, person).await? {
        return Ok(Some("this person is not on the roll"));
    }
    let taken = !voters::by_locators(tx, round_id, &[code.locator()]).await?.is_empty();
    Ok(taken.then_some("code: the first letters are in use; make this letter anew"))
}
