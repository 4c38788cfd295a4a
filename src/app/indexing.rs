//! Which line a ballot stands in is kept in sorted runs: a batch is one, and here several become a longer one, so that whoever asks for a
//! ballot looks into few. No ballot waits for it: the runs that go in count until the longer one is whole.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
};

use rand::RngExt as _;

use super::{App, leasing, published::Published};
use crate::{
    error::Error,
    store::{
        Tx,
        ballot_lines::{self, Lined, Run},
        log,
    },
};

/// Runs of one level that are merged, when there are so many; of batches, which come many at a time, more.
const RUNS: usize = 8;
const BATCHES: usize = 32;
/// Most runs that are merged at once.
const MOST_RUNS: usize = 64;
/// Chunks that are read of one run at a time.
const READ: u32 = 16;
/// Ballots that are written in one transaction, and chunks that are deleted in one, so that casting waits little.
const WRITE: usize = 64 * ballot_lines::CHUNK;
const CLEAR: u32 = 64;

/// Merges whatever may be merged now, and returns how many merges that were.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a run is damaged.
pub async fn merge(app: &App, round: &Arc<Published>) -> Result<u64, Error> {
    if due(&ballot_lines::runs(&mut app.db.ask().await?, round.id).await?).is_none() {
        return Ok(0);
    }
    let lease = format!("lines {}", round.log_id);
    Ok(leasing::alone(app, &lease, merge_alone(app, round)).await?.unwrap_or(0))
}

async fn merge_alone(app: &App, round: &Published) -> Result<u64, Error> {
    let mut merges = 0;
    loop {
        // Of the merge before, or what a node left that died at it.
        clear(app, round).await?;
        let runs = ballot_lines::runs(&mut app.db.ask().await?, round.id).await?;
        let Some(runs) = due(&runs) else { return Ok(merges) };
        let (longer, chunks) = written(app, round, &runs).await?;
        if !replace(app, round, &runs, (longer, chunks)).await? {
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

/// Writes all that stands in these runs as one, which does not count yet; beside it, of how many chunks it is. Its number is drawn, so
/// that what two nodes write never mixes.
async fn written(app: &App, round: &Published, runs: &[Run]) -> Result<(Run, u64), Error> {
    let level = runs.iter().map(|run| run.level + 1).max().unwrap_or_default();
    let mut longer = Run { number: -rand::rng().random_range(1..=i64::MAX), level, ballots: 0 };
    let mut tx = app.db.write().await?;
    ballot_lines::list(&mut tx, round.id, uncounted(longer)).await?;
    tx.commit().await?;
    let (mut merging, mut chunks) = (Merging::of(&mut app.db.read().await?, round.id, runs).await?, 0);
    loop {
        let portion = merging.next(&mut app.db.read().await?, WRITE).await?;
        if portion.is_empty() {
            return Ok((longer, chunks));
        }
        let mut tx = app.db.write().await?;
        chunks += ballot_lines::write(&mut tx, round.id, longer.number, &portion).await?;
        tx.commit().await?;
        longer.ballots += portion.len() as u64;
    }
}

/// Lets the longer run count instead of those that it was made of. False when some of those do not count any more, or the longer one was
/// cleared away.
async fn replace(app: &App, round: &Published, runs: &[Run], (longer, chunks): (Run, u64)) -> Result<bool, Error> {
    let mut tx = app.db.write().await?;
    log::lock(&mut tx, round.log_id).await?;
    for run in runs {
        if !ballot_lines::unlist(&mut tx, round.id, *run).await? {
            return Ok(false);
        }
        ballot_lines::list(&mut tx, round.id, uncounted(*run)).await?;
    }
    let is_whole = ballot_lines::chunks(&mut tx, round.id, longer.number).await? == chunks;
    if !(ballot_lines::unlist(&mut tx, round.id, uncounted(longer)).await? && is_whole) {
        return Ok(false);
    }
    if longer.ballots != runs.iter().map(|run| run.ballots).sum::<u64>() {
        return Err(Error::broken(
            "the database is damaged: ballots are missing in the list of their lines; put back a whole copy",
        ));
    }
    ballot_lines::list(&mut tx, round.id, longer).await?;
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

/// Runs that are read together, in the order of hashes.
struct Merging {
    round_id: i64,
    sources: Vec<Source>,
    first: BinaryHeap<Reverse<([u8; 32], usize)>>,
}

impl Merging {
    async fn of(tx: &mut Tx, round_id: i64, runs: &[Run]) -> Result<Self, Error> {
        let sources = runs.iter().map(|run| Source::new(run.number)).collect();
        let mut merging = Self { round_id, sources, first: BinaryHeap::new() };
        for at in 0..runs.len() {
            merging.fill(tx, at).await?;
        }
        Ok(merging)
    }

    /// The next ballots, at most so many.
    async fn next(&mut self, tx: &mut Tx, most: usize) -> Result<Vec<Lined>, Error> {
        let mut ballots = Vec::with_capacity(most);
        while ballots.len() < most
            && let Some(Reverse((_, at))) = self.first.pop()
        {
            ballots.extend(self.sources.get_mut(at).and_then(Source::take));
            self.fill(tx, at).await?;
        }
        Ok(ballots)
    }

    async fn fill(&mut self, tx: &mut Tx, at: usize) -> Result<(), Error> {
        let Some(source) = self.sources.get_mut(at) else { return Ok(()) };
        source.fill(tx, self.round_id).await?;
        self.first.extend(source.first().map(|hash| Reverse((hash, at))));
        Ok(())
    }
}

/// A run that is read chunk by chunk.
struct Source {
    run: i64,
    ballots: VecDeque<Lined>,
    after: Option<[u8; 32]>,
    is_over: bool,
}

impl Source {
    const fn new(run: i64) -> Self {
        Self { run, ballots: VecDeque::new(), after: None, is_over: false }
    }

    fn first(&self) -> Option<[u8; 32]> {
        self.ballots.front().map(|ballot| ballot.hash)
    }

    fn take(&mut self) -> Option<Lined> {
        self.ballots.pop_front()
    }

    async fn fill(&mut self, tx: &mut Tx, round_id: i64) -> Result<(), Error> {
        if self.is_over || !self.ballots.is_empty() {
            return Ok(());
        }
        let chunks = ballot_lines::next(tx, round_id, self.run, self.after, READ).await?;
        self.is_over = chunks.is_empty();
        self.after = chunks.last().and_then(|chunk| chunk.first()).map(|ballot| ballot.hash);
        self.ballots = chunks.into_iter().flatten().collect();
        Ok(())
    }
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
