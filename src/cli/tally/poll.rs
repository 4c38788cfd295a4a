//! Reading a vote of any format, by the ending of its name; a large one on all cores.

use std::{collections::BTreeMap, path::Path, thread};

use ballots::{
    Procedure,
    formats::{
        FormatFault, Poll, blt,
        pabulib::{self, Instance, Vote},
        preflib, sheet,
    },
    profile::Profile,
    rules::{Rules, Winners},
};

use super::super::CliFault;

/// Fewer ballots than these are read sooner than another thread is started.
const LEAST_PART: usize = 10_000;

/// A vote, and who wins by what the file says.
pub(super) struct Opened {
    pub(super) poll: Poll,
    pub(super) winners: Winners,
}

/// Whether the name ends as Pabulib's files do.
pub(super) fn is_pabulib(file: &Path) -> bool {
    ending(file) == "pb"
}

fn ending(file: &Path) -> String {
    file.extension().map(|end| end.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

impl Opened {
    /// Reads a file; a fault names the file, the line and the reason.
    pub(super) fn read(file: &Path) -> Result<Self, CliFault> {
        let fault = |fault: FormatFault| CliFault::Other(format!("{}: {fault}", file.display()));
        let text = || super::text(file);
        let poll = match ending(file).as_str() {
            "pb" => {
                let instance = super::read(file)?;
                let rules = instance.rules();
                let poll = on_all_cores(&instance, &rules).map_err(fault)?;
                return Ok(Self { poll, winners: rules.winners });
            }
            "soc" | "soi" | "toc" | "toi" | "cat" => {
                let read = preflib::read(&text()?).map_err(fault)?;
                if read.data_type.name() != ending(file) {
                    let reason = format!("DATA TYPE is {}, the name says otherwise", read.data_type.name());
                    return Err(CliFault::Other(format!("{}: {reason}", file.display())));
                }
                read.poll().map_err(fault)?
            }
            "blt" => blt::read(&text()?).and_then(|read| read.poll()).map_err(fault)?,
            "csv" => sheet::read(&text()?).map_err(fault)?,
            other => {
                let known = ".pb, .soc, .soi, .toc, .toi, .cat, .blt and .csv are";
                return Err(CliFault::Other(format!("{}: .{other} is no format of votes; {known}", file.display())));
            }
        };
        let winners = poll.winners();
        Ok(Self { poll, winners })
    }

    /// What to say when such a vote is to be counted and no method is named.
    pub(super) fn method_missing(&self) -> CliFault {
        let kind = self.poll.profile.kind();
        let fitting: Vec<_> = Procedure::fitting(kind).iter().map(ToString::to_string).collect();
        CliFault::Other(format!("--method is missing; for {} ballots there are: {}", kind.name(), fitting.join(", ")))
    }
}

/// Checks the ballots of a file in as many parts as there are cores.
fn on_all_cores(instance: &Instance, rules: &Rules) -> Result<Poll, FormatFault> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let part = instance.votes.len().div_ceil(cores).max(LEAST_PART);
    let read = |votes: &[Vote]| pabulib::profile(rules, votes);
    let parts: Vec<_> = thread::scope(|scope| {
        let started: Vec<_> = instance.votes.chunks(part).map(|votes| scope.spawn(move || read(votes))).collect();
        // A part that panicked has said why; its panic goes on here.
        started.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let (mut profile, mut invalid) = read(&[])?;
    for part in parts {
        let (counted, refused): (Profile, BTreeMap<String, u64>) = part?;
        profile.merge(&counted).map_err(|fault| FormatFault { line: 1, reason: fault.to_string() })?;
        refused.into_iter().for_each(|(reason, count)| *invalid.entry(reason).or_default() += count);
    }
    let title = instance.meta("description").unwrap_or_default().to_owned();
    let territories = rules.territories.clone();
    Ok(Poll { budget: Some(instance.budget), invalid, profile, seats: None, territories, title })
}
