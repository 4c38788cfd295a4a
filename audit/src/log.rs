//! A verifiable log: RFC 6962 tree, C2SP formats around it. One specification, one small file of pure functions.

pub mod chain;
pub mod checkpoint;
pub mod cosignature;
pub mod entries;
pub mod hash;
pub mod line;
pub mod note;
pub mod path;
pub mod policy;
pub mod prefix;
pub mod proof;
pub mod receipt;
pub mod short;
pub mod tile;
pub mod tree;
pub mod witness;
