//! The crate from outside, one file a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail where it stands")]

mod axioms;
mod ballots;
mod cities;
mod counting;
mod elections;
mod envelope;
mod explain;
mod explained_money;
mod fitting;
mod formats;
mod ladder;
mod methods;
mod money;
mod numbers;
mod pabulib;
mod parts;
mod profile;
mod recount;
mod rules;
mod sample;
mod streams;
mod told;
mod vectors;
mod winners;
