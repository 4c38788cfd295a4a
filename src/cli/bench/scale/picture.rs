//! The picture of a plan: ballots a second and how long they waited, hour by hour, as SVG.

use std::fmt::Write as _;

use super::plan::{Hour, Plan};

/// Size of the picture and of its two fields.
const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 520.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
/// Top and bottom of the field of rates, and of that of waits.
const RATES: (f64, f64) = (50.0, 290.0);
const WAITS: (f64, f64) = (340.0, 470.0);

/// Draws it.
pub(super) fn draw(plan: &Plan) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\
         <title>Ballots a second and how long they waited, by hour</title><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>"
    );
    let most = plan.machine.casting.max(plan.peak) * 1.5;
    let least = plan.hours.iter().map(|hour| hour.ballots).filter(|rate| *rate > 0.0).fold(most, f64::min) / 1.5;
    let rate = Scale { field: RATES, low: least.log10(), high: most.log10() };
    text(&mut out, LEFT, 24.0, "Ballots a second by hour, expected; the line is what one database takes", "#111");
    let mut decade = least.log10().ceil();
    while decade <= most.log10() {
        grid(&mut out, rate.at(decade), &format!("{}", 10f64.powf(decade)));
        decade += 1.0;
    }
    bars(&mut out, &plan.hours, &rate, |hour| hour.ballots.max(least).log10());
    let limit = rate.at(plan.machine.casting.log10());
    write!(
        out,
        "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{limit:.1}\" y2=\"{limit:.1}\" stroke=\"#b00020\" stroke-width=\"2\"/>",
        WIDTH - RIGHT
    )
    .ok();
    let longest = plan.hours.iter().map(|hour| hour.p99).fold(1.0, f64::max) * 1.1;
    let wait = Scale { field: WAITS, low: 0.0, high: longest };
    text(&mut out, LEFT, WAITS.0 - 16.0, "Milliseconds within which 99 of 100 were answered, simulated", "#111");
    for part in 0..=2 {
        let value = longest * f64::from(part) / 2.0;
        grid(&mut out, wait.at(value), &format!("{value:.1}"));
    }
    bars(&mut out, &plan.hours, &wait, |hour| hour.p99);
    let days = plan.load.days;
    for day in (0..=days).step_by(days.div_ceil(10) as usize) {
        let x = LEFT + (WIDTH - LEFT - RIGHT) * f64::from(day) / f64::from(days);
        write!(out, "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"#444\" text-anchor=\"middle\">{day}</text>", WAITS.1 + 18.0)
            .ok();
    }
    text(&mut out, LEFT, HEIGHT - 12.0, "day of the voting", "#444");
    out.push_str("</svg>\n");
    out
}

/// From values to places in a field.
struct Scale {
    field: (f64, f64),
    low: f64,
    high: f64,
}

impl Scale {
    fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.field.1 - (self.field.1 - self.field.0) * share
    }
}

/// One outline over all hours, filled.
fn bars(out: &mut String, hours: &[Hour], scale: &Scale, value: impl Fn(&Hour) -> f64) {
    let (bottom, step) = (scale.field.1, (WIDTH - LEFT - RIGHT) / hours.len().max(1) as f64);
    write!(out, "<path fill=\"#3568a8\" d=\"M{LEFT:.1} {bottom:.1}").ok();
    for (at, hour) in hours.iter().enumerate() {
        let x = LEFT + step * at as f64;
        write!(out, "L{x:.1} {y:.1}H{:.1}", x + step, y = scale.at(value(hour))).ok();
    }
    write!(out, "V{bottom:.1}Z\"/>").ok();
}

fn grid(out: &mut String, y: f64, label: &str) {
    let (right, below) = (WIDTH - RIGHT, y + 4.0);
    write!(out, "<line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#ddd\"/>").ok();
    write!(out, "<text x=\"{:.1}\" y=\"{below:.1}\" fill=\"#444\" text-anchor=\"end\">{label}</text>", LEFT - 6.0).ok();
}

fn text(out: &mut String, x: f64, y: f64, words: &str, colour: &str) {
    write!(out, "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\">{words}</text>").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn higher_values_stand_higher_and_stay_within_the_field() {
        let scale = Scale { field: (10.0, 110.0), low: 0.0, high: 50.0 };
        assert_eq!([0.0, 25.0, 50.0, 80.0].map(|value| scale.at(value)), [110.0, 60.0, 10.0, 10.0]);
    }
}
