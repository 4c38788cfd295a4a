//! The catalogue of every "no" in the rules, each with a stable slug.

use audit::{office::OfficeViolation, round::Violation};
use ballots::envelope::EnvelopeFault;

/// Why the service does not do what it was asked. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such round, or only a draft.
    #[error("there is no round of this name")]
    UnknownRound,
    /// The letter code is unknown, mistaken or burned: one answer for all three.
    #[error("the code is not valid; check each letter, or ask the commission for another letter")]
    Code,
    /// A code with a wrong number of letters or wrong check letters: a slip of typing, not a guess.
    #[error("the code was mistyped: {0}")]
    CodeMistyped(String),
    /// Too young on the day that the rules name.
    #[error("voters must be {minimum}; you reach this age on {on}")]
    UnderAge {
        /// Age in full years.
        minimum: u8,
        /// Day on which the person reaches it, YYYY-MM-DD.
        on: String,
    },
    /// The round is held in another district.
    #[error("this round is for residents of {district}")]
    WrongDistrict {
        /// The district that votes.
        district: String,
    },
    /// The registrar's session is missing, forged or over.
    #[error("identify yourself again: the session is missing or over")]
    Session,
    /// The session was opened with a letter that was replaced since.
    #[error(
        "your letter was replaced by a new one: identify yourself with the new letter's code; if you did not ask for it, tell the commission"
    )]
    LetterReplaced,
    /// A blinded message that is not a number below the issuer's modulus.
    #[error("the blinded message is not one for this round's issuer key")]
    BlindedMessage,
    /// This person has a credential for another blinded message.
    #[error("a credential was issued in your name already; restore it with the second half of your letter code")]
    AlreadyIssued,
    /// Credentials are issued from publication to the close.
    #[error("credentials are not issued while the round is {0}")]
    NotIssuing(String),
    /// Backup of a credential is missing.
    #[error("no credential was saved under this code")]
    NoBackup,
    /// Backup of another length.
    #[error("a saved credential must have {0} bytes")]
    BackupLength(usize),
    /// A ballot that is refused by its bytes alone.
    #[error("{0}")]
    Envelope(#[from] EnvelopeFault),
    /// Voting has not begun.
    #[error("voting has not begun")]
    NotOpenYet,
    /// Voting is interrupted.
    #[error("voting is paused; your ballot was NOT counted, cast it again later")]
    Paused,
    /// Voting is over.
    #[error("voting is closed; your ballot was NOT counted")]
    Closed,
    /// Another ballot with this version or a higher one was accepted.
    #[error("this credential has cast version {accepted} already; the next must be higher")]
    VersionNotGrowing {
        /// Highest version accepted.
        accepted: u32,
    },
    /// No ballot with this hash was accepted.
    #[error("no ballot with this hash was accepted in this round")]
    UnknownBallot,
    /// The token is missing, unknown or revoked.
    #[error("a valid staff token is needed")]
    Token,
    /// The token's owner has another role.
    #[error("your role does not allow this")]
    NotAllowed,
    /// The draft or the event breaks the rules of rounds.
    #[error("{0}")]
    Round(#[from] Violation),
    /// The event breaks the rules of the office.
    #[error("{0}")]
    Office(#[from] OfficeViolation),
    /// A round of this name exists.
    #[error("there is a round of this name already, and its rules are frozen")]
    Frozen,
    /// The import holds a mistake; nothing of it was taken.
    #[error("person {number} of the import: {reason}; nothing was imported")]
    Roll {
        /// Place in the import, from 1.
        number: usize,
        /// What is wrong.
        reason: String,
    },
    /// An upload that is no picture, too large, or damaged.
    #[error("{0}")]
    Picture(String),
    /// No such picture, or it was removed.
    #[error("there is no such picture, or it was removed")]
    UnknownPicture,
    /// The log does not reach so far, or holds nothing of this name.
    #[error("the log holds nothing under this address, or does not reach so far yet")]
    NotInLog,
    /// No proposal waits for a second person.
    #[error("no proposal waits for a second person")]
    NothingProposed,
    /// The result is not there yet.
    #[error("the round is {0}; the result is there after the count")]
    NoResultYet(String),
    /// A request that cannot be understood.
    #[error("{0}")]
    Malformed(String),
    /// Too much waits already.
    #[error("the service is at its limit; try again in {seconds} s. Nothing was stored")]
    Overloaded {
        /// Seconds to wait.
        seconds: u32,
    },
    /// Witnesses, or this node itself, have seen more of the log than the database has, or another log.
    #[error(
        "this server's database is older than the log that was signed, or another; nothing is taken until it is put \
         right, and your request was NOT taken"
    )]
    LogBehind {
        /// Seconds to wait.
        seconds: u32,
    },
    /// Too many tries.
    #[error("too many tries; try again in {seconds} s")]
    TooMany {
        /// Seconds to wait.
        seconds: u32,
    },
}

