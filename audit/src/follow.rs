//! A follower of a log: from the head that it knows to a newer one, through tiles and lines, and what it catches on the way.
//!
//! It keeps the signed head, the right edge of the tree and what the lines add up to. It needs nobody's word: every hash is
//! checked against a signed head before a line is judged, so a line that breaks the rules is the log's own, signed breach.

use serde::{Deserialize, Serialize};

use crate::log::{
    checkpoint::{Checkpoint, CheckpointFault},
    hash::{self, Hash},
    note::{NoteFault, VerifierKey},
    path::TilePath,
    prefix::leaf_tile,
    tile::{TileId, WIDTH},
    tree::{EdgeFault, Frontier},
};

mod cheat;
mod content;
mod source;

use cheat::Halt;
pub use cheat::{Cheat, Evidence, Facts};
pub use content::{Content, Listener, Told};
use content::{Given, Place};
use source::Reader;
pub use source::{LogSource, Missing};

/// Lines that are taken together: sixteen full bundles.
const CHUNK: u64 = 16 * WIDTH;
/// Bytes of lines that are judged together, about.
const MOST: usize = 16 << 20;

/// What a newer head is to an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The same log; other witnesses may have signed it.
    Same,
    /// The log only grew, and every new line may stand where it stands.
    Grew {
        /// Lines before.
        from: u64,
        /// Lines now.
        to: u64,
    },
    /// No honest log does this. The follower stays where it was.
    Cheat(Box<Evidence>),
}

/// How a head that somebody else saw fits to the follower's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// One log has both.
    Agrees,
    /// It is larger, and what lies between cannot be had here yet.
    Ahead,
    /// The log's key did not sign it: nothing follows from it.
    NotSigned(CheckpointFault),
    /// No one log has both.
    Split(Box<Evidence>),
}

/// The way to the log is broken: nobody's cheat yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

/// Who follows one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    key: VerifierKey,
    head: Option<Known>,
    edge: Frontier,
    last: Hash,
    content: Content,
}

/// A head that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    note: String,
    checkpoint: Checkpoint,
}

/// A follower at rest, to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// What the lines add up to.
    pub content: Content,
    /// Right edge of the tree.
    pub edge: Vec<Hash>,
    /// Verifier key of the log.
    pub key: String,
    /// Leaf hash of the last line.
    pub last: Hash,
    /// The signed head.
    pub note: Option<String>,
}

