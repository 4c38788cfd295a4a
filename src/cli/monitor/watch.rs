//! One log under watch: a look at its head, what follows from it, and what is remembered.

mod others;

use std::collections::BTreeMap;

use audit::{
    follow::{Cheat, Evidence, Follower, Missing, Step},
    log::{
        checkpoint::Checkpoint,
        hash::Hash,
        note::{Note, VerifierKey},
    },
};
use serde_json::{Value, json};

use super::{
    Watching, evidence,
    memory::{Folder, LogFolder, Memory, SeenHead},
    notice::{Notice, time},
    words::{Changes, counted, overdue},
};
use crate::{cli::CliFault, client::log::LogAddress};

/// A log, how far it was followed, and where that is kept.
pub(super) struct Watch {
    log: LogAddress,
    folder: LogFolder,
    memory: Memory,
    follower: Option<Follower>,
    /// Roots of heads that are known to be of one log, by size.
    agreed: BTreeMap<u64, Hash>,
}

/// What one look showed.
#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) notices: Vec<Notice>,
    pub(super) cheat: bool,
}

impl Watch {
    /// Takes up a log where it was left.
    ///
    /// # Errors
    /// When what is stored cannot be read: nothing is begun anew over it.
    pub(super) fn open(address: &str, folder: &Folder) -> Result<Self, CliFault> {
        let log = LogAddress::new(address)?;
        let folder = folder.log(address.trim_end_matches('/'))?;
        let memory = folder.read()?;
        let follower = memory.follower.clone().map(Follower::restore).transpose().map_err(CliFault::other)?;
        let mut agreed = BTreeMap::new();
        for seen in folder.heads()?.into_iter().filter(|seen| seen.fits) {
            agreed.extend(head_in(&seen.note).map(|head| (head.size, head.root)));
        }
        Ok(Self { log, folder, memory, follower, agreed })
    }

    /// Looks at the log once.
    ///
    /// # Errors
    /// When nothing can be stored; what a log does is no error.
    pub(super) async fn turn(&mut self, with: &Watching) -> Result<Turn, CliFault> {
        let (mut turn, now) = (Turn::default(), with.clock.now());
        self.same_key(&with.keys)?;
        match self.log.checkpoint().await {
            Ok(note) => self.look(with, &mut turn, now, note).await?,
            Err(missing) => self.silent(with, &mut turn, now, format!("checkpoint: {missing}"), None)?,
        }
        if !turn.cheat {
            self.ask_peers(with, &mut turn, now).await?;
        }
        self.memory.follower = self.follower.as_ref().map(Follower::save);
        self.folder.write(&self.memory)?;
        Ok(turn)
    }

    /// A key that is given now must be the one that the log was followed under so far.
    fn same_key(&self, given: &[VerifierKey]) -> Result<(), CliFault> {
        let Some(follower) = &self.follower else { return Ok(()) };
        let other = given.iter().find(|key| key.name == follower.origin() && *key != follower.key());
        other.map_or(Ok(()), |other| {
            let (folder, key) = (self.folder.0.display(), follower.key());
            Err(CliFault::Other(format!("{folder} holds what was signed with {key}, not with the given key {other}")))
        })
    }

    async fn look(&mut self, with: &Watching, turn: &mut Turn, now: i64, note: String) -> Result<(), CliFault> {
        let follower = match self.first_follower(with, &note).await {
            Ok(follower) => follower,
            Err(missing) => return self.silent(with, turn, now, missing.to_string(), None),
        };
        let (mut next, mut source, asked) = (follower.clone(), self.log.blocking(), note.clone());
        let work = move || {
            let mut changes = Changes::default();
            let stepped = next.step(&asked, &mut source, &mut |index, told| changes.take(index, told));
            (next, stepped, changes)
        };
        let (next, stepped, changes) = tokio::task::spawn_blocking(work).await.map_err(CliFault::other)?;
        match stepped {
            Err(trouble) => self.silent(with, turn, now, trouble.to_string(), None),
            Ok(Step::Cheat(found)) if found.cheat.may_pass() => {
                let what = found.cheat.to_string();
                self.silent(with, turn, now, what, Some(*found))
            }
            Ok(Step::Cheat(found)) => {
                self.keep(now, self.log.base(), &found.after, false)?;
                self.alarm(turn, now, &found)
            }
            Ok(step) => {
                self.follower = Some(next);
                self.answered(turn, now);
                self.grown(turn, now, &step, &changes, &note)?;
                self.promises(turn, now);
                self.witnesses(with, turn, now, &note)
            }
        }
    }

    /// The follower so far, or a new one with the key that was given, or else the key that the server has.
    async fn first_follower(&self, with: &Watching, note: &str) -> Result<Follower, Missing> {
        if let Some(follower) = &self.follower {
            return Ok(follower.clone());
        }
        let origin = note.lines().next().unwrap_or_default();
        let given: Option<&VerifierKey> = with.keys.iter().find(|key| key.name == origin);
        match given {
            Some(key) => Ok(Follower::new(key.clone())),
            None if with.keys.is_empty() => Ok(Follower::new(self.log.key().await?)),
            None => Err(Missing::Trouble(format!("none of the given log keys is of {origin}"))),
        }
    }

