//! The first page: rounds that are on, that are coming, and that are over.

use askama::Template;

use super::{Frame, View, view::When};

/// Every round, by when it is.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// What stands around.
    pub f: Frame,
    /// Heading of each list, with its rounds.
    pub lists: Vec<(String, Vec<View>)>,
    /// Whether any round is on.
    pub any_now: bool,
}

impl HomePage {
    /// The page over these rounds, the latest close first.
    #[must_use]
    pub fn new(f: Frame, rounds: Vec<View>) -> Self {
        let any_now = rounds.iter().any(|round| round.when == When::Now);
        let headings = [(When::Now, f.t.home_open()), (When::Coming, f.t.home_coming()), (When::Past, f.t.home_past())];
        let of = |(when, heading): (When, String)| {
            (heading, rounds.iter().filter(|round| round.when == when).cloned().collect())
        };
        let lists: Vec<(String, Vec<View>)> = headings.into_iter().map(of).collect();
        Self { f, lists: lists.into_iter().filter(|(_, rounds)| !rounds.is_empty()).collect(), any_now }
    }
}
