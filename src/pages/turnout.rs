//! How participation grew: a picture of it, and the same numbers by day.

use askama::Template;
use jiff::civil::Date;

use super::{
    chart::Line,
    texts::{Texts, local},
};

/// What the log says of one full hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// Unix second at which it begins.
    pub at: i64,
    /// Ballots that came into the log.
    pub ballots: u64,
    /// Credentials that were reported as issued.
    pub credentials: u64,
}

/// A day's numbers, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub day: String,
    /// Ballots of the day.
    pub ballots: String,
    /// Ballots up to its end.
    pub total: String,
    /// Credentials of the day.
    pub credentials: String,
}

/// Participation over time.
#[derive(Debug, Template)]
#[template(path = "turnout.html")]
pub struct Turnout {
    t: &'static Texts,
    days: Vec<Day>,
    chart: Option<Line>,
}

impl Turnout {
    /// From the hours in their order, as clocks in the zone show them.
    #[must_use]
    pub fn new(t: &'static Texts, hours: &[Hour], zone: &str) -> Self {
        let mut days: Vec<(Date, u64, u64)> = Vec::new();
        for hour in hours {
            let Some(date) = local(hour.at, zone).map(|at| at.date()) else { continue };
            match days.last_mut().filter(|(last, _, _)| *last == date) {
                Some((_, ballots, credentials)) => {
                    *ballots += hour.ballots;
                    *credentials += hour.credentials;
                }
                None => days.push((date, hour.ballots, hour.credentials)),
            }
        }
        let mut total = 0;
        let day = |(date, ballots, credentials): (Date, u64, u64)| {
            total += ballots;
            Day {
                day: t.day(date),
                ballots: t.number(ballots),
                total: t.number(total),
                credentials: t.number(credentials),
            }
        };
        Self { t, days: days.into_iter().map(day).collect(), chart: Line::of(t, hours, zone) }
    }
}
