//! The roll and its letters: codes are made here, on the official's machine, and only what the server may know is sent.

use std::path::Path;

use serde_json::json;

use super::super::{CliFault, Holds, keys, show};
use crate::{
    client::{
        letters::{self, ListedPerson},
        staff::StaffMember,
    },
    http::{LetterEntry, RollEntry},
};

/// Makes a letter code for each person of the list, writes the file for the letters, and returns what the server gets.
///
/// The letters are on disk before anything is sent: a code that nobody can print would be lost.
pub(super) fn write(people: &Path, roll_key: &Path, file: &Path) -> Result<Vec<RollEntry>, CliFault> {
    let people = listed(people)?;
    let written = letters::write(&keys::roll(roll_key)?, &people);
    let mut text = String::from("number,code\n");
    for (person, (code, _)) in people.iter().zip(&written) {
        text.push_str(&format!("{},{code}\n", person.number));
    }
    keys::write_secret(file, &text)?;
    Ok(written.into_iter().map(|(_, entry)| entry).collect())
}

pub(super) async fn import(
    round: &str,
    entries: Vec<RollEntry>,
    official: StaffMember,
    quiet: bool,
) -> Result<Holds, CliFault> {
    let bar = show::bar("people sent", entries.len() as u64, quiet);
    let answer = official.import(round, entries, |sent| bar.inc(sent as u64)).await?;
    bar.finish();
    println!("{}", json!({ "added": answer.added, "total": answer.total }));
    Ok(true)
}

pub(super) async fn replace(
    round: &str,
    entries: Vec<RollEntry>,
    reason: &str,
    official: StaffMember,
    quiet: bool,
) -> Result<Holds, CliFault> {
    let bar = show::bar("letters replaced", entries.len() as u64, quiet);
    let letter = |entry: RollEntry| LetterEntry { pseudonym: entry.pseudonym, code: entry.code };
    let entries = entries.into_iter().map(letter).collect();
    let answer = official.replace_letters(round, entries, reason, |sent| bar.inc(sent as u64)).await?;
    bar.finish();
    println!("{}", json!({ "asked": answer.asked }));
    Ok(true)
}

/// The people of a list.
pub(super) fn listed(path: &Path) -> Result<Vec<ListedPerson>, CliFault> {
    let fault = |fault: csv::Error| CliFault::Other(format!("{}: {fault}", path.display()));
    let mut reader = csv::Reader::from_path(path).map_err(fault)?;
    let headings = reader.headers().map_err(fault)?.clone();
    let column = |name: &str| headings.iter().position(|heading| heading.trim() == name);
    let missing = |name: &str| CliFault::Other(format!("{}: the column {name} is missing", path.display()));
    let (number, born) =
        (column("number").ok_or_else(|| missing("number"))?, column("born").ok_or_else(|| missing("born"))?);
    let district = column("district");
    let person = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.map_err(fault)?;
        let text = |at: usize| row.get(at).unwrap_or_default().trim().to_owned();
        let district = district.map(text).filter(|district| !district.is_empty());
        Ok(ListedPerson { number: text(number), born: text(born), district })
    };
    reader.records().map(person).collect()
}
