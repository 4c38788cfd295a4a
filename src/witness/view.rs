//! What a witness shows of itself: to people a page, to programs JSON.

use audit::log::{checkpoint::Checkpoint, note::Note};
use serde::Serialize;

use super::{
    Witness,
    files::Entry,
    followed::{Contradiction, Followed, Kind},
    held,
};
use crate::pages::{
    Language,
    witness::{SeenHead, SeenLie, SeenLog, WitnessPage},
};

/// Most refused heads of a log on the page, where all of them would fill megabytes. Programs get all.
const MOST_SHOWN: usize = 10;

/// Everything, as JSON.
#[derive(Debug, Serialize)]
pub(super) struct State {
    name: String,
    vkey: String,
    logs: Vec<LogState>,
}

#[derive(Debug, Serialize)]
struct LogState {
    origin: String,
    vkey: String,
    /// Absent before the first head.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<HeadState>,
    /// False when the state could not be stored last; the next request tries again.
    cosigns: bool,
    evidence: Vec<Contradiction>,
}

#[derive(Debug, Serialize)]
struct HeadState {
    at: i64,
    checkpoint: String,
    root: String,
    size: u64,
}

impl Witness {
    pub(super) fn state(&self) -> State {
        let key = self.cosigner.public();
        let logs = self.logs.values().map(|log| LogState::of(&held(log))).collect();
        State { vkey: key.to_string(), name: key.name, logs }
    }

    pub(super) fn page(&self, language: Language) -> String {
        let key = self.cosigner.public();
        let logs = self.logs.values().map(|log| seen(&held(log))).collect();
        WitnessPage::new(language, key.name.clone(), key.to_string(), logs).html()
    }
}

impl LogState {
    fn of(log: &Followed) -> Self {
        let newest = log.newest().and_then(|entry| {
            let head = entry.head()?;
            Some(HeadState {
                at: entry.at,
                checkpoint: entry.note.clone(),
                root: head.root.to_base64(),
                size: head.size,
            })
        });
        Self {
            origin: log.log().origin.clone(),
            vkey: log.log().key.to_string(),
            newest,
            cosigns: !log.is_doubted(),
            evidence: log.evidence().to_vec(),
        }
    }
}

fn seen(log: &Followed) -> SeenLog {
    let newest = |entry: &Entry| seen_head(&entry.note).map(|head| (entry.at, head));
    let mut lies: Vec<_> = log.evidence().iter().rev().map(seen_lie).collect();
    // Nobody should have to look for the proof among what proves nothing.
    lies.sort_by_key(|lie| !lie.is_split);
    lies.truncate(MOST_SHOWN);
    SeenLog {
        origin: log.log().origin.clone(),
        vkey: log.log().key.to_string(),
        newest: log.newest().and_then(newest),
        cosigns: !log.is_doubted(),
        lies,
        more: log.evidence().len().saturating_sub(MOST_SHOWN),
    }
}

fn seen_lie(evidence: &Contradiction) -> SeenLie {
    SeenLie {
        at: evidence.at,
        is_split: evidence.kind == Kind::Split,
        is_rolled_back: evidence.kind == Kind::RolledBack,
        known: seen_head(&evidence.known),
        shown: seen_head(&evidence.shown),
    }
}

fn seen_head(note: &str) -> Option<SeenHead> {
    let text = note.parse::<Note>().ok()?.text;
    let (head, _) = Checkpoint::extended(&text).ok()?;
    Some(SeenHead { size: head.size, root: head.root.to_base64(), note: note.to_owned() })
}
