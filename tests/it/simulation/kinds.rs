//! Kinds of what happens in a run: a simulation in which one of them never does tells nothing of it.

/// A ballot that was accepted.
pub const BALLOT: &str = "ballots";
/// A credential that was issued.
pub const ISSUANCE: &str = "issuances";
/// An answer that the model foretold as this refusal.
pub const REFUSAL: &str = "refusals";
/// A receipt that was held against the log.
pub const RECEIPT: &str = "receipts";
/// Two ballots with one version at once, one of which was accepted.
pub const RACE: &str = "races";
/// A node that died with ballots on their way.
pub const DEATH: &str = "deaths";
/// A round whose count the model made too.
pub const COUNTED: &str = "counts";
/// What a few runs come to, whatever they draw.
pub const EVERYWHERE: [&str; 7] = [BALLOT, ISSUANCE, REFUSAL, RECEIPT, RACE, DEATH, COUNTED];

/// A round that was annulled when it had been counted.
pub const ANNULLED_AFTER_COUNT: &str = "annulled after the count";
/// A node that made the count because it had just started.
pub const COUNTED_AT_START: &str = "counts at a start";
