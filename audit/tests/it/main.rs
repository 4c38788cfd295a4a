//! The tests of the crate, one file a subject.

mod canonical;
mod device;
mod elections;
mod follow;
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
mod mutation;
mod naive;
mod round_acts;
mod round_fold;
mod round_paths;
mod round_witnesses;
mod sample;
mod served;
mod vectors;
