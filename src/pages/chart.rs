//! Pictures of numbers as inline SVG. The same numbers stand in a table under each, so the pictures are for the eye alone.

use askama::Template;

use super::{
    texts::{Texts, local},
    turnout::Hour,
};

/// Width of every chart in its own units; about the width of a narrow phone, so that letters stay readable there.
const WIDTH: u64 = 340;
/// Height of a line's plane.
const HEIGHT: u64 = 140;
/// Letters that fit into one line of a label.
const LETTERS: usize = 40;
/// Most labels under a line.
const TICKS: usize = 4;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Lines of the label.
    pub label: Vec<String>,
    /// The number, in words.
    pub value: String,
    /// Length in the chart's units.
    pub length: u64,
    /// Where the bar's part of the chart begins.
    pub top: u64,
    /// Whether it stands for a winner.
    pub won: bool,
}

/// Bars, one under the other.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "bars.svg")]
pub struct Bars {
    title: String,
    bars: Vec<Bar>,
    height: u64,
}

impl Bars {
    /// A bar for each label and number; the longest fills the width.
    #[must_use]
    pub fn new(t: &Texts, title: String, rows: &[(String, u64, bool)]) -> Self {
        let most = rows.iter().map(|(_, number, _)| *number).max().unwrap_or(0).max(1);
        let mut top = 0;
        let bar = |(label, number, won): &(String, u64, bool)| {
            let label = lines(label);
            let bar = Bar {
                value: t.number(*number),
                length: u64::try_from(u128::from(*number) * u128::from(WIDTH - 60) / u128::from(most)).unwrap_or(0),
                top,
                won: *won,
                label,
            };
            top += 34 + 15 * bar.label.len() as u64;
            bar
        };
        let bars = rows.iter().map(bar).collect();
        Self { title, bars, height: top }
    }
}

/// A text in at most two lines; what does not fit is cut, and stands whole in the table.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.chars().take(LETTERS).collect()),
        }
    }
    if lines.len() > 2 {
        lines.truncate(2);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// A mark under a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Place from the left.
    pub x: u64,
    /// What it says.
    pub label: String,
}

/// A number that grows in time.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "line.svg")]
pub struct Line {
    title: String,
    points: String,
    area: String,
    most: String,
    ticks: Vec<Tick>,
}

impl Line {
    /// Ballots added up hour by hour; none when there are no ballots.
    #[must_use]
    pub fn of(t: &Texts, hours: &[Hour], zone: &str) -> Option<Self> {
        let all: u64 = hours.iter().map(|hour| hour.ballots).sum();
        let (first, last) = (hours.first()?.at, hours.last()?.at);
        if all == 0 {
            return None;
        }
        let span = (last - first).max(1).unsigned_abs();
        let x = |at: i64| (at - first).unsigned_abs() * (WIDTH - 20) / span + 10;
        let mut sum = 0;
        let mut points = vec![(10, HEIGHT)];
        for hour in hours {
            sum += hour.ballots;
            let y = u64::try_from(u128::from(sum) * u128::from(HEIGHT - 20) / u128::from(all)).unwrap_or(0);
            // In steps: between two hours nothing came into the log.
            points.push((x(hour.at), points.last().map_or(HEIGHT, |(_, y)| *y)));
            points.push((x(hour.at), HEIGHT - y));
        }
        if last == first {
            points.push((WIDTH - 10, HEIGHT - (HEIGHT - 20)));
        }
        let end = points.last().map_or(0, |(x, _)| *x);
        let points: Vec<String> = points.into_iter().map(|(x, y)| format!("{x},{y}")).collect();
        let points = points.join(" ");
        Some(Self {
            title: t.turnout_chart(all),
            area: format!("{points} {end},{HEIGHT} 10,{HEIGHT}"),
            points,
            most: t.number(all),
            ticks: ticks(t, hours, zone, x),
        })
    }
}

/// A few days, from the first to the last.
fn ticks(t: &Texts, hours: &[Hour], zone: &str, x: impl Fn(i64) -> u64) -> Vec<Tick> {
    let mut days = Vec::new();
    for hour in hours {
        let Some(date) = local(hour.at, zone).map(|at| at.date()) else { continue };
        if days.last().is_none_or(|(last, _)| *last != date) {
            days.push((date, x(hour.at)));
        }
    }
    let step = days.len().div_ceil(TICKS).max(1);
    days.into_iter().step_by(step).map(|(date, x)| Tick { x, label: t.short_day(date) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::texts::Language;

    #[test]
    fn the_longest_bar_fills_the_width_and_an_empty_chart_divides_by_nothing() {
        let t = Language::ALL[0].texts();
        let row = |label: &str, number| (label.to_owned(), number, false);
        let bars = Bars::new(t, String::new(), &[row("a", 200), row("b", 50), row("c", 0)]);
        assert_eq!(bars.bars.iter().map(|bar| bar.length).collect::<Vec<_>>(), [280, 70, 0]);
        let bars = Bars::new(t, String::new(), &[row("a", 0)]);
        assert_eq!(bars.bars[0].length, 0);
        let most = Bars::new(t, String::new(), &[row("a", u64::MAX), row("b", u64::MAX / 2)]);
        assert_eq!(most.bars.iter().map(|bar| bar.length).collect::<Vec<_>>(), [280, 139]);
    }

    #[test]
    fn a_long_label_has_two_lines() {
        assert_eq!(lines("Сквер"), ["Сквер"]);
        let long = lines(&"слово ".repeat(40));
        assert_eq!(long.len(), 2);
        assert!(long[1].ends_with('…') && long[0].chars().count() <= LETTERS, "{long:?}");
        assert_eq!(lines(&"x".repeat(100))[0].len(), LETTERS);
    }

    #[test]
    fn a_line_ends_at_its_height_and_one_hour_is_a_line_too() {
        let t = Language::ALL[0].texts();
        let hour = |at, ballots| Hour { at, ballots, credentials: 0 };
        let zone = "Asia/Yekaterinburg";
        let line = Line::of(t, &[hour(0, 5), hour(3600, 0), hour(7200, 15)], zone).unwrap();
        assert_eq!(line.points, "10,140 10,140 10,110 170,110 170,110 330,110 330,20");
        assert_eq!(Line::of(t, &[hour(0, 5)], zone).unwrap().points, "10,140 10,140 10,20 330,20");
        assert_eq!(Line::of(t, &[hour(0, 0)], zone), None);
        assert_eq!(Line::of(t, &[], zone), None);
    }
}
