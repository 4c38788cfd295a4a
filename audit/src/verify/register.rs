//! The register: each step's lines have the hash that the log names, sorted, no pseudonym twice; ballots ≤ credentials ≤ roll.

use std::{
    collections::HashSet,
    io::{BufRead, Read as _},
};

use super::{
    CheckName, Failure, Progress, Report, Source,
    bundle::{LOG, REGISTER},
    bundle_files::failure,
    lines::Read,
};
use crate::{
    log::hash::Hash,
    round::register::{self, StepHash},
};

/// Longest line: 20 digits, a space, 64 digits, the line end.
const MAX_LINE: u64 = 86;

pub(super) fn check(source: &dyn Source, read: &Read, report: &mut Report, progress: &(dyn Fn(Progress) + Sync)) {
    let mut walk = Walk::default();
    let result = walk.all(source, read, progress).and_then(|()| sums(read));
    report.record(CheckName::Register, walk.count, result.err());
}

/// Ballots ≤ credentials issued ≤ people on the roll.
fn sums(read: &Read) -> Result<(), Failure> {
    let (used, issued, roll) = (read.latest.credentials(), read.round.register.count, read.round.roll);
    if used <= issued && issued <= roll {
        return Ok(());
    }
    let reason = format!("{used} credentials cast ballots, {issued} were issued, {roll} people are on the roll");
    Err(failure(LOG, None, reason))
}

#[derive(Default)]
struct Walk {
    seen: HashSet<Hash>,
    count: u64,
}

impl Walk {
    fn all(&mut self, source: &dyn Source, read: &Read, progress: &(dyn Fn(Progress) + Sync)) -> Result<(), Failure> {
        let mut file = source.open(REGISTER).map_err(|fault| failure(REGISTER, None, fault))?;
        let mut previous = Hash::ZERO;
        for ((at, step), number) in read.acts.register.iter().zip(1u64..) {
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
        let mut last: Option<Hash> = None;
        while self.count < upto {
            let number = Some(self.count + 1);
            let mut line = String::new();
            file.take(MAX_LINE).read_line(&mut line).map_err(|fault| failure(REGISTER, number, fault))?;
            let pseudonym = parse(&line, step).ok_or_else(|| {
                failure(REGISTER, number, format!("must be `{step} PSEUDONYM`, a line of step {step}"))
            })?;
            if last.is_some_and(|last| last >= pseudonym) {
                return Err(failure(REGISTER, number, "the pseudonyms of a step must be sorted, each once"));
            }
            if !self.seen.insert(pseudonym) {
                return Err(failure(REGISTER, number, "this pseudonym was issued a credential before"));
            }
            last = Some(pseudonym);
            hash.add(&line);
            self.count += 1;
        }
        Ok(hash.finish())
    }
}

/// The pseudonym of a line that is exactly what [`register::line`] prints for this step.
fn parse(line: &str, step: u64) -> Option<Hash> {
    let pseudonym: Hash = line.strip_suffix('\n')?.split_once(' ')?.1.parse().ok()?;
    (register::line(step, pseudonym.as_bytes()) == line).then_some(pseudonym)
}
