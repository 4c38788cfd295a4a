//! Seeds that failed once, each with what was wrong then. A change of the operations or of their weights makes other runs of them;
//! what they found has a test of its own where the fault was.

/// Seed, and what it found.
pub const CASES: &[(u64, &str)] = &[
    (
        0x6a42_cd72_93e9_bcec,
        "the bundle of a round that was annulled after its count had no result.json, and failed the audit",
    ),
    (0x007f_8f3f_8789_42ef, "the simulation itself looked before a node that had just started made the count"),
];
