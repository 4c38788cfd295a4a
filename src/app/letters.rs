//! Replacing letters: whoever lost theirs, or whose code was burned, gets another, as long as they have no credential. Who asks is not told.

use audit::{
    log::hash::Hash,
    office::Role,
    round::{Event, event::LettersReplaced},
};

use super::{App, steps};
use crate::{
    crypto::codes::IdentifyingCode,
    domain::{Refusal, roll, staff::Actor},
    error::Error,
    store::{Tx, backups, issuances, voters},
};

/// Most people in one request.
pub const MOST: usize = 1_000;
/// What is said of a person, or of a letter, that stands in a request twice.
const TWICE: [&str; 2] =
    ["the same person stands there twice", "the same code stands there twice; make this letter anew"];

/// A new letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// HMAC of the person's number, as 64 hexadecimal digits.
    pub pseudonym: String,
    /// Identifying half of the new code.
    pub code: String,
}

/// Gives people on the roll new codes; the old ones are worth nothing from then on, and failures are forgotten, also where somebody is
/// given the same again. For how many that was asked stands in the log.
///
/// Whoever has a credential keeps the letter that they have: another could not restore it. The answer and the line are the same
/// then, for who has a credential is no official's business, and a refusal would tell it without a trace. So everything is refused
/// by what was there before the request, and nothing by what a part of it has written.
///
/// # Errors
/// [`Refusal::Roll`] with the place of the first who stands there twice, is not on the roll, or whose code is no code or another
/// voter's; then nobody's letter was replaced.
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
    roll::all_differ(letters.iter().map(|(person, code)| (person, code.letters())), TWICE)?;
    let people = letters.len() as u64;
    steps::write(app, &round, async |tx, writing, at| {
        writing.push(&Event::LettersReplaced(LettersReplaced { at, by, people, reason }))?;
        for ((person, code), number) in letters.iter().zip(1..) {
            if let Some(reason) = refuse(tx, round.id, person, (code, &app.pepper.hash(code))).await? {
                return Err(Refusal::Roll { number, reason: reason.to_owned() }.into());
            }
        }
        for (person, code) in &letters {
            if issuances::of(tx, round.id, &[*person]).await?.is_empty() {
                voters::replace_code(tx, round.id, person, code.locator(), &app.pepper.hash(code)).await?;
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

/// Two letters may start alike; one code for two people would be nobody's.
async fn refuse(
    tx: &mut Tx,
    round_id: i64,
    person: &[u8; 32],
    (code, hash): (&IdentifyingCode, &[u8; 32]),
) -> Result<Option<&'static str>, Error> {
    if !voters::is_on_roll(tx, round_id, person).await? {
        return Ok(Some("this person is not on the roll"));
    }
    for row in voters::by_locators(tx, round_id, &[code.locator()]).await?.into_values().flatten() {
        let row = row?;
        if row.code_hash == hash && row.person.pseudonym != *person {
            return Ok(Some("code: it is another voter's; make this letter anew"));
        }
    }
    Ok(None)
}
