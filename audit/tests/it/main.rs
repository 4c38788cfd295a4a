//! The tests of the crate, one file a subject.

mod log_tree;
mod naive;
