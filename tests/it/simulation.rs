//! The whole service at once: residents, officials, the commission, readers, jobs, clocks and nodes do what they like, drawn from a
//! seed, and every answer is held against a model that was written from the documents alone.
//!
//! A seed draws who does what in which order with which mistakes, what is chosen, how far clocks move, and which node is asked; the
//! clocks stand between two operations, so nothing depends on how fast the machine is. Not drawn from it, and so other in each run: keys,
//! blinding and sealing (the service's and the residents'), hence hashes and the order of ballots in a batch; which of two requests that
//! are sent at once is first; and how far a request or a job is when its connection breaks or its node dies. No answer that the model
//! foretells depends on those, but a fault may: then a seed has to be run several times.
//!
//! `VECHE_SEEDS=1000` runs so many, `VECHE_SEED=0x1234` that one:
//! `VECHE_SEED=0x1234 cargo test --test it simulation::many_actors_and_one_model -- --nocapture`. On PostgreSQL a seed makes another run,
//! with several nodes: `VECHE_SEED=0x1234 VECHE_POSTGRES_ONLY=simulation::many_actors_and_one_model VECHE_POSTGRES=required cargo test
//! --test it both:: -- --nocapture`.

mod cases;
mod casting;
mod commission;
mod ending;
mod invariants;
mod journal;
mod kinds;
mod model;
mod nodes;
mod office;
mod readers;
mod residents;
mod run;
mod world;

use std::{collections::BTreeMap, time::Instant};

use rand::RngExt as _;
use tokio::task::JoinSet;

use self::{journal::Journal, run::Run};
use crate::both;

/// Runs where nobody asks for more.
const RUNS: u64 = 6;
/// How often so many are run until everything happened that a simulation is for.
const LOOKS: usize = 5;
/// Names the one seed to run.
const SEED: &str = "VECHE_SEED";
/// Where this is set the model expects a line that is not there, as after a service that lost one.
const PLANTED: &str = "VECHE_PLANTED";
/// Runs at the same time.
const AT_ONCE: usize = 2;

/// What the runs came to.
#[derive(Debug, Default)]
struct Sum {
    operations: usize,
    rounds: usize,
    lines: u64,
    /// How often what happened.
    counts: BTreeMap<&'static str, usize>,
}

impl Sum {
    fn adds(&mut self, one: Self) {
        self.operations += one.operations;
        self.rounds += one.rounds;
        self.lines += one.lines;
        one.counts.into_iter().for_each(|(kind, count)| *self.counts.entry(kind).or_default() += count);
    }

    /// Kinds of which there was nothing.
    fn missing(&self) -> Vec<&'static str> {
        kinds::EVERYWHERE.into_iter().filter(|kind| self.of(kind) == 0).collect()
    }

    fn of(&self, kind: &str) -> usize {
        self.counts.get(kind).copied().unwrap_or_default()
    }
}

/// One run from beginning to end.
async fn run(seed: u64, journal: Journal) -> Sum {
    let mut run = Run::new(seed, journal.clone()).await;
    let operations = run.rng.random_range(100..300);
    for _ in 0..operations {
        run.operates().await;
    }
    run.model.office_size += u64::from(std::env::var(PLANTED).is_ok());
    run.ends().await;
    let rounds = run.model.rounds.values();
    let mut counts = journal.all_counts();
    counts.insert(kinds::BALLOT, rounds.clone().map(|round| round.ballots.len()).sum());
    counts.insert(kinds::ISSUANCE, rounds.clone().map(|round| round.issued.len()).sum());
    let (operations, lines) = (journal.operations(), rounds.clone().map(|round| round.size).sum());
    Sum { operations, rounds: rounds.len(), lines, counts }
}

