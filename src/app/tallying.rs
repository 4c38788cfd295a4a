//! Opening and counting: a commission member reveals the key, and the service counts what the log holds.

use std::sync::Arc;

use audit::{
    log::line,
    office::Role,
    round::{
        Bytes, Event, Phase, Round,
        count::{Count, ballot_in},
        event::{KeyRevealed, Tallied},
        latest::{Latest, Versions},
    },
};
use ballots::{Ballot, Outcome, Patience, envelope::OpeningKey};

use super::{App, leasing, published::Published, steps};
use crate::{
    domain::staff::Actor,
    error::Error,
    store::{Db, log, rounds},
};

/// Lines that are read and counted together.
const BLOCK: u32 = 1024;

/// Reveals the opening key. Counting begins by itself.
///
/// # Errors
/// [`crate::domain::Refusal::Round`] when the key is not the round's, or the voting is not closed.
pub async fn reveal(app: &App, actor: &Actor, slug: &str, key: &[u8]) -> Result<Round, Error> {
    let by = actor.must_be(Role::Commission)?.to_owned();
    let round = app.published(slug).await?;
    let key = Bytes(key.to_vec());
    steps::write(app, &round, async |_, writing, at| {
        writing.push(&Event::KeyRevealed(KeyRevealed { at, by, key })).map(drop)
    })
    .await
}

/// Counts the round if its key is revealed and it is not counted yet.
///
/// # Errors
/// [`Error::Database`].
pub async fn tally(app: &App, round: &Published) -> Result<bool, Error> {
    let mut tx = app.db.read().await?;
    if rounds::window(&mut tx, round.id).await?.0 != Phase::Opened {
        return Ok(false);
    }
    let state: Round = super::log::state(&mut tx, round.log_id).await?;
    drop(tx);
    let lease = format!("count/{}", round.rules.slug);
    let counted = leasing::alone(app, &lease, async {
        let (outcome, replaced) = count(&app.db, round, &state).await?;
        steps::write(app, round, async |_, writing, at| {
            if writing.state()?.phase != Phase::Opened {
                return Ok(());
            }
            writing.push(&Event::Tallied(Tallied { at, outcome, replaced })).map(drop)
        })
        .await
    });
    Ok(counted.await?.is_some())
}

async fn count(db: &Db, round: &Published, state: &Round) -> Result<(Outcome, u64), Error> {
    let key = opening_key(state)?;
    let latest = latest(db, round, state).await?;
    let mut count = Count::new(&key, *round.fingerprint.as_bytes(), &round.rules.voting);
    let mut closed = None;
    each_block(db, round, |first, block| {
        count.add_lines(&round.envelopes, &latest, first, block);
        closed = closed.or_else(|| (first + 1..).zip(block).find(|(_, line)| closes(line)).map(|(size, _)| size));
        Ok(())
    })
    .await?;
    let closed = log::growth(&mut db.read().await?, round.log_id, closed.ok_or_else(not_closed)?).await?;
    let seed = state.seed(&closed.root());
    // Some methods take minutes over the ballots that are gathered; meanwhile the lease is renewed and other rounds go on.
    let (tally, rules) = (count.into_tally(), Arc::clone(&round.rules));
    let outcome = apart(move |patience| tally.finish_patiently(&rules.voting, seed, patience)).await?;
    Ok((outcome.map_err(Error::broken)?, latest.replaced()))
}

/// Whether this line closes the voting.
fn closes(line: &[u8]) -> bool {
    line::event(line).is_some_and(|event| event.starts_with(b"{\"voting-closed\":"))
}

fn not_closed() -> Error {
    Error::broken("a round is counted whose voting is not closed")
}

/// Works in a thread of its own, which is told when nobody waits for it any more: the database has moved, the lease went to another
/// node, or the service stops. What only runs there cannot be stopped from outside.
async fn apart<T: Send + 'static>(work: impl FnOnce(&Patience) -> T + Send + 'static) -> Result<T, Error> {
    let waits = Arc::new(());
    let waiting = Arc::downgrade(&waits);
    let patience = Patience::while_true(move || waiting.strong_count() > 0);
    let done = tokio::task::spawn_blocking(move || work(&patience)).await.map_err(Error::broken);
    drop(waits);
    done
}

/// The valid ballots that count, opened.
pub(super) async fn opened(db: &Db, round: &Published, state: &Round) -> Result<Vec<Ballot>, Error> {
    let key = opening_key(state)?;
    let latest = latest(db, round, state).await?;
    let count = Count::new(&key, *round.fingerprint.as_bytes(), &round.rules.voting);
    let mut ballots = Vec::new();
    each_block(db, round, |first, block| {
        for (line, index) in block.iter().zip(first..) {
            let Some(ballot) = ballot_in(line) else { continue };
            let envelope = round.envelopes.read(&ballot).map_err(Error::broken)?;
            if latest.counts(&envelope.credential, index) {
                ballots.extend(count.open(&envelope).ok());
            }
        }
        Ok(())
    })
    .await?;
    Ok(ballots)
}

fn opening_key(state: &Round) -> Result<OpeningKey, Error> {
    let key = state.opening_key.as_ref().ok_or_else(|| Error::broken("the opening key is missing"))?;
    OpeningKey::from_bytes(&key.0).map_err(Error::broken)
}

async fn latest(db: &Db, round: &Published, state: &Round) -> Result<Latest, Error> {
    let mut cast = Versions::with_capacity(usize::try_from(state.ballots).map_err(Error::broken)?);
    each_block(db, round, |first, block| {
        for (line, index) in block.iter().zip(first..) {
            let Some(ballot) = ballot_in(line) else { continue };
            let envelope = round.envelopes.read(&ballot).map_err(Error::broken)?;
            cast.add(envelope.credential, envelope.version, index);
        }
        Ok(())
    })
    .await?;
    tokio::task::block_in_place(|| cast.latest()).map_err(Error::broken)
}

/// Hands the log over in blocks; the work on each runs where it may block.
async fn each_block(
    db: &Db,
    round: &Published,
    mut each: impl FnMut(u64, &[Vec<u8>]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut first = 0;
    loop {
        let block = log::lines(&mut db.read().await?, round.log_id, first, BLOCK).await?;
        if block.is_empty() {
            return Ok(());
        }
        tokio::task::block_in_place(|| each(first, &block))?;
        first += block.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc::{self, RecvTimeoutError},
        time::Duration,
    };

    use super::*;

    /// The thread of a count that was given up ends by itself, and as long as somebody waits it is not told to.
    #[tokio::test]
    async fn a_count_that_nobody_waits_for_ends() {
        let (ended, ends) = mpsc::channel::<()>();
        let (asks, asked) = mpsc::channel::<()>();
        let counting = tokio::spawn(apart(move |patience| {
            let _ended = ended;
            while patience.goes_on() {
                let _ = asks.send(());
                std::thread::sleep(Duration::from_millis(1));
            }
        }));
        for _ in 0..20 {
            tokio::task::yield_now().await;
            assert!(asked.recv_timeout(Duration::from_secs(60)).is_ok(), "it goes on while somebody waits");
        }
        assert_eq!(ends.try_recv(), Err(mpsc::TryRecvError::Empty));
        counting.abort();
        assert!(counting.await.is_err_and(|fault| fault.is_cancelled()));
        assert_eq!(ends.recv_timeout(Duration::from_secs(60)), Err(RecvTimeoutError::Disconnected), "it runs still");
    }

    #[tokio::test]
    async fn a_count_that_is_waited_for_is_answered() {
        assert!(apart(|patience| patience.goes_on()).await.expect("it does not panic"));
    }
}
