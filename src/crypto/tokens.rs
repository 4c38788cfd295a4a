//! Bearer tokens of officials and commission members: shown once, stored as a hash.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// So that scanners of leaked secrets, and people, know one when they see it.
const PREFIX: &str = "veche_";

/// A new token of 256 bits: `veche_` and 43 characters of base64url.
pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> String {
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill_bytes(secret.as_mut_slice());
    format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(secret.as_slice()))
}

/// What is stored: SHA-256 of the token. A slow hash would add nothing to 256 bits of chance.
#[must_use]
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_one_form_and_do_not_repeat() {
        let (first, second) = (generate(&mut rand::rng()), generate(&mut rand::rng()));
        assert_ne!(hash(&first), hash(&second));
        let body = first.strip_prefix("veche_").expect("the prefix");
        assert_eq!(body.len(), 43);
        assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }
}
