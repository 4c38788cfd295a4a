//! Where territories lie, as a picture and as points for a map: the picture needs no map at all.

use askama::Template;
use ballots::rules::{Place, Territory};

/// Width and height of the picture's plane, in its own units.
const SIDE: i64 = 300;
/// Space around it, for the numbers of the outermost.
const EDGE: i64 = 24;
/// Thousandths of the cosine of 0, 10, … 90 degrees: how much narrower a degree of longitude is there.
const COSINES: [i64; 10] = [1000, 985, 940, 866, 766, 643, 500, 342, 174, 0];
/// Millionths in ten degrees.
const TEN_DEGREES: i64 = 10_000_000;

/// A territory as a point of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Registration number.
    pub number: u32,
    /// Name.
    pub title: String,
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
}

/// A picture of where territories lie to each other.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "scheme.svg")]
pub struct Scheme {
    title: String,
    points: Vec<Point>,
    width: i64,
    height: i64,
}

impl Scheme {
    /// The picture of those that have a place; none with fewer than two, for then there is nothing to see.
    #[must_use]
    pub fn of(title: String, territories: &[Territory]) -> Option<Self> {
        let placed: Vec<_> = territories.iter().filter_map(|at| Some((at, flat(at.place?)))).collect();
        let (left, right) = ends(placed.iter().map(|(_, (x, _))| *x))?;
        let (top, bottom) = ends(placed.iter().map(|(_, (_, y))| *y))?;
        let span = (right - left).max(bottom - top);
        if placed.len() < 2 || span == 0 {
            return None;
        }
        let scaled = |far: i64| far * SIDE / span;
        let point = |(territory, (x, y)): &(&Territory, (i64, i64))| Point {
            number: territory.number,
            title: territory.title.clone(),
            x: EDGE + scaled(x - left),
            y: EDGE + scaled(y - top),
        };
        let points = placed.iter().map(point).collect();
        Some(Self { title, points, width: scaled(right - left) + 2 * EDGE, height: scaled(bottom - top) + 2 * EDGE })
    }
}

/// A place on a plane, in millionths of a degree of latitude, to the right and down.
fn flat(place: Place) -> (i64, i64) {
    (i64::from(place.longitude) * cosine(place.latitude) / 1000, -i64::from(place.latitude))
}

/// Thousandths of the cosine of a latitude, straight between the table's rows.
fn cosine(latitude: i32) -> i64 {
    let north = i64::from(latitude).abs();
    let row = usize::try_from(north / TEN_DEGREES).unwrap_or(0).min(8);
    COSINES[row] + (COSINES[row + 1] - COSINES[row]) * (north % TEN_DEGREES) / TEN_DEGREES
}

fn ends(numbers: impl Iterator<Item = i64> + Clone) -> Option<(i64, i64)> {
    Some((numbers.clone().min()?, numbers.max()?))
}

/// A place in degrees with six digits after the point, as `geo:` addresses (RFC 5870) and people write it.
#[must_use]
pub fn degrees(place: Place) -> String {
    let one = |millionths: i32| {
        let sign = if millionths < 0 { "-" } else { "" };
        let whole = millionths.unsigned_abs();
        format!("{sign}{}.{:06}", whole / 1_000_000, whole % 1_000_000)
    };
    format!("{},{}", one(place.latitude), one(place.longitude))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn territory(number: u32, place: Option<(i32, i32)>) -> Territory {
        let place = place.map(|(latitude, longitude)| Place { latitude, longitude });
        Territory { number, place, title: format!("t{number}"), ..Territory::default() }
    }

    #[test]
    fn north_is_up_and_a_degree_of_longitude_is_narrower_in_the_north() {
        let at_sixty = [territory(1, Some((60_000_000, 10_000_000))), territory(2, Some((61_000_000, 11_000_000)))];
        let scheme = Scheme::of(String::new(), &at_sixty).unwrap();
        assert_eq!((scheme.points[0].x, scheme.points[0].y), (EDGE, EDGE + SIDE), "south-west");
        assert_eq!(scheme.points[1].y, EDGE);
        let width = scheme.width - 2 * EDGE;
        assert!((100..=150).contains(&width), "about half a degree of latitude, less the narrowing: {width}");
    }

    #[test]
    fn nothing_is_drawn_where_there_is_nothing_to_see() {
        let same = Some((1, 1));
        for territories in [vec![], vec![territory(1, same)], vec![territory(1, same), territory(2, None)]] {
            assert_eq!(Scheme::of(String::new(), &territories), None);
        }
        assert_eq!(Scheme::of(String::new(), &[territory(1, same), territory(2, same)]), None);
        let ends = [territory(1, Some((90_000_000, 180_000_000))), territory(2, Some((-90_000_000, -180_000_000)))];
        assert!(Scheme::of(String::new(), &ends).is_some(), "the ends of the world");
    }

    #[test]
    fn degrees_keep_their_sign_and_their_noughts() {
        assert_eq!(degrees(Place { latitude: 55_755_000, longitude: -700_001 }), "55.755000,-0.700001");
    }
}
