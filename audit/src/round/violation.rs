//! Every way in which an event can break the rules of a round's log.

use super::{Act, Phase};
use crate::log::hash::Hash;

/// Why an event may not follow the lines before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A log starts with the rules.
    #[error("the first line must publish the rules")]
    NotPublished,
    /// The rules are published once.
    #[error("the rules are published already; they cannot change")]
    PublishedTwice,
    /// The rules contradict themselves.
    #[error("the rules cannot be published: {0}")]
    Rules(#[from] super::rules::RoundRulesFault),
    /// The step does not exist in this phase.
    #[error("{event} is not possible while the round is {phase}")]
    Phase {
        /// Name of the event.
        event: &'static str,
        /// Phase that the round is in.
        phase: Phase,
    },
    /// Time goes backwards.
    #[error("at: the time {at} is before the line before it ({last})")]
    Time {
        /// Unix second of the event.
        at: i64,
        /// Latest Unix second before it.
        last: i64,
    },
    /// Something else stands where a ballot of an announced batch must.
    #[error("ballots: the batch announced {left} more ballots")]
    BatchCut {
        /// Ballots still missing.
        left: u32,
    },
    /// A ballot outside any batch.
    #[error("envelope: the ballot does not belong to a batch")]
    NoBatch,
    /// A batch that is smaller than the rules allow, or empty.
    #[error("ballots: a batch of {ballots} is smaller than {at_least}")]
    BatchSize {
        /// Announced ballots.
        ballots: u32,
        /// Fewest that the rules allow.
        at_least: u32,
    },
    /// A small batch so soon after another that no promise can have been due.
    #[error("reason: a small batch of the hour {0} cannot be due so soon after the small batch before it")]
    DueAgain(i64),
    /// The ballots of a batch are not sorted by hash, or one stands there twice.
    #[error("envelope: the ballots of a batch must be sorted by hash, each once")]
    BatchOrder,
    /// A time beside ballots that is finer than the hour.
    #[error("hour: {0} is not a full hour")]
    Hour(i64),
    /// Lots take chance that the commission cannot foresee, and nothing else does.
    #[error("chance: the close has 32 bytes of it where the rules draw lots, and else none")]
    Chance,
    /// Only the remaining ballots, the register and the close may follow a closing batch.
    #[error("the closing batch must be followed by the register and the close")]
    Closing,
    /// A number that must grow does not.
    #[error("{field}: {given} does not follow {before}")]
    Count {
        /// Name of the field.
        field: &'static str,
        /// The number in the event.
        given: u64,
        /// The number that it must fit to.
        before: u64,
    },
    /// More credentials than people.
    #[error("count: {issued} credentials for {roll} people on the roll")]
    MoreIssuedThanPeople {
        /// Credentials issued.
        issued: u64,
        /// People on the roll.
        roll: u64,
    },
    /// The voting closes without the register's last step.
    #[error("the close must follow a register step that covers every credential")]
    RegisterMissing,
    /// The act was not proposed, or something else was.
    #[error("by: no proposal to {0:?} waits for a second person")]
    NotProposed(Act),
    /// The second person is not another one, or not of the commission.
    #[error("confirmed: {0} is not a commission member, or proposed the act too")]
    NotConfirmed(String),
    /// Opened or closed by the timetable at another time.
    #[error("at: the timetable says {due}, not {at}")]
    NotDue {
        /// Unix second of the event.
        at: i64,
        /// Unix second that the rules name.
        due: i64,
    },
    /// The close may only move later.
    #[error("closes_at: {given} is not later than {before}")]
    NotLater {
        /// Proposed close.
        given: i64,
        /// Close so far.
        before: i64,
    },
    /// What has ended cannot be made longer.
    #[error("at: the voting ended at {closes_at}, before {at}; it cannot be extended any more")]
    TooLate {
        /// Unix second of the event.
        at: i64,
        /// The close in force.
        closes_at: i64,
    },
    /// The revealed key does not open this round's ballots.
    #[error("key: it does not belong to the sealing key in the rules")]
    OpeningKey,
    /// The count speaks of other ballots than the log holds.
    #[error("outcome: {counted} counted and {replaced} replaced ballots are not the {logged} in the log")]
    Tally {
        /// Ballots counted.
        counted: u64,
        /// Ballots replaced.
        replaced: u64,
        /// Ballots in the log.
        logged: u64,
    },
    /// A signature that does not verify, or of somebody who is no member, or a second one.
    #[error("signature: {0} did not sign this count, is no member, or signed before")]
    Signature(String),
    /// The client is the one that was there already.
    #[error("client: these are the files that browsers are given already")]
    SameClient,
    /// A name that is none of a file, or too many of them.
    #[error("client: at most 32 files, named with a-z, 0-9, '.' and '-'")]
    ClientFiles,
    /// A picture of a territory that is not in the rules.
    #[error("territory: no territory has the number {0}")]
    UnknownTerritory(u32),
    /// A picture without words for who cannot see it, or with words that cannot be read aloud.
    #[error("alt: at least one language of two or three small letters, each with 1 to 300 characters on one line")]
    Alt,
    /// The round has this picture.
    #[error("files: the picture {0} is there already")]
    PictureTwice(Hash),
    /// A territory has as many pictures as it may.
    #[error("territory: {territory} has {most} pictures, no more are taken")]
    Pictures {
        /// Registration number.
        territory: u32,
        /// Most pictures.
        most: usize,
    },
    /// The territory has no such picture.
    #[error("picture: the territory has no picture {0}")]
    UnknownPicture(Hash),
    /// A reason is asked for and missing.
    #[error("reason: must not be empty")]
    Reason,
}
