//! The log of a round, what it must satisfy, and how to check it.

pub mod folder;
pub mod follow;
pub mod letters;
pub mod log;
pub mod office;
pub mod round;
pub mod verify;
