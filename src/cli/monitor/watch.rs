//! One log under watch: a look at its head, what follows from it, and what is remembered.

mod others;
mod pending;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use audit::{
    follow::{Cheat, Content, Evidence, Follower, Missing, Step, Trouble},
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

/// Shortest and longest time for the lines of one look.
const SHORTEST_LOOK: Duration = Duration::from_secs(60);
const LONGEST_LOOK: Duration = Duration::from_secs(24 * 3600);

/// A log, how far it was followed, and where that is kept.
pub(super) struct Watch {
    log: LogAddress,
    folder: LogFolder,
    memory: Memory,
    follower: Option<Follower>,
    /// Roots of heads that are known to be of one log, by size.
    agreed: BTreeMap<u64, Hash>,
    /// The newest note of this address that is kept.
    kept: Option<String>,
    /// Witnesses whose cosignature was found made up, as it was said.
    forged: Vec<String>,
    /// The end of the log's name that its address asks for.
    named: Option<String>,
}

/// What one look showed.
#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) notices: Vec<Notice>,
    pub(super) cheat: bool,
    /// Whether the log could not be looked at as it must.
    pub(super) trouble: bool,
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
        let (mut agreed, mut kept) = (BTreeMap::new(), None);
        for seen in folder.heads()?.into_iter().filter(|seen| seen.fits) {
            agreed.extend(head_in(&seen.note).map(|head| (head.size, head.root)));
            kept = if seen.from == log.base() { Some(seen.note) } else { kept };
        }
        let named = named(log.base());
        Ok(Self { log, folder, memory, follower, agreed, kept, forged: Vec::new(), named })
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
        if given.is_empty() || given.contains(follower.key()) {
            return Ok(());
        }
        let (folder, key) = (self.folder.0.display(), follower.key());
        let given: Vec<_> = given.iter().map(ToString::to_string).collect();
        let given = given.join(", ");
        Err(CliFault::Other(format!("{folder} holds what was signed with {key}, not with the given key {given}")))
    }

    async fn look(&mut self, with: &Watching, turn: &mut Turn, now: i64, note: String) -> Result<(), CliFault> {
        let follower = match self.first_follower(with, &note).await {
            Ok(follower) => follower,
            Err(missing) => return self.silent(with, turn, now, missing.to_string(), None),
        };
        let raw = note.clone();
        let note = self.trimmed(with, &follower, note, turn, now)?;
        let signed = Checkpoint::open(&note, follower.key()).ok();
        if let Some(found) = signed.as_ref().and_then(|head| self.against_pending(head, &note)) {
            self.keep(now, self.log.base(), &note, false)?;
            return self.alarm(turn, now, &found);
        }
        let (next, stepped, changes) = self.step(with, follower.clone(), note.clone()).await?;
        let lacking = match &stepped {
            Err(_) => true,
            Ok(Step::Cheat(found)) => matches!(found.cheat, Cheat::Withheld { .. }),
            Ok(_) => false,
        };
        if lacking && signed.is_some() {
            self.follower.get_or_insert(follower);
            self.pend(now, self.log.base().to_owned(), &note, true)?;
        }
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
                if let Some(found) = self.reached(&next).await? {
                    self.keep(now, self.log.base(), &note, false)?;
                    return self.alarm(turn, now, &found);
                }
                // The rules, which may name witnesses, are known only now.
                let note = self.trimmed(with, &next, raw, turn, now)?;
                self.follower = Some(next);
                self.followed(with, turn, now, (&step, &changes), &note)
            }
        }
    }

    /// Follows the log to a head, on a thread that may wait; the follower as it is then, and what was told on the way.
    async fn step(
        &self,
        with: &Watching,
        mut next: Follower,
        note: String,
    ) -> Result<(Follower, Result<Step, Trouble>, Changes), CliFault> {
        // A log that never ends is a log that does not answer.
        let most = Duration::from_secs(with.patience.unsigned_abs()).clamp(SHORTEST_LOOK, LONGEST_LOOK);
        let mut source = self.log.blocking_until(Instant::now() + most);
        let work = move || {
            let mut changes = Changes::default();
            let stepped = next.step(&note, &mut source, &mut |index, told| changes.take(index, told));
            (next, stepped, changes)
        };
        tokio::task::spawn_blocking(work).await.map_err(CliFault::other)
    }

    /// What a step to a head brings that nothing speaks against.
    fn followed(
        &mut self,
        with: &Watching,
        turn: &mut Turn,
        now: i64,
        (step, changes): (&Step, &Changes),
        note: &str,
    ) -> Result<(), CliFault> {
        if !self.memory.pending.iter().any(|pending| pending.own) {
            self.answered(turn, now);
        }
        self.grown(turn, now, step, changes, note)?;
        self.promises(turn, now);
        self.witnesses(with, turn, now, note)
    }

    /// The follower so far, or a new one with the key that was given, or else the key that the server has.
    async fn first_follower(&self, with: &Watching, note: &str) -> Result<Follower, Missing> {
        if let Some(follower) = &self.follower {
            self.fits_address(follower.origin())?;
            return Ok(follower.clone());
        }
        let origin = note.lines().next().unwrap_or_default();
        self.fits_address(origin)?;
        let given: Option<&VerifierKey> = with.keys.iter().find(|key| key.name == origin);
        match given {
            Some(key) => Ok(Follower::new(key.clone())),
            None if with.keys.is_empty() => {
                let key = self.log.key().await?;
                self.fits_address(&key.name)?;
                Ok(Follower::new(key))
            }
            None => Err(Missing::Trouble(format!("none of the given log keys is of {origin}"))),
        }
    }

    /// A log of another name under a round's address is not the round's.
    fn fits_address(&self, origin: &str) -> Result<(), Missing> {
        match &self.named {
            Some(end) if !origin.ends_with(end.as_str()) => Err(Missing::Trouble(format!(
                "refused: the log at {} calls itself {origin}, which does not end in {end}: it is another log",
                self.log.base()
            ))),
            _ => Ok(()),
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
        turn.trouble = true;
        let since = self.memory.trouble.as_ref().map_or(now, |(_, since)| *since);
        if self.memory.trouble.as_ref().is_none_or(|(before, _)| *before != what) {
            let words = format!(
                "no use to be made of the answer, which is nobody's cheat yet: {what}; asking again until {}",
                time(since.saturating_add(with.patience))
            );
            turn.notices.push(self.notice(now, "trouble", words, json!({ "what": what, "since": since })));
        }
        self.memory.trouble = Some((what.clone(), since));
        // The look itself may have taken long.
        if with.clock.now().saturating_sub(since) < with.patience {
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
        if self.kept.as_deref() != Some(note) {
            self.keep(now, self.log.base(), note, true)?;
            self.kept = Some(note.to_owned());
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
        let judged = self.follower.as_ref().is_some_and(|follower| *follower.content() != Content::Any);
        let words = match from {
            0 if !judged => format!(
                "followed from its first line: {}; its name is of no log known here, so what they say cannot be judged",
                counted(*to, "line", "lines")
            ),
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
        let words = format!("ATTENTION: {}", facts.what,);
        let more = vec![
            evidence::meaning(&found.cheat).to_owned(),
            format!("Evidence: {folder}"),
            "Keep that folder, copy it elsewhere, and show it to the commission, the witnesses and other monitors."
                .to_owned(),
        ];
        let data = json!({ "cheat": facts.cheat, "what": facts.what, "evidence": folder, "before": found.before, "after": found.after });
        turn.notices.push(Notice { more, ..self.notice(now, "cheat", words, data) });
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
        Notice { at, log: self.name(), kind, words, more: Vec::new(), data }
    }
}

/// The head in a note, whoever signed it.
fn head_in(note: &str) -> Option<Checkpoint> {
    note.parse::<Note>().ok()?.text.parse().ok()
}

/// How the name of a round's or the office's log at this address must end; other addresses name no log.
fn named(base: &str) -> Option<String> {
    let mut parts = base.trim_end_matches("/log").rsplit('/');
    match (parts.next()?, parts.next()?) {
        ("office", _) => Some("/office".to_owned()),
        (slug, "rounds") => Some(format!("/rounds/{slug}")),
        _ => None,
    }
}
