//! One log as a witness knows it: its heads in memory and on disk, and the evidence against it.

use std::path::Path;

use audit::log::{
    checkpoint::Checkpoint,
    cosignature::CosignerKey,
    note::{Note, NoteSignature},
    witness::decision::{FollowedLog, Heads, Suspicion},
};
use serde::{Deserialize, Serialize};

use super::{
    StartFault,
    files::{Entry, Files},
};

/// Most pieces of evidence of each kind that are kept of one log. The first ones tell enough, and what anybody can send
/// takes no place from a split, which takes a second head that the log's key signed.
const MOST_OF_A_KIND: usize = 100;

/// Two signed notes that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contradiction {
    /// Unix second.
    pub(super) at: i64,
    /// What it speaks for.
    pub(super) kind: Kind,
    /// The head that the witness had cosigned, with the log's signature.
    pub(super) known: String,
    /// The head that was shown to it then, with the log's signature.
    pub(super) shown: String,
}

/// [`Suspicion`] as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// Two roots for one size.
    Split,
    /// A smaller size, never seen before: it may be a late message, sent by anybody.
    RolledBack,
    /// A larger size without proof, which anybody may leave out.
    Unproven,
}

impl From<Suspicion> for Kind {
    fn from(suspicion: Suspicion) -> Self {
        match suspicion {
            Suspicion::Split => Self::Split,
            Suspicion::RolledBack => Self::RolledBack,
            Suspicion::Unproven => Self::Unproven,
        }
    }
}

/// A log and what is known of it.
#[derive(Debug)]
pub(super) struct Followed {
    log: FollowedLog,
    files: Files,
    heads: Heads,
    newest: Option<Entry>,
    evidence: Vec<Contradiction>,
    // A write failed, so that the files alone know what is stored.
    doubted: bool,
}

impl Followed {
    /// Takes up a log where it was left.
    pub(super) fn open(folder: &Path, log: FollowedLog) -> Result<Self, StartFault> {
        let files = Files::of(folder, &log.origin);
        let mut heads = Heads::default();
        let newest = files.load(&log.key, |head| heads.push(head.size, head.root))?;
        let evidence = files.evidence()?;
        Ok(Self { log, files, heads, newest, evidence, doubted: false })
    }

    pub(super) fn log(&self) -> &FollowedLog {
        &self.log
    }

    pub(super) fn heads(&self) -> &Heads {
        &self.heads
    }

    pub(super) fn newest(&self) -> Option<&Entry> {
        self.newest.as_ref()
    }

    pub(super) fn evidence(&self) -> &[Contradiction] {
        &self.evidence
    }

    /// Cosigns nothing before the files were read again.
    pub(super) fn doubt(&mut self) {
        self.doubted = true;
    }

    pub(super) fn is_doubted(&self) -> bool {
        self.doubted
    }

    /// Reads the files again after a write failed. Evidence that could not be written stays in memory.
    pub(super) fn reload(&mut self) -> Result<(), StartFault> {
        if !self.doubted {
            return Ok(());
        }
        let mut heads = Heads::default();
        let newest = self.files.load(&self.log.key, |head| heads.push(head.size, head.root))?;
        if self.heads.latest().is_some_and(|(size, root)| heads.root(size) != Some(root)) {
            return Err(self.files.lost());
        }
        (self.heads, self.newest, self.doubted) = (heads, newest, false);
        tracing::info!(origin = %self.log.origin, "the state of this log was read again, and it is cosigned again");
        Ok(())
    }

    /// Learns from a checkpoint that carries our own cosignature: when it is larger than what the files say, the folder was
    /// put back from an old copy, and what was signed counts.
    pub(super) fn recall(&mut self, note: &Note, own: &CosignerKey, at: i64) -> Result<(), StartFault> {
        let Ok((head, _)) = Checkpoint::extended(&note.text) else { return Ok(()) };
        let grown = self.heads.latest().is_none_or(|(size, _)| head.size > size);
        if grown && matches!(own.time(note), Ok(Some(_))) && note.verify(&self.log.key).is_ok() {
            tracing::warn!(origin = %head.origin, size = head.size, "this head was cosigned before, and the files do not know it");
            let ours = note.signatures.iter().find(|one| one.name == own.name && one.key_id == own.id()).cloned();
            ours.map_or(Ok(()), |ours| self.store(&head, note, &ours, at))?;
        }
        Ok(())
    }

    /// Stores a head before it is cosigned. The same head again changes nothing.
    pub(super) fn store(
        &mut self,
        head: &Checkpoint,
        note: &Note,
        ours: &NoteSignature,
        at: i64,
    ) -> Result<(), StartFault> {
        if self.heads.latest() == Some((head.size, head.root)) {
            return Ok(());
        }
        let mut note = self.of_the_log(note);
        note.signatures.push(ours.clone());
        let entry = Entry { at, note: note.to_string() };
        self.files.store(&entry)?;
        self.heads.push(head.size, head.root);
        self.newest = Some(entry);
        Ok(())
    }

    /// Keeps two notes that do not go together, each pair once. What is not kept any more is still told to the log of this
    /// program.
    pub(super) fn suspect(&mut self, suspicion: Suspicion, head: &Checkpoint, note: &Note, at: i64) {
        let kind = Kind::from(suspicion);
        let shown = self.of_the_log(note).to_string();
        let mut of_this_kind = self.evidence.iter().filter(|one| one.kind == kind);
        if of_this_kind.any(|one| one.shown == shown) {
            return;
        }
        tracing::error!(origin = %head.origin, size = head.size, ?kind, "the log showed a head that does not fit");
        if self.evidence.iter().filter(|one| one.kind == kind).count() >= MOST_OF_A_KIND {
            return;
        }
        let same = if kind == Kind::Split { self.files.find(head.size) } else { None };
        let known = same.or_else(|| self.newest.as_ref().map(|entry| entry.note.clone())).unwrap_or_default();
        let evidence = Contradiction { at, kind, known, shown };
        if let Err(fault) = self.files.add_evidence(&evidence) {
            tracing::error!(%fault, "the evidence is kept in memory only");
        }
        self.evidence.push(evidence);
    }

    /// The note with the log's own signature alone, once: others may be anything, and whoever sends a note can repeat them.
    fn of_the_log(&self, note: &Note) -> Note {
        let is_ours = |one: &&NoteSignature| one.name == self.log.key.name && one.key_id == self.log.key.id();
        Note {
            text: note.text.clone(),
            signatures: note.signatures.iter().find(is_ours).cloned().into_iter().collect(),
        }
    }
}
