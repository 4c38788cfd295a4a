//! The segments of a round's promises, as this node knows them: which may hold a credential's, and when the next one begins.
//!
//! Promises come into the last segment, whose pages are few enough to be in memory and to be written together. Of each that is full there is
//! a filter here, so that hardly any question goes to one that has no answer; until there is, every question goes there.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::published::Published;
use crate::{
    domain::filter::{Filter, Key},
    error::Error,
    store::{
        Db, Tx, ballot_box,
        promises::{self, Accepted, Asked, Earlier},
    },
};

/// Credentials that are read at a time.
const BLOCK: u32 = 4096;

/// What this node knows of the segments of one round.
#[derive(Debug)]
pub(super) struct Segments {
    /// Promises after which a segment is full.
    size: u32,
    /// Filters of the first ones, each of a segment into which nothing comes any more.
    filters: RwLock<Vec<Filter>>,
    filling: Mutex<Filling>,
    /// Whoever makes filters is alone.
    learning: tokio::sync::Mutex<()>,
}

/// The last segment that was heard of, and how many promises it holds at least, once they were counted.
#[derive(Debug, Default)]
struct Filling {
    segment: i64,
    promises: Option<usize>,
}

impl Segments {
    pub(super) fn new(size: u32) -> Self {
        Self { size, filters: RwLock::default(), filling: Mutex::default(), learning: tokio::sync::Mutex::default() }
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
        self.hears_of(open);
        if open > 0 && self.known() == 0 {
            // Once after a start.
            self.take_over(tx, (round_id, open)).await?;
        }
        promises::earlier(tx, round_id, &self.places(open, asked)).await
    }

    /// Keeps promises, and begins the next segment when this one is full. The urn is locked.
    ///
    /// # Errors
    /// [`Error::Database`]; that or [`Error::Broken`] when a version is there already.
    pub(super) async fn keep(
        &self,
        tx: &mut Tx,
        (round_id, open): (i64, i64),
        promises: &[Accepted],
    ) -> Result<(), Error> {
        promises::insert(tx, round_id, open, promises).await?;
        let count = match self.counts(open, promises.len()) {
            Some(count) => count,
            // What other nodes put in before counts too.
            None => {
                let count = promises::count(tx, round_id, open, self.size).await?;
                self.fill(|filling| filling.promises = Some(count));
                count
            }
        };
        if count >= self.size as usize {
            ballot_box::begin_segment(tx, round_id, open + 1).await?;
            // If that is not committed, the next promises come here and it is tried again.
        }
        Ok(())
    }

    /// Makes the filters of segments that have become full, beside those who cast.
    pub(super) fn learn(round: &Arc<Published>, db: &Db) {
        if !round.segments.is_behind() {
            return;
        }
        let (round, db) = (Arc::clone(round), db.clone());
        tokio::spawn(async move {
            let Ok(_alone) = round.segments.learning.try_lock() else { return };
            if let Err(fault) = round.segments.catch_up(&db, round.id).await
                && !db.is_closed()
            {
                tracing::error!(%fault, "what was promised to a credential is looked for everywhere, for there is no filter");
            }
        });
    }

    async fn catch_up(&self, db: &Db, round_id: i64) -> Result<(), Error> {
        // What is committed: into those before it nothing comes any more.
        let open = ballot_box::segment(&mut db.ask().await?, round_id).await?;
        self.take_over(&mut db.read().await?, (round_id, open)).await?;
        for segment in self.known()..open {
            let filter = filter_of(db, round_id, segment).await?;
            let mut tx = db.write().await?;
            promises::keep_filter(&mut tx, round_id, segment, &filter.to_bytes()).await?;
            tx.commit().await?;
            self.adds(segment, filter);
        }
        Ok(())
    }

    /// Takes over the filters that were kept, up to the first that is missing or damaged.
    async fn take_over(&self, tx: &mut Tx, (round_id, open): (i64, i64)) -> Result<(), Error> {
        for (segment, kept) in promises::filters(tx, round_id, self.known()).await? {
            if segment >= open {
                break;
            }
            let Some(filter) = Filter::from_bytes(&kept) else {
                tracing::error!(
                    segment,
                    "the filter of a segment of promises is damaged, and is made anew at each start; look for other damage with veche admin check"
                );
                break;
            };
            self.adds(segment, filter);
        }
        Ok(())
    }

