//! The roll key, which only the commission holds: it turns a person's number on the roll into a pseudonym.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Separates pseudonyms from every other use of HMAC.
const LABEL: &[u8] = b"veche/pseudonym/v1\0";

/// The text is not a roll key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a roll key is 64 hexadecimal digits; this text is something else")]
pub struct RollKeyFault;

/// A secret of 256 bits under which the persons of one roll are hidden.
#[derive(Clone, PartialEq, Eq)]
pub struct RollKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for RollKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RollKey(…)")
    }
}

impl RollKey {
    /// A new key.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// The key that these bytes are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key as 64 hexadecimal digits, as it is written into the commission's file.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// HMAC-SHA256 over the label `veche/pseudonym/v1`, a zero byte, and the person's number on the roll.
    ///
    /// White space around the number does not count; everything else does, so that a number must always be
    /// written in one way.
    #[must_use]
    pub fn pseudonym(&self, person: &str) -> [u8; 32] {
        let mut hmac = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, self.0.as_slice()));
        hmac.update(LABEL);
        hmac.update(person.trim().as_bytes());
        let mut pseudonym = [0; 32];
        pseudonym.copy_from_slice(hmac.sign().as_ref());
        pseudonym
    }
}

impl std::str::FromStr for RollKey {
    type Err = RollKeyFault;

    fn from_str(text: &str) -> Result<Self, RollKeyFault> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| RollKeyFault)?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_key_and_person() {
        let key = RollKey::from_bytes([1; 32]);
        assert_eq!(key.pseudonym("74-000123"), key.pseudonym(" 74-000123\n"));
        assert_ne!(key.pseudonym("74-000123"), key.pseudonym("74-000124"));
        assert_ne!(key.pseudonym("74-000123"), RollKey::from_bytes([2; 32]).pseudonym("74-000123"));
    }

    /// Computed with Python's `hmac`.
    #[test]
    fn known_answer() {
        let expected = "e3d00f527caf4932f64bd1a0f9db4adaedf9082eda786c511312c8fc97c49a34";
        assert_eq!(hex::encode(RollKey::from_bytes([1; 32]).pseudonym("74-000123")), expected);
    }

    #[test]
    fn a_key_survives_its_file() {
        let key = RollKey::generate(&mut rand::rng());
        assert!(format!("{}\n", *key.to_hex()).parse() == Ok(key));
        assert!("abc".parse::<RollKey>() == Err(RollKeyFault));
    }
}
