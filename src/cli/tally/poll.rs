//! Reading a vote of any format, by the ending of its name.

use std::{fmt::Display, path::Path};

use ballots::{
    Procedure, Profile,
    formats::{
        Poll, blt,
        preflib::{self, DataType},
        sheet,
    },
    rules::Winners,
};

use super::{
    super::CliFault,
    kept::Kept,
    parts,
    reading::{self, Opening},
};

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
    /// Reads a file, as much of it as the method needs; a fault names the file, the line and the reason.
    pub(super) fn read(file: &Path, method: Option<Procedure>, hidden: bool) -> Result<Self, CliFault> {
        if is_pabulib(file) {
            let (poll, winners) = parts::poll(file, method, hidden)?;
            return Ok(Self { poll, winners });
        }
        let poll = streamed(file, method, hidden)?;
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

/// A vote of another format, read part by part as well.
fn streamed(file: &Path, method: Option<Procedure>, hidden: bool) -> Result<Poll, CliFault> {
    let fault = |reason: &dyn Display| CliFault::Other(format!("{}: {reason}", file.display()));
    let ending = ending(file);
    let start = |none: &Profile| Kept::new(method, none);
    let each = |kept: &mut Kept, number: usize, part: Profile| kept.add(number, part);
    let (poll, cores) = match ending.as_str() {
        "soc" | "soi" | "toc" | "toi" | "cat" => {
            let named = DataType::ALL.into_iter().find(|kind| kind.name() == ending);
            let read = |file: Opening<'_>, parts| preflib::fold(|| file.open(), named, parts, start, each);
            let (_, poll, cores) = reading::read(file, hidden, read)?;
            (poll, cores)
        }
        "blt" => reading::read(file, hidden, |file, parts| blt::fold(|| file.open(), parts, start, each))?,
        "csv" => reading::read(file, hidden, |file, parts| sheet::fold(|| file.open(), parts, start, each))?,
        other => {
            let known = ".pb, .soc, .soi, .toc, .toi, .cat, .blt and .csv are";
            return Err(fault(&format_args!(".{other} is no format of votes; {known}")));
        }
    };
    let none = Profile::new(poll.profile.kind().clone(), poll.profile.candidates());
    let (profile, invalid) = Kept::together(cores, none).map_err(|found| fault(&found))?;
    Ok(Poll { profile, invalid, ..poll })
}
