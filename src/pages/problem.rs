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
    /// Heading of each group, with the slug and title of each problem in it.
    pub groups: Vec<(String, Vec<(&'static str, String)>)>,
}

/// Problems of staff's work, which residents never meet.
const OF_STAFF: [&str; 5] = ["token", "not-allowed", "not-now", "rules", "picture"];
/// Problems that a resident meets only when a program is at fault.
const OF_PROGRAMS: [&str; 12] = [
    "blinded-message",
    "backup-length",
    "ballot-length",
    "ballot-format",
    "ballot-version",
    "ballot-credential",
    "ballot-issuer-signature",
    "ballot-signature",
    "malformed",
    "not-in-log",
    "too-large",
    "method-not-allowed",
];

/// Whom a problem concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Concerns {
    Residents,
    Programs,
    Staff,
}

fn concerns(slug: &str) -> Concerns {
    if OF_STAFF.contains(&slug) {
        Concerns::Staff
    } else if OF_PROGRAMS.contains(&slug) {
        Concerns::Programs
    } else {
        Concerns::Residents
    }
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
        let group = |(whom, heading): (Concerns, String)| {
            let mine = slugs.iter().filter(|slug| concerns(slug) == whom);
            (heading, mine.filter_map(|slug| Some((*slug, f.t.named(&format!("problem-{slug}"))?))).collect())
        };
        let groups = [
            (Concerns::Residents, f.t.problems_residents()),
            (Concerns::Programs, f.t.problems_program()),
            (Concerns::Staff, f.t.problems_staff()),
        ];
        Self { groups: groups.into_iter().map(group).collect(), f }
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

    #[test]
    fn every_problem_stands_in_one_group() {
        for slug in OF_STAFF.into_iter().chain(OF_PROGRAMS) {
            let known = Refusal::ALL.contains(&slug) || ["too-large", "method-not-allowed"].contains(&slug);
            assert!(known, "{slug} is no problem any more");
        }
        let page = ProblemsPage::new(Frame::of("/problems", &Site::default()), &Refusal::ALL);
        let mut found: Vec<_> = page.groups.iter().flat_map(|(_, group)| group.iter().map(|(slug, _)| *slug)).collect();
        let mut wanted = Refusal::ALL.to_vec();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
    }

    #[test]
    fn no_ballot_is_refused_without_saying_that_it_does_not_count() {
        for (language, words) in [(Language::ALL[0], "НЕ учтён"), (Language::ALL[1], "NOT counted")] {
            let refused = Refusal::ALL.into_iter().filter(|slug| slug.starts_with("ballot-"));
            for slug in refused.chain(["not-open-yet", "paused", "closed", "version-not-growing"]) {
                let advice = language.texts().named(&format!("problem-{slug}-advice")).unwrap();
                assert!(advice.contains(words), "{}: {slug}: {advice}", language.code());
            }
        }
    }
}
