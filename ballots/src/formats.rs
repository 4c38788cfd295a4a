//! File formats of other people's votes.

pub mod pabulib;
