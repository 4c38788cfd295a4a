//! A territory: its card in lists, and its own page.

use askama::Template;
use audit::round::Round;
use ballots::rules::Territory;

use super::{Frame, Picture, View, map::Map, scheme, texts::Texts};

/// A territory in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Registration number, which is its name in addresses.
    pub number: u32,
    /// What it is.
    pub title: String,
    /// What its improvement costs.
    pub cost: Option<String>,
    /// Where it is, in words.
    pub address: Option<String>,
    /// The beginning of its description.
    pub lead: Option<String>,
    /// Its first picture.
    pub picture: Option<Picture>,
}

/// The page of a territory.
#[derive(Debug, Template)]
#[template(path = "territory.html")]
pub struct TerritoryPage {
    /// What stands around.
    pub f: Frame,
    /// The round.
    pub view: View,
    /// The territory's card.
    pub card: Card,
    /// Paragraphs of the description.
    pub paragraphs: Vec<String>,
    /// Who proposed it.
    pub proposed_by: Option<String>,
    /// Day of the application.
    pub applied: Option<String>,
    /// Degrees of latitude and longitude.
    pub place: Option<String>,
    /// Photographs.
    pub photos: Vec<Picture>,
    /// Plans.
    pub plans: Vec<Picture>,
    /// The map, if the operator chose one.
    pub map: Option<Map>,
}

impl Card {
    /// The card of a territory with these pictures.
    #[must_use]
    pub fn new(t: &Texts, territory: &Territory, pictures: &[Picture]) -> Self {
        let lead = territory.description.as_deref().and_then(|text| paragraphs(text).into_iter().next());
        Self {
            number: territory.number,
            title: territory.title.clone(),
            cost: territory.cost.map(|cost| t.roubles(cost.0)),
            address: territory.address.clone(),
            lead,
            picture: pictures.iter().find(|picture| !picture.plan).or(pictures.first()).cloned(),
        }
    }
}

impl TerritoryPage {
    /// The page of this territory of a round.
    #[must_use]
    pub fn new(
        f: Frame,
        round: &Round,
        now: i64,
        territory: &Territory,
        pictures: Vec<Picture>,
        map: Option<Map>,
    ) -> Self {
        let card = Card::new(f.t, territory, &pictures);
        let (plans, photos) = pictures.into_iter().partition(|picture| picture.plan);
        Self {
            view: View::new(f.t, round, now),
            card,
            paragraphs: territory.description.as_deref().map(paragraphs).unwrap_or_default(),
            proposed_by: territory.proposed_by.clone(),
            applied: territory.applied.as_ref().map(|day| f.t.written_day(&day.to_string())),
            place: territory.place.map(scheme::degrees),
            photos,
            plans,
            map,
            f,
        }
    }
}

/// Paragraphs are separated by empty lines.
fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|paragraph| paragraph.trim().to_owned()).filter(|paragraph| !paragraph.is_empty()).collect()
}
