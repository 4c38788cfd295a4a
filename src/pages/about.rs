//! Pages that explain: how the vote works and why it can be trusted, and the statement on accessibility.

use askama::Template;
use jiff::civil::{Date, date};

use super::Frame;

/// Day on which the statement on accessibility was last compared with the pages. Change it when you have done so again.
const REVIEWED: Date = date(2026, 11, 25);

/// How it works.
#[derive(Debug, Template)]
#[template(path = "how.html")]
pub struct HowPage {
    /// What stands around.
    pub f: Frame,
}

/// The accessibility statement.
#[derive(Debug, Template)]
#[template(path = "accessibility.html")]
pub struct AccessibilityPage {
    /// What stands around.
    pub f: Frame,
}

impl AccessibilityPage {
    fn reviewed(&self) -> String {
        self.f.t.day(REVIEWED)
    }
}
