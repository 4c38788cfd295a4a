//! How much of each fault: little by default, so that the whole suite fits beside other tests, and much when asked; and what came of it, said aloud.

use std::io::Write as _;

use super::cluster::Cluster;

/// Whether `VECHE_FAULTS=large` is set.
pub fn is_large() -> bool {
    std::env::var("VECHE_FAULTS").is_ok_and(|size| size == "large")
}

/// The one by default, the other when much is asked.
pub fn of<T>(small: T, large: T) -> T {
    if is_large() { large } else { small }
}

/// Says aloud that a fault was not made here; where `VECHE_FAULTS_REQUIRED=1` is set, that is a failure.
pub fn skipped(fault: &str, because: &str) {
    assert_ne!(std::env::var("VECHE_FAULTS_REQUIRED").as_deref(), Ok("1"), "{fault} was not tested: {because}");
    say(format_args!("SKIPPED: {fault}: {because}"));
}

/// Says what a fault came to. The test's runner keeps back what the print macros write in a test that passed, and the counts are
/// what a passing suite has to show; so it is written past them.
pub fn say(words: std::fmt::Arguments<'_>) {
    writeln!(std::io::stderr().lock(), "{words}").unwrap();
}

/// A cluster with these settings, or nothing, said aloud, where PostgreSQL is not installed.
pub fn cluster(fault: &str, settings: &[&str]) -> Option<Cluster> {
    let cluster = Cluster::with(settings);
    if cluster.is_none() {
        skipped(fault, "PostgreSQL is not installed");
    }
    cluster
}
