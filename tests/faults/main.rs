//! Faults, for real: the service's processes are killed, cut off, starved and lied to while people cast, and afterwards the clients'
//! own books decide whether anything was lost. `VECHE_FAULTS=large` makes every count larger.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail where it stands")]

mod arrivals;
mod backup;
mod books;
mod both;
mod clocks;
mod crowd;
mod crowded;
mod cut;
mod damage;
mod disk;
mod kills;
mod lossy;
mod node;
mod poll;
mod proxy;
mod races;
mod rolling;
mod size;
mod standby;
mod twins;
mod witness;

#[path = "../it/cluster.rs"]
#[expect(dead_code, reason = "the cluster is shared with tests that ask other things of it")]
mod cluster;
#[path = "../it/town.rs"]
#[expect(dead_code, reason = "the town is shared with tests that ask more of it")]
mod town;
