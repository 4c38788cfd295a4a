//! Does a bundle hold together? Log, register and recount against the certificate, each check named, with the place of the first failure.

pub mod bundle;
pub mod report;
pub mod source;

mod acts;
mod bundle_files;
mod ending;
mod lines;
mod opening;
mod register;

use std::collections::BTreeMap;

pub(crate) use lines::envelope_check;
pub use report::{Check, CheckName, Failure, Report};
pub use source::Source;

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub check: CheckName,
    /// Items done.
    pub done: u64,
}

/// Runs every check on a bundle. It never stops at the first fault: what can still be checked is checked.
pub fn verify(source: &dyn Source, trusted_key: Option<&str>, progress: &(dyn Fn(Progress) + Sync)) -> Report {
    let mut report = Report::new();
    bundle_files::check(source, &mut report, progress);
    let Some(read) = lines::check(source, &mut report, progress) else { return report };
    ending::checkpoint(source, &read, trusted_key, &mut report);
    register::check(source, &read, &mut report, progress);
    opening::check(source, &read, &mut report, progress);
    ending::keys_and_result(source, &read, &mut report);
    report.facts = facts(&read);
    report
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
        ("credentials_used", read.latest.credentials().to_string()),
        ("ballots", round.ballots.to_string()),
        ("signatures", format!("{} of {} needed", round.signed.len(), round.rules.quorum)),
    ])
}
