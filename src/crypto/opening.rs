//! The commission's key pair for one round: ballots are sealed to its public half (RFC 9180, DHKEM(P-256)), and the
//! secret half, made and kept off the server, opens them after the close.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use rand::CryptoRng;
use zeroize::Zeroizing;

/// How the text of a key file begins.
const PREFIX: &str = "veche-opening-key-v1:";

/// Why something is not an opening key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpeningKeyFault {
    /// The text is not the one line of a key file.
    #[error("this is not an opening key: its file has one line, {PREFIX} and 44 characters of base64")]
    Format,
    /// The number is not a secret key of P-256.
    #[error("this is not an opening key: the number inside is not a secret key of P-256")]
    Scalar,
}

/// Secret and public half together.
pub struct OpeningKeyPair {
    secret: Zeroizing<[u8; 32]>,
    public: [u8; 65],
}

impl std::fmt::Debug for OpeningKeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpeningKeyPair(…)")
    }
}

impl OpeningKeyPair {
    /// A new pair. Numbers outside the group's order are drawn again, which happens once in 2³² times.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        loop {
            rng.fill_bytes(secret.as_mut_slice());
            if let Ok(pair) = Self::from_bytes(&secret) {
                return pair;
            }
        }
    }

    /// The pair of a secret half: a big-endian P-256 scalar.
    ///
    /// # Errors
    /// [`OpeningKeyFault::Scalar`].
    pub fn from_bytes(secret: &[u8; 32]) -> Result<Self, OpeningKeyFault> {
        let key = PrivateKey::from_private_key(&ECDH_P256, secret).map_err(|_| OpeningKeyFault::Scalar)?;
        let public = key.compute_public_key().map_err(|_| OpeningKeyFault::Scalar)?;
        let public = public.as_ref().try_into().map_err(|_| OpeningKeyFault::Scalar)?;
        Ok(Self { secret: Zeroizing::new(*secret), public })
    }

    /// The sealing key: an uncompressed point, as the round's rules publish it.
    #[must_use]
    pub fn public(&self) -> [u8; 65] {
        self.public
    }

    /// The scalar that is revealed to the log after the close.
    #[must_use]
    pub fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Whether ballots sealed to this public half open under this pair.
    #[must_use]
    pub fn matches(&self, public: &[u8]) -> bool {
        self.public == public
    }

    /// The one line of a key file, with its line feed.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // Room for all of it at once, so that no copy of the key is left behind by a growing string.
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 46));
        text.push_str(PREFIX);
        BASE64_STANDARD.encode_string(self.secret.as_slice(), &mut text);
        text.push('\n');
        text
    }
}

impl std::str::FromStr for OpeningKeyPair {
    type Err = OpeningKeyFault;

    /// Reads the line of a key file; white space around it does not count.
    fn from_str(text: &str) -> Result<Self, OpeningKeyFault> {
        let body = text.trim().strip_prefix(PREFIX).ok_or(OpeningKeyFault::Format)?;
        let bytes = BASE64_STANDARD.decode(body).map(Zeroizing::new).map_err(|_| OpeningKeyFault::Format)?;
        Self::from_bytes(bytes.as_slice().try_into().map_err(|_| OpeningKeyFault::Format)?)
    }
}

#[cfg(test)]
mod tests {
    use hpke::{Deserializable, Kem as _, Serializable, kem::DhP256HkdfSha256 as Kem};

    use super::*;

    /// Order of the group of P-256, big-endian (SEC 2 §2.4.2); a secret key is a number from 1 to this less 1.
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
        0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];

    #[test]
    fn a_pair_survives_its_file() {
        let pair = OpeningKeyPair::generate(&mut rand::rng());
        let read: OpeningKeyPair = pair.to_text().parse().expect("its own text");
        assert_eq!(read.secret(), pair.secret());
        assert!(read.matches(&pair.public()));
        assert!(!OpeningKeyPair::generate(&mut rand::rng()).matches(&pair.public()));
        assert_eq!(pair.to_text().capacity(), PREFIX.len() + 46);
    }

    #[test]
    fn another_implementation_finds_the_same_public_half() {
        let pair = OpeningKeyPair::generate(&mut rand::rng());
        let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(pair.secret()).expect("a scalar");
        assert_eq!(Kem::sk_to_pk(&secret).to_bytes().as_slice(), pair.public());
    }

    #[test]
    fn numbers_outside_the_group_are_refused() {
        let mut beyond = ORDER;
        beyond[31] += 1;
        for secret in [[0; 32], ORDER, beyond, [0xff; 32]] {
            assert_eq!(OpeningKeyPair::from_bytes(&secret).expect_err("out of range"), OpeningKeyFault::Scalar);
        }
        let mut last = ORDER;
        last[31] -= 1;
        assert!(OpeningKeyPair::from_bytes(&last).is_ok());
    }

    #[test]
    fn other_files_are_refused() {
        for text in ["", "veche-opening-key-v1:", "veche-opening-key-v1:AAAA", "veche-opening-key-v2:AAAA", PREFIX] {
            assert_eq!(text.parse::<OpeningKeyPair>().expect_err("no key"), OpeningKeyFault::Format, "{text}");
        }
    }
}