    /// Nothing came, or nothing that can be used: said at once, and a cheat when it lasts.
    fn silent(
        &mut self,
        with: &Watching,
        turn: &mut Turn,
        now: i64,
        what: String,
        found: Option<Evidence>,
    ) -> Result<(), CliFault> {
        let since = self.memory.trouble.as_ref().map_or(now, |(_, since)| *since);
        if self.memory.trouble.as_ref().is_none_or(|(before, _)| *before != what) {
            let words = format!(
                "no use to be made of the answer, which is nobody's cheat yet: {what}; asking again until {}",
                time(since.saturating_add(with.patience))
            );
            turn.notices.push(self.notice(now, "trouble", words, json!({ "what": what, "since": since })));
        }
        self.memory.trouble = Some((what.clone(), since));
        if now.saturating_sub(since) < with.patience {
            return Ok(());
        }
        let reason = format!("{what}; so it has been since {}", time(since));
        let path = "checkpoint".to_owned();
        let evidence = found.unwrap_or_else(|| {
            let note = self.follower.as_ref().and_then(Follower::note).map(str::to_owned);
            Evidence { cheat: Cheat::Withheld { path, reason, given: false }, before: note, after: String::new() }
        });
        self.alarm(turn, now, &evidence)
    }

    fn answered(&mut self, turn: &mut Turn, now: i64) {
        if let Some((what, since)) = self.memory.trouble.take() {
            let words = format!("answers again; since {} there was: {what}", time(since));
            turn.notices.push(self.notice(now, "answers-again", words, json!({ "since": since, "what": what })));
        }
    }

    fn grown(&mut self, turn: &mut Turn, now: i64, step: &Step, changes: &Changes, note: &str) -> Result<(), CliFault> {
        if let Some(head) = self.follower.as_ref().and_then(Follower::head) {
            self.agreed.insert(head.size, head.root);
        }
        if self.memory.follower.as_ref().and_then(|saved| saved.note.as_deref()) != Some(note) {
            self.keep(now, self.log.base(), note, true)?;
        }
        let Step::Grew { from, to } = step else { return Ok(()) };
        for act in &changes.acts {
            turn.notices.push(self.notice(now, "act", format!("line {}: {}", act.index, act.words), json!(act)));
        }
        if changes.ballots > 0 {
            let words = format!(
                "{} in {}, each signed as it must be",
                counted(changes.ballots, "new ballot", "new ballots"),
                counted(changes.batches, "batch", "batches")
            );
            turn.notices.push(self.notice(
                now,
                "ballots",
                words,
                json!({ "ballots": changes.ballots, "batches": changes.batches }),
            ));
        }
        let words = match from {
            0 => format!(
                "followed from its first line: {}, and every one may stand where it stands",
                counted(*to, "line", "lines")
            ),
            _ => format!("grew from {from} to {to} lines; nothing before them has changed"),
        };
        turn.notices.push(self.notice(now, "grew", words, json!({ "from": from, "to": to })));
        Ok(())
    }

    fn promises(&mut self, turn: &mut Turn, now: i64) {
        let Some(round) = self.follower.as_ref().and_then(|follower| follower.content().round()) else { return };
        let found = overdue(round, now);
        for words in found.iter().filter(|words| !self.memory.overdue.contains(words)) {
            turn.notices.push(self.notice(now, "overdue", words.clone(), Value::Null));
        }
        self.memory.overdue = found;
    }

    fn alarm(&mut self, turn: &mut Turn, now: i64, found: &Evidence) -> Result<(), CliFault> {
        let folder = evidence::write(&self.folder, &self.name(), self.log.base(), now, found)?;
        let facts = found.facts();
        let words = format!(
            "ATTENTION: {}\n    {}\n    Evidence: {folder}\n    Keep that folder, copy it elsewhere, and show it to the commission, the witnesses and other monitors.",
            facts.what,
            evidence::meaning(&found.cheat)
        );
        let data = json!({ "cheat": facts.cheat, "what": facts.what, "evidence": folder, "before": found.before, "after": found.after });
        turn.notices.push(self.notice(now, "cheat", words, data));
        turn.cheat = true;
        Ok(())
    }

    fn keep(&self, at: i64, from: &str, note: &str, fits: bool) -> Result<(), CliFault> {
        self.folder.keep(&SeenHead { at, fits, from: from.to_owned(), note: note.to_owned() })
    }

    fn name(&self) -> String {
        self.follower.as_ref().map_or(self.log.base(), Follower::origin).to_owned()
    }

    fn notice(&self, at: i64, kind: &'static str, words: String, data: Value) -> Notice {
        Notice { at, log: self.name(), kind, words, data }
    }
}

/// The head in a note, whoever signed it.
fn head_in(note: &str) -> Option<Checkpoint> {
    note.parse::<Note>().ok()?.text.parse().ok()
}
