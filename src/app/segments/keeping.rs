//! Filters in the database. On PostgreSQL they are asked for where writes go: a reader may still be connected to a host that was the primary.
//! They are sealed under the service's own key: of another round, another segment or another maker none opens, so that no
//! row that somebody put there can hide a promise.

use crate::{
    crypto::vault::MasterKey,
    domain::filter::Filter,
    error::Error,
    store::{Db, Tx, ballot_box, promises},
};

/// Credentials that are read at a time.
const BLOCK: u32 = 4096;

/// Seals and opens the filters of one round.
#[derive(Debug)]
pub(in super::super) struct Keeping {
    /// A key for this alone.
    pub(super) key: MasterKey,
    /// The round, for ever: SHA-256 of its rules.
    pub(super) round: String,
}

impl Keeping {
    fn label(&self, segment: i64) -> String {
        format!("promises/{}/{segment}", self.round)
    }

    /// The filter that these bytes are; nothing when they are not what this service kept for the segment.
    pub(in super::super) fn open(&self, segment: i64, kept: &[u8]) -> Option<Filter> {
        Filter::from_bytes(&self.key.open(&self.label(segment), kept).ok()?)
    }

    /// The filter that was kept of a segment, unless it is missing or damaged.
    pub(super) async fn kept(&self, db: &Db, round_id: i64, segment: i64) -> Result<Option<Filter>, Error> {
        let mut tx = if db.has_one_writer() { db.ask().await? } else { db.write().await? };
        let Some(kept) = promises::filter(&mut tx, round_id, segment).await? else { return Ok(None) };
        drop(tx);
        let filter = self.open(segment, &kept);
        if filter.is_none() {
            tracing::error!(
                round = %self.round,
                segment,
                "the filter of a segment of promises is damaged, and is made anew at each start; look for other damage with veche admin check"
            );
        }
        Ok(filter)
    }

    /// Makes the filter of a segment and keeps it; nothing while promises may come into it.
    pub(super) async fn made(&self, db: &Db, round_id: i64, segment: i64) -> Result<Option<Filter>, Error> {
        // Under the lock for a moment: then nobody who asked before is still putting promises there.
        let mut tx = db.write().await?;
        let said = ballot_box::lock(&mut tx, round_id).await?;
        if super::of_promises(&mut tx, round_id, said).await? <= segment {
            return Ok(None);
        }
        drop(tx);
        // On PostgreSQL all of it is one transaction of one host that takes writes: a reader may still be connected to one that did. On
        // SQLite the one transaction that writes must not be kept by reading.
        let is_one = !db.has_one_writer();
        let mut tx = if is_one { db.write().await? } else { db.read().await? };
        if super::open_in(&mut tx, round_id).await? <= segment {
            return Ok(None);
        }
        let filter = filter_of(&mut tx, round_id, segment).await?;
        let mut tx = if is_one {
            tx
        } else {
            drop(tx);
            db.write().await?
        };
        let sealed = self.key.seal(&mut rand::rng(), &self.label(segment), &filter.to_bytes());
        promises::keep_filter(&mut tx, round_id, segment, &sealed).await?;
        tx.commit().await?;
        Ok(Some(filter))
    }
}

/// The filter of what is in a segment now.
///
/// # Errors
/// [`Error::Database`]; [`Error::Broken`] when a credential has another length.
pub(in super::super) async fn filter_of(tx: &mut Tx, round_id: i64, segment: i64) -> Result<Filter, Error> {
    let mut credentials: Vec<[u8; 32]> = Vec::new();
    loop {
        let last = credentials.last().copied();
        let more = promises::credentials(tx, round_id, segment, last, BLOCK).await?;
        if more.is_empty() {
            return Ok(Filter::of(&credentials));
        }
        credentials.extend(more);
    }
}
