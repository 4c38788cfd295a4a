//! The tests of the crate, one file a subject.

mod archives;
mod audited;
mod canonical;
mod device;
mod downloads;
mod elections;
mod follow;
mod follow_round;
mod log_checkpoints;
mod log_cosignatures;
mod log_entries;
mod log_lines;
mod log_long_lines;
mod log_notes;
mod log_paths;
mod log_prefix;
mod log_receipts;
mod log_short;
mod log_tiles;
mod log_tree;
mod log_vectors;
mod log_witness;
mod mutation;
mod naive;
mod program;
mod reports;
mod round_acts;
mod round_fold;
mod round_paths;
mod round_witnesses;
mod sample;
mod seeds;
mod served;
#[path = "../../examples/bundle/town.rs"]
mod town;
mod vectors;
