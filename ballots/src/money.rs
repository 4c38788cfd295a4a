//! Sums of money, exact to the hundredth.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An amount in minor units (kopecks, cents); in JSON an integer of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

/// The text is no amount that can be kept exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount must be digits, with at most two after a point")]
pub struct MoneyFault;

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, minor) = (self.0 / 100, self.0 % 100);
        let sign = if self.0 < 0 { "-" } else { "" };
        match minor {
            0 => write!(f, "{whole}"),
            minor => write!(f, "{sign}{}.{:02}", whole.abs(), minor.abs()),
        }
    }
}

impl FromStr for Money {
    type Err = MoneyFault;

    fn from_str(text: &str) -> Result<Self, MoneyFault> {
        let (whole, minor) = text.split_once('.').unwrap_or((text, ""));
        let minor = minor.trim_end_matches('0');
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(minor) || minor.len() > 2 {
            return Err(MoneyFault);
        }
        let whole: i64 = whole.parse().map_err(|_| MoneyFault)?;
        let minor: i64 = format!("{minor:0<2}").parse().map_err(|_| MoneyFault)?;
        whole.checked_mul(100).and_then(|sum| sum.checked_add(minor)).map(Self).ok_or(MoneyFault)
    }
}
