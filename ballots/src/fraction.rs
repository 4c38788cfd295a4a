//! Exact fractions, for means and medians.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

/// A fraction in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fraction {
    den: u64,
    num: u64,
}

impl Fraction {
    /// `num / den`, or nothing when `den` is 0.
    #[must_use]
    pub fn new(num: u64, den: u64) -> Option<Self> {
        let common = gcd(num, den);
        (den > 0).then(|| Self { den: den / common, num: num / common })
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) =
            (u128::from(self.num) * u128::from(other.den), u128::from(other.num) * u128::from(self.den));
        left.cmp(&right)
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.den {
            1 => write!(f, "{}", self.num),
            den => write!(f, "{}/{den}", self.num),
        }
    }
}
