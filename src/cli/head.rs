//! `veche head`: the code of a log's head, for the newspaper and the wall, and its comparison with a code on paper.

mod place;
mod sheet;

use std::path::PathBuf;

use audit::{
    log::{checkpoint::Checkpoint, note::VerifierKey, short::HeadCode},
    verify::text::{self, printable},
};
use clap::Args;
use serde_json::json;

use self::place::Place;
use super::{CliFault, Holds};
use crate::clock::Clock;

#[derive(Debug, Args)]
pub(super) struct Head {
    /// Address of a round or of the office, such as https://vote.example/rounds/2027; a checkpoint's file; or a bundle's
    /// folder.
    place: String,
    /// A code from paper: the number of lines and both rows of letters, in quotes.
    #[arg(long, value_name = "CODE")]
    compare: Option<HeadCode>,
    /// The log's verifier key as published before the voting; without it the one found at the same place is used.
    #[arg(long, value_name = "VKEY")]
    log_key: Option<VerifierKey>,
    /// Writes a page for the wall (HTML) to this file.
    #[arg(long, value_name = "FILE")]
    print: Option<PathBuf>,
}

/// What the comparison with a code on paper came to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Same,
    /// The paper is older, and the log had this head then.
    Older,
    /// The paper's log is longer than this one.
    Longer,
    /// There is neither an address nor a bundle that could tell what the log was when it was smaller.
    Unknown,
    /// Another log was printed. The code that this log had at the paper's size.
    Other(HeadCode),
}

impl Head {
    pub(super) async fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let at = Clock::system().now();
        let place = Place::open(&self.place, self.log_key).await?;
        let code = HeadCode::of(&place.head);
        if let Some(file) = &self.print {
            std::fs::write(file, sheet::html(&place.head, &code, at)).map_err(CliFault::file(file))?;
        }
        let verdict = match &self.compare {
            None => None,
            Some(paper) => Some(verdict(&place, &code, paper).await?),
        };
        let holds = !verdict.as_ref().is_some_and(|verdict| !matches!(verdict, Verdict::Same | Verdict::Older));
        let compared = verdict.zip(self.compare);
        if as_json {
            let verdict = compared.as_ref().map(|(verdict, paper)| {
                json!({ "paper": paper.to_string(), "holds": holds, "verdict": verdict.slug(), "explanation": verdict.words(paper, &place.head) })
            });
            let Checkpoint { origin, size, root } = &place.head;
            println!(
                "{}",
                text::json(
                    &json!({ "origin": origin, "size": size, "root": root, "code": code.to_string(), "rows": code.rows(), "read_at": at, "key": place.key, "compared": verdict })
                )
            );
        } else {
            print!("{}", sheet::text(&place.head, &code, at, place.key.is_some()));
            if let Some((verdict, paper)) = compared {
                println!("\n{}", verdict.words(&paper, &place.head));
            }
        }
        Ok(holds)
    }
}

async fn verdict(place: &Place, code: &HeadCode, paper: &HeadCode) -> Result<Verdict, CliFault> {
    if paper == code {
        return Ok(Verdict::Same);
    }
    let size = paper.size();
    if size > place.head.size {
        return Ok(Verdict::Longer);
    }
    let root = if size == place.head.size { Some(place.head.root) } else { place.root_at(size).await? };
    let Some(root) = root else { return Ok(Verdict::Unknown) };
    let then = HeadCode::of(&Checkpoint::new(&place.head.origin, size, root));
    Ok(if then == *paper { Verdict::Older } else { Verdict::Other(then) })
}

impl Verdict {
    fn slug(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Older => "older",
            Self::Longer => "longer",
            Self::Unknown => "unknown",
            Self::Other(_) => "other",
        }
    }

    fn words(&self, paper: &HeadCode, head: &Checkpoint) -> String {
        let (origin, size, then) = (printable(&head.origin), head.size, paper.size());
        match self {
            Self::Same => "THE SAME: this is the head that was printed.".to_owned(),
            Self::Older => format!(
                "THE SAME LOG, GROWN: when it had {then} lines, as on the paper, it had the code on the paper. Nothing in them has changed since; {} lines were added.",
                size - then
            ),
            Self::Longer => format!(
                "NOT THE SAME: the paper speaks of {then} lines, this log has {size}. A log only grows, so either an old copy is shown here, or lines were taken away. Keep the paper, and ask for the log as it was printed."
            ),
            Self::Unknown => format!(
                "NOT COMPARED: the paper speaks of {then} lines, this head of {size}. A head alone does not tell what the log was before; give the address of the log or the folder of its bundle instead."
            ),
            Self::Other(found) => format!(
                "NOT THE SAME: this is not the log that was printed. The check letters of the code fit, so it is not mistyped: either the paper is of another vote than {origin}, or lines that were printed have been changed since. With {then} lines this log has\n\n    {found}\n\nKeep the paper and this output, and show both to the commission and to the witnesses."
            ),
        }
    }
}
