//! The steps of a round's life: what one official may do, what needs a second person, and what the timetable does.

use audit::{
    office::Role,
    round::{
        Act, By, Bytes, Event, Phase, Round,
        act::Proposal,
        event::{Annulment, ClientReplaced, Closing, Extension, Opening, Remark, Step},
    },
};

use super::{
    App,
    log::{self, Writing},
    published::Published,
    registering, sequencing,
};
use crate::{
    domain::{Refusal, staff::Actor},
    error::Error,
    store::{Tx, ballot_box, rounds},
    web,
};

/// A step that an official takes alone, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alone {
    /// Interrupts the voting.
    Pause,
    /// Goes on with the voting.
    Resume,
    /// Moves the close to this later Unix second.
    Extend(i64),
}

/// Pauses, resumes or extends.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::Round`] when the round is in another phase.
pub async fn alone(app: &App, actor: &Actor, slug: &str, step: Alone, reason: String) -> Result<Round, Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    let round = app.published(slug).await?;
    write(app, &round, async |_, writing, at| {
        let event = match step {
            Alone::Pause => Event::VotingPaused(Remark { at, by, reason }),
            Alone::Resume => Event::VotingResumed(Remark { at, by, reason }),
            Alone::Extend(closes_at) => Event::ClosingExtended(Extension { at, by, closes_at, reason }),
        };
        writing.push(&event).map(drop)
    })
    .await
}

/// Proposes an act that a commission member must confirm.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::Round`].
pub async fn propose(app: &App, actor: &Actor, slug: &str, act: Act, reason: String) -> Result<Round, Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    let round = app.published(slug).await?;
    write(app, &round, async |_, writing, at| {
        writing.push(&Event::Proposed(Proposal { act, at, by, reason })).map(drop)
    })
    .await
}

/// Confirms the act that waits, which is carried out in the same transaction.
///
/// # Errors
/// [`Refusal::NothingProposed`], [`Refusal::NotAllowed`], [`Refusal::Round`].
pub async fn confirm(app: &App, actor: &Actor, slug: &str) -> Result<Round, Error> {
    let confirmed = actor.must_be(Role::Commission)?.to_owned();
    let round = app.published(slug).await?;
    write(app, &round, async |tx, writing, at| {
        let waiting = writing.state()?.proposal.clone().ok_or(Refusal::NothingProposed)?;
        let by = By::Two { confirmed, proposed: waiting.by };
        match waiting.act {
            Act::Open => writing.push(&opened(at, by)).map(drop),
            Act::Close => close(tx, writing, &round, Step { at, by }).await,
            Act::Annul => {
                if writing.state()?.takes_ballots() {
                    finish(tx, writing, &round, at).await?;
                }
                writing.push(&Event::Annulled(Annulment { at, by, reason: waiting.reason })).map(drop)
            }
        }
    })
    .await
}

/// Phases in which something may be due by itself. What else there is waits for people, or is over.
const AT_WORK: [Phase; 4] = [Phase::Published, Phase::Open, Phase::Paused, Phase::Opened];

/// Names of the rounds in which something may be due by itself, by what its log's last line made of it. The logs of the others are not read:
/// there are more of them every year.
///
/// # Errors
/// [`Error::Database`].
pub async fn at_work(app: &App) -> Result<Vec<String>, Error> {
    rounds::names_in(&mut app.db.read().await?, &AT_WORK).await
}

/// Opens or closes the round if its timetable says so by now. Returns whether it did.
///
/// # Errors
/// [`Error::Database`].
pub async fn on_schedule(app: &App, round: &Published) -> Result<bool, Error> {
    let mut tx = app.db.read().await?;
    let (phase, closes_at) = rounds::window(&mut tx, round.id).await?;
    drop(tx);
    let now = app.clock.now();
    let due = match phase {
        Phase::Published => now >= round.rules.opens_at,
        Phase::Open | Phase::Paused => now >= closes_at,
        _ => false,
    };
    if !due {
        return Ok(false);
    }
    let step = async |tx: &mut Tx, writing: &mut Writing<Round>, at| {
        let state = writing.state()?;
        match state.phase {
            // Another node was faster, or an official extended the voting meanwhile.
            now_in if now_in != phase || state.closes_at != closes_at => Ok(()),
            Phase::Published => writing.push(&opened(at, By::Schedule)).map(drop),
            _ => close(tx, writing, round, Step { at, by: By::Schedule }).await,
        }
    };
    write(app, round, step).await?;
    Ok(true)
}

/// Writes into the round's log which files browsers get now, if it says otherwise; when the service starts with other ones.
///
/// # Errors
/// [`Error::Database`].
pub async fn name_client(app: &App, round: &Published) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let state: Round = log::state(&mut tx, round.log_id).await?;
    drop(tx);
    if !state.takes_ballots() || state.client == web::client() {
        return Ok(());
    }
    let replace = async |_: &mut Tx, writing: &mut Writing<Round>, at| {
        let state = writing.state()?;
        if !state.takes_ballots() || state.client == web::client() {
            return Ok(());
        }
        writing.push(&Event::ClientReplaced(ClientReplaced { at, client: web::client() })).map(drop)
    };
    write(app, round, replace).await.map(drop)
}

fn opened(at: i64, by: By) -> Event {
    Event::VotingOpened(Opening { at, by, client: web::client() })
}

async fn close(tx: &mut Tx, writing: &mut Writing<Round>, round: &Published, step: Step) -> Result<(), Error> {
    finish(tx, writing, round, step.at).await?;
    let chance = round.rules.voting.draws_lots().then(|| Bytes(rand::random::<[u8; 32]>().to_vec()));
    writing.push(&Event::VotingClosed(Closing { at: step.at, by: step.by, chance })).map(drop)
}

/// The last ballots and the register's last step.
async fn finish(tx: &mut Tx, writing: &mut Writing<Round>, round: &Published, at: i64) -> Result<(), Error> {
    sequencing::push_all(tx, writing, round, at).await?;
    registering::push_step(tx, writing, round, at).await
}

/// Runs one step on the round's log in a transaction of its own. `at` never goes backwards. A step without a line changes nothing.
pub(super) async fn write<F>(app: &App, round: &Published, step: F) -> Result<Round, Error>
where
    F: AsyncFnOnce(&mut Tx, &mut Writing<Round>, i64) -> Result<(), Error>,
{
    let mut tx = app.db.write().await?;
    let mut writing = Writing::<Round>::open(&mut tx, round.log_id, &app.held).await?;
    // Nobody's ballot is accepted by what this may change.
    ballot_box::lock(&mut tx, round.id).await?;
    let at = writing.state()?.time(app.clock.now());
    step(&mut tx, &mut writing, at).await?;
    if !writing.grew() {
        return writing.state().cloned();
    }
    writing.seal_round(&mut tx, &round.signer).await?.commit(tx).await
}
