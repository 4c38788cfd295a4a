//! Why a witness did not cosign, each with a stable name and words.

/// What came of asking a witness, when it was no cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WitnessFault {
    /// The rules name the witness, the settings do not say where it listens.
    #[error("the settings do not say where this witness listens")]
    NoAddress,
    /// No connection, or one that broke.
    #[error("no connection to the witness")]
    Unreachable,
    /// No whole answer in time.
    #[error("the witness did not answer in time")]
    Slow,
    /// An answer that does not end.
    #[error("the witness's answer is longer than a few signatures")]
    Long,
    /// An answer that the protocol does not have.
    #[error("the witness's answer is not one of C2SP tlog-witness")]
    Form,
    /// A status that the protocol does not have, or one of trouble at the witness.
    #[error("the witness answered with status {0}")]
    Status(u16),
    /// 404.
    #[error("the witness does not know this log")]
    UnknownLog,
    /// 403.
    #[error("the witness knows this log under another key")]
    UnknownKey,
    /// A cosignature of another key, over another head, or none.
    #[error("the answer carries no valid cosignature of this witness's key")]
    Cosignature,
    /// A cosignature of a time that has not come.
    #[error(
        "the witness's cosignature is of a time more than an hour ahead of this server's clock: one of both clocks is wrong"
    )]
    Ahead,
    /// It cosigned a larger size than this database has.
    #[error("this witness has seen a longer log, of {0} lines: this database is older than the log")]
    LongerLog(u64),
    /// It cosigned another log under this name.
    #[error(
        "this witness has seen another log under this name: the lines that it cosigned are not the beginning of these"
    )]
    OtherLog,
}

impl WitnessFault {
    /// Every name, for the tests.
    pub const ALL: [&str; 12] = [
        "no-address",
        "unreachable",
        "slow",
        "long",
        "form",
        "status",
        "unknown-log",
        "unknown-key",
        "cosignature",
        "ahead",
        "longer-log",
        "other-log",
    ];

    /// The stable name.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::NoAddress => "no-address",
            Self::Unreachable => "unreachable",
            Self::Slow => "slow",
            Self::Long => "long",
            Self::Form => "form",
            Self::Status(_) => "status",
            Self::UnknownLog => "unknown-log",
            Self::UnknownKey => "unknown-key",
            Self::Cosignature => "cosignature",
            Self::Ahead => "ahead",
            Self::LongerLog(_) => "longer-log",
            Self::OtherLog => "other-log",
        }
    }

    /// Whether it tells of the witness as a whole, and not of one log.
    #[must_use]
    pub fn is_of_witness(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Slow | Self::Long | Self::Status(429 | 500..))
    }

    /// Whether it tells of a log that is not what it was: nothing that asking again will mend.
    #[must_use]
    pub fn is_alarming(&self) -> bool {
        matches!(self, Self::LongerLog(_) | Self::OtherLog)
    }
}
