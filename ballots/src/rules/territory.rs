//! A territory as people see it: frozen with the rules, so that the fingerprint covers what they vote on.

use serde::{Deserialize, Serialize};

use super::{Day, RulesFault};
use crate::money::Money;

/// Most characters of an id.
pub const MOST_ID: usize = 64;
/// Most characters of an address, and of who proposed.
pub const MOST_LINE: usize = 200;
/// Most characters of a description.
pub const MOST_DESCRIPTION: usize = 4_000;
/// Millionths of a degree from the equator to a pole.
const POLE: i32 = 90_000_000;
/// Millionths of a degree from the prime meridian to its opposite.
const HALF_TURN: i32 = 180_000_000;

/// A public territory that can be voted for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// Where it is, in words; one line of at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Day of the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Day>,
    /// What its improvement costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What is to be done: plain text of at most 4000 characters, paragraphs separated by an empty line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Name in files; at most 64 characters.
    pub id: String,
    /// Registration number; no two are alike.
    pub number: u32,
    /// Where it is on the map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Who proposed it; one line of at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    /// Name for people.
    pub title: String,
}

/// A point on the globe (WGS 84), in millionths of a degree: whole numbers have one spelling, about 11 cm apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// North of the equator; south is negative.
    pub latitude: i32,
    /// East of the prime meridian; west is negative.
    pub longitude: i32,
}

impl Territory {
    /// Checks what is optional; name and number are the rules' own matter.
    pub(super) fn check(&self) -> Result<(), RulesFault> {
        let number = self.number;
        let texts = [
            ("address", &self.address, MOST_LINE, false),
            ("description", &self.description, MOST_DESCRIPTION, true),
            ("proposed_by", &self.proposed_by, MOST_LINE, false),
        ];
        for (field, text, most, paragraphs) in texts {
            if text.as_ref().is_some_and(|text| !is_text(text, most, paragraphs)) {
                return Err(RulesFault::Text { number, field, most });
            }
        }
        let Some(place) = self.place else { return Ok(()) };
        for (field, given, most) in [("latitude", place.latitude, POLE), ("longitude", place.longitude, HALF_TURN)] {
            if !(-most..=most).contains(&given) {
                return Err(RulesFault::Place { number, field, given, most });
            }
        }
        Ok(())
    }
}

/// Something to read, without control characters; with line feeds only where there may be paragraphs.
fn is_text(text: &str, most: usize, paragraphs: bool) -> bool {
    let fits = |letter: char| !letter.is_control() || (paragraphs && letter == '\n');
    !text.trim().is_empty() && text.chars().count() <= most && text.chars().all(fits)
}
