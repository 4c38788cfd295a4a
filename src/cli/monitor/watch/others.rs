//! What others have to do with a watched log: the witnesses under its head, and the heads that peers saw.

use std::sync::atomic::Ordering;

use audit::{
    follow::{Agreement, Cheat, Evidence, Follower},
    log::{cosignature::CosignerKey, note::Note, policy::Witnessed},
};
use serde_json::json;

use super::{
    super::{Watching, evidence, notice::time, peers::Peer, words::counted},
    Turn, Watch, head_in,
};
use crate::cli::CliFault;

impl Watch {
    /// The note with the signatures of the log and of known witnesses only: anybody on the way can add others, without end.
    /// What bears a witness's key and is not the witness's is said, and kept as evidence.
    pub(super) fn trimmed(
        &mut self,
        with: &Watching,
        follower: &Follower,
        note: String,
        turn: &mut Turn,
        now: i64,
    ) -> Result<String, CliFault> {
        let Ok(mut parsed) = note.parse::<Note>() else { return Ok(note) };
        if parsed.verify(follower.key()).is_err() {
            return Ok(note);
        }
        let policy = follower.content().round().and_then(|round| round.rules.witnesses.clone());
        let named = policy.map_or_else(Vec::new, |policy| policy.witnessed(&parsed).forged);
        let mut forged = [named, Witnessed::of(with.witnesses.iter().cloned(), 0, &parsed).forged].concat();
        forged.sort_unstable();
        forged.dedup();
        self.made_up(with, turn, now, forged, &note)?;
        self.known_only(with, follower, &mut parsed);
        Ok(parsed.to_string())
    }

    fn known_only(&self, with: &Watching, follower: &Follower, note: &mut Note) {
        let rules = follower.content().round().and_then(|round| round.rules.witnesses.as_ref());
        let rules = rules.into_iter().flat_map(|policy| &policy.keys).filter_map(|key| key.parse().ok());
        let known: Vec<CosignerKey> = rules.chain(with.witnesses.iter().cloned()).collect();
        let mut seen = Vec::new();
        let text = note.text.clone();
        note.signatures.retain(|line| {
            let one = Note { text: text.clone(), signatures: vec![line.clone()] };
            let holds = one.verify(follower.key()).is_ok() || known.iter().any(|key| key.verify(&text, line).is_ok());
            let first = !seen.contains(&(line.name.clone(), line.key_id));
            if holds {
                seen.push((line.name.clone(), line.key_id));
            }
            holds && first
        });
    }

    /// Said when it changes: it is nothing against the log, and ends no watch.
    fn made_up(
        &mut self,
        with: &Watching,
        turn: &mut Turn,
        now: i64,
        forged: Vec<String>,
        note: &str,
    ) -> Result<(), CliFault> {
        if !forged.is_empty() {
            with.forged.store(true, Ordering::Relaxed);
        }
        if !forged.is_empty() && forged != self.forged {
            let folder = evidence::forged(&self.folder, &self.name(), self.log.base(), now, &forged, note)?;
            let names = forged.join(", ");
            let words = format!(
                "ATTENTION: the cosignature of {names} under the head is not the witness's: whoever serves it made it up; evidence: {folder}"
            );
            let data = json!({ "witnesses": forged, "evidence": folder });
            turn.notices.push(self.notice(now, "forged-cosignature", words, data));
        }
        self.forged = forged;
        Ok(())
    }

    /// Who cosigned the head, of those whom the rules or the command name.
    pub(super) fn witnesses(&mut self, with: &Watching, turn: &mut Turn, now: i64, note: &str) -> Result<(), CliFault> {
        let Some(follower) = &self.follower else { return Ok(()) };
        let policy = follower.content().round().and_then(|round| round.rules.witnesses.clone());
        let Ok(parsed) = note.parse::<Note>() else { return Ok(()) };
        let (mut signed, mut asked) = (Vec::new(), with.witnesses.len());
        let mut quorum = None;
        if let Some(policy) = policy {
            let found = policy.witnessed(&parsed);
            asked += policy.keys.len();
            quorum = Some((found.signed.len(), policy.quorum));
            signed.extend(found.signed.into_iter().map(|(key, _)| key.name));
        }
        // The command asks for names, not for a number of them.
        let named = Witnessed::of(with.witnesses.iter().cloned(), 0, &parsed);
        signed.extend(named.signed.into_iter().map(|(key, _)| key.name));
        signed.sort_unstable();
        signed.dedup();
        if asked > 0 && signed != self.memory.witnesses {
            let enough = quorum.map_or(String::new(), |(found, needed)| {
                format!("; the rules ask for {needed}, {found} of theirs signed")
            });
            let names = if signed.is_empty() { "nobody yet".to_owned() } else { signed.join(", ") };
            let words = format!("witnesses under this head: {names}{enough}");
            let data = json!({ "signed": signed, "quorum": quorum.map(|(_, needed)| needed) });
            turn.notices.push(self.notice(now, "witnesses", words, data));
        }
        self.memory.witnesses = signed;
        Ok(())
    }

