//! What new lines of a log say, in words: one sentence for each act, and all ballots of a look together.

use std::fmt::Display;

use audit::{
    follow::Told,
    office::OfficeEvent,
    round::{Act, By, Event, Phase, Round, event::Tallied},
};
use serde::Serialize;

use super::notice::time;

/// What came with the lines of one look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Acts with the index of their line.
    pub(super) acts: Vec<Done>,
    /// Ballot lines.
    pub(super) ballots: u64,
    /// Batches.
    pub(super) batches: u64,
}

/// One act.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Done {
    /// Index of its line.
    pub(super) index: u64,
    /// In words.
    pub(super) words: String,
}

impl Changes {
    /// Takes note of a line.
    pub(super) fn take(&mut self, index: u64, told: Told<'_>) {
        let words = match told {
            Told::Round(Event::Ballot(_), _) => {
                self.ballots += 1;
                return;
            }
            Told::Round(Event::Batch(_), _) => {
                self.batches += 1;
                return;
            }
            Told::Round(event, round) => act(event, round),
            Told::Office(event) => office(event),
            Told::Line(_) => return,
        };
        self.acts.push(Done { index, words });
    }
}

/// A number and what is counted.
pub(super) fn counted<N: Display + From<u8> + PartialEq>(number: N, one: &str, many: &str) -> String {
    let noun = if number == N::from(1) { one } else { many };
    format!("{number} {noun}")
}

fn act(event: &Event, round: &Round) -> String {
    match event {
        Event::Published(one) => format!(
            "the rules were published by {}: “{}”, open {} to {}, fingerprint {}",
            one.by,
            one.rules.title,
            time(one.rules.opens_at),
            time(one.rules.closes_at),
            round.fingerprint
        ),
        Event::RollExtended(one) => {
            let people = counted(one.added, "person was", "people were");
            format!("{people} added to the roll by {}; now {}", one.by, one.total)
        }
        Event::LettersReplaced(one) => {
            let people = counted(one.people, "person was sent a new letter", "people were sent new letters");
            format!("{people} by {}: {}", one.by, one.reason)
        }
        Event::Pictured(one) => format!("territory {} got a picture, by {}", one.territory, one.by),
        Event::PictureRemoved(one) => {
            format!("territory {} lost a picture, by {}: {}", one.territory, one.by, one.reason)
        }
        Event::Proposed(one) => format!("{} proposed to {} the round: {}", one.by, verb(one.act), one.reason),
        Event::VotingOpened(one) => format!("the voting was opened {}", by(&one.by)),
        Event::VotingPaused(one) => format!("the voting was paused by {}: {}", one.by, one.reason),
        Event::VotingResumed(one) => format!("the voting goes on, by {}: {}", one.by, one.reason),
        Event::ClosingExtended(one) => {
            format!("the close was moved to {} by {}: {}", time(one.closes_at), one.by, one.reason)
        }
        Event::ClientReplaced(one) => {
            let files = counted(one.client.len(), "file", "files");
            format!("browsers are given another program from now on: {files}")
        }
        Event::Register(one) => {
            let credentials = counted(one.count, "credential was", "credentials were");
            format!("{credentials} issued so far, for {} on the roll", counted(round.roll, "person", "people"))
        }
        Event::VotingClosed(one) => {
            let ballots = counted(round.ballots, "ballot", "ballots");
            format!("the voting was closed {}, with {ballots} in the log", by(&one.by))
        }
        Event::KeyRevealed(one) => {
            format!("the opening key was revealed by {}: anybody can open the ballots now", one.by)
        }
        Event::Tallied(one) => tallied(one),
        Event::Signed(one) => {
            let certified = if round.phase == Phase::Certified { "; the result is certified" } else { "" };
            format!(
                "{} signed the count: {} of {}{certified}",
                one.member,
                round.signed.len(),
                counted(round.rules.quorum, "signature", "signatures")
            )
        }
        Event::Annulled(one) => format!("the round was annulled {}: {}", by(&one.by), one.reason),
        Event::Batch(_) | Event::Ballot(_) => String::new(),
    }
}

fn tallied(tallied: &Tallied) -> String {
    let outcome = &tallied.outcome;
    let replaced = counted(tallied.replaced, "replaced by a later one", "replaced by later ones");
    let Some(needed) = outcome.needed else {
        let selected = if outcome.winners.is_empty() { "nothing".to_owned() } else { outcome.winners.join(", ") };
        return format!("the ballots were counted: {} counted, {replaced}; selected: {selected}", outcome.ballots);
    };
    let needed = counted(needed, "valid ballot was", "valid ballots were");
    let cast = counted(outcome.valid(), "was", "were");
    format!("too few voted: {needed} needed, {cast} cast, {replaced}; the round has no result")
}

fn office(event: &OfficeEvent) -> String {
    match event {
        OfficeEvent::Founded(one) => format!("the office's log was founded, key {}", one.log_key),
        OfficeEvent::StaffAdded(one) => format!("{} is on the staff from now on", one.handle),
        OfficeEvent::StaffRevoked(one) => format!("{} is not on the staff any more", one.handle),
        OfficeEvent::RoundDrafted(one) => format!("{} drafted the round {}", one.by, one.slug),
    }
}

fn by(by: &By) -> String {
    match by {
        By::Schedule => "by the timetable".to_owned(),
        By::Two { confirmed, proposed } => format!("by {proposed} and {confirmed}"),
    }
}

const fn verb(act: Act) -> &'static str {
    match act {
        Act::Annul => "annul",
        Act::Close => "close",
        Act::Open => "open",
    }
}

/// Seconds that a service may take over what its timetable says.
const GRACE: i64 = 900;

/// Promises of the rules that the log should have kept by now.
pub(super) fn overdue(round: &Round, now: i64) -> Vec<String> {
    let (opens, closes) = (round.rules.opens_at, round.closes_at);
    let mut found = Vec::new();
    if round.phase == Phase::Published && now > opens + GRACE {
        found.push(format!("overdue: the voting should have been opened at {}", time(opens)));
    }
    if matches!(round.phase, Phase::Published | Phase::Open | Phase::Paused) && now > closes + GRACE {
        found.push(format!(
            "overdue: the voting should have been closed at {}, and ballots be in the log",
            time(closes)
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_is_not_many() {
        let batches = [0_u64, 1, 2].map(|number| counted(number, "batch", "batches"));
        assert_eq!(batches, ["0 batches", "1 batch", "2 batches"]);
    }

    /// The line of a count of three ballots, one of them invalid, that selected `winners`, or was void for want of `needed`.
    fn told(needed: Option<u64>, winners: &[&str]) -> String {
        let outcome = json!({
            "ballots": 3, "blank": 0, "invalid": { "unreadable": 1 }, "needed": needed, "rounds": [], "standings": [],
            "ties": [], "winners": winners,
        });
        tallied(&serde_json::from_value(json!({ "at": 0, "outcome": outcome, "replaced": 1 })).unwrap())
    }

    #[test]
    fn a_void_round_is_told_by_what_was_missing() {
        let words = "too few voted: 4 valid ballots were needed, 2 were cast, 1 replaced by a later one; the round has no result";
        assert_eq!(told(Some(4), &[]), words);
    }

    #[test]
    fn a_count_is_told_by_what_it_selected() {
        let all = [&["t2", "t1"][..], &[]].map(|winners| told(None, winners));
        let counted = "the ballots were counted: 3 counted, 1 replaced by a later one; selected:";
        assert_eq!(all, [format!("{counted} t2, t1"), format!("{counted} nothing")]);
    }
}