    fn adds(&self, segment: i64, filter: Filter) {
        let mut filters = self.filters.write().unwrap_or_else(PoisonError::into_inner);
        if i64::try_from(filters.len()) == Ok(segment) {
            filters.push(filter);
        }
    }

    /// How many filters there are: that of the segment with this number is the next.
    fn known(&self) -> i64 {
        let filters = self.filters.read().unwrap_or_else(PoisonError::into_inner);
        i64::try_from(filters.len()).unwrap_or(i64::MAX)
    }

    /// Where to look: in every segment that may hold a promise to the credential.
    fn places(&self, open: i64, asked: &[([u8; 32], u32)]) -> Vec<Asked> {
        let filters = self.filters.read().unwrap_or_else(PoisonError::into_inner);
        let mut places = Vec::with_capacity(asked.len());
        for &(credential, version) in asked {
            let key = Key::of(&credential);
            let held =
                (0..).zip(filters.iter()).filter(|(_, filter)| filter.may_hold(&key)).map(|(segment, _)| segment);
            let others = i64::try_from(filters.len()).unwrap_or(i64::MAX)..=open;
            places.extend(held.chain(others).map(|segment| Asked { segment, credential, version }));
        }
        places
    }

    fn fill<T>(&self, change: impl FnOnce(&mut Filling) -> T) -> T {
        change(&mut self.filling.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn hears_of(&self, open: i64) {
        self.fill(|filling| {
            if filling.segment < open {
                *filling = Filling { segment: open, promises: None };
            }
        });
    }

    /// How many promises the open segment holds with so many new ones, if that is known.
    fn counts(&self, open: i64, new: usize) -> Option<usize> {
        self.hears_of(open);
        self.fill(|filling| {
            filling.promises = filling.promises.map(|promises| promises + new);
            filling.promises
        })
    }

    fn is_behind(&self) -> bool {
        self.known() < self.fill(|filling| filling.segment)
    }
}

/// The filter of a segment into which nothing comes any more.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a credential has another length.
pub(super) async fn filter_of(db: &Db, round_id: i64, segment: i64) -> Result<Filter, Error> {
    let mut credentials: Vec<[u8; 32]> = Vec::new();
    loop {
        let last = credentials.last().copied();
        let more = promises::credentials(&mut db.ask().await?, round_id, segment, last, BLOCK).await?;
        if more.is_empty() {
            return Ok(Filter::of(&credentials));
        }
        credentials.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_goes_where_there_may_be_an_answer() {
        let segments = Segments::new(2);
        let asked = |number: u8| ([number.wrapping_mul(37) ^ 0x5a; 32], 1);
        let places = |open, number| -> Vec<i64> {
            segments.places(open, &[asked(number)]).into_iter().map(|place| place.segment).collect()
        };
        assert_eq!((places(0, 1), places(3, 1)), (vec![0], vec![0, 1, 2, 3]), "without filters everywhere");
        segments.adds(0, Filter::of(&[asked(1).0, asked(2).0]));
        segments.adds(2, Filter::of(&[asked(4).0]));
        assert_eq!(segments.known(), 1, "the next one is of segment 1");
        segments.adds(1, Filter::of(&[asked(2).0, asked(3).0]));
        assert_eq!([places(3, 1), places(3, 2), places(3, 3), places(3, 9)].map(|found| found.len()), [3, 4, 3, 2]);
        assert_eq!((places(3, 1), places(2, 3)), (vec![0, 2, 3], vec![1, 2]));
    }

    #[test]
    fn a_node_is_behind_until_it_has_a_filter_of_each_full_segment() {
        let segments = Segments::new(2);
        assert!(!segments.is_behind());
        segments.hears_of(1);
        assert!(segments.is_behind());
        segments.adds(0, Filter::of(&[]));
        assert!(!segments.is_behind());
    }
}
