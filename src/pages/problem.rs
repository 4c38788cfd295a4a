//! What each problem means, for readers: the page behind a problem's `type`, and the page that a reader gets instead of it.

use askama::Template;

use super::Frame;

/// A page about one kind of problem.
#[derive(Debug, Clone, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// What stands around.
    pub f: Frame,
    /// What happened.
    pub title: String,
    /// What to do.
    pub advice: String,
}

/// Every kind of problem.
#[derive(Debug, Clone, Template)]
#[template(path = "problems.html")]
pub struct ProblemsPage {
    /// What stands around.
    pub f: Frame,
    /// Slug and title of each.
    pub problems: Vec<(&'static str, String)>,
}

impl ProblemPage {
    /// The page of this slug.
    #[must_use]
    pub fn of(f: Frame, slug: &str) -> Option<Self> {
        let title = f.t.named(&format!("problem-{slug}"))?;
        let advice = f.t.named(&format!("problem-{slug}-advice"))?;
        Some(Self { title, advice, f })
    }
}

impl ProblemsPage {
    /// The list over these slugs.
    #[must_use]
    pub fn new(f: Frame, slugs: &[&'static str]) -> Self {
        let problem = |slug: &&'static str| Some((*slug, f.t.named(&format!("problem-{slug}"))?));
        Self { problems: slugs.iter().filter_map(problem).collect(), f }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Site, domain::Refusal, pages::texts::Language};

    #[test]
    fn every_refusal_has_a_page_in_every_language() {
        for language in Language::ALL {
            for slug in Refusal::ALL {
                let frame = Frame::of(&format!("/{}/problems/{slug}", language.code()), &Site::default());
                assert!(ProblemPage::of(frame, slug).is_some(), "{}: {slug} has no page", language.code());
            }
        }
    }
}
