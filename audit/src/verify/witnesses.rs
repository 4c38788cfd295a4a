//! The witnesses: as many as the rules ask for cosigned the bundle's checkpoint, and none of their cosignatures is false.

use super::{CheckName, Failure, Report, Source, bundle::CHECKPOINT, bundle_files::failure, ending, lines::Read};
use crate::log::note::Note;

/// Records the check, and says how many signed of how many that are needed; where none is needed, how many other signatures
/// stand there, which nobody can check, for nobody named their keys.
pub(super) fn check(source: &dyn Source, read: &Read, report: &mut Report) -> String {
    match witnessed(source, read) {
        Ok(Found { signed, words, fault }) => {
            report.record(CheckName::Witnesses, signed, fault);
            words
        }
        Err(fault) => {
            report.record(CheckName::Witnesses, 0, Some(fault));
            "?".to_owned()
        }
    }
}

/// What is said when the rules ask for no witnesses.
pub(super) const NONE_ASKED_FOR: &str = "none asked for";
/// Stands between that and the number of other signatures.
pub(super) const OTHERS: &str = "; other signatures, not checked: ";
/// Stands between those who signed and those who are needed.
pub(super) const OF: &str = " of ";

struct Found {
    signed: u64,
    words: String,
    fault: Option<Failure>,
}

/// What the note says. Whether it speaks of these lines is the check of the checkpoint.
fn witnessed(source: &dyn Source, read: &Read) -> Result<Found, Failure> {
    let fail = |reason: String| failure(CHECKPOINT, None, reason);
    let text = String::from_utf8(ending::small(source, CHECKPOINT)?).map_err(|fault| fail(fault.to_string()))?;
    let note: Note = text.parse().map_err(|fault| fail(format!("{fault}")))?;
    let rules = &read.round.rules;
    let Some(policy) = &rules.witnesses else {
        let others = note.signatures.iter().filter(|signature| signature.name != rules.origin).count();
        let words = match others {
            0 => NONE_ASKED_FOR.to_owned(),
            others => format!("{NONE_ASKED_FOR}{OTHERS}{others}"),
        };
        return Ok(Found { signed: 0, words, fault: None });
    };
    let witnessed = policy.witnessed(&note);
    let signed = witnessed.signed.len();
    let words = format!("{signed}{OF}{}", witnessed.quorum);
    let reason = match witnessed.forged.as_slice() {
        [] => format!("witnesses: {signed} of {} needed cosigned this checkpoint", witnessed.quorum),
        forged => format!("a cosignature under the key of {} does not hold", forged.join(", ")),
    };
    Ok(Found { signed: signed as u64, words, fault: (!witnessed.holds()).then(|| fail(reason)) })
}
