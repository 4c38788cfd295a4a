//! The opened ballots in Pabulib's format, so that other people's programs can count them.

use ballots::{Ballot, Outcome, formats::pabulib::Instance, rules::Rules};

/// The file's text. Ballots stand in the order given, which must tell nothing of who cast them.
#[must_use]
pub fn write(title: &str, rules: &Rules, outcome: &Outcome, ballots: impl IntoIterator<Item = Ballot>) -> String {
    let meta = vec![("description".to_owned(), title.to_owned())];
    let mut instance = Instance::from_round(rules, ballots, meta);
    // The format knows whole scores only.
    let is_whole = outcome.standings.iter().all(|standing| standing.whole_score().is_some());
    for project in &mut instance.projects {
        let standing = outcome.standings.iter().find(|standing| standing.id == project.id);
        project.votes = standing.map(|standing| standing.votes);
        project.score = standing.and_then(ballots::outcome::Standing::whole_score).filter(|_| is_whole);
        project.selected = standing.map(|standing| standing.selected);
    }
    ballots::formats::pabulib::write(&instance)
}
