//! The other side of the API: a resident, an official and a commission member as the demo, replays, tests and load play them.

pub mod api;
pub mod blind;
pub mod letters;
pub mod log;
pub mod receipt;
pub mod register;
pub mod resident;
pub mod seal;
pub mod staff;

pub use api::{Api, ClientFault};