/// What was stored does not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SavedFault {
    /// The key is no verifier key.
    #[error("{0}")]
    Key(#[from] NoteFault),
    /// The head is not signed by it.
    #[error("{0}")]
    Head(#[from] CheckpointFault),
    /// The right edge is none of this size.
    #[error("{0}")]
    Edge(#[from] EdgeFault),
    /// The right edge has another root than the head.
    #[error("the stored edge of the tree does not lead to the stored head")]
    Root,
}

impl Follower {
    /// Who knows the log's key and nothing else yet.
    #[must_use]
    pub fn new(key: VerifierKey) -> Self {
        let content = Content::of(&key.name);
        Self { key, head: None, edge: Frontier::new(), last: Hash::ZERO, content }
    }

    /// Name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.key.name
    }

    /// The log's key.
    #[must_use]
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The newest head that was checked.
    #[must_use]
    pub fn head(&self) -> Option<&Checkpoint> {
        self.head.as_ref().map(|known| &known.checkpoint)
    }

    /// Its signed note.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.head.as_ref().map(|known| known.note.as_str())
    }

    /// What the lines add up to.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// To be stored.
    #[must_use]
    pub fn save(&self) -> Saved {
        Saved {
            content: self.content.clone(),
            edge: self.edge.right_edge().to_vec(),
            key: self.key.to_string(),
            last: self.last,
            note: self.note().map(str::to_owned),
        }
    }

    /// Goes on from what was stored.
    ///
    /// # Errors
    /// [`SavedFault`].
    pub fn restore(saved: Saved) -> Result<Self, SavedFault> {
        let key: VerifierKey = saved.key.parse()?;
        let known = |note: String| Ok::<_, CheckpointFault>(Known { checkpoint: Checkpoint::open(&note, &key)?, note });
        let head = saved.note.map(known).transpose()?;
        let size = head.as_ref().map_or(0, |known| known.checkpoint.size);
        let edge = Frontier::from_right_edge(size, saved.edge)?;
        if head.as_ref().is_some_and(|known| known.checkpoint.root != edge.root()) {
            return Err(SavedFault::Root);
        }
        Ok(Self { key, head, edge, last: saved.last, content: saved.content })
    }

    /// Goes from the known head to this one. Whatever comes to light, lines that were told are the log's own.
    ///
    /// # Errors
    /// [`Trouble`] when the source does not answer.
    pub fn step(
        &mut self,
        note: &str,
        source: &mut dyn LogSource,
        listener: &mut Listener<'_>,
    ) -> Result<Step, Trouble> {
        let stepped = Checkpoint::open(note, &self.key)
            .map_err(|fault| Halt::from(Cheat::from(fault)))
            .and_then(|head| self.go(note, head, source, listener));
        match stepped {
            Ok(step) => Ok(step),
            Err(Halt::Trouble(what)) => Err(Trouble(what)),
            Err(Halt::Cheat(cheat)) => Ok(Step::Cheat(self.evidence(cheat, note))),
        }
    }

    fn evidence(&self, cheat: Cheat, note: &str) -> Box<Evidence> {
        Box::new(Evidence { cheat, before: self.note().map(str::to_owned), after: note.to_owned() })
    }

    fn go(
        &mut self,
        note: &str,
        head: Checkpoint,
        source: &mut dyn LogSource,
        listener: &mut Listener<'_>,
    ) -> Result<Step, Halt> {
        let from = self.edge.size();
        if let Some(known) = self.head() {
            if head.size < from {
                return Err(shrunk(known, &head, source).into());
            }
            if let Some(theirs) = other_root(known, &head, source)? {
                return Err(Cheat::Split { size: from, ours: known.root, theirs }.into());
            }
        }
        let to = head.size;
        let mut next = self.clone();
        next.grow(&head, source, listener)?;
        let same = self.head.is_some() && from == to;
        next.head = Some(Known { note: note.to_owned(), checkpoint: head });
        *self = next;
        Ok(if same { Step::Same } else { Step::Grew { from, to } })
    }

    /// Reads the lines up to the head, chunk by chunk.
    fn grow(&mut self, head: &Checkpoint, source: &mut dyn LogSource, listener: &mut Listener<'_>) -> Result<(), Halt> {
        let mut reader = Reader::new(source, head);
        while self.edge.size() < head.size {
            let first = self.edge.size();
            let end = (first / CHUNK + 1).saturating_mul(CHUNK).min(head.size);
            let root = reader.root_at(end)?;
            let (leaves, hashes) = self.chunk(&mut reader, end, root)?;
            self.judge(&mut reader, leaves, &hashes, listener)?;
        }
        if self.edge.root() == head.root {
            return Ok(());
        }
        Err(Cheat::Split { size: head.size, ours: self.edge.root(), theirs: head.root }.into())
    }

    /// The leaves from here to `end`, which are those of the tree with this root, and their hashes.
    fn chunk(&mut self, reader: &mut Reader<'_>, end: u64, root: Hash) -> Result<(Vec<Vec<u8>>, Vec<Hash>), Halt> {
        let first = self.edge.size();
        let mut leaves = Vec::with_capacity((end - first) as usize);
        for index in first / WIDTH..end.div_ceil(WIDTH) {
            leaves.extend(reader.leaves(index, first.saturating_sub(index * WIDTH))?);
        }
        let hashes: Vec<_> = leaves.iter().map(|leaf| hash::leaf(leaf)).collect();
        hashes.iter().for_each(|leaf| self.edge.push(*leaf));
        if self.edge.root() == root { Ok((leaves, hashes)) } else { Err(blame(reader, first, &hashes)) }
    }

    /// Takes lines that the head commits to; of long ones, which are fetched whole, not too many at once.
    fn judge(
        &mut self,
        reader: &mut Reader<'_>,
        leaves: Vec<Vec<u8>>,
        hashes: &[Hash],
        listener: &mut Listener<'_>,
    ) -> Result<(), Halt> {
        let log_key = self.key.to_string();
        let (mut first, mut bytes, mut lines) = (self.edge.size() - hashes.len() as u64, 0, Vec::new());
        let mut rest = leaves.into_iter().zip(hashes).peekable();
        while let Some((leaf, hash)) = rest.next() {
            let line = reader.whole(leaf)?;
            bytes += line.len();
            lines.push(Given { bytes: line, leaf: *hash });
            if rest.peek().is_none() || bytes > MOST {
                self.content.take(&Place { first, last: self.last, log_key: &log_key }, &lines, listener)?;
                (first, bytes, self.last) = (first + lines.len() as u64, 0, *hash);
                lines.clear();
            }
        }
        Ok(())
    }

    /// Holds a head that somebody else saw against the follower's own.
    ///
    /// # Errors
    /// [`Trouble`] when the source does not answer.
    pub fn compare(&self, note: &str, source: &mut dyn LogSource) -> Result<Agreement, Trouble> {
        let theirs = match Checkpoint::open(note, &self.key) {
            Ok(theirs) => theirs,
            Err(fault) => return Ok(Agreement::NotSigned(fault)),
        };
        let Some(ours) = self.head() else { return Ok(Agreement::Ahead) };
        let ahead = theirs.size > ours.size;
        let (small, large) = if ahead { (ours, &theirs) } else { (&theirs, ours) };
        match other_root(small, large, source) {
            Ok(None) => Ok(Agreement::Agrees),
            Ok(Some(other)) => {
                let (ours, theirs) = if ahead { (small.root, other) } else { (other, small.root) };
                Ok(Agreement::Split(self.evidence(Cheat::Split { size: small.size, ours, theirs }, note)))
            }
            Err(Halt::Cheat(_)) if ahead => Ok(Agreement::Ahead),
            Err(Halt::Cheat(cheat)) => Err(Trouble(cheat.to_string())),
            Err(Halt::Trouble(what)) => Err(Trouble(what)),
        }
    }

    /// The root of the log at a smaller size, as its newest head vouches for it.
    ///
    /// # Errors
    /// As of [`root_at`].
    pub fn root_at(&self, size: u64, source: &mut dyn LogSource) -> Result<Result<Hash, Cheat>, Trouble> {
        let head = self.head().ok_or_else(|| Trouble("no head is known".to_owned()))?;
        root_at(head, size, source)
    }
}

