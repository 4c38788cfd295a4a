//! Why a round's rules cannot be used, in words for whoever drafts them.

use super::MOST_LIMITS;
use crate::methods::{CountFault, Procedure, fault::names};

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesFault {
    /// There must be something to choose, and its number must fit into two bytes.
    #[error("territories: there must be 1 to 65535, not {0}")]
    Territories(usize),
    /// An id or title is empty.
    #[error("territories: number {0} has no id or no title")]
    Unnamed(u32),
    /// An id is too long: the outcome names it in every group of equals, and is one line of the log.
    #[error("territories: the id of number {number} has {given} characters; it may have at most {most}")]
    LongId {
        /// Registration number.
        number: u32,
        /// Its characters.
        given: usize,
        /// Most characters.
        most: usize,
    },
    /// Ids are keys in canonical JSON, whose order is that of UTF-16.
    #[error("territories: the id of number {0} has a control character, or one beyond U+FFFF")]
    Id(u32),
    /// Two territories cannot be told apart.
    #[error("territories: the id or number of {0} stands there twice")]
    Twice(String),
    /// A text about a territory is blank, too long, or holds control characters (line feeds of a description aside).
    #[error(
        "territories: {field} of number {number} must be 1 to {most} characters, not only spaces, and no control characters"
    )]
    Text {
        /// Registration number.
        number: u32,
        /// Name of the field.
        field: &'static str,
        /// Most characters.
        most: usize,
    },
    /// A coordinate that is not on the globe.
    #[error("territories: {field} of number {number} must be -{most} to {most} millionths of a degree, not {given}")]
    Place {
        /// Registration number.
        number: u32,
        /// Name of the coordinate.
        field: &'static str,
        /// What the rules say.
        given: i32,
        /// Farthest from zero.
        most: i32,
    },
    /// A limit allows nothing, or more than there is.
    #[error("kind: {limit} must be {least} to {most}, not {given}")]
    Limit {
        /// Name of the limit.
        limit: &'static str,
        /// What the rules say.
        given: u32,
        /// Least that makes sense.
        least: u32,
        /// Most that makes sense.
        most: u32,
    },
    /// The method cannot count such ballots.
    #[error(transparent)]
    Kind(CountFault),
    /// The method can count such ballots, but not so many territories, or cannot find such winners.
    #[error("{fault}; {}", those(.fitting))]
    Method {
        /// What is wrong.
        fault: CountFault,
        /// Methods that fit everything else of the round.
        fitting: Vec<Procedure>,
    },
    /// The method does not go down a list, so there is nothing to stop at.
    #[error(
        "winners: {0} goes down no list at which it could stop; what does not fit is passed over: overflow must be skip"
    )]
    Stop(Procedure),
    /// A cost is missing, zero or negative where there is a budget.
    #[error("territories: {0} needs a cost above zero, because winners must fit into a budget")]
    Cost(String),
    /// The budget is nothing.
    #[error("winners: the budget must be above zero")]
    Budget,
    /// Nobody wins.
    #[error("winners: there must be at least one seat")]
    Seats,
    /// More limits than a count can keep in view.
    #[error("limits: there may be at most {MOST_LIMITS}, not {0}")]
    Limits(usize),
    /// A limit on what may win together that limits nothing, or that says of nobody what.
    #[error("limits: number {number}: {reason}")]
    Together {
        /// Its place in the list, from 1.
        number: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A turnout of nobody, or of more than all.
    #[error("turnout: eligible must be 1 to 10000000000, and per_mille 1 to 1000")]
    Turnout,
    /// The ladder could leave a tie.
    #[error(
        "ties: the ladder must end with registration or lots, which stand nowhere else, and no rung may stand there twice"
    )]
    Ladder,
}

/// What to choose instead.
fn those(fitting: &[Procedure]) -> String {
    if fitting.is_empty() {
        return "no method can count such a round".to_owned();
    }
    format!("what can count this round: {}", names(fitting))
}
