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

/// Most candidates and most rounds that are drawn.
const MOST: usize = 24;

/// What is drawn: the first candidates of the order, the others in one bar, and the first round with the last ones.
struct Drawing {
    /// Names from above.
    names: Vec<String>,
    /// Of each candidate, its place in `names`.
    places: Vec<usize>,
    /// Number of each round, from 0, and the votes of each place.
    rounds: Vec<(usize, Vec<Exact>)>,
}

impl Drawing {
    fn new(election: &Election, territories: &[Territory], language: Language) -> Self {
        let (order, rounds) = (order(election), rounds(election));
        let shown = if order.len() > MOST + 1 { MOST } else { order.len() };
        let mut names: Vec<String> = order[..shown].iter().map(|at| title(territories, *at).to_owned()).collect();
        if shown < order.len() {
            names.push(language.label(Label::Others).to_owned());
        }
        let mut places = vec![shown; order.len()];
        order.iter().enumerate().for_each(|(place, at)| places[usize::from(*at)] = place.min(shown));
        let late = rounds.len().saturating_sub(MOST - 1);
        let kept = rounds.iter().enumerate().filter(|(number, _)| *number == 0 || *number >= late);
        let together = |votes: &[Exact]| {
            let mut sums = vec![Exact::zero(); names.len()];
            votes.iter().zip(&places).for_each(|(votes, place)| sums[*place] += votes);
            sums
        };
        let rounds = kept.map(|(number, (votes, _))| (number, together(votes))).collect();
        Self { names, places, rounds }
    }
}

pub(super) fn draw(election: &Election, territories: &[Territory], language: Language) -> String {
    let drawing = Drawing::new(election, territories, language);
    let columns: Vec<Vec<Bar>> = drawing.rounds.iter().map(|(_, votes)| column(election, votes)).collect();
    let width = LEFT + COLUMN * (columns.len() as u64 - 1) + 120;
    let height = TALL + GAP * drawing.names.len() as u64 + 40;
    let heading = escaped(language.label(Label::Outcome));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{heading}\" \
         font-family=\"sans-serif\" font-size=\"13\"><title>{heading}</title>"
    );
    for at in 1..columns.len() {
        bands(&mut svg, election, &drawing, &columns, at);
    }
    for (number, (column, (round, votes))) in columns.iter().zip(&drawing.rounds).enumerate() {
        let x = LEFT + COLUMN * number as u64;
        let _ = write!(svg, "<text x=\"{x}\" y=\"18\">{} {}</text>", escaped(language.label(Label::Round)), round + 1);
        for (place, name) in drawing.names.iter().enumerate().filter(|(place, _)| !votes[*place].is_zero()) {
            let Bar { top, height } = column[place];
            let (name, votes) = (escaped(name), language.number(&votes[place]));
            // Writing to a string cannot fail.
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{top}\" width=\"{BAR}\" height=\"{height}\" fill=\"{}\"><title>{name}: {votes}</title></rect>\
                 <text x=\"{}\" y=\"{}\">{votes}</text>",
                colour(place),
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

fn colour(place: usize) -> &'static str {
    if place == MOST { "#8a8a8a" } else { COLOURS[place % COLOURS.len()] }
}

fn high(votes: &Exact, election: &Election) -> u64 {
    votes.thousandths_of(&Exact::from(election.ballots)).unwrap_or(0) * TALL / 1000
}

fn column(election: &Election, votes: &[Exact]) -> Vec<Bar> {
    let mut top = 30;
    let bar = |votes: &Exact| {
        let bar = Bar { top, height: high(votes, election).max(1) };
        top += if votes.is_zero() { 0 } else { bar.height + GAP };
        bar
    };
    votes.iter().map(bar).collect()
}

/// Bands into a column, from the one before it: first what stays with each, below that what moved in the rounds between.
fn bands(svg: &mut String, election: &Election, drawing: &Drawing, columns: &[Vec<Bar>], at: usize) {
    let (mut from, mut to) = (columns[at - 1].clone(), columns[at].clone());
    let ((begin, before), (end, after)) = (&drawing.rounds[at - 1], &drawing.rounds[at]);
    for place in 0..from.len() {
        let stays = before[place].clone().min(after[place].clone());
        band(svg, (at, place), high(&stays, election), &mut from[place], &mut to[place]);
    }
    let mut moved: BTreeMap<(usize, usize), Exact> = BTreeMap::new();
    for step in &election.steps {
        if let Step::Transferred { from, round, to, .. } = step
            && (begin + 1..=*end).contains(&(*round as usize))
        {
            let source = drawing.places[usize::from(*from)];
            for (to, votes) in to {
                let target = drawing.places[usize::from(*to)];
                // What moves among the others moves inside their bar.
                if source != target {
                    *moved.entry((source, target)).or_insert_with(Exact::zero) += votes;
                }
            }
        }
    }
    for ((source, target), votes) in moved {
        band(svg, (at, source), high(&votes, election), &mut from[source], &mut to[target]);
    }
}

/// One band, which takes up its part of both bars.
fn band(svg: &mut String, (round, colour_of): (usize, usize), height: u64, from: &mut Bar, to: &mut Bar) {
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
