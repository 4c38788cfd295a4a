#![doc = include_str!("../README.md")]

pub mod ballot;
pub mod choice;
pub mod codec;
pub mod election;
pub mod envelope;
pub mod exact;
pub mod explain;
pub mod formats;
pub mod fraction;
pub mod ladder;
pub mod methods;
pub mod money;
pub mod outcome;
pub mod pairwise;
pub mod patience;
pub mod profile;
pub mod recount;
pub mod rules;
mod select;
pub mod tally;
mod winning;

pub use ballot::{Ballot, BallotFault};
pub use choice::Choice;
pub use election::{Contest, Election};
pub use exact::Exact;
pub use fraction::Fraction;
pub use ladder::Ladder;
pub use methods::{Procedure, count};
pub use money::Money;
pub use outcome::Outcome;
pub use pairwise::Pairwise;
pub use patience::Patience;
pub use profile::Profile;
pub use rules::{Rules, RulesFault};
pub use tally::Tally;
