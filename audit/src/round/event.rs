//! The vocabulary of a round's log. Field and variant names are the wire format: keys in ascending order, no floats, no null.

use std::collections::BTreeMap;

use ballots::Outcome;
use serde::{Deserialize, Serialize};

use super::{
    By, Bytes, RoundRules,
    act::Proposal,
    pictures::{PictureRemoved, Pictured},
};
use crate::log::hash::Hash;

/// One event of a round's log.
#[expect(clippy::large_enum_variant, reason = "the rules come once a log, and events are handled one at a time")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The rules are frozen; always line 0.
    Published(Published),
    /// People were added to the roll.
    RollExtended(RollExtended),
    /// People on the roll were sent new letter codes.
    LettersReplaced(LettersReplaced),
    /// A territory got a picture.
    Pictured(Pictured),
    /// A picture was taken away.
    PictureRemoved(PictureRemoved),
    /// An official asks for an act that needs a second person.
    Proposed(Proposal),
    /// Ballots may be cast from now on.
    VotingOpened(Opening),
    /// Casting stops for a while.
    VotingPaused(Remark),
    /// Casting goes on.
    VotingResumed(Remark),
    /// The close was moved to a later time.
    ClosingExtended(Extension),
    /// The service gives residents' browsers other files from now on.
    ClientReplaced(ClientReplaced),
    /// The next `ballots` lines are ballots, sorted by hash.
    Batch(Batch),
    /// One ballot.
    Ballot(BallotLine),
    /// How many credentials were issued so far, and the hash of the register up to there.
    Register(RegisterStep),
    /// No more ballots.
    VotingClosed(Closing),
    /// The commission revealed the opening key.
    KeyRevealed(KeyRevealed),
    /// The count.
    Tallied(Tallied),
    /// A commission member signed the count.
    Signed(Signed),
    /// The round ended without a result.
    Annulled(Annulment),
}

/// The rules as frozen, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// The frozen rules, whose SHA-256 is the round's fingerprint.
    pub rules: RoundRules,
}

/// People added to the roll; who they are stays off the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollExtended {
    /// How many people this import added.
    pub added: u64,
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// How many are on the roll now.
    pub total: u64,
}

/// New letter codes for people who have no credential yet; who they are stays off the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LettersReplaced {
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// How many people got a new code.
    pub people: u64,
    /// Why, in the official's words.
    pub reason: String,
}

/// A step that the timetable or two people take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unix second.
    pub at: i64,
    /// On whose word.
    pub by: By,
}

/// The voting is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Unix second.
    pub at: i64,
    /// On whose word.
    pub by: By,
    /// Thirty-two bytes of the service's chance, only where the rules draw lots: whoever holds the opening key cannot foresee the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<Bytes>,
}

/// The files that residents' browsers run, by name, with the SHA-256 of each: what a phone got can be compared with them.
pub type Client = BTreeMap<String, Hash>;

/// The voting begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Unix second.
    pub at: i64,
    /// On whose word.
    pub by: By,
    /// What the service gives to browsers.
    pub client: Client,
}

/// Another client, for instance after a repair of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientReplaced {
    /// Unix second.
    pub at: i64,
    /// What the service gives to browsers from now on.
    pub client: Client,
}

/// A step that one official takes, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// Why, in the official's words.
    pub reason: String,
}

/// The close moved to a later time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Unix second.
    pub at: i64,
    /// Handle of the official.
    pub by: String,
    /// The new close, a Unix second later than the old one.
    pub closes_at: i64,
    /// Why, in the official's words.
    pub reason: String,
}

/// Why a batch of ballots was moved into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchReason {
    /// The voting ends: whatever waits is moved.
    Close,
    /// The promised time of some ballot came near, so the batch may be small.
    Due,
    /// At least as many ballots waited as the rules ask.
    Full,
}

/// The heading of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// How many ballot lines follow.
    pub ballots: u32,
    /// Unix second of a full hour: nothing finer stands beside a ballot.
    pub hour: i64,
    /// Why now.
    pub reason: BatchReason,
}

/// One ballot, as cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BallotLine {
    /// The bytes of [`ballots::envelope`].
    pub envelope: Bytes,
}

/// One step of the register of issued credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterStep {
    /// Credentials issued so far.
    pub count: u64,
    /// Hash of this step, see [`super::register`].
    pub hash: Hash,
    /// Unix second of a full hour.
    pub hour: i64,
}

/// The opening key, revealed after the close.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevealed {
    /// Unix second.
    pub at: i64,
    /// Handle of the commission member.
    pub by: String,
    /// P-256 scalar, 32 bytes big-endian.
    pub key: Bytes,
}

/// The count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tallied {
    /// Unix second.
    pub at: i64,
    /// Standings, ties and winners.
    pub outcome: Outcome,
    /// Ballots replaced by a later version of the same credential, and so not counted.
    pub replaced: u64,
}

/// One signature under the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// Unix second.
    pub at: i64,
    /// Handle of the commission member.
    pub member: String,
    /// Ed25519 signature over [`super::certificate::message`].
    pub signature: Bytes,
}

/// The end of a round that has no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annulment {
    /// Unix second.
    pub at: i64,
    /// On whose word.
    pub by: By,
    /// Why.
    pub reason: String,
}
