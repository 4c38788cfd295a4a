//! What others have to do with a watched log: the witnesses under its head, and the heads that peers saw.

use audit::{
    follow::{Agreement, Cheat, Evidence, Follower},
    log::{note::Note, policy::Witnessed},
};
use serde_json::json;

use super::{
    super::{Watching, notice::time, words::counted},
    Turn, Watch, head_in,
};
use crate::cli::CliFault;

impl Watch {
    /// Who cosigned the head, of those whom the rules or the command name.
    pub(super) fn witnesses(&mut self, with: &Watching, turn: &mut Turn, now: i64, note: &str) -> Result<(), CliFault> {
        let Some(follower) = &self.follower else { return Ok(()) };
        let policy = follower.content().round().and_then(|round| round.rules.witnesses.clone());
        let Ok(parsed) = note.parse::<Note>() else { return Ok(()) };
        let (mut signed, mut forged, mut asked) = (Vec::new(), Vec::new(), with.witnesses.len());
        let mut quorum = None;
        if let Some(policy) = policy {
            let found = policy.witnessed(&parsed);
            asked += policy.keys.len();
            quorum = Some((found.signed.len(), policy.quorum));
            signed.extend(found.signed.into_iter().map(|(key, _)| key.name));
            forged.extend(found.forged);
        }
        // The command asks for names, not for a number of them.
        let named = Witnessed::of(with.witnesses.iter().cloned(), 0, &parsed);
        signed.extend(named.signed.into_iter().map(|(key, _)| key.name));
        forged.extend(named.forged);
        signed.sort_unstable();
        signed.dedup();
        if let Some(name) = forged.first() {
            let words = format!(
                "ATTENTION: the cosignature of {name} under the head is not the witness's: whoever serves it made it up; the note is in heads.jsonl"
            );
            turn.notices.push(self.notice(now, "forged-cosignature", words, json!({ "witnesses": forged })));
            turn.cheat = true;
        }
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
        let mut ahead = None;
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
                let head = head_in(&note);
                if head.as_ref().is_some_and(|head| self.agreed.get(&head.size) == Some(&head.root)) {
                    continue;
                }
                match peer.compare(&follower, &self.log, note.clone()).await? {
                    Ok(Agreement::Agrees) => {
                        self.keep(now, &peer.name(), &note, true)?;
                        self.agreed.extend(head.map(|head| (head.size, head.root)));
                    }
                    Ok(Agreement::Ahead) => ahead = ahead.max(head.map(|head| (head.size, note))),
                    Ok(Agreement::Split(found)) => {
                        self.keep(now, &peer.name(), &note, false)?;
                        return self.alarm(turn, now, &found);
                    }
                    Ok(Agreement::NotSigned(fault)) => {
                        let words = format!(
                            "{} shows a head that this log's key did not sign, from which nothing follows: {fault}",
                            peer.name()
                        );
                        turn.notices.push(self.notice(now, "peer-not-signed", words, json!({ "peer": peer.name() })));
                    }
                    Err(trouble) => {
                        let words = format!("a head of {} could not be compared yet: {trouble}", peer.name());
                        turn.notices.push(self.notice(now, "peer-silent", words, json!({ "peer": peer.name() })));
                    }
                }
            }
        }
        self.hidden(with, turn, now, ahead)
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
