//! The witnesses of a round's log, in words: who they are, how far each has signed, and what is wrong when one has not.

use super::texts::Texts;
use crate::domain::WitnessFault;

/// The section about witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnesses {
    /// What the rules ask for.
    pub lead: String,
    /// Each witness.
    pub rows: Vec<Row>,
}

/// One witness in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Name in its key.
    pub name: String,
    /// How far it has signed.
    pub signed: String,
    /// What is wrong, if anything is.
    pub fault: Option<String>,
}

/// What is known of one witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its verifier key.
    pub key: String,
    /// Whether the rules name it.
    pub in_rules: bool,
    /// Largest size that it cosigned, and when, a Unix second.
    pub cosigned: Option<(u64, i64)>,
    /// What is wrong.
    pub fault: Option<WitnessFault>,
}

impl Witnesses {
    /// The section of a round in this time zone whose rules ask for so many cosignatures.
    #[must_use]
    pub fn new(t: &Texts, zone: &str, quorum: u16, seen: &[Seen]) -> Self {
        let named = seen.iter().filter(|seen| seen.in_rules).count();
        let lead = match (quorum, seen.is_empty()) {
            (0, true) => t.witnesses_none(),
            (0, false) => t.witnesses_beyond(),
            _ => t.witnesses_asked(named, quorum),
        };
        let row = |seen: &Seen| Row {
            name: seen.key.split('+').next().unwrap_or_default().to_owned(),
            signed: match seen.cosigned {
                Some((size, at)) => t.witness_signed(t.moment(at, zone), size),
                None => t.witness_signed_nothing(),
            },
            fault: seen.fault.map(|fault| words(t, fault)),
        };
        Self { lead, rows: seen.iter().map(row).collect() }
    }
}

fn words(t: &Texts, fault: WitnessFault) -> String {
    match fault {
        WitnessFault::NoAddress => t.witness_no_address(),
        WitnessFault::Unreachable | WitnessFault::Slow => t.witness_silent(),
        WitnessFault::Long | WitnessFault::Form | WitnessFault::Status(_) | WitnessFault::Cosignature => {
            t.witness_odd()
        }
        WitnessFault::UnknownLog | WitnessFault::UnknownKey => t.witness_not_set(),
        WitnessFault::Ahead => t.witness_ahead(),
        WitnessFault::LongerLog(_) => t.witness_longer_log(),
        WitnessFault::OtherLog => t.witness_other_log(),
    }
}
