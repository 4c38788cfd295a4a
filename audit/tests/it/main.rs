//! The tests of the crate, one file a subject.
