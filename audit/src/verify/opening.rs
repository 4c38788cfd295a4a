//! The recount: the opening key as the log reveals it, and the count of the opened ballots against the log's.

use std::io::{BufRead, Read as _};

use ballots::{Outcome, envelope::OpeningKey};

use super::{CheckName, Report, Source, bundle::LOG, bundle_files::failure, lines::Read};
use crate::{
    log::line::Line,
    round::{Event, Phase, RoundRules, rules::canonical},
};

/// How the line starts that reveals the key.
const REVEALED: &[u8] = br#"{"event":{"key-revealed":"#;
/// Longest line that may reveal a key, in bytes.
const MAX_REVEALED: u64 = 1024;

/// Looks ahead in the log for the opening key of these rules, so that ballots can be opened in the one pass in which they
/// are checked. The key stands after the ballots, and there is no second one: another would not fit the sealing key.
/// Whether the line may stand where it stands is for the pass to say.
pub(super) fn ahead(source: &dyn Source, rules: &RoundRules) -> Option<OpeningKey> {
    let mut file = source.open(LOG).ok()?;
    let mut line = Vec::new();
    loop {
        line.clear();
        (&mut *file).take(MAX_REVEALED).read_until(b'\n', &mut line).ok()?;
        if line.is_empty() {
            return None;
        }
        let key = line.starts_with(REVEALED).then(|| revealed(line.trim_ascii_end())).flatten();
        let key = key.filter(|key| key.sealing_key().as_slice() == rules.sealing_key.0);
        if key.is_some() {
            return key;
        }
        if !line.ends_with(b"\n") {
            skip_line(&mut *file)?;
        }
    }
}

fn revealed(line: &[u8]) -> Option<OpeningKey> {
    match Line::<Event>::parse(line).ok()?.event {
        Event::KeyRevealed(event) => OpeningKey::from_bytes(&event.key.0).ok(),
        _ => None,
    }
}

/// Goes on after the next line end, without keeping what is before it.
fn skip_line(file: &mut (dyn BufRead + Send)) -> Option<()> {
    file.skip_until(b'\n').ok().map(drop)
}

/// Compares the count of the opened ballots, if they could be opened, with the one in the log.
pub(super) fn check(read: &Read, recount: Option<Outcome>, report: &mut Report) {
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
    let Some(outcome) = recount.filter(|_| read.round.opening_key.is_some()) else {
        report.record(CheckName::Recount, 0, Some(failure(LOG, None, "the opening key is not in the log")));
        return;
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
