//! `veche admin register`: the commission names the people behind a published register, and finds those whom nobody knows.

use std::path::PathBuf;

use audit::folder::Folder;
use clap::Args;
use serde_json::json;

use super::{
    super::{CliFault, Holds, fetch, keys},
    roll,
};
use crate::client::register::{self, NamedRegister};

#[derive(Debug, Args)]
pub(in crate::cli) struct Register {
    /// A bundle's folder, its .tar.zst, or a round's address such as https://vote.example/rounds/2027.
    bundle: String,
    /// The town's list: CSV with the headings number,born and perhaps district.
    people: PathBuf,
    /// File with the roll key.
    #[arg(long)]
    roll_key: PathBuf,
    /// New file for the numbers of those who were issued a credential, one a line: to ask some of them whether they were.
    #[arg(long, value_name = "FILE")]
    issued: Option<PathBuf>,
}

impl Register {
    pub(super) fn run(self, as_json: bool) -> Result<Holds, CliFault> {
        let named = self.named(&fetch::open(&self.bundle)?.folder)?;
        if let Some(file) = &self.issued {
            keys::write_secret(file, &(named.issued.join("\n") + "\n"))?;
        }
        print(&named, as_json);
        Ok(named.holds())
    }

    fn named(&self, folder: &Folder) -> Result<NamedRegister, CliFault> {
        let list: Vec<_> = roll::listed(&self.people)?.into_iter().map(|person| person.number).collect();
        register::name(folder, &keys::roll(&self.roll_key)?, &list).map_err(CliFault::file(&folder.0))
    }
}

fn print(named: &NamedRegister, as_json: bool) {
    let NamedRegister { issued, listed, roll, strangers } = named;
    if as_json {
        let issued = issued.len();
        println!("{}", json!({ "issued": issued, "listed": listed, "roll": roll, "strangers": strangers }));
        return;
    }
    println!("{listed} people on the list, {roll} on the roll, {} were issued a credential", issued.len());
    for stranger in strangers {
        println!("nobody of the list: {stranger}");
    }
    println!(
        "{}",
        if named.holds() { "everybody is of the list" } else { "THE REGISTER OR THE ROLL HAS MORE THAN THE LIST" }
    );
}
