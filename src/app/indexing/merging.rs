//! Reading several runs at once, in the order of hashes.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use crate::{
    error::Error,
    store::{
        Tx,
        ballot_lines::{self, Lined, Run},
    },
};

/// Chunks that are read of one run at a time.
const READ: u32 = 16;

/// Runs that are read together, in the order of hashes.
pub(super) struct Merging {
    round_id: i64,
    sources: Vec<Source>,
    first: BinaryHeap<Reverse<([u8; 32], usize)>>,
}

impl Merging {
    pub(super) async fn of(tx: &mut Tx, round_id: i64, runs: &[Run]) -> Result<Self, Error> {
        let sources = runs.iter().map(|run| Source::new(run.number)).collect();
        let mut merging = Self { round_id, sources, first: BinaryHeap::new() };
        for at in 0..runs.len() {
            merging.fill(tx, at).await?;
        }
        Ok(merging)
    }

    /// The next ballots, at most so many.
    pub(super) async fn next(&mut self, tx: &mut Tx, most: usize) -> Result<Vec<Lined>, Error> {
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
        let ballots = ballot_lines::next(tx, round_id, self.run, self.after, READ).await?;
        self.is_over = ballots.is_empty();
        self.after = ballots.last().map(|ballot| ballot.hash);
        self.ballots = ballots.into();
        Ok(())
    }
}