/// The root of a log at a smaller size, as this head of it vouches for it. Partial tiles may be gone where full ones stand.
///
/// # Errors
/// [`Cheat::Withheld`] when the tiles do not lead to the head; [`Trouble`] when the source does not answer, or the head is
/// the smaller one.
pub fn root_at(head: &Checkpoint, size: u64, source: &mut dyn LogSource) -> Result<Result<Hash, Cheat>, Trouble> {
    if size > head.size {
        return Err(Trouble(format!("no head of {size} lines or more is known")));
    }
    match Reader::new(source, head).root_at(size) {
        Ok(root) => Ok(Ok(root)),
        Err(Halt::Cheat(cheat)) => Ok(Err(cheat)),
        Err(Halt::Trouble(what)) => Err(Trouble(what)),
    }
}

/// The root that the larger head's tree had at the smaller size, if it is not the smaller head's.
fn other_root(small: &Checkpoint, large: &Checkpoint, source: &mut dyn LogSource) -> Result<Option<Hash>, Halt> {
    let root = Reader::new(source, large).root_at(small.size)?;
    Ok((root != small.root).then_some(root))
}

/// What a smaller head shows. The tiles that are gone cannot be asked any more, and that it shrank is known without them.
fn shrunk(known: &Checkpoint, head: &Checkpoint, source: &mut dyn LogSource) -> Cheat {
    match other_root(head, known, source) {
        Ok(Some(ours)) => Cheat::Split { size: head.size, ours, theirs: head.root },
        _ => Cheat::RolledBack { from: known.size, to: head.size },
    }
}

/// Which leaf is not the one that its tile names; or else which tile does not fit.
fn blame(reader: &mut Reader<'_>, first: u64, hashes: &[Hash]) -> Halt {
    for (hash, index) in hashes.iter().zip(first..) {
        let id: TileId = leaf_tile(index);
        let tile = match reader.tile(id) {
            Ok(tile) => tile,
            Err(halt) => return halt,
        };
        let at = (index % WIDTH) as usize * 32;
        if tile.get(at..at + 32) != Some(hash.as_bytes().as_slice()) {
            let reason = format!("line {index} is not the leaf that the signed head commits to");
            return reader.wrong(TilePath::Entries(id.index, reader.width(id)), reason);
        }
    }
    let id = leaf_tile(first);
    reader.wrong(TilePath::Hashes(id, reader.width(id)), "the hashes do not lead to the signed root")
}
