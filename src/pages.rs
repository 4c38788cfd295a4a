//! Pages: view structs and their templates, in Russian. Plain HTML that reads well without scripts.

mod problem;
mod view;

use askama::Template;
use audit::round::RoundRules;

use crate::export::table::Table;

pub use problem::ProblemPage;
pub use view::View;

/// Every round, the latest close first.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// The rounds.
    pub rounds: Vec<View>,
}

/// One round: what is decided, by when, how winners are chosen, turnout, and after the count the result.
#[derive(Debug, Template)]
#[template(path = "round.html")]
pub struct RoundPage<'a> {
    /// The round.
    pub view: View,
    /// Its frozen rules.
    pub rules: &'a RoundRules,
    /// The result, once counted.
    pub table: Option<Table>,
}