    pub(super) async fn ask_peers(&mut self, with: &Watching, turn: &mut Turn, now: i64) -> Result<(), CliFault> {
        let Some(follower) = self.follower.clone() else { return Ok(()) };
        for peer in &with.peers {
            let notes = match peer.heads(follower.origin()).await {
                Ok(notes) => notes,
                Err(missing) => {
                    let words = format!("{} gives no heads to compare with: {missing}", peer.name());
                    turn.notices.push(self.notice(now, "peer-silent", words, json!({ "peer": peer.name() })));
                    continue;
                }
            };
            for note in notes {
                if let Some(found) = self.compared(with, turn, now, &follower, peer, note).await? {
                    return self.alarm(turn, now, &found);
                }
            }
        }
        let size = follower.head().map_or(0, |head| head.size);
        let peers = self.memory.pending.iter().filter(|pending| !pending.own);
        let heads = peers.filter_map(|pending| Some((head_in(&pending.note)?.size, pending.note.clone())));
        let ahead = heads.filter(|(theirs, _)| *theirs > size).max();
        self.hidden(with, turn, now, ahead)
    }

    /// Holds a head that a peer saw against the log, and keeps it; the evidence if they are of two logs.
    async fn compared(
        &mut self,
        with: &Watching,
        turn: &mut Turn,
        now: i64,
        follower: &Follower,
        peer: &Peer,
        note: String,
    ) -> Result<Option<Evidence>, CliFault> {
        let (head, name) = (head_in(&note), peer.name());
        if head.as_ref().is_some_and(|head| self.agreed.get(&head.size) == Some(&head.root)) {
            return Ok(None);
        }
        match peer.compare(follower, &self.log, note.clone()).await? {
            Ok(Agreement::Agrees) => {
                self.keep(now, &name, &note, true)?;
                self.agreed.extend(head.map(|head| (head.size, head.root)));
            }
            Ok(Agreement::Ahead) => {
                let split = head.as_ref().and_then(|head| self.against_pending(head, &note));
                if let Some(found) = split.filter(|found| matches!(found.cheat, Cheat::Split { .. })) {
                    self.keep(now, &name, &note, false)?;
                    return Ok(Some(found));
                }
                let mut parsed = note.parse().map_err(CliFault::other)?;
                self.known_only(with, follower, &mut parsed);
                self.pend(now, name, &parsed.to_string(), false)?;
            }
            Ok(Agreement::Split(found)) => {
                self.keep(now, &name, &note, false)?;
                return Ok(Some(*found));
            }
            Ok(Agreement::NotSigned(fault)) => {
                let words = format!(
                    "{name} shows a head that this log's key did not sign, from which nothing follows: {fault}"
                );
                turn.notices.push(self.notice(now, "peer-not-signed", words, json!({ "peer": name })));
            }
            Err(trouble) => {
                let words = format!("a head of {name} could not be compared yet: {trouble}");
                turn.notices.push(self.notice(now, "peer-silent", words, json!({ "peer": name })));
            }
        }
        Ok(None)
    }

    /// Somebody saw a longer log than this address shows: a moment later it should show as much.
    fn hidden(
        &mut self,
        with: &Watching,
        turn: &mut Turn,
        now: i64,
        ahead: Option<(u64, String)>,
    ) -> Result<(), CliFault> {
        let Some((size, note)) = ahead else {
            self.memory.ahead = None;
            return Ok(());
        };
        let since = self.memory.ahead.map_or(now, |(_, since)| since);
        if self.memory.ahead.is_none() {
            let words = format!(
                "somebody saw a signed head of {}, and this address shows fewer; asking again",
                counted(size, "line", "lines")
            );
            turn.notices.push(self.notice(now, "ahead", words, json!({ "size": size })));
        }
        self.memory.ahead = Some((size, since));
        if now.saturating_sub(since) < with.patience {
            return Ok(());
        }
        let lines = counted(size, "line", "lines");
        let reason = format!("the log's key signed {lines}, and since {} this address shows fewer", time(since));
        let cheat = Cheat::Withheld { path: "checkpoint".to_owned(), reason, given: false };
        let before = self.follower.as_ref().and_then(Follower::note).map(str::to_owned);
        self.alarm(turn, now, &Evidence { cheat, before, after: note })
    }
}
