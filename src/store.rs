//! The database: one file for each aggregate, sole owner of its tables. Free functions on a transaction that the use case owns.

pub mod backups;
pub mod ballot_box;
pub mod ballot_lines;
pub mod bare;
pub mod cosignatures;
pub mod db;
pub mod issuances;
pub mod leases;
pub mod limited;
pub mod log;
pub mod pictures;
pub mod promises;
pub mod rounds;
pub mod secrets;
pub mod staff;
#[cfg(test)]
pub(crate) mod testing;
pub mod turnout;
pub mod voters;

pub use db::{Connections, Db, Hosts, HostsFault, Migrated, Tx, migrate};
