//! Pages that explain: how the vote works and why it can be trusted, and the statement on accessibility.

use askama::Template;

use super::Frame;

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
