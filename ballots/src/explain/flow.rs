//! A drawing of rounds: a column for each, a bar for each candidate, and bands for the votes that stay and that move.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    Language, escaped,
    phrase::Label,
    table::{order, rounds},
    title,
};
use crate::{
    election::{Election, Step},
    exact::Exact,
    rules::Territory,
};

const COLUMN: u64 = 170;
const LEFT: u64 = 230;
const BAR: u64 = 16;
const GAP: u64 = 10;
/// Height of all ballots together.
const TALL: u64 = 420;
/// Colours that can be told apart by most people with colour blindness (M. Okabe and K. Ito 2008).
const COLOURS: [&str; 7] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a7a00"];

/// Whether votes move from round to round.
pub(super) fn has_flow(election: &Election) -> bool {
    rounds(election).len() > 1 && !matches!(election.method.as_str(), "bucklin" | "coombs")
}

/// A bar: where it begins and how high it is, in units of the drawing.
#[derive(Debug, Clone, Copy, Default)]
struct Bar {
    top: u64,
    height: u64,
}

pub(super) fn draw(election: &Election, territories: &[Territory], language: Language) -> String {
    let rounds = rounds(election);
    let order = order(election);
    let columns: Vec<Vec<Bar>> = rounds.iter().map(|(votes, _)| column(election, votes, &order)).collect();
    let width = LEFT + COLUMN * (rounds.len() as u64 - 1) + 120;
    let height = TALL + GAP * order.len() as u64 + 40;
    let heading = escaped(language.label(Label::Outcome));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{heading}\" \
         font-family=\"sans-serif\" font-size=\"13\"><title>{heading}</title>"
    );
    for round in 1..columns.len() {
        bands(&mut svg, election, &columns, round);
    }
    for (number, (column, (votes, _))) in columns.iter().zip(&rounds).enumerate() {
        let x = LEFT + COLUMN * number as u64;
        let _ = write!(svg, "<text x=\"{x}\" y=\"18\">{} {}</text>", escaped(language.label(Label::Round)), number + 1);
        for at in &order {
            let Bar { top, height } = column[usize::from(*at)];
            if votes[usize::from(*at)].is_zero() {
                continue;
            }
            let (name, votes) = (escaped(title(territories, *at)), language.number(&votes[usize::from(*at)]));
            // Writing to a string cannot fail.
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{top}\" width=\"{BAR}\" height=\"{height}\" fill=\"{}\"><title>{name}: {votes}</title></rect>\
                 <text x=\"{}\" y=\"{}\">{votes}</text>",
                colour(*at),
                x + BAR + 4,
                top + height / 2 + 5,
            );
            if number == 0 {
                let (x, y) = (x - 8, top + height / 2 + 5);
                let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{name}</text>");
            }
        }
    }
    svg + "</svg>\n"
}

fn colour(at: u16) -> &'static str {
    COLOURS[usize::from(at) % COLOURS.len()]
}

fn high(votes: &Exact, election: &Election) -> u64 {
    votes.thousandths_of(&Exact::from(election.ballots)).unwrap_or(0) * TALL / 1000
}

fn column(election: &Election, votes: &[Exact], order: &[u16]) -> Vec<Bar> {
    let mut column = vec![Bar::default(); votes.len()];
    let mut top = 30;
    for at in order {
        let votes = &votes[usize::from(*at)];
        let height = high(votes, election).max(1);
        column[usize::from(*at)] = Bar { top, height };
        top += if votes.is_zero() { 0 } else { height + GAP };
    }
    column
}

/// Bands into a round, from the one before it: first what stays with each candidate, below that what moves.
fn bands(svg: &mut String, election: &Election, columns: &[Vec<Bar>], round: usize) {
    let (before, after) = (&columns[round - 1], &columns[round]);
    let rounds = rounds(election);
    let (mut from, mut to) = (before.clone(), after.clone());
    for at in 0..before.len() {
        let stays = rounds[round - 1].0[at].clone().min(rounds[round].0[at].clone());
        band(svg, (round, at as u16), high(&stays, election), &mut from[at], &mut to[at]);
    }
    let mut moved: BTreeMap<(u16, u16), u64> = BTreeMap::new();
    for step in &election.steps {
        if let Step::Transferred { from, round: end, to, .. } = step
            && *end as usize == round
        {
            for (to, votes) in to {
                *moved.entry((*from, *to)).or_default() += high(votes, election);
            }
        }
    }
    for ((source, target), height) in moved {
        band(svg, (round, source), height, &mut from[usize::from(source)], &mut to[usize::from(target)]);
    }
}

/// One band, which takes up its part of both bars.
fn band(svg: &mut String, (round, colour_of): (usize, u16), height: u64, from: &mut Bar, to: &mut Bar) {
    if height == 0 {
        return;
    }
    let start = LEFT + COLUMN * (round as u64 - 1) + BAR;
    let (end, bend) = (start + COLUMN - BAR, start + (COLUMN - BAR) / 2);
    let (left, right) = (from.top, to.top);
    let (left_end, right_end) = (left + height, right + height);
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<path d=\"M{start} {left}C{bend} {left} {bend} {right} {end} {right}V{right_end}C{bend} {right_end} {bend} {left_end} \
         {start} {left_end}Z\" fill=\"{}\" opacity=\"0.35\"/>",
        colour(colour_of),
    );
    from.top += height;
    to.top += height;
}
