//! Does a bundle hold together? Log, register and recount against the certificate, each check named, with the place of the first failure.

pub mod bundle;
pub mod heads;
pub mod html;
pub mod report;
pub mod source;
pub mod text;
pub mod words;

mod acts;
mod blocks;
mod bundle_files;
mod casts;
mod ending;
mod lines;
mod recount;
mod register;
mod sorter;
mod witnesses;

use std::{collections::BTreeMap, io, panic::resume_unwind, thread};

use ballots::envelope::OpeningKey;

pub use heads::KnownHead;
pub(crate) use lines::envelope_check;
pub use report::{Check, CheckName, Failure, Report};
pub use source::{Source, Spool};

use crate::round::count::Count;
use casts::{Casts, Summary};
use recount::Recounted;

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub check: CheckName,
    /// Items done.
    pub done: u64,
}

/// What an auditor knows from elsewhere than the bundle.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The log's verifier key as published before the voting.
    pub log_key: Option<&'a str>,
    /// Heads of the log that were seen earlier.
    pub heads: &'a [KnownHead],
}

/// As [`verify_with`], for who knows at most the log's key.
pub fn verify(source: &dyn Source, trusted_key: Option<&str>, progress: &(dyn Fn(Progress) + Sync)) -> Report {
    verify_with(source, &Known { log_key: trusted_key, heads: &[] }, progress)
}

/// Runs every check on a bundle. It never stops at the first fault: what can still be checked is checked.
///
/// The memory that it needs does not grow with the number of ballots; what grows goes to the source's spools.
pub fn verify_with(source: &dyn Source, known: &Known<'_>, progress: &(dyn Fn(Progress) + Sync)) -> Report {
    let mut report = Report::new(!known.heads.is_empty());
    bundle_files::check(source, &mut report, progress);
    let Some((mut read, casts)) = lines::check(source, known.heads, &mut report, progress) else { return report };
    ending::checkpoint(source, &read, known.log_key, &mut report);
    heads::check(known.heads, &read, &mut report);
    let witnessed = witnesses::check(source, &read, &mut report);
    // Not in the pool: a thread of it that waited for what is sorted there would keep the sorting from its only processor.
    let (counted, walked) = thread::scope(|scope| {
        let walking = scope.spawn(|| register::walk(source, &read.acts, progress));
        (count(&read, casts, progress), walking.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let outcome = casts::check(&mut read, counted, &mut report);
    register::check(&read, walked, &mut report);
    recount::check(&read, outcome, &mut report);
    ending::keys_and_result(source, &read, &mut report);
    report.facts = facts(&read);
    report.facts.insert("witnesses", witnessed);
    report
}

/// Finds the ballots that count and, with the key if it was revealed, counts them.
fn count(
    read: &lines::Read,
    casts: Option<Casts<'_>>,
    progress: &(dyn Fn(Progress) + Sync),
) -> io::Result<(Summary, Option<Recounted>)> {
    let (round, voting) = (&read.round, &read.round.rules.voting);
    let key = round.opening_key.as_ref().and_then(|key| OpeningKey::from_bytes(&key.0).ok());
    let mut count = key.as_ref().map(|key| Count::new(key, *round.fingerprint.as_bytes(), voting));
    let summary = casts.map_or_else(|| Ok(Summary::default()), |casts| casts.finish(count.as_mut(), progress))?;
    let seed = read.closed.as_ref().and_then(|root| round.seed(root));
    Ok((summary, count.map(|count| count.into_tally().finish(voting, seed))))
}

fn facts(read: &lines::Read) -> BTreeMap<&'static str, String> {
    let round = &read.round;
    BTreeMap::from([
        ("round", round.rules.slug.clone()),
        ("title", round.rules.title.clone()),
        ("phase", round.phase.to_string()),
        ("fingerprint", round.fingerprint.to_string()),
        ("log_key", round.rules.log_key.clone()),
        ("lines", read.chain.size().to_string()),
        ("roll", round.roll.to_string()),
        ("credentials_issued", round.register.count.to_string()),
        ("credentials_used", read.summary.credentials.to_string()),
        ("ballots", round.ballots.to_string()),
        ("signatures", format!("{}/{}", round.signed.len(), round.rules.quorum)),
    ])
}
