//! What the service asks of others: witnesses of its logs, and places that serve its readers.

pub mod mirror;
pub mod witness;
