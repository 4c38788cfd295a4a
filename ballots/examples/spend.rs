//! Counts votes with money from standard input, one JSON object a line, and prints the winners or the refusal for each.
//!
//! ```text
//! {"method":"equal-shares-add1","file":"Poland_Lodz_2022.pb","overflow":"skip"}
//! ```
//! `pb` gives the text of a file instead of its name. Without `overflow` the file's own rule decides, with its minimum score;
//! with it there is no minimum.

use std::{
    io::{BufRead, Write},
    time::Instant,
};

use ballots::{
    Contest, Ladder, Procedure, count,
    formats::pabulib,
    ladder::Rung,
    rules::{Overflow, Winners},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(default)]
    file: Option<String>,
    method: String,
    #[serde(default)]
    overflow: Option<Overflow>,
    #[serde(default)]
    pb: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let answer = answer(&question).unwrap_or_else(|fault| json!({ "refused": fault.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(question: &Question) -> Result<Value, Box<dyn std::error::Error>> {
    let text = match (&question.file, &question.pb) {
        (Some(file), None) => std::fs::read_to_string(file)?,
        (None, Some(text)) => text.clone(),
        _ => return Err("either file or pb must be given".into()),
    };
    let instance = pabulib::read(&text)?;
    let rules = instance.rules();
    let winners = match question.overflow {
        Some(overflow) => Winners::Budget { budget: instance.budget, minimum: None, overflow },
        None => rules.winners.clone(),
    };
    let poll = instance.poll(&rules)?;
    let contest = Contest {
        profile: &poll.profile,
        territories: &poll.territories,
        winners: &winners,
        ladder: &Ladder::new(&[Rung::Registration]),
        turnout: None,
    };
    let started = Instant::now();
    let election = count(&contest, question.method.parse::<Procedure>()?)?;
    let seconds = started.elapsed().as_secs_f64();
    let id = |at: &u16| election.candidates[usize::from(*at)].clone();
    Ok(json!({
        "scores": election.scores,
        "seconds": seconds,
        "spent": election.spent,
        "ties": election.ties.len(),
        "votes": election.votes,
        "winners": election.winners.iter().map(id).collect::<Vec<_>>(),
    }))
}
