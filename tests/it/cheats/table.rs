//! The table of cheats and catchers in docs/threat-model.md, made from what the tests expect and saw.

use std::{fs, path::Path};

use super::play::{Catcher, Cheat, When};

const DOCUMENT: &str = "docs/threat-model.md";
const BEGIN: &str = "<!-- made by tests/it/cheats; UPDATE=1 cargo test --test it cheats:: writes it -->\n";
const END: &str = "<!-- end of what is made -->\n";

impl Catcher {
    fn title(self) -> &'static str {
        match self {
            Self::Receipt => "receipt check",
            Self::Browser => "browser's client",
            Self::Witness => "witness",
            Self::Monitor => "`veche monitor`",
            Self::Paper => "paper: fingerprint, head",
            Self::Signing => "member's program, before it signs",
            Self::Audit => "audit",
            Self::Commission => "`veche admin register`: roll key and town's list",
            Self::People => "people who are asked",
        }
    }
}

impl When {
    fn words(self) -> &'static str {
        match self {
            Self::AtOnce => "at once",
            Self::NextHead => "at the next head",
            Self::Promised => "when the promised time has passed",
            Self::Overdue => "when it is overdue",
            Self::Afterwards => "yes",
        }
    }
}

fn table(cheats: &[Cheat]) -> String {
    let titles: Vec<_> = Catcher::ALL.iter().map(|catcher| catcher.title()).collect();
    let mut text = format!("| what the operator does | {} |\n", titles.join(" | "));
    text += &format!("|---|{}\n", "---|".repeat(titles.len()));
    for cheat in cheats {
        let cell = |catcher: &Catcher| {
            let caught = cheat.caught.iter().find(|(who, _)| who == catcher);
            caught.map_or("–", |(_, when)| when.words())
        };
        let cells: Vec<_> = Catcher::ALL.iter().map(cell).collect();
        text += &format!("| **{}**: {} | {} |\n", cheat.name, cheat.hopes, cells.join(" | "));
    }
    text
}

/// Compares the document with the table, or writes it when asked to by `UPDATE=1`.
pub fn same_as_document(cheats: &[Cheat]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let made = table(cheats);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, [before, BEGIN, &made, END, after].concat()).unwrap();
        return;
    }
    assert!(found == made, "{DOCUMENT} is not what the tests make; with UPDATE=1 they write:\n{made}");
}
