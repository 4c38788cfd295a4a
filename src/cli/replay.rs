//! `veche replay FILE.pb`: a city's vote through a real server, compared with the city's own numbers.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use audit::round::Act;
use ballots::{
    Ballot, Outcome, Rules,
    formats::pabulib::{Instance, Vote},
};
use clap::Args;
use serde_json::json;

use super::{
    CliFault, Holds,
    play::{self, Choice, Stage},
    show, tally, verify,
};
use crate::{client::letters::ListedPerson, clock::Clock, export::table::Table};

/// Name of the replayed round.
const SLUG: &str = "replay";
/// Birth date of those whose age the file does not give: old enough for any round.
const UNKNOWN: &str = "1950-01-01";

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// A vote in Pabulib's format.
    file: PathBuf,
    /// Only the first so many voters; then the result is compared with a direct count of their ballots.
    #[arg(long)]
    residents: Option<usize>,
    /// Age of the round; younger voters of the file are refused and listed.
    #[arg(long, default_value_t = 14)]
    min_age: u8,
    /// Keep the database and the bundle in this folder.
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl Replay {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let started = Instant::now();
        let mut instance = tally::read(&self.file)?;
        let rules = instance.rules();
        let whole = self.residents.is_none_or(|residents| residents >= instance.votes.len());
        instance.votes.truncate(self.residents.unwrap_or(usize::MAX));
        let (data, _temporary) = play::folder(self.dir.clone())?;
        let mut stage = Stage::set(&data, "127.0.0.1:0").await?;
        let cast = self.vote(&stage, &instance, &rules, as_json).await?;
        stage.act(SLUG, Act::Close, "replay").await?;
        let outcome = stage.certify(SLUG, as_json).await?.outcome;
        let folder = stage.bundle(SLUG, &data)?;
        stage.stop().await?;
        let seconds = started.elapsed().as_secs();
        let differences = if whole {
            tally::differences(&instance, &outcome)
        } else {
            differences_from_count(&instance, &rules, &outcome)
        };
        let verified = verified(&folder)?;
        if as_json {
            let refused: Vec<_> =
                cast.refused.iter().map(|(at, why)| json!({ "voter": voter(&instance, *at), "reason": why })).collect();
            println!(
                "{}",
                json!({ "agree": differences.is_empty(), "differences": differences, "refused": refused, "accepted": cast.accepted,
                        "seconds": seconds, "verified": verified, "result": tally::summary(&outcome) })
            );
        } else {
            show::result(&Table::new(&rules, &outcome));
            report(&instance, &cast, &differences, seconds);
            println!("bundle verified: {}", if verified { "yes" } else { "NO" });
        }
        Ok(differences.is_empty() && verified)
    }

    async fn vote(
        &self,
        stage: &Stage,
        instance: &Instance,
        rules: &Rules,
        quiet: bool,
    ) -> Result<play::Cast, CliFault> {
        let title = instance.meta("description").unwrap_or("replay").to_owned();
        stage.publish(SLUG, &title, rules.clone(), self.min_age).await?;
        let year = play::today(Clock::system().now()).year();
        let people: Vec<_> = instance.votes.iter().zip(1..).map(|(vote, number)| person(vote, number, year)).collect();
        let bar = show::bar("on the roll", people.len() as u64, quiet);
        let codes = stage.enrol(SLUG, &people, &bar).await?;
        bar.finish();
        stage.act(SLUG, Act::Open, "replay").await?;
        let choices = instance.votes.iter().map(|vote| choice(rules, vote));
        let bar = show::bar("residents casting", people.len() as u64, quiet);
        let cast = play::cast(&stage.api, SLUG, codes.into_iter().zip(choices).collect(), &bar).await?;
        bar.finish();
        Ok(cast)
    }
}

/// Born so that the age in the file is reached by today. Numbers are made, because some files repeat a voter's name.
fn person(vote: Vote<'_>, number: usize, year: i16) -> ListedPerson {
    let age = vote.age.and_then(|age| i16::try_from(age).ok()).filter(|age| (0..150).contains(age));
    let born = age.map_or_else(|| UNKNOWN.to_owned(), |age| format!("{}-01-01", year - age));
    ListedPerson { number: number.to_string(), born, district: None }
}

/// A ballot that breaks the file's own rules is cast as one that nobody can read, so it is counted as invalid.
fn choice(rules: &Rules, vote: Vote<'_>) -> Choice {
    match Ballot::from_marks(rules, vote.marks()) {
        Ok(ballot) => Choice::Ballots(vec![ballot]),
        Err(_) => Choice::Unreadable,
    }
}

fn differences_from_count(instance: &Instance, rules: &Rules, outcome: &Outcome) -> Vec<String> {
    let direct = instance.tally(rules);
    let same = direct.is_ok_and(|direct| direct.standings == outcome.standings && direct.ballots == outcome.ballots);
    if same { Vec::new() } else { vec!["a direct count of the same ballots gives something else".to_owned()] }
}

fn verified(folder: &Path) -> Result<bool, CliFault> {
    let report = verify::quietly(folder);
    for (check, failure) in report.failures() {
        eprintln!("{}: {failure}", check.name.title());
    }
    Ok(report.passed())
}

fn voter(instance: &Instance, at: usize) -> &str {
    instance.votes.get(at).map_or("", |vote| vote.voter_id())
}

fn report(instance: &Instance, cast: &play::Cast, differences: &[String], seconds: u64) {
    println!("\n{} ballots accepted in {seconds} s, {} people refused", cast.accepted, cast.refused.len());
    for (at, reason) in &cast.refused {
        println!("refused: voter {}: {reason}", voter(instance, *at));
    }
    for difference in differences {
        println!("differs: {difference}");
    }
    if differences.is_empty() {
        println!("every published number agrees");
    }
}
