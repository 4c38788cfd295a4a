//! Pages on which the browser itself works: the ballot, receipts, checking a vote, and whether a credential was issued.
//! What the server renders reads well without scripts, and says what to do instead.

use askama::Template;
use audit::round::Round;
use ballots::rules::Kind;

use super::{Frame, View, territory::Card, view};

/// The ballot: identification, marks, casting, acceptance.
#[derive(Debug, Template)]
#[template(path = "ballot.html")]
pub struct BallotPage {
    /// What stands around.
    pub f: Frame,
    /// The round.
    pub view: View,
    /// Territories in the order of the rules, from 0; the browser shuffles them for each voter.
    pub cards: Vec<Card>,
    /// Sentences on marking.
    pub marking: Vec<String>,
    /// Sentences on how places and winners come about.
    pub winning: Vec<String>,
    /// What a ballot may hold.
    pub kind: Kind,
    /// SHA-256 of the rules.
    pub fingerprint: String,
    /// What the API says of the round, so that the browser need not ask for it on a slow network.
    pub answer: serde_json::Value,
}

/// Receipts of this device.
#[derive(Debug, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// What stands around.
    pub f: Frame,
    /// The round.
    pub view: View,
}

/// What the server says of a ballot, for readers without scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What was asked for.
    pub tracker: String,
    /// The line in which the ballot stands; none while it waits.
    pub line: Option<String>,
    /// Time by which it is in the log, while it waits.
    pub in_log_by: Option<String>,
    /// Whether no such ballot was accepted.
    pub unknown: bool,
}

/// Checking a vote, from a receipt, a QR code or a tracker.
#[derive(Debug, Template)]
#[template(path = "check.html")]
pub struct CheckPage {
    /// What stands around.
    pub f: Frame,
    /// The round.
    pub view: View,
    /// The server's answer to a form that was sent without scripts.
    pub found: Option<Found>,
}

/// Was a credential issued in my name?
#[derive(Debug, Template)]
#[template(path = "issued.html")]
pub struct IssuedPage {
    /// What stands around.
    pub f: Frame,
    /// The round.
    pub view: View,
}

impl BallotPage {
    /// The page of this round's ballot.
    #[must_use]
    pub fn new(f: Frame, round: &Round, now: i64, cards: Vec<Card>, answer: serde_json::Value) -> Self {
        Self {
            view: View::new(f.t, round, now),
            marking: view::how_to_mark(f.t, &round.rules.voting.kind),
            winning: view::how_to_win(f.t, &round.rules.voting),
            kind: round.rules.voting.kind.clone(),
            fingerprint: round.fingerprint.to_string(),
            cards,
            answer,
            f,
        }
    }

    /// Name of the kind, for style sheets.
    fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Approval { .. } => "approval",
            Kind::Points { .. } => "points",
            Kind::Ranked { .. } => "ranked",
            Kind::Score { .. } => "score",
        }
    }
}
