//! Which line a ballot stands in is kept in sorted runs: a batch is one, and here several become a longer one, so that whoever asks for a
//! ballot looks into few. No ballot waits for it: the runs that go in count until the longer one is whole.

mod anew;
mod merging;

use std::sync::Arc;

use rand::RngExt as _;

use merging::Merging;

use super::{App, leasing, published::Published};
use crate::{
    error::Error,
    store::{
        ballot_lines::{self, Lined, Run},
        log,
    },
};

/// Runs of one level that are merged, when there are so many; of batches, which come many at a time, more.
const RUNS: usize = 8;
const BATCHES: usize = 32;
/// Most runs that are merged at once.
const MOST_RUNS: usize = 64;
/// Ballots that are written in one transaction, and chunks that are deleted in one, so that casting waits little.
const WRITE: usize = 64 * ballot_lines::CHUNK;
const CLEAR: u32 = 64;

/// Merges whatever may be merged now, and returns how many merges that were. A list that turns out to be damaged is made anew.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when the log is damaged, too.
pub async fn merge(app: &App, round: &Arc<Published>) -> Result<u64, Error> {
    if due(&ballot_lines::runs(&mut app.db.ask().await?, round.id).await?).is_none() {
        return Ok(0);
    }
    Ok(leasing::alone(app, &lease(round.log_id), merge_alone(app, round)).await?.unwrap_or(0))
}

/// Makes the list of a round anew from its log, and returns how many ballots stand in it; nothing when another node is at work on it.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when the log or the promises are damaged.
pub async fn relist(app: &App, round: &Published) -> Result<Option<u64>, Error> {
    Ok(leasing::alone(app, &lease(round.log_id), anew::make(app, round)).await?.flatten())
}

/// Whoever has it is alone with the list.
pub(super) fn lease(log_id: i64) -> String {
    format!("lines {log_id}")
}

async fn merge_alone(app: &App, round: &Published) -> Result<u64, Error> {
    let mut merges = 0;
    loop {
        // Of the merge before, or what a node left that died at it.
        clear(app, round).await?;
        let runs = ballot_lines::runs(&mut app.db.ask().await?, round.id).await?;
        let Some(runs) = due(&runs) else { return Ok(merges) };
        let merged = match written(app, round, &runs).await {
            Ok(Some(longer)) => replace(app, round, &runs, &[longer]).await?,
            Ok(None) => false,
            Err(Error::Broken(fault)) => {
                tracing::error!(%fault, "the list of ballots' lines is made anew from the log; look for other damage with veche admin check");
                anew::make(app, round).await?.is_some()
            }
            Err(fault) => return Err(fault),
        };
        if !merged {
            // Another node, whose clock is wrong, does the same.
            return Ok(merges);
        }
        merges += 1;
    }
}

/// The runs that are to be merged next: those of the lowest level that has enough.
fn due(runs: &[Run]) -> Option<Vec<Run>> {
    let level = |level: i64| runs.iter().filter(move |run| run.level == level);
    let highest = runs.iter().map(|run| run.level).max()?;
    let is_enough = |at: &i64| level(*at).count() >= if *at == 0 { BATCHES } else { RUNS };
    Some(level((0..=highest).find(is_enough)?).take(MOST_RUNS).copied().collect())
}

/// A run that does not count. Under its number others see what may be cleared away.
const fn uncounted(run: Run) -> Run {
    Run { level: -1, ..run }
}

/// A run that is being written and does not count yet, and of how many chunks it is. Its number is drawn, so that what two nodes write
/// never mixes.
struct Longer {
    run: Run,
    chunks: u64,
}

impl Longer {
    async fn begin(app: &App, round: &Published, level: i64) -> Result<Self, Error> {
        let run = Run { number: -rand::rng().random_range(1..=i64::MAX), level, ballots: 0 };
        let mut tx = app.db.write().await?;
        ballot_lines::list(&mut tx, round.id, uncounted(run)).await?;
        tx.commit().await?;
        Ok(Self { run, chunks: 0 })
    }

