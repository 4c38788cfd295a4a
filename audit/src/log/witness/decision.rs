//! What a witness decides about a new head: a pure function of the heads it cosigned, the log's keys, and the request.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::AddCheckpoint;
use crate::log::{
    checkpoint::Checkpoint,
    hash::{self, Hash},
    note::{NoteFault, VerifierKey},
    proof::verify_consistency,
};

/// Most heads of one log that are remembered, so that a head of the same size and another root is known for what it is.
const MAX_HEADS: usize = 1 << 16;

/// A log that a witness follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedLog {
    /// First line of its checkpoints.
    pub origin: String,
    /// Signs them.
    pub key: VerifierKey,
}

/// Heads of one log that this witness cosigned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads(BTreeMap<u64, Hash>);

/// What is to be done about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Store this head, then cosign it.
    Cosign(Checkpoint),
    /// What stands under the signatures is no checkpoint, or `old` is larger than it.
    Malformed,
    /// No signature of the log's key, or a false one.
    Unsigned,
    /// The checkpoint is another log's.
    UnknownLog,
    /// The witness cosigned the log at this size, which is not the request's `old`, or has another root there.
    Conflict(u64),
    /// The proof does not lead from the head that was cosigned to this one.
    Unproven,
}

/// Why a refused head, which the log signed, is worth keeping. Anybody may send an old head again, or a newer one without
/// its proof, so only a split proves something against the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// The log signed two roots for one size: nothing but a lie explains it.
    Split,
    /// The log signed a size below one that was cosigned, and this witness never saw it: a late message, or a log that was
    /// set back.
    RolledBack,
    /// The log signed a larger size without showing that it goes on from the one cosigned.
    Unproven,
}

/// The decision, and what it says about the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What is answered.
    pub decision: Decision,
    /// What is kept as evidence, with the head that the log signed.
    pub suspicion: Option<(Suspicion, Checkpoint)>,
}

impl Heads {
    /// Size and root of the newest head.
    #[must_use]
    pub fn latest(&self) -> Option<(u64, Hash)> {
        self.0.last_key_value().map(|(size, root)| (*size, *root))
    }

    /// The root that this witness cosigned for a size. That of nothing is known.
    #[must_use]
    pub fn root(&self, size: u64) -> Option<Hash> {
        self.0.get(&size).copied().or_else(|| (size == 0).then(hash::empty))
    }

    /// Remembers a head that follows from the newest one.
    pub fn push(&mut self, size: u64, root: Hash) {
        self.0.insert(size, root);
        if self.0.len() > MAX_HEADS {
            self.0.pop_first();
        }
    }
}

impl Decision {
    /// Status of the HTTP answer.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Cosign(_) => 200,
            Self::Malformed => 400,
            Self::Unsigned => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) => 409,
            Self::Unproven => 422,
        }
    }
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        Self { decision, suspicion: None }
    }
}

/// Decides about a request. The caller stores the head of [`Decision::Cosign`] before it cosigns, and lets no other request
/// for the log be decided in between.
#[must_use]
pub fn decide(heads: &Heads, log: &FollowedLog, request: &AddCheckpoint) -> Verdict {
    let Ok((head, _)) = Checkpoint::extended(&request.checkpoint.text) else { return Decision::Malformed.into() };
    if head.origin != log.origin {
        return Decision::UnknownLog.into();
    }
    if request.checkpoint.verify(&log.key).is_err() {
        return Decision::Unsigned.into();
    }
    let decision = growth(heads, request, &head);
    let suspicion = suspicion(heads, &decision, &head).map(|suspicion| (suspicion, head));
    Verdict { decision, suspicion }
}

/// Whether a signed head goes on from the newest one.
fn growth(heads: &Heads, request: &AddCheckpoint, head: &Checkpoint) -> Decision {
    let (size, root) = heads.latest().unwrap_or((0, hash::empty()));
    if request.old > head.size {
        return Decision::Malformed;
    }
    if request.old != size {
        return Decision::Conflict(size);
    }
    let proved = match (size, head.size) {
        // Nothing is the beginning of everything, and every tree of its own.
        (0, _) => request.proof.is_empty(),
        (_, same) if same == size => request.proof.is_empty(),
        _ => verify_consistency(size, root, head.size, head.root, &request.proof).is_ok(),
    };
    match (proved, size == head.size && root != head.root) {
        (false, _) => Decision::Unproven,
        (true, true) => Decision::Conflict(size),
        (true, false) => Decision::Cosign(head.clone()),
    }
}

fn suspicion(heads: &Heads, decision: &Decision, head: &Checkpoint) -> Option<Suspicion> {
    match heads.root(head.size) {
        Some(root) => (root != head.root).then_some(Suspicion::Split),
        None if heads.latest().is_some_and(|(size, _)| head.size < size) => Some(Suspicion::RolledBack),
        None => (*decision == Decision::Unproven).then_some(Suspicion::Unproven),
    }
}

impl fmt::Display for FollowedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin == self.key.name { write!(f, "{}", self.key) } else { write!(f, "{}@{}", self.key, self.origin) }
    }
}

impl FromStr for FollowedLog {
    type Err = NoteFault;

    /// Reads `VKEY`, or `VKEY@ORIGIN` of a log whose checkpoints have another first line than the key's name.
    fn from_str(text: &str) -> Result<Self, NoteFault> {
        // Base64 has no @, so the first one after the last + begins the origin; names may hold one.
        let end = text.match_indices('+').nth(1).map_or(0, |(at, _)| at);
        let (key, origin) = match text[end..].split_once('@') {
            Some((key, origin)) => (&text[..end + key.len()], Some(origin)),
            None => (text, None),
        };
        let key: VerifierKey = key.parse()?;
        let origin = origin.unwrap_or(&key.name).to_owned();
        let is_line = !origin.is_empty() && !origin.chars().any(char::is_control);
        if is_line { Ok(Self { origin, key }) } else { Err(NoteFault::Key) }
    }
}
