//! Exact numbers of any size: whole votes, shares of a vote, and fixed decimals, without rounding of their own.

use std::{fmt, iter::Sum, ops, str::FromStr};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Most digits after the point that are written out; what needs more is written as a fraction.
const MOST_PLACES: u32 = 9;

/// Longest text of a number that is read: those of outcomes have some 500 characters at most, and longer ones cost their square in time.
const MOST_CHARACTERS: usize = 2_000;

/// A rational number. In text and JSON `12`, `12.34567` where nine decimals are enough, and `1/3` otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

/// The text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number must be digits, with a point and decimals or a slash and a denominator above zero")]
pub struct ExactFault;

impl Exact {
    /// Nothing.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// `num / den`, or nothing when `den` is 0.
    #[must_use]
    pub fn ratio(num: impl Into<BigInt>, den: impl Into<BigInt>) -> Option<Self> {
        let den = den.into();
        (!den.is_zero()).then(|| Self(BigRational::new(num.into(), den)))
    }

    /// A number of units of `10^-places`.
    #[must_use]
    pub fn decimal(units: impl Into<BigInt>, places: u32) -> Self {
        Self(BigRational::new(units.into(), BigInt::from(10).pow(places)))
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// The number itself, if it is whole, not below zero, and fits.
    #[must_use]
    pub fn whole(&self) -> Option<u64> {
        if self.0.is_integer() { self.0.numer().to_u64() } else { None }
    }

    /// The whole part, if it is not below zero and fits.
    #[must_use]
    pub fn floor(&self) -> Option<u64> {
        self.0.floor().to_integer().to_u64()
    }

    /// For people: as [`Display`](fmt::Display) writes it, but what is a fraction there is rounded to so many decimals, half upwards.
    #[must_use]
    pub fn rounded(&self, places: u32) -> String {
        let text = self.to_string();
        if !text.contains('/') {
            return text;
        }
        let power = BigInt::from(10).pow(places);
        let half = BigRational::new(1.into(), 2.into());
        let units = (self.0.abs() * &power + half).floor().to_integer();
        let (sign, width) = (if self.0.is_negative() { "-" } else { "" }, places as usize);
        format!("{sign}{}.{:0>width$}", &units / &power, (&units % &power).to_string())
    }

    /// The share that `self` is of `whole`, in thousandths, rounded down; nothing when `whole` is 0. For drawings.
    #[must_use]
    pub fn thousandths_of(&self, whole: &Self) -> Option<u64> {
        if whole.is_zero() {
            return None;
        }
        (&self.0 * BigInt::from(1000) / &whole.0).floor().to_integer().to_u64()
    }
}

impl From<u64> for Exact {
    fn from(whole: u64) -> Self {
        Self(BigRational::from_integer(whole.into()))
    }
}

impl ops::Add for Exact {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl ops::AddAssign<&Self> for Exact {
    fn add_assign(&mut self, other: &Self) {
        self.0 += &other.0;
    }
}

impl ops::Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: Self) -> Exact {
        Exact(&self.0 - &other.0)
    }
}

impl ops::Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: Self) -> Exact {
        Exact(&self.0 * &other.0)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), |sum, number| sum + number)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_integer() {
            return write!(f, "{}", self.0.numer());
        }
        let scaled = |places: &u32| (&self.0 * BigInt::from(10).pow(*places)).is_integer();
        match (1..=MOST_PLACES).find(scaled) {
            None => write!(f, "{}/{}", self.0.numer(), self.0.denom()),
            Some(places) => {
                let units = (self.0.abs() * BigInt::from(10).pow(places)).to_integer();
                let power = BigInt::from(10).pow(places);
                let sign = if self.0.is_negative() { "-" } else { "" };
                let width = places as usize;
                write!(f, "{sign}{}.{:0>width$}", &units / &power, (&units % &power).to_string())
            }
        }
    }
}

impl FromStr for Exact {
    type Err = ExactFault;

    fn from_str(text: &str) -> Result<Self, ExactFault> {
        if text.len() > MOST_CHARACTERS {
            return Err(ExactFault);
        }
        let (sign, body) = text.strip_prefix('-').map_or((1, text), |body| (-1, body));
        let digits = |part: &str| -> Result<BigInt, ExactFault> {
            let sound = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if sound { part.parse().map_err(|_| ExactFault) } else { Err(ExactFault) }
        };
        let number = match (body.split_once('/'), body.split_once('.')) {
            (Some((num, den)), None) => Self::ratio(digits(num)?, digits(den)?).ok_or(ExactFault)?,
            (None, Some((whole, decimals))) => {
                let places = u32::try_from(decimals.len()).map_err(|_| ExactFault)?;
                let power = BigInt::from(10).pow(places.min(1000));
                Self::ratio(digits(whole)? * &power + digits(decimals)?, power).ok_or(ExactFault)?
            }
            _ => Self(BigRational::from_integer(digits(body)?)),
        };
        Ok(Self(number.0 * BigInt::from(sign)))
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A number that may be missing, in JSON a number when it is whole and below 2^64, and text otherwise.
pub(crate) mod whole_or_text {
    use super::{Deserialize, Deserializer, Error, Exact, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Whole(u64),
    }

    pub(crate) fn serialize<S: Serializer>(number: &Option<Exact>, serializer: S) -> Result<S::Ok, S::Error> {
        match number.as_ref().map(|number| (number.whole(), number)) {
            None => serializer.serialize_none(),
            Some((Some(whole), _)) => serializer.serialize_u64(whole),
            Some((None, number)) => number.serialize(serializer),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Exact>, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Whole(whole) => Ok(Some(whole.into())),
            Written::Text(text) => text.parse().map(Some).map_err(D::Error::custom),
        }
    }
}
