//! A witness that the operator asks to cosign each head: it decides with the code that every witness of ours runs.

use audit::log::{
    cosignature::{Cosigner, CosignerKey},
    note::{Note, NoteSignature},
    witness::{
        AddCheckpoint,
        decision::{Decision, FollowedLog, Heads, decide},
    },
};

use super::view::View;
use crate::town::signing_key;

/// What the witness holds.
pub struct Witness {
    cosigner: Cosigner,
    log: FollowedLog,
    heads: Heads,
}

fn cosigner() -> Cosigner {
    Cosigner::new("witness.example/w1".to_owned(), signing_key(9)).unwrap()
}

/// Its public key, as the rules of the round name it.
pub fn key() -> CosignerKey {
    cosigner().public()
}

impl Witness {
    pub fn new(log_key: &str) -> Self {
        Self { cosigner: cosigner(), log: log_key.parse().unwrap(), heads: Heads::default() }
    }

    /// Cosigns without looking.
    pub fn cosigns(&self, view: &View, now: i64) -> NoteSignature {
        let checkpoint: Note = view.checkpoint.parse().unwrap();
        self.cosigner.cosign(&checkpoint.text, now.unsigned_abs())
    }

    /// The operator asks for a cosignature of this face's head, with the best proof that it can make.
    pub fn ask(&mut self, view: &View, now: i64) -> Result<NoteSignature, String> {
        let (cosigned, size) = (self.heads.latest().map_or(0, |(size, _)| size), view.lines.len() as u64);
        let old = cosigned.min(size);
        let proof = view.consistency(old, size).unwrap_or_default();
        let checkpoint: Note = view.checkpoint.parse().unwrap();
        let request = AddCheckpoint { old, proof, checkpoint }.to_string().parse().unwrap();
        let verdict = decide(&self.heads, &self.log, &request);
        match (&verdict.decision, &verdict.suspicion) {
            (Decision::Cosign(head), None) => {
                self.heads.push(head.size, head.root);
                Ok(self.cosigns(view, now))
            }
            (decision, suspicion) => Err(format!("{decision:?}, {suspicion:?}")),
        }
    }
}
