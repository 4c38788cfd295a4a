//! Why an election cannot be counted by a method.

use crate::{election::Contest, ladder::LadderFault, methods::Procedure, money::Money};

/// Why an election cannot be counted so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountFault {
    /// The method does not fit the ballots.
    #[error("method: {method} cannot count {kind} ballots; what can: {}", names(.fitting))]
    Kind {
        /// The method.
        method: Procedure,
        /// The ballots' kind.
        kind: &'static str,
        /// Methods that fit it.
        fitting: Vec<Procedure>,
    },
    /// A ranking has equal places, which the method cannot read.
    #[error("method: {0} cannot count rankings with equal places")]
    EqualPlaces(Procedure),
    /// More than one mark, where the method takes one.
    #[error("method: choose-one cannot count ballots with more than one mark")]
    SeveralMarks,
    /// Too many candidates.
    #[error("method: {method} counts at most {most} territories, not {given}: {reason}")]
    Candidates {
        /// The method.
        method: Procedure,
        /// How many there are.
        given: u16,
        /// How many there may be.
        most: u16,
        /// Why no more.
        reason: &'static str,
    },
    /// Territories and ballots are not of one election.
    #[error("there are {territories} territories, but the ballots number {candidates}")]
    Territories {
        /// Territories given.
        territories: usize,
        /// Candidates of the profile.
        candidates: u16,
    },
    /// The method spends a budget, but seats are to be filled.
    #[error("method: {0} spends a budget; it cannot fill seats")]
    Budget(Procedure),
    /// A cost is missing or not above zero.
    #[error("territories: {0} needs a cost above zero, because winners must fit into a budget")]
    Cost(String),
    /// A number would not fit.
    #[error("the numbers are too large to be counted exactly: {0}")]
    Overflow(&'static str),
    /// The method fills seats and knows no budget.
    #[error("method: {0} fills seats; it cannot spend a budget")]
    Seats(Procedure),
    /// The method knows no limits between candidates.
    #[error("method: {0} knows no groups and no candidates that exclude each other")]
    Limits(Procedure),
    /// More limits than the method can keep in view.
    #[error("limits: {method} takes at most {most}, not {given}: it keeps what is used of each for every selection")]
    ManyLimits {
        /// The method.
        method: Procedure,
        /// How many there are.
        given: usize,
        /// Most.
        most: usize,
    },
    /// The ladder looks at earlier rounds, and the method has none.
    #[error("ties: {0} does not count by rounds, so backwards and forwards could tell nobody apart")]
    Rounds(Procedure),
    /// The budget is too large for raises of one unit.
    #[error(
        "winners: {method} gives every voter one unit of currency more, again and again, and spends at most {most} so, not \
         {given}; give all money in a larger unit, or choose {instead}"
    )]
    Raises {
        /// The method.
        method: Procedure,
        /// The budget.
        given: Money,
        /// Greatest budget.
        most: Money,
        /// The same method, which spends the rest at once.
        instead: Procedure,
    },
    /// A least score where the score is none that more of is better.
    #[error("winners: a minimum score has no meaning with {0}")]
    Minimum(Procedure),
    /// Whoever asked for the count does not want it any more.
    #[error("the count was given up")]
    GivenUp,
    /// The ladder cannot be used.
    #[error(transparent)]
    Ladder(#[from] LadderFault),
}

impl CountFault {
    /// What to say to whoever has these ballots: the fault, and where another method would do, those that can count them.
    #[must_use]
    pub fn with_those_that_fit(self, contest: &Contest<'_>) -> String {
        let fitting = Procedure::fitting_contest(contest);
        match self {
            Self::Kind { method, kind, .. } => Self::Kind { method, kind, fitting }.to_string(),
            Self::Budget(_)
            | Self::Candidates { .. }
            | Self::EqualPlaces(_)
            | Self::Limits(_)
            | Self::Minimum(_)
            | Self::Seats(_)
            | Self::SeveralMarks => format!("{self}; what can: {}", names(&fitting)),
            fault => fault.to_string(),
        }
    }
}

/// Names of methods, for people.
pub(crate) fn names(methods: &[Procedure]) -> String {
    methods.iter().map(Procedure::to_string).collect::<Vec<_>>().join(", ")
}
