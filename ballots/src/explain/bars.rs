//! A drawing of scores: a bar for each candidate, the best first. Winners are filled, others are pale.

use std::fmt::Write;

use super::{
    Language, escaped,
    phrase::Label,
    table::{order, rounds},
    title,
};
use crate::{election::Election, exact::Exact, rules::Territory};

const ROW: u64 = 30;
const NAMES: u64 = 260;
const LONGEST: u64 = 400;

pub(super) fn draw(election: &Election, territories: &[Territory], language: Language) -> String {
    let order = order(election);
    let scores = scores(election);
    let most = scores.iter().max().cloned().unwrap_or_else(Exact::zero);
    let (width, height) = (NAMES + LONGEST + 120, ROW * order.len() as u64 + 10);
    let mut heading = escaped(language.label(Label::Outcome));
    if election.method == "bucklin" {
        let _ = write!(heading, ". {} {}", escaped(language.label(Label::Round)), rounds(election).len());
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{heading}\" \
         font-family=\"sans-serif\" font-size=\"14\"><title>{heading}</title>"
    );
    for (at, row) in order.into_iter().zip(0..) {
        let score = &scores[usize::from(at)];
        // A bar has at least one unit, so that the place of an empty one can be seen.
        let length = (score.thousandths_of(&most).unwrap_or(0) * LONGEST / 1000).max(1);
        let (top, middle) = (ROW * row + 8, ROW * row + 24);
        let opacity = if election.winners.contains(&at) { "1" } else { "0.45" };
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text><rect x=\"{NAMES}\" y=\"{top}\" width=\"{length}\" \
             height=\"22\" fill=\"#1f5fa8\" opacity=\"{opacity}\"/><text x=\"{}\" y=\"{middle}\">{}</text>",
            NAMES - 8,
            escaped(title(territories, at)),
            NAMES + length + 8,
            language.number(score),
        );
    }
    svg + "</svg>\n"
}

/// What the bars show: scores; where these come from different rounds, the votes of the round that decided; or victories in pairs where the method has no score.
fn scores(election: &Election) -> Vec<Exact> {
    if let ("bucklin", Some((votes, _))) = (election.method.as_str(), rounds(election).last()) {
        return votes.to_vec();
    }
    if !election.scores.is_empty() && !election.method.starts_with("minimax") {
        return election.scores.clone();
    }
    let Some(pairs) = &election.pairwise else {
        return election.votes.iter().copied().map(Exact::from).collect();
    };
    let all = 0..pairs.candidates();
    all.clone().map(|at| Exact::from(all.clone().filter(|other| pairs.beats(at, *other)).count() as u64)).collect()
}
