//! An outcome as a table: rounds for run-offs and transferable votes, pairs for Condorcet's family, purchases where money is spent,
//! places elsewhere.

use super::{Language, phrase::Label, purchases, title};
use crate::{
    election::{Election, Step},
    exact::Exact,
    pairwise::Pairwise,
    rules::Territory,
};

/// A table of texts; every row is as long as the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Headings.
    pub head: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// The table that suits the method.
#[must_use]
pub fn table(election: &Election, territories: &[Territory], language: Language) -> Table {
    if purchases::is_purchase(election) {
        return purchases::table(election, territories, language);
    }
    let rounds = rounds(election);
    match (&election.pairwise, rounds.as_slice()) {
        (Some(pairs), _) => by_pairs(election, pairs, territories, language),
        (None, []) => by_place(election, territories, language),
        (None, rounds) => by_round(election, rounds, territories, language),
    }
}

/// Votes of each round, and those that support nobody.
pub(super) fn rounds<'a>(election: &'a Election) -> Vec<(&'a [Exact], &'a Exact)> {
    let parts = |step: &'a Step| match step {
        Step::Counted { exhausted, votes, .. } => Some((votes.as_slice(), exhausted)),
        _ => None,
    };
    election.steps.iter().filter_map(parts).collect()
}

/// Candidates in order; when there is no order yet, as in the list.
pub(super) fn order(election: &Election) -> Vec<u16> {
    let all = || (0u16..).zip(&election.candidates).map(|(at, _)| at).collect();
    if election.order.is_empty() { all() } else { election.order.clone() }
}

fn won(election: &Election, at: u16, language: Language) -> String {
    let won = election.winners.contains(&at);
    if won { language.label(Label::Won).to_owned() } else { String::new() }
}

fn by_round(
    election: &Election,
    rounds: &[(&[Exact], &Exact)],
    territories: &[Territory],
    language: Language,
) -> Table {
    let headings = (1..=rounds.len()).map(|round| format!("{} {round}", language.label(Label::Round)));
    let mut head = vec![language.label(Label::Candidate).to_owned()];
    head.extend(headings.chain([language.label(Label::Outcome).to_owned()]));
    let row = |at: u16| {
        let mut row = vec![title(territories, at).to_owned()];
        row.extend(rounds.iter().map(|(votes, _)| language.number(&votes[usize::from(at)])));
        row.push(won(election, at, language));
        row
    };
    let mut rows: Vec<Vec<String>> = order(election).into_iter().map(row).collect();
    let mut last = vec![language.label(Label::Exhausted).to_owned()];
    last.extend(rounds.iter().map(|(_, exhausted)| language.number(exhausted)).chain([String::new()]));
    rows.push(last);
    Table { head, rows }
}

fn by_pairs(election: &Election, pairs: &Pairwise, territories: &[Territory], language: Language) -> Table {
    let order = order(election);
    let mut head = vec![language.label(Label::Candidate).to_owned()];
    head.extend(order.iter().map(|at| title(territories, *at).to_owned()));
    head.extend([Label::Place, Label::Outcome].map(|label| language.label(label).to_owned()));
    let cell = |at: u16, other: u16| match at == other {
        true => "\u{2014}".to_owned(),
        false => pairs.over(at, other).to_string(),
    };
    let row = |(at, place): (u16, usize)| {
        let mut row = vec![title(territories, at).to_owned()];
        row.extend(order.iter().map(|other| cell(at, *other)));
        // Before there is an answer there are no places.
        row.push(if election.order.is_empty() { String::new() } else { place.to_string() });
        row.push(won(election, at, language));
        row
    };
    Table { head, rows: order.iter().copied().zip(1..).map(row).collect() }
}

fn by_place(election: &Election, territories: &[Territory], language: Language) -> Table {
    let mut labels = vec![Label::Place, Label::Candidate, Label::Score, Label::Votes, Label::Outcome];
    let later = election.steps.iter().any(|step| matches!(step, Step::MiddleMarks { .. }));
    if later {
        labels.insert(3, Label::LaterMarks);
    }
    let row = |(at, place): (u16, usize)| {
        let score = election.scores.get(usize::from(at)).map_or(String::new(), |score| language.number(score));
        let votes = election.votes.get(usize::from(at)).map_or(String::new(), u64::to_string);
        let mut row =
            vec![place.to_string(), title(territories, at).to_owned(), score, votes, won(election, at, language)];
        if later {
            row.insert(3, later_marks(election, at));
        }
        row
    };
    Table {
        head: labels.iter().map(|label| language.label(*label).to_owned()).collect(),
        rows: order(election).into_iter().zip(1..).map(row).collect(),
    }
}

/// The later middle marks that put a candidate before the next one: `3 > 2`.
fn later_marks(election: &Election, at: u16) -> String {
    let marks = election.steps.iter().find_map(|step| match step {
        Step::MiddleMarks { better, marks, .. } if *better == at => Some(marks),
        _ => None,
    });
    marks.map_or(String::new(), |[mine, theirs]| format!("{mine} > {theirs}"))
}
