//! Keys, codes, tokens and seals of the service: functions over bytes, to which chance comes in as an argument.
//!
//! The one exception is [`issuer::IssuerKey::generate`]: the C library makes RSA keys from its own generator.
//! `Debug` of every secret here prints no part of it.

pub mod backup;
pub mod codes;
pub mod issuer;
pub mod opening;
pub mod places;
pub mod pseudonym;
mod raw_rsa;
mod sealed;
pub mod session;
pub mod tokens;
pub mod vault;

#[cfg(test)]
mod tests;
