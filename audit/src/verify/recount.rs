//! The recount: the count of the opened ballots against the one in the log.

use ballots::{Outcome, recount::RecountFault};

use super::{CheckName, Report, bundle::LOG, bundle_files::failure, lines::Read};
use crate::round::{Phase, rules::canonical};

/// What counting the opened ballots again came to.
pub(super) type Recounted = Result<Outcome, RecountFault>;

/// Compares the count of the opened ballots, if they could be opened, with the one in the log.
pub(super) fn check(read: &Read, recount: Option<Recounted>, report: &mut Report) {
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
    let outcome = match recount.filter(|_| read.round.opening_key.is_some()) {
        Some(Ok(outcome)) => outcome,
        Some(Err(fault)) => {
            let reason = format!("the ballots cannot be counted by the rules: {fault}");
            report.record(CheckName::Recount, 0, Some(failure(LOG, Some(*at), reason)));
            return;
        }
        None => {
            report.record(CheckName::Recount, 0, Some(failure(LOG, None, "the opening key is not in the log")));
            return;
        }
    };
    let found =
        compare(&outcome, published).or_else(|| (*replaced != read.summary.replaced).then(|| "replaced".to_owned()));
    let fault = found.map(|field| {
        failure(LOG, Some(*at), format!("outcome.{field}: counting the ballots again gives something else"))
    });
    report.record(CheckName::Recount, outcome.ballots, fault);
}

/// The first field of the outcome that differs.
fn compare(recount: &Outcome, published: &Outcome) -> Option<String> {
    let value = |outcome: &Outcome| serde_json::from_slice::<serde_json::Value>(&canonical(outcome)).ok();
    let (recount, published) = (value(recount)?, value(published)?);
    let (recount, published) = (recount.as_object()?, published.as_object()?);
    let keys = recount.keys().chain(published.keys());
    keys.into_iter().find(|key| recount.get(*key) != published.get(*key)).cloned()
}
