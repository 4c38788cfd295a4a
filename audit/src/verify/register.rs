//! The register: each step's lines have the hash that the log names, sorted, no pseudonym twice; ballots ≤ credentials ≤ roll.

use std::io::{BufRead, Read as _};

use super::{
    CheckName, Failure, Progress, Report, Source,
    acts::Acts,
    bundle::{LOG, REGISTER},
    bundle_files::failure,
    lines::Read,
    sorter::{MEMORY, Sorter},
};
use crate::{
    log::hash::Hash,
    round::register::{self, StepHash},
};

/// Longest line: 20 digits, a space, 64 digits, the line end.
const MAX_LINE: u64 = 86;
/// A pseudonym, and the number of its line, u64.
const RECORD: usize = 32 + 8;

/// The lines of the file, and the first failure among them.
pub(super) struct Walked {
    count: u64,
    result: Result<(), Failure>,
}

/// Reads the whole file.
pub(super) fn walk(source: &dyn Source, acts: &Acts, progress: &(dyn Fn(Progress) + Sync)) -> Walked {
    let mut walk = Walk { seen: Sorter::new(source, RECORD, MEMORY), count: 0 };
    let result = walk.all(source, acts, progress);
    let count = walk.count;
    let twice = twice(walk.seen);
    Walked { count, result: earlier(result, twice) }
}

/// Reports what the file's lines and the sums came to.
pub(super) fn check(read: &Read, walked: Walked, report: &mut Report) {
    let result = walked.result.and_then(|()| sums(read));
    report.record(CheckName::Register, walked.count, result.err());
}

/// Ballots ≤ credentials issued ≤ people on the roll.
fn sums(read: &Read) -> Result<(), Failure> {
    let (used, issued, roll) = (read.summary.credentials, read.round.register.count, read.round.roll);
    if used <= issued && issued <= roll {
        return Ok(());
    }
    let reason = format!("{used} credentials cast ballots, {issued} were issued, {roll} people are on the roll");
    Err(failure(LOG, None, reason))
}

/// The failure that stands first in the file.
fn earlier(left: Result<(), Failure>, right: Result<(), Failure>) -> Result<(), Failure> {
    match (left, right) {
        (Err(left), Err(right)) if right.line < left.line => Err(right),
        (left, right) => left.and(right),
    }
}

/// The first line whose pseudonym stands in a line before it.
fn twice(seen: Sorter<'_>) -> Result<(), Failure> {
    let (mut last, mut first) = ([0; RECORD], None::<(u64, u64)>);
    let number = |record: &[u8]| record.last_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    seen.finish(|record| {
        if record[..32] == last[..32] && first.is_none_or(|(line, _)| number(record) < line) {
            first = Some((number(record), number(&last)));
        }
        last.copy_from_slice(record);
    })
    .map_err(|fault| failure(REGISTER, None, fault))?;
    match first.filter(|(_, before)| *before > 0) {
        Some((line, before)) => {
            let reason = format!("this pseudonym was issued a credential before, in line {before}");
            Err(failure(REGISTER, Some(line), reason))
        }
        None => Ok(()),
    }
}

struct Walk<'a> {
    seen: Sorter<'a>,
    count: u64,
}

impl Walk<'_> {
    fn all(&mut self, source: &dyn Source, acts: &Acts, progress: &(dyn Fn(Progress) + Sync)) -> Result<(), Failure> {
        let mut file = source.open(REGISTER).map_err(|fault| failure(REGISTER, None, fault))?;
        let mut previous = Hash::ZERO;
        for ((at, step), number) in acts.register.iter().zip(1u64..) {
            previous = self.step(&mut *file, number, step.count, &previous)?;
            if previous != step.hash {
                let reason = format!("step {number} does not have the hash in line {at} of {LOG}");
                return Err(failure(REGISTER, Some(self.count), reason));
            }
            progress(Progress { check: CheckName::Register, done: self.count });
        }
        match file.fill_buf() {
            Ok([]) => Ok(()),
            _ => Err(failure(REGISTER, Some(self.count + 1), "no step in the log covers this line")),
        }
    }

    fn step(
        &mut self,
        file: &mut (dyn BufRead + Send),
        step: u64,
        upto: u64,
        previous: &Hash,
    ) -> Result<Hash, Failure> {
        let mut hash = StepHash::after(previous);
        let (mut last, mut line) = (None::<Hash>, String::new());
        while self.count < upto {
            let number = self.count + 1;
            let fail = |reason: String| failure(REGISTER, Some(number), reason);
            line.clear();
            file.take(MAX_LINE).read_line(&mut line).map_err(|fault| fail(fault.to_string()))?;
            let pseudonym = parse(&line, step).map_err(fail)?;
            if last.is_some_and(|last| last >= pseudonym) {
                return Err(fail("the pseudonyms of a step must be sorted, each once".to_owned()));
            }
            let mut record = [0; RECORD];
            record[..32].copy_from_slice(pseudonym.as_bytes());
            record[32..].copy_from_slice(&number.to_be_bytes());
            self.seen.push(&record).map_err(|fault| fail(fault.to_string()))?;
            last = Some(pseudonym);
            hash.add(&line);
            self.count = number;
        }
        Ok(hash.finish())
    }
}

/// The pseudonym of a line that is exactly what [`register::line`] prints for this step.
fn parse(line: &str, step: u64) -> Result<Hash, String> {
    let pseudonym = || line.strip_suffix('\n')?.split_once(' ')?.1.parse::<Hash>().ok();
    match pseudonym().filter(|pseudonym| register::line(step, pseudonym.as_bytes()) == line) {
        Some(pseudonym) => Ok(pseudonym),
        None if line.is_empty() => Err(format!("the file ends here, but step {step} in the log has more lines")),
        None if line.ends_with("\r\n") => Err("the line ends with CR LF (\\r\\n); lines end with LF (\\n)".to_owned()),
        None => Err(format!("must be `{step} PSEUDONYM`, a line of step {step}")),
    }
}