/// Runs these seeds, some at a time; the first that fails is printed with its last operations and the way to run it again.
async fn run_all(seeds: Vec<u64>) -> BTreeMap<u64, Sum> {
    let (started, count) = (Instant::now(), seeds.len());
    let (mut sums, mut running, mut seeds) = (BTreeMap::new(), JoinSet::new(), seeds.into_iter());
    loop {
        while running.len() < AT_ONCE
            && let Some(seed) = seeds.next()
        {
            let journal = Journal::default();
            running.spawn(async move { (seed, journal.clone(), tokio::spawn(run(seed, journal)).await) });
        }
        let Some(ended) = running.join_next().await else { break };
        let (seed, journal, ended) = ended.unwrap();
        let one = ended.unwrap_or_else(|fault| {
            let on = if both::on_postgres() { "PostgreSQL" } else { "SQLite" };
            eprintln!("seed {seed:#x} failed on {on}; its last operations:\n{}", journal.last());
            eprintln!("again: {}", again(seed));
            std::panic::resume_unwind(fault.into_panic())
        });
        if count as u64 > RUNS {
            println!("{seed:#x}: {:?}", one.counts);
        }
        sums.insert(seed, one);
    }
    println!("{count} seeds in {:.1} s", started.elapsed().as_secs_f64());
    sums
}

/// The command that runs a seed again on this database.
fn again(seed: u64) -> String {
    let test = "simulation::many_actors_and_one_model";
    if both::on_postgres() {
        let only = both::ONLY;
        format!("VECHE_SEED={seed:#x} {only}={test} VECHE_POSTGRES=required cargo test --test it both:: -- --nocapture")
    } else {
        format!("VECHE_SEED={seed:#x} cargo test --test it {test} -- --nocapture")
    }
}

/// The seeds that the environment asks for, or some new ones.
fn seeds() -> Vec<u64> {
    if let Ok(one) = std::env::var(SEED) {
        let digits = one.trim_start_matches("0x");
        return vec![u64::from_str_radix(digits, 16).expect("the seed is hexadecimal")];
    }
    let count = std::env::var("VECHE_SEEDS").map_or(RUNS, |count| count.parse().expect("VECHE_SEEDS is a number"));
    (0..count).map(|_| rand::random()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_actors_and_one_model() {
    let mut sum = Sum::default();
    // A run may annul its round early, and see little: what none of the first came to others may.
    for _ in 0..LOOKS {
        run_all(seeds()).await.into_values().for_each(|one| sum.adds(one));
        println!("{sum:?}");
        if sum.missing().is_empty() || std::env::var(SEED).is_ok() {
            return;
        }
    }
    panic!("in no run there were {:?}", sum.missing());
}

#[tokio::test(flavor = "multi_thread")]
async fn seeds_that_failed_once_hold() {
    let sums = run_all(cases::CASES.iter().map(|case| case.seed()).collect()).await;
    for case in cases::CASES {
        assert!(
            sums[&case.seed()].of(case.kind) > 0,
            "seed {:#x} does not come there any more: {}",
            case.seed(),
            case.found
        );
    }
}

/// Runs a seed in a process of its own, perhaps with a fault; whether it held, and what was said.
fn child(seed: &str, is_planted: bool) -> (bool, String) {
    let mut test = std::process::Command::new(std::env::current_exe().unwrap());
    test.args(["simulation::many_actors_and_one_model", "--exact", "--nocapture"]).env(SEED, seed).env_remove(PLANTED);
    if is_planted {
        test.env(PLANTED, "1");
    }
    let ended = test.output().unwrap();
    (ended.status.success(), String::from_utf8(ended.stderr).unwrap())
}

/// A fault is seen, and its seed told with the command that runs it again: the same operations then, and the same fault. Without it the seed
/// holds.
#[test]
fn a_seed_that_fails_is_told_and_fails_again() {
    if both::on_postgres() {
        return;
    }
    let told = |words: &str| {
        let (_, words) =
            words.split_once("seed 0x5eed failed on SQLite; its last operations:\n").expect("the seed is told");
        let (operations, again) = words.split_once("again: VECHE_SEED=").expect("how to run it again is told");
        (operations.to_owned(), again.split_whitespace().next().unwrap().to_owned())
    };
    let (holds, words) = child("0x5eed", true);
    let (operations, seed) = told(&words);
    assert!(!holds && words.contains("panicked at"), "{words}");
    let (holds, words) = child(&seed, true);
    assert!(!holds, "{words}");
    assert_eq!(told(&words), (operations, seed.clone()));
    let (holds, words) = child(&seed, false);
    assert!(holds, "{words}");
}
