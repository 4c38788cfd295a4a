//! The letter code that a resident gets on paper: one half tells the registrar who they are, the other never leaves
//! their device and encrypts the credential kept for them.
//!
//! ```text
//! ABCD-EFGH-JKLM-NPRS  TUVW-XYZA-BCDE-FGHJ-KLMN
//! └ identifying, 16 ┘  └────── secret, 20 ─────┘
//!   6 locator            18 by chance (81 bits)
//!   8 verifier           2 check letters
//!   2 check letters
//! ```

mod letters;

use std::{collections::HashSet, fmt, str::FromStr};

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use rand::CryptoRng;
use zeroize::Zeroizing;

pub use letters::{ALPHABET, CodeFault};

/// Letters of the identifying half.
pub const IDENTIFYING_LEN: usize = 16;
/// Letters of the secret half.
pub const SECRET_LEN: usize = 20;
/// First letters of the identifying half, which find the person's row, and few others, without telling who may use it.
pub const LOCATOR_LEN: usize = 6;

/// Separates hashes of letter codes from every other use of HMAC.
const LABEL: &[u8] = b"veche/letter-code/v1\0";

/// The half that the registrar sees: 14 letters by chance (63 bits), 2 check letters.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentifyingCode(Zeroizing<String>);

/// The half that the registrar never sees: 18 letters by chance (81 bits), 2 check letters.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretCode(Zeroizing<String>);

/// One letter's code, both halves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterCode {
    /// Sent to the registrar.
    pub identifying: IdentifyingCode,
    /// Kept on the device.
    pub secret: SecretCode,
}

impl IdentifyingCode {
    /// A new code.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(letters::generate(rng, IDENTIFYING_LEN))
    }

    /// All 16 letters, without dashes.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }

    /// The first 6 letters: 148 million places, so that in a roll of 90,000 people some thirty would meet by chance.
    /// [`LetterCode::generate_distinct`] avoids that for those that are made together, so that a wrong try at one counts for nobody
    /// else; of others the rest of the code says whose it is.
    #[must_use]
    pub fn locator(&self) -> &str {
        &self.0[..LOCATOR_LEN]
    }
}

impl SecretCode {
    /// A new code.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(letters::generate(rng, SECRET_LEN))
    }

    /// All 20 letters, without dashes.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl LetterCode {
    /// A new code.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self { identifying: IdentifyingCode::generate(rng), secret: SecretCode::generate(rng) }
    }

    /// A new code whose locator is not among those taken, and which takes it: for the codes of one roll.
    pub fn generate_distinct(rng: &mut (impl CryptoRng + ?Sized), taken: &mut HashSet<String>) -> Self {
        loop {
            let code = Self::generate(rng);
            if taken.insert(code.identifying.locator().to_owned()) {
                return code;
            }
        }
    }
}

impl FromStr for IdentifyingCode {
    type Err = CodeFault;

    /// Reads a code as people type it: any case, any spaces and dashes, Cyrillic letters that look like Latin ones.
    fn from_str(text: &str) -> Result<Self, CodeFault> {
        let letters = letters::parse(text, IDENTIFYING_LEN)?;
        letters::check(&letters).map(|()| Self(letters))
    }
}

impl FromStr for SecretCode {
    type Err = CodeFault;

    /// Reads a code as [`IdentifyingCode`] does.
    fn from_str(text: &str) -> Result<Self, CodeFault> {
        let letters = letters::parse(text, SECRET_LEN)?;
        letters::check(&letters).map(|()| Self(letters))
    }
}

impl FromStr for LetterCode {
    type Err = CodeFault;

    /// Reads both halves at once, as they stand in the letter.
    fn from_str(text: &str) -> Result<Self, CodeFault> {
        let letters = letters::parse(text, IDENTIFYING_LEN + SECRET_LEN)?;
        let (identifying, secret) = letters.split_at(IDENTIFYING_LEN);
        Ok(Self { identifying: identifying.parse()?, secret: secret.parse()? })
    }
}

impl fmt::Display for IdentifyingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        letters::in_groups(&self.0, f)
    }
}

impl fmt::Display for SecretCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        letters::in_groups(&self.0, f)
    }
}

impl fmt::Display for LetterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.identifying, self.secret)
    }
}

impl fmt::Debug for IdentifyingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentifyingCode(…)")
    }
}

impl fmt::Debug for SecretCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretCode(…)")
    }
}

/// The service's key under which identifying halves are hashed: the database alone lets nobody try codes.
pub struct Pepper(hmac::Key);

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

impl Pepper {
    /// The key that these bytes are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(hmac::Key::new(HMAC_SHA256, Zeroizing::new(bytes).as_slice()))
    }

    /// What is stored: HMAC-SHA256 over the label `veche/letter-code/v1`, a zero byte, and the 16 letters.
    #[must_use]
    pub fn hash(&self, code: &IdentifyingCode) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.0, &labelled(code)).as_ref());
        hash
    }

    /// Whether this code has this hash. The time taken does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, code: &IdentifyingCode, hash: &[u8]) -> bool {
        hmac::verify(&self.0, &labelled(code), hash).is_ok()
    }
}

fn labelled(code: &IdentifyingCode) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([LABEL, code.letters().as_bytes()].concat())
}

#[cfg(test)]
mod tests;
