//! The service from outside: a real server over a real database, asked over HTTP, one file a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail where it stands")]

mod alerts;
mod ballot_box;
mod begun;
mod both;
mod bundle;
mod caching;
mod camera;
mod cheats;
mod checking;
mod cli;
mod cluster;
mod crash;
mod fake_witness;
mod head;
mod health;
mod indexing;
mod journey;
mod leasing;
mod letters;
mod limits;
mod log;
mod log_over_http;
mod lying;
mod methods;
mod metrics;
mod migrated;
mod monitor;
mod monitor_attacked;
mod nodes;
mod openapi;
mod over;
mod overload;
mod pages;
mod pictures;
mod pictures_made;
mod postgres;
mod probes;
mod promises;
mod publishing;
mod redaction;
mod registrar;
mod secrecy;
mod simulation;
mod staff;
mod sweeping;
mod tally;
mod town;
mod went_back;
mod witness;
mod witness_evidence;
mod witness_limits;
mod witnesses;

#[path = "../../audit/tests/it/served.rs"]
mod served;
