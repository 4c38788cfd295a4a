//! The map on pages, where the operator chose one: what the browser's program needs to draw it.

use ballots::rules::Territory;
use serde::Serialize;

use super::Frame;
use crate::config;

/// A territory on the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// Registration number.
    pub number: u32,
    /// Name.
    pub title: String,
    /// Address of its page.
    pub page: String,
    /// Millionths of a degree.
    pub latitude: i32,
    /// Millionths of a degree.
    pub longitude: i32,
}

/// A map with pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// Address of the tiles.
    pub tiles: String,
    /// Whose map it is.
    pub attribution: String,
    /// What is on it.
    pub pins: Vec<Pin>,
}

impl Map {
    /// The map of those territories that have a place; none without tiles or without places.
    #[must_use]
    pub fn of(f: &Frame, map: &config::Map, slug: &str, territories: &[Territory]) -> Option<Self> {
        let pin = |territory: &Territory| {
            let place = territory.place?;
            Some(Pin {
                number: territory.number,
                title: territory.title.clone(),
                page: f.to(&format!("/rounds/{slug}/territories/{}", territory.number)),
                latitude: place.latitude,
                longitude: place.longitude,
            })
        };
        let pins: Vec<_> = territories.iter().filter_map(pin).collect();
        let shown = !map.tiles.is_empty() && !pins.is_empty();
        shown.then(|| Self { tiles: map.tiles.clone(), attribution: map.attribution.clone(), pins })
    }
}
