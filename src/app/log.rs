//! The one way to write a log: open it in a transaction, push events through the fold, and seal the new head.

use std::sync::Arc;

use audit::{
    log::{chain::Chain, checkpoint::Checkpoint, hash::Hash, line::LONGEST, note::Signer, tile::Growth},
    office::{Office, OfficeEvent},
    round::{Event, Round},
};
use serde::{Serialize, de::DeserializeOwned};

use super::heads::{self, Held};
use crate::{
    domain::Refusal,
    error::Error,
    store::{
        Tx,
        log::{self, Head},
        rounds,
    },
};

/// What a log's lines add up to.
pub trait Fold: Serialize + DeserializeOwned + Clone {
    /// The log's vocabulary.
    type Event: Serialize;

    /// The state after one more event; `before` is `None` for the first.
    ///
    /// # Errors
    /// The refusal that forbids the event.
    fn after(before: Option<Self>, event: &Self::Event, leaf: &Hash) -> Result<Self, Error>;
}

impl Fold for Round {
    type Event = Event;

    fn after(before: Option<Self>, event: &Event, leaf: &Hash) -> Result<Self, Error> {
        Ok(match before {
            None => Self::begin(event)?,
            Some(round) => round.apply(event, leaf)?,
        })
    }
}

impl Fold for Office {
    type Event = OfficeEvent;

    fn after(before: Option<Self>, event: &OfficeEvent, _: &Hash) -> Result<Self, Error> {
        Ok(before.unwrap_or_default().apply(event)?)
    }
}

/// What the lines of a log add up to, for readers.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] when the log has no line.
pub async fn state<S: Fold>(tx: &mut Tx, log_id: i64) -> Result<S, Error> {
    let state: Option<S> = serde_json::from_str(&log::state(tx, log_id).await?).map_err(Error::broken)?;
    state.ok_or_else(|| Error::broken("the log is empty"))
}

/// A log that is being written in a transaction.
#[derive(Debug)]
pub struct Writing<S> {
    log_id: i64,
    held: Arc<Held>,
    /// Its name, once it has a line.
    name: Option<String>,
    from: u64,
    chain: Chain,
    growth: Growth,
    lines: Vec<Vec<u8>>,
    leaves: Vec<Hash>,
    state: Option<S>,
}

impl<S: Fold> Writing<S> {
    /// Opens the log at its head, which nobody else moves until the transaction ends.
    ///
    /// # Errors
    /// [`Refusal::LogBehind`] when this node has seen more of it, or another; [`Error::Database`], [`Error::Broken`] when what is stored
    /// does not fit together.
    pub(super) async fn open(tx: &mut Tx, log_id: i64, held: &Arc<Held>) -> Result<Self, Error> {
        log::lock(tx, log_id).await?;
        let head = log::head(tx, log_id).await?;
        let found = if head.size == 0 { None } else { Some(heads::head(&head.checkpoint)?) };
        if let Some(found) = &found {
            held.must_go_on_from(found)?;
        }
        let growth = log::growth(tx, log_id, head.size).await?;
        Ok(Self {
            log_id,
            held: Arc::clone(held),
            name: found.map(|found| found.origin),
            from: head.size,
            chain: Chain::resume(head.size, head.last_leaf),
            growth,
            lines: Vec::new(),
            leaves: Vec::new(),
            state: serde_json::from_str(&head.state).map_err(Error::broken)?,
        })
    }

    /// What the lines add up to so far.
    ///
    /// # Errors
    /// [`Error::Broken`] when the log has no line.
    pub fn state(&self) -> Result<&S, Error> {
        self.state.as_ref().ok_or_else(|| Error::broken("the log is empty"))
    }

