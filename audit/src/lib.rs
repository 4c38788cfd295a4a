//! The log of a round, what it must satisfy, and how to check it.

#[cfg(feature = "program")]
pub mod archive;
#[cfg(feature = "program")]
pub mod fetch;
#[cfg(feature = "program")]
pub mod folder;
pub mod follow;
pub mod letters;
pub mod log;
pub mod office;
#[cfg(feature = "program")]
pub mod place;
pub mod round;
pub mod verify;
