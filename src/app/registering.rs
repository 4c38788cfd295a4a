//! The register's steps: how many credentials were issued goes into the log in steps too large to point at anybody.

use audit::round::{
    Event, Round,
    event::RegisterStep,
    register::{self, StepHash},
};

use super::{
    App,
    log::{self, Writing},
    published::Published,
};
use crate::{
    clock::{HOUR, hour},
    error::Error,
    store::{Tx, backups, issuances, turnout},
};

/// Adds a step when an hour has passed and enough credentials were issued since the step before.
///
/// # Errors
/// [`Error::Database`].
pub async fn report(app: &App, round: &Published) -> Result<bool, Error> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let at_least = round.rules.register.at_least;
    // Whoever wants credentials waits on the log's row: it is locked only when a step is likely.
    let is_likely =
        issuances::wait(&mut tx, round.id, at_least).await? && is_time(&log::state(&mut tx, round.log_id).await?, now);
    drop(tx);
    if !is_likely {
        return Ok(false);
    }
    let mut tx = app.db.write().await?;
    let mut writing = Writing::<Round>::open(&mut tx, round.log_id, &app.held).await?;
    // Another node may have reported them meanwhile.
    if !is_time(writing.state()?, now) || !issuances::wait(&mut tx, round.id, at_least).await? {
        return Ok(false);
    }
    push_step(&mut tx, &mut writing, round, now).await?;
    writing.seal(&mut tx, &round.signer).await?.commit(tx).await?;
    Ok(true)
}

/// Whether an hour has passed since the step before, while ballots are taken.
fn is_time(state: &Round, now: i64) -> bool {
    state.takes_ballots() && hour(now) >= state.register.hour + HOUR
}

/// Puts every unreported credential into a new step.
pub(super) async fn push_step(
    tx: &mut Tx,
    writing: &mut Writing<Round>,
    round: &Published,
    now: i64,
) -> Result<(), Error> {
    let step = issuances::steps(tx, round.id).await? + 1;
    let before = &writing.state()?.register;
    let (mut hash, mut credentials) = (StepHash::after(&before.hash), 0);
    issuances::report(tx, round.id, step, |pseudonym| {
        hash.add(&register::line(step, pseudonym));
        credentials += 1;
    })
    .await?;
    backups::write_anew(tx, round.id, step).await?;
    let (hour, count) = (hour(writing.state()?.time(now)), before.count + credentials);
    writing.push(&Event::Register(RegisterStep { count, hash: hash.finish(), hour }))?;
    if credentials > 0 {
        turnout::add(tx, round.id, turnout::Hour { hour, ballots: 0, credentials }).await?;
    }
    Ok(())
}
