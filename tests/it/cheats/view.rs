//! What a server shows of a round at one time: lines, tree, signed head, receipts; and what it keeps back or makes up.

use std::collections::{BTreeMap, BTreeSet};

use audit::{
    log::{
        checkpoint::Checkpoint,
        entries,
        hash::{self, Hash},
        line::{Line, leaf},
        note::{Note, NoteSignature},
        proof,
        receipt::TlogProof,
        tile::{Growth, Tiles},
    },
    round::{Event, Round},
};
use veche::http::{ReceiptResponse, RoundResponse};

use super::{
    forgery::{ballot_hash, name},
    truth::Truth,
};

/// What the ballot box does with a ballot that is cast.
#[derive(Clone, Copy)]
pub enum Accepting {
    /// It takes none.
    Never,
    /// It signs a promise for this Unix second.
    Promising(i64),
    /// It answers in the form of a promise, signed with a key that is not the round's.
    WithAnotherKey(i64),
}

/// One face of a server.
#[derive(Clone)]
pub struct View {
    /// The lines.
    pub lines: Vec<Vec<u8>>,
    /// The signed head.
    pub checkpoint: String,
    /// Ballots that the server says are waiting, with the time that it names.
    pub waiting: BTreeMap<Hash, i64>,
    /// Lines that it does not give out, though its head covers them.
    pub withheld: BTreeSet<usize>,
    /// Ballots for which it gives the receipt of another one.
    pub swapped: BTreeMap<Hash, Hash>,
    /// What it answers to ballots.
    pub accepting: Accepting,
    leaves: Vec<Hash>,
    tiles: Tiles,
    state: Round,
}

impl View {
    /// An honest face over these lines: what of the accepted ballots is not in them waits as promised.
    pub fn new(truth: &Truth, lines: Vec<Vec<u8>>) -> Self {
        let (mut growth, mut tiles) = (Growth::new(0), Tiles::default());
        let leaves: Vec<Hash> = lines.iter().map(|line| hash::leaf(&leaf(line))).collect();
        for (id, bytes) in growth.append(&leaves) {
            tiles.insert(id, &bytes).unwrap();
        }
        let head = Checkpoint::new(&truth.operator.rules.origin, lines.len() as u64, growth.root());
        let logged: BTreeSet<_> = events(&lines).map(|event| ballot_hash(&event)).collect();
        let promises = truth.casts.iter().map(|(cast, _)| (name(&cast.ballot), cast.acceptance.in_log_by));
        Self {
            checkpoint: head.sign(&truth.operator.signer),
            waiting: promises.filter(|(ballot, _)| !logged.contains(ballot)).collect(),
            withheld: BTreeSet::new(),
            swapped: BTreeMap::new(),
            accepting: Accepting::Never,
            state: state(&lines),
            leaves,
            tiles,
            lines,
        }
    }

    /// The same face, whose head carries the cosignatures that were given to just this head.
    pub fn cosigned(mut self, cosigned: &Cosigned) -> Self {
        self.checkpoint = with_cosignatures(&self.checkpoint, cosigned);
        self
    }

    /// The line, if it is there and not withheld.
    pub fn line(&self, index: usize) -> Option<&[u8]> {
        self.lines.get(index).filter(|_| !self.withheld.contains(&index)).map(Vec::as_slice)
    }

    /// The round as these lines tell it, up to the first that is against the rules.
    pub fn round(&self) -> RoundResponse {
        self.state.clone().into()
    }

    /// What the server answers about a ballot.
    pub fn receipt(&self, ballot: Hash) -> Option<ReceiptResponse> {
        let ballot = *self.swapped.get(&ballot).unwrap_or(&ballot);
        let empty = ReceiptResponse {
            ballot,
            in_log_by: None,
            index: None,
            line: None,
            proof: None,
            tracker: ballot.to_string()[..16].to_owned(),
        };
        let index = events(&self.lines).position(|event| ballot_hash(&event) == ballot);
        if let Some((index, line)) = index.and_then(|index| Some((index, self.line(index)?))) {
            let line = Some(String::from_utf8(line.to_vec()).unwrap());
            let proof = Some(self.proof(index).to_string());
            return Some(ReceiptResponse { index: Some(index as u64), line, proof, ..empty });
        }
        let promised = self.waiting.get(&ballot)?;
        Some(ReceiptResponse { in_log_by: Some(*promised), ..empty })
    }

    /// The proof that this head covers a line.
    pub fn proof(&self, index: usize) -> TlogProof {
        let path = proof::inclusion(&self.tiles, index as u64, self.lines.len() as u64).unwrap();
        TlogProof { checkpoint: self.checkpoint.clone(), extra: None, index: index as u64, proof: path }
    }

    /// The best that the operator can do to prove that the log only grew.
    pub fn consistency(&self, from: u64, to: u64) -> Option<Vec<Hash>> {
        (to <= self.lines.len() as u64).then(|| proof::consistency(&self.tiles, from, to).ok()).flatten()
    }

    /// The tile of the first so many leaf hashes.
    pub fn hashes(&self, width: u64) -> Option<Vec<u8>> {
        let leaves = self.leaves.get(..usize::try_from(width).ok()?)?;
        Some(leaves.iter().flat_map(|hash| *hash.as_bytes()).collect())
    }

    /// The bundle of the first so many leaves.
    pub fn entries(&self, width: u64) -> Option<Vec<u8>> {
        let leaves: Option<Vec<_>> =
            (0..usize::try_from(width).ok()?).map(|index| Some(leaf(self.line(index)?))).collect();
        entries::print(&leaves?).ok()
    }
}

/// Heads, and what was signed under them.
pub type Cosigned = Vec<(String, NoteSignature)>;

/// The head with the cosignatures that were given to it.
pub fn with_cosignatures(head: &str, cosigned: &[(String, NoteSignature)]) -> String {
    let mut note: Note = head.parse().unwrap();
    let mine = cosigned.iter().filter(|(cosigned, _)| cosigned == head);
    note.signatures.extend(mine.map(|(_, cosignature)| cosignature.clone()));
    note.to_string()
}

fn events(lines: &[Vec<u8>]) -> impl Iterator<Item = Event> {
    lines.iter().map(|line| Line::<Event>::parse(line).unwrap().event)
}

fn state(lines: &[Vec<u8>]) -> Round {
    let mut events = events(lines).zip(lines);
    let mut round = Round::begin(&events.next().unwrap().0).unwrap();
    for (event, line) in events {
        match round.clone().apply(&event, &hash::leaf(&leaf(line))) {
            Ok(next) => round = next,
            Err(_) => break,
        }
    }
    round
}
