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
//! `VECHE_SEED=0x1234 cargo test --test it simulation::many_actors_and_one_model -- --nocapture`.

mod cases;
mod casting;
mod commission;
mod ending;
mod invariants;
mod journal;
mod model;
mod nodes;
mod office;
mod readers;
mod residents;
mod run;
mod world;

use std::time::Instant;

use rand::RngExt as _;
use tokio::task::JoinSet;

use self::{journal::Journal, run::Run};
use crate::both;

/// Runs where nobody asks for more.
const RUNS: u64 = 6;
/// Runs at the same time.
const AT_ONCE: usize = 2;

/// What the runs came to.
#[derive(Debug, Default)]
struct Sum {
    operations: usize,
    rounds: usize,
    ballots: usize,
    credentials: usize,
    lines: u64,
}

/// One run from beginning to end.
async fn run(seed: u64, journal: Journal) -> Sum {
    let mut run = Run::new(seed, journal.clone()).await;
    let operations = run.rng.random_range(100..300);
    for _ in 0..operations {
        run.operates().await;
    }
    run.ends().await;
    let rounds = run.model.rounds.values();
    Sum {
        operations: journal.operations(),
        rounds: rounds.len(),
        ballots: rounds.clone().map(|round| round.ballots.len()).sum(),
        credentials: rounds.clone().map(|round| round.issued.len()).sum(),
        lines: rounds.map(|round| round.size).sum(),
    }
}

/// Runs these seeds, some at a time; the first that fails is printed with its last operations and the way to run it again.
async fn run_all(seeds: Vec<u64>) {
    let (started, count) = (Instant::now(), seeds.len());
    let (mut sum, mut running, mut seeds) = (Sum::default(), JoinSet::new(), seeds.into_iter());
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
            eprintln!(
                "again: VECHE_SEED={seed:#x} cargo test --test it simulation::many_actors_and_one_model -- --nocapture"
            );
            std::panic::resume_unwind(fault.into_panic())
        });
        sum.operations += one.operations;
        sum.rounds += one.rounds;
        sum.ballots += one.ballots;
        sum.credentials += one.credentials;
        sum.lines += one.lines;
    }
    println!("{count} seeds in {:.1} s: {sum:?}", started.elapsed().as_secs_f64());
    // A seed brings some fifteen ballots, but one that annuls its round early brings none: a bound near the mean would fail by chance.
    assert!(count < 3 || sum.ballots > count, "too little happened to tell anything: {sum:?}");
}

/// The seeds that the environment asks for, or some new ones.
fn seeds() -> Vec<u64> {
    if let Ok(one) = std::env::var("VECHE_SEED") {
        let digits = one.trim_start_matches("0x");
        return vec![u64::from_str_radix(digits, 16).expect("VECHE_SEED is hexadecimal")];
    }
    let count = std::env::var("VECHE_SEEDS").map_or(RUNS, |count| count.parse().expect("VECHE_SEEDS is a number"));
    (0..count).map(|_| rand::random()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_actors_and_one_model() {
    run_all(seeds()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seeds_that_failed_once_hold() {
    run_all(cases::CASES.iter().map(|(seed, _)| *seed).collect()).await;
}