    /// Whether a line was added.
    #[must_use]
    pub fn grew(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Adds an event, if the fold allows it, and returns its index.
    ///
    /// # Errors
    /// The refusal, or [`Refusal::Malformed`] for an event that makes a longer line than a log may have; then the transaction must be
    /// given up.
    pub fn push(&mut self, event: &S::Event) -> Result<u64, Error> {
        let (line, leaf) = self.chain.append(event);
        // Every auditor refuses such a line, and what was written once stays.
        if line.len() >= LONGEST {
            let bytes = line.len();
            return Err(Refusal::Malformed(format!(
                "this makes a line of {bytes} bytes; the log takes at most 16 MiB"
            ))
            .into());
        }
        self.state = Some(S::after(self.state.take(), event, &leaf)?);
        self.lines.push(line);
        self.leaves.push(leaf);
        Ok(self.chain.size() - 1)
    }

    /// Stores lines, tiles and the signed head.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) async fn seal(mut self, tx: &mut Tx, signer: &Signer) -> Result<Sealed<S>, Error> {
        let state = self.state.take().ok_or_else(|| Error::broken("the log is empty"))?;
        if self.name.as_deref().is_some_and(|name| name != signer.name()) {
            return Err(Error::broken(
                "another log has this number in the database: it is not the one that was served before",
            ));
        }
        let tiles = self.growth.append(&self.leaves);
        let checkpoint = Checkpoint::new(signer.name(), self.chain.size(), self.growth.root());
        let head = Head {
            size: self.chain.size(),
            last_leaf: self.chain.last(),
            checkpoint: checkpoint.sign(signer),
            state: serde_json::to_string(&state).map_err(Error::broken)?,
        };
        log::insert_lines(tx, self.log_id, self.from, &self.lines).await?;
        log::put_tiles(tx, self.log_id, &tiles).await?;
        log::move_head(tx, self.log_id, self.from, &head).await?;
        Ok(Sealed { log_id: self.log_id, held: self.held, head: checkpoint, state })
    }
}

impl Writing<Round> {
    /// Stores everything, the projection of the round included, which batches of ballots and steps of the register leave as it is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) async fn seal_round(self, tx: &mut Tx, signer: &Signer) -> Result<Sealed<Round>, Error> {
        let sealed = self.seal(tx, signer).await?;
        let round = &sealed.state;
        rounds::project(tx, sealed.log_id, &round.phase.to_string(), round.closes_at).await?;
        Ok(sealed)
    }
}

/// What was written, in a transaction that is not committed yet.
#[must_use]
#[derive(Debug)]
pub struct Sealed<S> {
    log_id: i64,
    held: Arc<Held>,
    head: Checkpoint,
    state: S,
}

impl<S> Sealed<S> {
    /// Commits the transaction; from then on this node holds the database to it. Returns what the log's lines add up to.
    ///
    /// # Errors
    /// [`Error::Database`]; then nobody knows whether it was committed.
    pub(super) async fn commit(self, tx: Tx) -> Result<S, Error> {
        tx.commit().await?;
        Ok(self.noted())
    }

    /// The same for whoever has committed the transaction.
    pub(super) fn noted(self) -> S {
        self.held.is_durable(&self.head);
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log that may say anything.
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    struct Anything(usize);

    impl Fold for Anything {
        type Event = String;

        fn after(before: Option<Self>, _: &String, _: &Hash) -> Result<Self, Error> {
            Ok(Self(before.map_or(0, |Self(lines)| lines) + 1))
        }
    }

    /// The longest line that auditors read is taken, and a byte more is refused before anything of it is there.
    #[test]
    fn a_line_that_no_auditor_would_read_is_not_written() {
        let mut writing = Writing::<Anything> {
            log_id: 1,
            held: Arc::default(),
            name: None,
            from: 0,
            chain: Chain::resume(0, Hash::ZERO),
            growth: Growth::new(0),
            lines: Vec::new(),
            leaves: Vec::new(),
            state: None,
        };
        let frame = Chain::resume(0, Hash::ZERO).append(&String::new()).0.len();
        let fits = "x".repeat(LONGEST - 1 - frame);
        assert_eq!(writing.push(&fits).expect("it fits"), 0);
        assert_eq!(writing.lines[0].len(), LONGEST - 1, "with its line end it has 16 MiB");
        let refused = writing.push(&(fits + "x")).expect_err("it does not fit");
        assert!(matches!(&refused, Error::Refused(Refusal::Malformed(words)) if words.contains("16 MiB")), "{refused}");
        assert!((writing.lines.len(), writing.leaves.len()) == (1, 1), "nothing of it would be stored");
        assert!(writing.state.is_some_and(|Anything(lines)| lines == 1), "the fold did not see it");
    }
}
