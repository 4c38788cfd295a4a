//! What the service asks of others: today, witnesses of its logs.

pub mod witness;
