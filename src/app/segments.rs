//! The segments of a round's promises, as this node knows them: which may hold a credential's, and when the next one begins.
//!
//! Promises come into the last segment, whose pages are few enough to be in memory and to be written together. Of each that is full there is
//! a filter here, so that hardly any question goes to one that has no answer; until there is, every question goes there.

mod filters;
pub(super) mod keeping;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use filters::Filters;
use keeping::Keeping;

use super::published::Published;
use crate::{
    crypto::vault::MasterKey,
    error::Error,
    store::{
        Db, Tx, ballot_box,
        promises::{self, Accepted, Earlier},
    },
};

/// No round has so many segments: of 65,536 promises each, ten for each voter of a country of 20 million are some 3,000.
const MOST: i64 = 4_096;
/// Time before filters are made again that could not be made.
const AGAIN: Duration = Duration::from_secs(60);
/// The open segment is counted each time that this part of it was filled from here: other nodes fill it too.
const COUNTED: usize = 8;

/// What this node knows of the segments of one round.
#[derive(Debug)]
pub(super) struct Segments {
    /// Promises after which a segment is full.
    size: usize,
    filters: Filters,
    filling: Mutex<Filling>,
    /// Filters in the database.
    pub(super) keeping: Keeping,
    is_ready: tokio::sync::OnceCell<()>,
    /// Whoever makes filters is alone.
    learning: tokio::sync::Mutex<()>,
}

/// The segment into which promises come, as it was heard of last, and how full it is.
#[derive(Debug, Clone, Copy, Default)]
struct Filling {
    segment: i64,
    /// How many it held when they were counted.
    counted: Option<usize>,
    /// How many came from here since, or would have if it had been committed.
    added: usize,
}

impl Segments {
    /// For a round with these rules' fingerprint, and a key that nothing else is sealed with.
    pub(super) fn new(size: u32, key: MasterKey, round: String) -> Self {
        Self {
            size: size as usize,
            filters: Filters::default(),
            filling: Mutex::default(),
            keeping: Keeping { key, round },
            is_ready: tokio::sync::OnceCell::new(),
            learning: tokio::sync::Mutex::default(),
        }
    }

