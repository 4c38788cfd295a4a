#![doc = include_str!("../README.md")]

pub mod ballot;
pub mod choice;
pub mod codec;
pub mod envelope;
pub mod formats;
pub mod fraction;
pub mod method;
mod methods;
pub mod money;
pub mod outcome;
pub mod rules;
mod select;
mod tiebreak;

pub use ballot::{Ballot, BallotFault};
pub use choice::Choice;
pub use fraction::Fraction;
pub use method::Tally;
pub use money::Money;
pub use outcome::Outcome;
pub use rules::{Rules, RulesFault};