impl Refusal {
    /// Every slug, for the tests and the documents.
    pub const ALL: [&str; 36] = [
        "unknown-round",
        "code",
        "code-mistyped",
        "under-age",
        "wrong-district",
        "session",
        "letter-replaced",
        "blinded-message",
        "already-issued",
        "not-issuing",
        "no-backup",
        "backup-length",
        "ballot-length",
        "ballot-format",
        "ballot-other-round",
        "ballot-version",
        "ballot-credential",
        "ballot-issuer-signature",
        "ballot-signature",
        "not-open-yet",
        "paused",
        "closed",
        "version-not-growing",
        "unknown-ballot",
        "token",
        "not-allowed",
        "not-now",
        "rules",
        "picture",
        "unknown-picture",
        "not-in-log",
        "malformed",
        "overloaded",
        "log-behind",
        "too-many",
        "no-result-yet",
    ];

    /// The stable name, as in the problem type's address.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::UnknownRound => "unknown-round",
            Self::Code => "code",
            Self::CodeMistyped(_) => "code-mistyped",
            Self::UnderAge { .. } => "under-age",
            Self::WrongDistrict { .. } => "wrong-district",
            Self::Session => "session",
            Self::LetterReplaced => "letter-replaced",
            Self::BlindedMessage => "blinded-message",
            Self::AlreadyIssued => "already-issued",
            Self::NotIssuing(_) => "not-issuing",
            Self::NoBackup => "no-backup",
            Self::BackupLength(_) => "backup-length",
            Self::Envelope(fault) => envelope_slug(fault),
            Self::NotOpenYet => "not-open-yet",
            Self::Paused => "paused",
            Self::Closed => "closed",
            Self::VersionNotGrowing { .. } => "version-not-growing",
            Self::UnknownBallot => "unknown-ballot",
            Self::Token => "token",
            Self::NotAllowed => "not-allowed",
            Self::Round(Violation::Rules(_) | Violation::Alt | Violation::UnknownTerritory(_))
            | Self::Office(_)
            | Self::Roll { .. } => "rules",
            Self::Picture(_) => "picture",
            Self::UnknownPicture => "unknown-picture",
            Self::NotInLog => "not-in-log",
            Self::Round(_) | Self::Frozen | Self::NothingProposed => "not-now",
            Self::NoResultYet(_) => "no-result-yet",
            Self::Malformed(_) => "malformed",
            Self::Overloaded { .. } => "overloaded",
            Self::LogBehind { .. } => "log-behind",
            Self::TooMany { .. } => "too-many",
        }
    }
}

fn envelope_slug(fault: &EnvelopeFault) -> &'static str {
    match fault {
        EnvelopeFault::Length { .. } => "ballot-length",
        EnvelopeFault::Format(_) => "ballot-format",
        EnvelopeFault::OtherRound => "ballot-other-round",
        EnvelopeFault::Version => "ballot-version",
        EnvelopeFault::Credential => "ballot-credential",
        EnvelopeFault::IssuerSignature => "ballot-issuer-signature",
        EnvelopeFault::Signature => "ballot-signature",
    }
}
