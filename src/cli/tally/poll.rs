//! Reading a vote of any format, by the ending of its name.

use std::path::Path;

use ballots::{
    Procedure,
    formats::{FormatFault, Poll, blt, preflib, sheet},
    rules::Winners,
};

use super::{super::CliFault, parts, patience::patiently};

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
        let poll = patiently("reading", hidden, || whole(file))?;
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

/// Files of the other formats hold alike ballots once, so they are small and read in one piece.
fn whole(file: &Path) -> Result<Poll, CliFault> {
    let fault = |fault: FormatFault| CliFault::Other(format!("{}: {fault}", file.display()));
    let text = || super::text(file);
    match ending(file).as_str() {
        "soc" | "soi" | "toc" | "toi" | "cat" => {
            let read = preflib::read(&text()?).map_err(fault)?;
            if read.data_type.name() != ending(file) {
                let reason = format!("DATA TYPE is {}, the name says otherwise", read.data_type.name());
                return Err(CliFault::Other(format!("{}: {reason}", file.display())));
            }
            read.poll().map_err(fault)
        }
        "blt" => blt::read(&text()?).and_then(|read| read.poll()).map_err(fault),
        "csv" => sheet::read(&text()?).map_err(fault),
        other => {
            let known = ".pb, .soc, .soi, .toc, .toi, .cat, .blt and .csv are";
            Err(CliFault::Other(format!("{}: .{other} is no format of votes; {known}", file.display())))
        }
    }
}
