//! How fast `.pb` files are read, beside the bare search for line ends in the same bytes: `reading FILE.pb ...`.
//!
//! Times are those of the processor where Linux tells them, so that a busy machine does not count; else those of the clock.

use std::{hint::black_box, sync::LazyLock, time::Instant};

/// Readings of each file, and searches for line ends after each.
const READINGS: usize = 25;
const SEARCHES: usize = 20;

/// Seconds that this thread has run.
fn seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |told| told / 1e9)
}

fn timed(work: impl FnOnce()) -> f64 {
    let before = seconds();
    work();
    seconds() - before
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for name in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&name)?;
        let ballots = ballots::formats::pabulib::read(&text)?.votes.len();
        let (mut reading, mut searching) = (Vec::new(), 0.0);
        for _ in 0..READINGS {
            reading.push(timed(|| drop(black_box(ballots::formats::pabulib::read(black_box(&text))))));
            searching += timed(|| {
                for _ in 0..SEARCHES {
                    black_box(memchr::memchr_iter(b'\n', black_box(text.as_bytes())).count());
                }
            });
        }
        reading.sort_by(f64::total_cmp);
        let megabytes = text.len() as f64 / 1e6;
        let (best, middle) = (megabytes / reading[0], megabytes / reading[READINGS / 2]);
        let ceiling = megabytes * (READINGS * SEARCHES) as f64 / searching;
        println!(
            "{name}: {ballots} ballots, {best:.0} MB/s at best, {middle:.0} in the middle; line ends {ceiling:.0} MB/s"
        );
    }
    Ok(())
}
