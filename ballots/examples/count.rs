//! Counts elections from standard input, one JSON object a line, and prints an outcome or the refusal for each.
//!
//! ```text
//! {"method":"schulze","kind":{"ranked":{"max":3}},"candidates":3,"seats":1,"ballots":[[5,[[0],[1,2]]],[4,[[2],[0]]]]}
//! ```
//! A ballot is its weight and its marks: groups of equals, the best first, where it ranks; pairs of candidate and value where it
//! scores or spreads points; candidates where it approves. `rungs` is the ladder, registration by default.

use std::io::{BufRead, Write};

use ballots::{
    Choice, Contest, Ladder, Procedure, Profile, count,
    ladder::Rung,
    rules::{Kind, Territory, Winners},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    ballots: Vec<(u64, Value)>,
    candidates: u16,
    kind: Kind,
    method: String,
    #[serde(default = "registration")]
    rungs: Vec<Rung>,
    seats: u16,
}

fn registration() -> Vec<Rung> {
    vec![Rung::Registration]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let answer = answer(&question).unwrap_or_else(|fault| json!({ "refused": fault.to_string() }));
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

fn answer(question: &Question) -> Result<Value, Box<dyn std::error::Error>> {
    let mut profile = Profile::new(question.kind.clone(), question.candidates);
    for (weight, marks) in &question.ballots {
        let marks = marks.clone();
        match question.kind {
            Kind::Ranked { .. } => profile.add_groups(&serde_json::from_value::<Vec<Vec<u16>>>(marks)?, *weight)?,
            Kind::Approval { .. } => profile.add(&Choice::Approval(serde_json::from_value(marks)?), *weight)?,
            Kind::Score { .. } => profile.add(&Choice::Score(serde_json::from_value(marks)?), *weight)?,
            Kind::Points { .. } => profile.add(&Choice::Points(serde_json::from_value(marks)?), *weight)?,
        }
    }
    let territory = |number: u16| Territory {
        id: number.to_string(),
        number: number.into(),
        title: number.to_string(),
        ..Territory::default()
    };
    let territories: Vec<Territory> = (0..question.candidates).map(territory).collect();
    let contest = Contest {
        profile: &profile.distinct(),
        territories: &territories,
        winners: &Winners::Top { minimum: None, seats: question.seats },
        ladder: &Ladder::new(&question.rungs),
        turnout: None,
    };
    let method: Procedure = question.method.parse()?;
    Ok(serde_json::to_value(count(&contest, method)?)?)
}