    /// The segment into which promises come, for whoever has locked the urn, whose row says `said`. A row that was lost or changed says
    /// less than the promises themselves.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) async fn open(&self, tx: &mut Tx, round_id: i64, said: i64) -> Result<i64, Error> {
        let open = of_promises(tx, round_id, said).await?;
        let before = self.fill(|filling| {
            let before = filling.segment;
            if before != open {
                *filling = Filling { segment: open, ..Filling::default() };
            }
            before
        });
        if open < before || self.filters.reach_past(open) {
            // A copy of the database was put back, or another host took over: while the urn is locked nothing else is behind.
            self.filters.forget();
        }
        Ok(open)
    }

    /// What was promised before to each of these credentials and versions, where anything was, while promises come into the segment
    /// `open`; of a credential perhaps several answers, which hold together.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) async fn earlier(
        &self,
        tx: &mut Tx,
        (round_id, open): (i64, i64),
        asked: &[([u8; 32], u32)],
    ) -> Result<Vec<Earlier>, Error> {
        promises::earlier(tx, round_id, &self.filters.places(open, asked)).await
    }

    /// Keeps promises in the open segment, and begins the next when this one is full. The urn is locked.
    ///
    /// # Errors
    /// [`Error::Database`]; that or [`Error::Broken`] when a version is in this segment already.
    pub(super) async fn keep(
        &self,
        tx: &mut Tx,
        (round_id, open): (i64, i64),
        promises: &[Accepted],
    ) -> Result<(), Error> {
        promises::insert(tx, round_id, open, promises).await?;
        let is_due = self.fill(|filling| {
            filling.added += promises.len();
            filling.counted.is_none_or(|counted| counted + filling.added >= self.size)
                || filling.added >= self.size / COUNTED
        });
        if !is_due {
            return Ok(());
        }
        let count = promises::count(tx, round_id, open, u32::try_from(self.size).unwrap_or(u32::MAX)).await?;
        self.fill(|filling| (filling.counted, filling.added) = (Some(count), 0));
        if count >= self.size {
            // If that is not committed, the next promises come here and are counted again.
            ballot_box::begin_segment(tx, round_id, open + 1).await?;
        }
        Ok(())
    }

    /// Makes the filters of segments that have become full, beside those who cast.
    pub(super) fn learn(round: &Arc<Published>, db: &Db) {
        if round.segments.is_behind() {
            Self::prepare(round, db);
        }
    }

    /// Takes over or makes all filters, before somebody casts, whom it would keep waiting.
    pub(super) fn prepare(round: &Arc<Published>, db: &Db) {
        let (round, db) = (Arc::clone(round), db.clone());
        tokio::spawn(async move {
            let segments = &round.segments;
            let Ok(_alone) = segments.learning.try_lock() else { return };
            if let Err(fault) = segments.catch_up(&db, round.id).await
                && !db.is_closed()
            {
                tracing::error!(%fault, "promises are looked for in each segment that has no filter, which takes longer");
                tokio::time::sleep(AGAIN).await;
            }
        });
    }

    /// Takes over or makes the filter of each segment that is full; of one that cannot be read those after it all the same.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Broken`] when a credential has another length.
    pub(super) async fn catch_up(&self, db: &Db, round_id: i64) -> Result<(), Error> {
        self.ready(db, round_id).await;
        let epoch = self.filters.epoch();
        let open = open_in(&mut db.read().await?, round_id).await?;
        let mut fault = None;
        for segment in self.filters.missing(open) {
            let filter = match self.keeping.kept(db, round_id, segment).await {
                Ok(None) => self.keeping.made(db, round_id, segment).await,
                found => found,
            };
            match filter {
                Ok(filter) => filter.into_iter().for_each(|filter| self.filters.add(segment, filter, epoch)),
                Err(other) => fault = Some(other),
            }
        }
        fault.map_or(Ok(()), Err)
    }

    /// Takes over the filters that were kept, once after a start. What cannot be read now keeps nobody from casting.
    pub(super) async fn ready(&self, db: &Db, round_id: i64) {
        let take_over = async || {
            let epoch = self.filters.epoch();
            let open = open_in(&mut db.read().await?, round_id).await?;
            for segment in self.filters.missing(open) {
                if let Some(filter) = self.keeping.kept(db, round_id, segment).await? {
                    self.filters.add(segment, filter, epoch);
                }
            }
            Ok::<(), Error>(())
        };
        let once = async || {
            if let Err(fault) = take_over().await {
                tracing::warn!(%fault, "the filters of promises are read later");
            }
        };
        self.is_ready.get_or_init(once).await;
    }

    /// Forgets what it knows: another host has the database now.
    pub(super) fn forget(&self) {
        self.filters.forget();
        self.fill(|filling| *filling = Filling::default());
    }

    fn fill<T>(&self, change: impl FnOnce(&mut Filling) -> T) -> T {
        change(&mut self.filling.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_behind(&self) -> bool {
        self.filters.are_behind(self.fill(|filling| filling.segment))
    }
}

/// The segment into which promises come: the last that holds any, or the next one, if the urn's row says so or there is a filter of the
/// last.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a promise stands where none can.
pub(super) async fn of_promises(tx: &mut Tx, round_id: i64, said: i64) -> Result<i64, Error> {
    let Some((last, is_closed)) = promises::last(tx, round_id).await? else { return Ok(0) };
    if !(0..MOST).contains(&last) {
        return Err(Error::broken(format!(
            "the database is damaged: a promise stands in segment {last}; put back a whole copy"
        )));
    }
    Ok(said.clamp(last + i64::from(is_closed), last + 1))
}

/// The same, for whoever has not locked the urn: at the moment that the transaction sees.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn open_in(tx: &mut Tx, round_id: i64) -> Result<i64, Error> {
    let said = ballot_box::segment(tx, round_id).await?;
    of_promises(tx, round_id, said).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    fn promises(from: u8, count: u8) -> Vec<Accepted> {
        (from..from + count)
            .map(|n| Accepted { credential: [n; 32], version: 1, hash: [n; 32], in_log_by: 0 })
            .collect()
    }

    fn segments() -> Segments {
        Segments::new(4, MasterKey::from_bytes([7; 32]), "round".to_owned())
    }

    /// Keeps so many promises in a transaction of their own, and returns the segment that they came into.
    async fn keep(segments: &Segments, db: &Db, (from, count): (u8, u8), commits: bool) -> i64 {
        let mut tx = db.write().await.unwrap();
        let said = ballot_box::lock(&mut tx, 1).await.unwrap();
        let open = segments.open(&mut tx, 1, said).await.unwrap();
        segments.keep(&mut tx, (1, open), &promises(from, count)).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        }
        open
    }

    async fn finds(segments: &Segments, db: &Db, number: u8) -> bool {
        let mut tx = db.read().await.unwrap();
        let open = open_in(&mut tx, 1).await.unwrap();
        let found = segments.earlier(&mut tx, (1, open), &[([number; 32], 1)]).await.unwrap();
        found.iter().any(|earlier| earlier.promise.is_some_and(|promise| promise.hash == [number; 32]))
    }

    #[tokio::test]
    async fn a_segment_is_full_by_what_is_committed_and_a_second_node_goes_on_where_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let (one, two) = (segments(), segments());
        for _ in 0..3 {
            assert_eq!(keep(&one, &db, (0, 5), false).await, 0, "what is given back fills nothing");
        }
        assert_eq!(keep(&one, &db, (10, 1), true).await, 0);
        assert_eq!((keep(&two, &db, (11, 2), true).await, keep(&one, &db, (13, 1), true).await), (0, 0));
        assert_eq!((keep(&one, &db, (14, 4), true).await, keep(&two, &db, (18, 1), true).await), (1, 2));
        for node in [&one, &two] {
            assert!(finds(node, &db, 10).await && !finds(node, &db, 0).await, "without filters");
            node.catch_up(&db, 1).await.unwrap();
            for number in 10..19 {
                assert!(finds(node, &db, number).await, "{number}");
            }
            assert_eq!(node.filters.places(2, &[([10; 32], 1)]).len(), 2, "the filter of segment 1 is asked");
        }
    }

    #[tokio::test]
    async fn the_promises_themselves_say_which_segment_is_open_when_the_urn_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let node = segments();
        for number in 0..9 {
            keep(&node, &db, (number, 1), true).await;
        }
        for said in [0, 1, 3, i64::MAX] {
            let mut tx = db.write().await.unwrap();
            ballot_box::begin_segment(&mut tx, 1, said).await.unwrap();
            tx.commit().await.unwrap();
            let node = segments();
            node.catch_up(&db, 1).await.unwrap();
            assert!(finds(&node, &db, 8).await, "{said}");
            let mut tx = db.write().await.unwrap();
            assert_eq!(node.open(&mut tx, 1, said).await.unwrap(), said.clamp(2, 3), "{said}");
        }
    }

    #[tokio::test]
    async fn a_full_segment_stays_full_while_the_next_is_empty_whatever_the_urn_says() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let (one, two) = (segments(), segments());
        for number in 0..8 {
            keep(&one, &db, (number, 1), true).await;
        }
        one.catch_up(&db, 1).await.unwrap();
        let mut tx = db.write().await.unwrap();
        ballot_box::begin_segment(&mut tx, 1, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((keep(&two, &db, (8, 1), true).await, keep(&one, &db, (9, 1), true).await), (2, 2));
        for node in [&one, &two, &segments()] {
            assert!(finds(node, &db, 8).await && finds(node, &db, 9).await && finds(node, &db, 4).await);
        }
    }

    #[tokio::test]
    async fn a_promise_where_none_can_be_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        for segment in [-1, MOST, i64::MAX] {
            let mut tx = db.write().await.unwrap();
            promises::insert(&mut tx, 1, segment, &promises(1, 1)).await.unwrap();
            assert!(matches!(segments().open(&mut tx, 1, 0).await, Err(Error::Broken(_))), "{segment}");
        }
    }

    #[tokio::test]
    async fn filters_of_a_state_that_is_gone_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let node = segments();
        keep(&node, &db, (0, 2), true).await;
        // As if read from another host, where both were full.
        (0..2).for_each(|segment| node.filters.add(segment, crate::domain::filter::Filter::of(&[]), 0));
        for number in 2..9 {
            keep(&node, &db, (number, 1), true).await;
        }
        for number in 0..9 {
            assert!(finds(&node, &db, number).await, "{number}");
        }
    }

    #[tokio::test]
    async fn a_filter_of_another_segment_or_round_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let db = testing::db(folder.path()).await;
        let node = segments();
        for number in 0..9 {
            keep(&node, &db, (number, 1), true).await;
        }
        let elsewhere = Segments::new(4, MasterKey::from_bytes([7; 32]), "another".to_owned());
        elsewhere.keeping.made(&db, 1, 0).await.unwrap().unwrap();
        node.catch_up(&db, 1).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let kept = promises::filter(&mut tx, 1, 1).await.unwrap().unwrap();
        assert!(node.keeping.open(1, &kept).is_some() && node.keeping.open(0, &kept).is_none());
        drop(tx);
        assert!(node.keeping.kept(&db, 1, 0).await.unwrap().is_none(), "it is the other round's");
        assert!(node.keeping.made(&db, 1, 2).await.unwrap().is_none(), "promises may come into the last one");
        for number in 0..9 {
            assert!(finds(&node, &db, number).await, "{number}");
        }
    }
}
