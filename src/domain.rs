//! The rules of the service that need no database: who may vote, what a draft is, and every "no".

pub mod draft;
pub mod filter;
pub mod pictures;
pub mod refusal;
pub mod roll;
pub mod staff;
pub mod witness;

pub use draft::Draft;
pub use refusal::Refusal;
pub use witness::WitnessFault;
