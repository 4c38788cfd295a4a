//! Places in which nodes count together what is asked for often: whoever has no key cannot tell of whom or what they are.

use aws_lc_rs::hmac::{self, HMAC_SHA256};

/// Separates places from every other use of HMAC.
const LABEL: &[u8] = b"veche/limits/v1\0";

/// Puts targets into a bounded number of places, the same on every node that has this key.
pub struct Places {
    key: hmac::Key,
    many: u64,
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Places(…, {})", self.many)
    }
}

impl Places {
    /// So many places under a key of 256 bits; one at least.
    #[must_use]
    pub fn new(key: &[u8; 32], many: usize) -> Self {
        Self { key: hmac::Key::new(HMAC_SHA256, key), many: many.max(1) as u64 }
    }

    /// The place of an operation's target, from 0 on: HMAC-SHA256 (RFC 2104) over the operation's name, a zero byte and the target.
    #[must_use]
    pub fn of(&self, operation: &str, target: &[u8]) -> i64 {
        let tag = hmac::sign(&self.key, &[LABEL, operation.as_bytes(), b"\0", target].concat());
        let number = tag.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        (number % self.many).cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_one_place_under_one_key() {
        let places = Places::new(&[1; 32], 200_000);
        assert_eq!(places.of("cast", b"one"), Places::new(&[1; 32], 200_000).of("cast", b"one"));
        for (other, why) in [
            (places.of("cast", b"other"), "another target"),
            (places.of("issue", b"one"), "another operation"),
            (Places::new(&[2; 32], 200_000).of("cast", b"one"), "another key"),
        ] {
            assert_ne!(places.of("cast", b"one"), other, "{why}");
        }
        assert!((0..1000_u64).all(|at| (0..7).contains(&Places::new(&[1; 32], 7).of("cast", &at.to_be_bytes()))));
        assert_eq!(Places::new(&[1; 32], 0).of("cast", b"one"), 0);
    }
}
