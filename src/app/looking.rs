//! What the pages of a round show, each from one transaction: all of it is of one moment, and each transaction costs questions.

use std::{collections::BTreeMap, sync::Arc};

use audit::{
    log::line::Line,
    round::{Event, Round, event::Tallied},
};

pub use super::witnessing::WitnessState;
pub use crate::store::turnout::Hour;

use super::{App, log, published::Published, results, witnessing};
use crate::{
    domain::pictures::Picture,
    error::Error,
    store::{Tx, log as lines, pictures, turnout},
};

/// The pictures of each territory that has any, by registration number.
pub type Pictures = BTreeMap<u32, Vec<Picture>>;

/// A round, and all that is to be seen of it while it goes on.
#[derive(Debug)]
pub struct Look {
    /// What never changes.
    pub published: Arc<Published>,
    /// Handle of the official who published it.
    pub official: String,
    /// What its log adds up to.
    pub round: Round,
    /// Its territories' pictures.
    pub pictures: Pictures,
    /// The hours in which something came into the log, in their order.
    pub hours: Vec<Hour>,
    /// Every witness that the rules or the settings name, the rules' first.
    pub witnesses: Vec<WitnessState>,
    /// The newest head of the log, a signed note.
    pub head: String,
}

/// Everything about a round.
///
/// # Errors
/// [`Refusal::UnknownRound`](crate::domain::Refusal::UnknownRound).
pub async fn everything(app: &App, slug: &str) -> Result<Look, Error> {
    let published = app.published(slug).await?;
    let mut tx = app.db.read().await?;
    Ok(Look {
        official: official(&mut tx, &published).await?,
        round: log::state(&mut tx, published.log_id).await?,
        pictures: by_territory(&mut tx, published.id).await?,
        hours: turnout::all(&mut tx, published.id).await?,
        witnesses: witnessing::states_in(app, &mut tx, &published.log).await?,
        head: witnessing::newest(&mut tx, &published.log).await?.note,
        published,
    })
}

/// A round, and the pictures of its territories: without bytes.
///
/// # Errors
/// [`Refusal::UnknownRound`](crate::domain::Refusal::UnknownRound).
pub async fn territories(app: &App, slug: &str) -> Result<(Round, Pictures), Error> {
    let published = app.published(slug).await?;
    let mut tx = app.db.read().await?;
    let round = log::state(&mut tx, published.log_id).await?;
    Ok((round, by_territory(&mut tx, published.id).await?))
}

/// A round, how participation grew, and the count, if there is one.
///
/// # Errors
/// [`Refusal::UnknownRound`](crate::domain::Refusal::UnknownRound).
pub async fn result(app: &App, slug: &str) -> Result<(Round, Vec<Hour>, Option<Tallied>), Error> {
    let published = app.published(slug).await?;
    let mut tx = app.db.read().await?;
    let round: Round = log::state(&mut tx, published.log_id).await?;
    let hours = turnout::all(&mut tx, published.id).await?;
    let tallied = match round.tally_line {
        Some(_) => Some(results::tallied_in(&mut tx, &published).await?),
        None => None,
    };
    Ok((round, hours, tallied))
}

/// Who signed the first line of a round's log; it never changes.
async fn official(tx: &mut Tx, published: &Published) -> Result<String, Error> {
    if let Some(official) = published.official.get() {
        return Ok(official.clone());
    }
    let first = lines::lines(tx, published.log_id, 0, 1).await?;
    let first = first.first().ok_or_else(|| Error::broken("the log is empty"))?;
    match Line::<Event>::parse(first).map_err(Error::broken)?.event {
        Event::Published(event) => Ok(published.official.get_or_init(|| event.by).clone()),
        _ => Err(Error::broken("the log does not begin with the rules")),
    }
}

async fn by_territory(tx: &mut Tx, round_id: i64) -> Result<Pictures, Error> {
    let mut found = Pictures::new();
    for picture in pictures::of_round(tx, round_id).await? {
        found.entry(picture.territory).or_default().push(picture);
    }
    Ok(found)
}