    /// Writes the next ballots, in the order of hashes; false when another node took this one for dead and cleared it away.
    async fn write(&mut self, app: &App, round: &Published, portion: &[Lined]) -> Result<bool, Error> {
        let mut tx = app.db.write().await?;
        if !ballot_lines::keep(&mut tx, round.id, uncounted(self.run)).await? {
            return Ok(false);
        }
        self.chunks += ballot_lines::write(&mut tx, round.id, self.run.number, portion).await?;
        tx.commit().await?;
        self.run.ballots += portion.len() as u64;
        Ok(true)
    }
}

/// Writes all that stands in these runs as one, which does not count yet. Nothing when another node cleared that away.
async fn written(app: &App, round: &Published, runs: &[Run]) -> Result<Option<Longer>, Error> {
    let level = runs.iter().map(|run| run.level + 1).max().unwrap_or_default();
    let mut longer = Longer::begin(app, round, level).await?;
    let mut merging = Merging::of(&mut app.db.read().await?, round.id, runs).await?;
    loop {
        let portion = merging.next(&mut app.db.read().await?, WRITE).await?;
        if portion.is_empty() {
            break;
        }
        if !longer.write(app, round, &portion).await? {
            return Ok(None);
        }
    }
    if longer.run.ballots == runs.iter().map(|run| run.ballots).sum::<u64>() {
        return Ok(Some(longer));
    }
    let now = ballot_lines::runs(&mut app.db.ask().await?, round.id).await?;
    if runs.iter().all(|run| now.contains(run)) {
        return Err(Error::broken("the database is damaged: ballots are missing in the list of their lines"));
    }
    // They were merged by another node, and are being cleared away.
    Ok(None)
}

/// Lets the longer runs count instead of those that they were made of. False when some of those do not count any more, or a longer one was
/// cleared away.
async fn replace(app: &App, round: &Published, runs: &[Run], longer: &[Longer]) -> Result<bool, Error> {
    let mut tx = app.db.write().await?;
    log::lock(&mut tx, round.log_id).await?;
    for run in runs {
        if !ballot_lines::unlist(&mut tx, round.id, *run).await? {
            return Ok(false);
        }
        ballot_lines::list(&mut tx, round.id, uncounted(*run)).await?;
    }
    for Longer { run, chunks } in longer {
        let is_whole = ballot_lines::chunks(&mut tx, round.id, run.number).await? == *chunks;
        if !(ballot_lines::unlist(&mut tx, round.id, uncounted(*run)).await? && is_whole) {
            return Ok(false);
        }
        ballot_lines::list(&mut tx, round.id, *run).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Deletes the runs that do not count, bit by bit.
async fn clear(app: &App, round: &Published) -> Result<(), Error> {
    let runs = ballot_lines::runs(&mut app.db.ask().await?, round.id).await?;
    for run in runs.into_iter().filter(|run| run.level < 0) {
        let mut is_left = true;
        while is_left {
            let mut tx = app.db.write().await?;
            log::lock(&mut tx, round.log_id).await?;
            // Whether it still does not count: another node may just have finished it.
            if !ballot_lines::unlist(&mut tx, round.id, run).await? {
                break;
            }
            is_left = ballot_lines::clear(&mut tx, round.id, run.number, CLEAR).await? > 0;
            if is_left {
                ballot_lines::list(&mut tx, round.id, run).await?;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_runs_are_left_of_any_number_of_batches() {
        let (mut runs, mut merged) = (Vec::new(), 0_u64);
        for number in 0..100_000 {
            runs.push(Run { number, level: 0, ballots: 1 });
            while let Some(together) = due(&runs) {
                let ballots = together.iter().map(|run| run.ballots).sum();
                merged += ballots;
                runs.retain(|run| !together.contains(run));
                runs.push(Run { number, level: together[0].level + 1, ballots });
            }
            assert_eq!(runs.iter().map(|run| run.ballots).sum::<u64>(), number as u64 + 1);
        }
        assert!(runs.len() < BATCHES + 5 * RUNS, "{}", runs.len());
        assert!(merged < 5 * 100_000, "each ballot was merged {merged} / 100,000 times");
    }

    #[test]
    fn what_does_not_count_is_not_merged() {
        let run = |number| Run { number, level: -1, ballots: 1 };
        assert_eq!(due(&(0..100).map(run).collect::<Vec<_>>()), None);
        assert_eq!(due(&[]), None);
    }
}
