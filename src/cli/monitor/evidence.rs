//! The folder that a monitor leaves when a log is not honest: both signed heads, the line, and what to do with them.

use std::{fs, path::Path};

use audit::{
    follow::{Cheat, Evidence},
    verify::text::printable,
};
use serde_json::json;

use super::{memory::LogFolder, notice::time};
use crate::cli::CliFault;

/// Writes the evidence and returns the folder's path.
pub(super) fn write(
    folder: &LogFolder,
    origin: &str,
    address: &str,
    at: i64,
    evidence: &Evidence,
) -> Result<String, CliFault> {
    let facts = evidence.facts();
    let path = folder.0.join(format!("evidence-{at}-{}", facts.cheat));
    let mut files = vec![("after", evidence.after.clone().into_bytes())];
    files.extend(evidence.before.clone().map(|before| ("before", before.into_bytes())));
    if let Cheat::Violation { line, .. } = &evidence.cheat {
        files.push(("line", line.clone()));
    }
    let json = json!({ "address": address, "at": at, "cheat": facts.cheat, "log": origin, "what": facts.what });
    files.push(("facts.json", json.to_string().into_bytes()));
    let text = format!(
        "{}\n{}, seen at {address}, {}\n\n{}\n\n{}\n",
        printable(&facts.what),
        printable(origin),
        time(at),
        meaning(&evidence.cheat),
        TO_DO
    );
    files.push(("README.txt", text.into_bytes()));
    lay(&path, files)
}

/// The same of a head with cosignatures that their witnesses did not make; the log's own signature holds.
pub(super) fn forged(
    folder: &LogFolder,
    origin: &str,
    address: &str,
    at: i64,
    names: &[String],
    note: &str,
) -> Result<String, CliFault> {
    let path = folder.0.join(format!("evidence-{at}-forged-cosignature"));
    let json =
        json!({ "address": address, "at": at, "cheat": "forged-cosignature", "log": origin, "witnesses": names });
    let text = format!(
        "Cosignatures that the witnesses did not make: {}\n{}, seen at {address}, {}\n\nWhoever serves the head, or stands on the way, made them up. By itself it shows nothing against the log.\n\n{TO_DO}\n",
        printable(&names.join(", ")),
        printable(origin),
        time(at)
    );
    let files = [("after", note.to_owned()), ("facts.json", json.to_string()), ("README.txt", text)];
    lay(&path, files.map(|(name, text)| (name, text.into_bytes())))
}

fn lay(path: &Path, files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Result<String, CliFault> {
    fs::create_dir_all(path).map_err(CliFault::file(path))?;
    for (name, bytes) in files {
        let file = path.join(name);
        let write = || {
            fs::write(&file, bytes)?;
            fs::File::open(&file)?.sync_all()
        };
        write().map_err(CliFault::file(&file))?;
    }
    Ok(path.display().to_string())
}

const TO_DO: &str = "\
What to do: keep this folder as it is and copy it to another machine. `before` and `after` are the log's own words, signed
with its key: whoever has the key (it is printed with the rules) can check both without trusting you. Send them to the
commission, to the witnesses and to other monitors, and ask them which head they saw. Do not start the monitor in another
folder: it would begin anew and forget.";

/// What a cheat means for those who vote.
pub(super) const fn meaning(cheat: &Cheat) -> &'static str {
    match cheat {
        Cheat::BadSignature(_) => {
            "What the address gives is not signed by the key that this log has had: it is another server's answer, or the key was changed. By itself it shows nothing against the log."
        }
        Cheat::RolledBack { .. } => {
            "The log is shorter than it was: lines that were published are gone. A database that was restored from a copy looks like this too, but it may not stay so: the missing lines must come back exactly as they were."
        }
        Cheat::Split { .. } => {
            "The log's key has signed two histories: different people are shown different logs, or published lines were changed. There is no honest explanation."
        }
        Cheat::Withheld { given: false, .. } => {
            "The log's key has signed a head, and what the head commits to is not given. It may be a fault; but nobody can check what nobody is shown."
        }
        Cheat::Withheld { given: true, .. } => {
            "What the address gives is not what the log's key has signed: the file was changed on the way or on the server. The signed head shows that it is not the log's."
        }
        Cheat::Violation { .. } => {
            "The log holds, under its own signature, a line that its rules forbid. `line` is the line; anybody who reads the log finds it there."
        }
    }
}
