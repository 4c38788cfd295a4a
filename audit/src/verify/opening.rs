//! The second pass: opens the ballot that counts for each credential, counts again, and compares with the log.

use ballots::{Outcome, envelope::OpeningKey};

use super::{
    CheckName, Failure, Progress, Report, Source,
    bundle::LOG,
    bundle_files::failure,
    lines::{self, Read},
};
use crate::round::{Phase, count::Count, rules::canonical};

pub(super) fn check(source: &dyn Source, read: &Read, report: &mut Report, progress: &(dyn Fn(Progress) + Sync)) {
    // What was counted and published before the annulment is counted again like any other.
    if read.round.phase == Phase::Annulled && read.acts.tallied.is_none() {
        report.record(CheckName::Recount, 0, None);
        return;
    }
    let Some((at, published, replaced)) = &read.acts.tallied else {
        let reason = format!("there is no count in the log: the round is {}", read.round.phase);
        report.record(CheckName::Recount, 0, Some(failure(LOG, None, reason)));
        return;
    };
    match recount(source, read, progress) {
        Err(fault) => report.record(CheckName::Recount, 0, Some(fault)),
        Ok(outcome) => {
            let found = compare(&outcome, published)
                .or_else(|| (*replaced != read.latest.replaced()).then(|| "replaced".to_owned()));
            let fault = found.map(|field| {
                failure(LOG, Some(*at), format!("outcome.{field}: counting the ballots again gives something else"))
            });
            report.record(CheckName::Recount, outcome.ballots, fault);
        }
    }
}

fn recount(source: &dyn Source, read: &Read, progress: &(dyn Fn(Progress) + Sync)) -> Result<Outcome, Failure> {
    let round = &read.round;
    let key = round.opening_key.as_ref().and_then(|key| OpeningKey::from_bytes(&key.0).ok());
    let (Some(key), Some(check)) = (key, lines::envelope_check(&round.rules)) else {
        return Err(failure(LOG, None, "the opening key is not in the log"));
    };
    let mut count = Count::new(&key, *round.fingerprint.as_bytes(), &round.rules.voting);
    lines::blocks(source, |first, block| {
        count.add_lines(&check, &read.latest, first, block);
        progress(Progress { check: CheckName::Recount, done: first + block.len() as u64 });
        Ok(())
    })?;
    Ok(count.into_tally().finish(&round.rules.voting))
}

/// The first field of the outcome that differs.
fn compare(recount: &Outcome, published: &Outcome) -> Option<String> {
    let value = |outcome: &Outcome| serde_json::from_slice::<serde_json::Value>(&canonical(outcome)).ok();
    let (recount, published) = (value(recount)?, value(published)?);
    let (recount, published) = (recount.as_object()?, published.as_object()?);
    let keys = recount.keys().chain(published.keys());
    keys.into_iter().find(|key| recount.get(*key) != published.get(*key)).cloned()
}
