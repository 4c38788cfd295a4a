//! The last checks: the signed checkpoint, the certificate, and the files that repeat what the log says.

use std::io::Read as _;

use super::{
    CheckName, Failure, Report, Source,
    bundle::{CHECKPOINT, KEYS, Keys, LOG, RESULT},
    bundle_files::failure,
    lines::Read,
};
use crate::{
    log::{checkpoint::Checkpoint, note::VerifierKey},
    round::{Phase, rules::canonical},
};

/// Longest small file, in bytes.
const MAX_SMALL: u64 = 16 * 1024 * 1024;

/// The checkpoint is signed by the log's key, and by the key that the auditor trusts if there is one, and names these lines.
pub(super) fn checkpoint(source: &dyn Source, read: &Read, trusted: Option<&str>, report: &mut Report) {
    let result = check_checkpoint(source, read, trusted);
    report.record(CheckName::Checkpoint, read.chain.size(), result.err());
}

fn check_checkpoint(source: &dyn Source, read: &Read, trusted: Option<&str>) -> Result<(), Failure> {
    let rules = &read.round.rules;
    let fail = |reason: String| failure(CHECKPOINT, None, reason);
    let key: VerifierKey = rules.log_key.parse().map_err(|fault| fail(format!("log_key: {fault}")))?;
    if let Some(trusted) = trusted.filter(|trusted| *trusted != rules.log_key) {
        return Err(fail(format!("the log is signed with {}, not with the key you trust, {trusted}", rules.log_key)));
    }
    let note = String::from_utf8(small(source, CHECKPOINT)?).map_err(|fault| fail(fault.to_string()))?;
    let checkpoint = Checkpoint::open(&note, &key).map_err(|fault| fail(fault.to_string()))?;
    let (size, root) = (read.chain.size(), read.chain.root());
    if checkpoint.origin != rules.origin {
        return Err(fail(format!("origin: {} is not this round's {}", checkpoint.origin, rules.origin)));
    }
    if checkpoint.size != size {
        return Err(fail(format!("size: the checkpoint names {} lines, {LOG} has {size}", checkpoint.size)));
    }
    if checkpoint.root != root {
        return Err(fail(format!("root: the checkpoint says {}, the lines give {root}", checkpoint.root)));
    }
    Ok(())
}

/// Certificate, `keys.json` and `result.json`.
pub(super) fn keys_and_result(source: &dyn Source, read: &Read, report: &mut Report) {
    let round = &read.round;
    let done = matches!(round.phase, Phase::Certified | Phase::Annulled);
    let unsigned = (!done).then(|| {
        let reason = format!("{} of {} signatures: not certified yet", round.signed.len(), round.rules.quorum);
        failure(LOG, None, reason)
    });
    report.record(CheckName::Certificate, round.signed.len() as u64, unsigned);
    let keys = same(source, KEYS, &canonical(&Keys::of(round)));
    let result = match &read.acts.tallied {
        Some((_, outcome, _)) => same(source, RESULT, &canonical(outcome)),
        None if source.open(RESULT).is_ok() => Err(failure(RESULT, None, "there is a result, but no count in the log")),
        None => Ok(()),
    };
    report.record(CheckName::Result, 2, keys.and(result).err());
}

/// The file holds these bytes and a line end.
fn same(source: &dyn Source, name: &str, expected: &[u8]) -> Result<(), Failure> {
    let found = small(source, name)?;
    if found.strip_suffix(b"\n") == Some(expected) {
        return Ok(());
    }
    let at = found.iter().zip(expected).take_while(|(found, expected)| found == expected).count();
    Err(failure(name, Some(1), format!("byte {} is not what the log says", at + 1)))
}

pub(super) fn small(source: &dyn Source, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = source.open(name).map_err(|fault| failure(name, None, fault))?;
    file.take(MAX_SMALL).read_to_end(&mut bytes).map_err(|fault| failure(name, None, fault))?;
    Ok(bytes)
}
