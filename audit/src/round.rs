//! One round: the words of its log and the fold that says what they add up to.

pub mod act;
pub mod bytes;
pub mod certificate;
pub mod count;
pub mod event;
pub mod latest;
pub mod pictures;
pub mod register;
pub mod rules;
pub mod state;
pub mod violation;

pub use act::{Act, By};
pub use bytes::Bytes;
pub use event::Event;
pub use rules::RoundRules;
pub use state::{Phase, Round};
pub use violation::Violation;
