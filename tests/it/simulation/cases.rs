//! Seeds that come to what failed once. A change of the operations or of their weights makes other runs of them, and then other seeds
//! are needed: those of a run with `VECHE_SEEDS=200` that print the kind.

use super::kinds;
use crate::both;

/// What failed once.
#[derive(Debug)]
pub struct Case {
    /// A run that comes there on SQLite, and one on PostgreSQL, where there are more nodes.
    seeds: [u64; 2],
    /// What happens in it, or the case is none any more.
    pub kind: &'static str,
    /// What was wrong then.
    pub found: &'static str,
}

impl Case {
    pub fn seed(&self) -> u64 {
        self.seeds[usize::from(both::on_postgres())]
    }
}

pub const CASES: &[Case] = &[
    Case {
        seeds: [0x9635_7583_f7da_79c2, 0xa246_7ec2_b3fb_dd3b],
        kind: kinds::ANNULLED_AFTER_COUNT,
        found: "the bundle of a round that was annulled after its count had no result.json, and failed the audit",
    },
    Case {
        seeds: [0x1dc3_cf65_5e75_686b, 0xe5bb_dc99_f78a_2c56],
        kind: kinds::COUNTED_AT_START,
        found: "the simulation itself looked before a node that had just started made the count",
    },
];
