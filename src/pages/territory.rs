//! A territory: its card in lists, and its own page.

use ballots::rules::Territory;

use super::{Picture, texts::Texts};

/// A territory in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Registration number, which is its name in addresses.
    pub number: u32,
    /// What it is.
    pub title: String,
    /// What its improvement costs.
    pub cost: Option<String>,
    /// Its first picture.
    pub picture: Option<Picture>,
}

impl Card {
    /// The card of a territory.
    #[must_use]
    pub fn new(t: &Texts, territory: &Territory, pictures: &[Picture]) -> Self {
        Self {
            number: territory.number,
            title: territory.title.clone(),
            cost: territory.cost.map(|cost| t.roubles(cost.0)),
            picture: pictures.first().cloned(),
        }
    }
}
