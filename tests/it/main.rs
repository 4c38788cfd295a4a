//! The service from outside: a real server over a real database, asked over HTTP, one file a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail where it stands")]

mod ballot_box;
mod bundle;
mod journey;
mod registrar;
mod town;
