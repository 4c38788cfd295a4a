//! The commission's check of a published register: each pseudonym in it must be somebody's of the town's list, whom the roll key names.

use std::{
    collections::HashMap,
    io::{self, BufRead},
};

use audit::{
    log::{hash::Hash, line::Line},
    round::Event,
    verify::{
        Source,
        bundle::{LOG, REGISTER},
    },
};

use crate::crypto::pseudonym::RollKey;

/// How lines begin that add people to the roll.
const ROLL_EXTENDED: &[u8] = br#"{"event":{"roll-extended":"#;

/// A register with the people behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRegister {
    /// Numbers of the town's list that were issued a credential, in the order of the register.
    pub issued: Vec<String>,
    /// People on the town's list.
    pub listed: u64,
    /// People on the roll, as the log says.
    pub roll: u64,
    /// Pseudonyms that are nobody's of the list.
    pub strangers: Vec<Hash>,
}

impl NamedRegister {
    /// Whether nobody stands there whom the town does not know, and nobody was added to the roll.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.strangers.is_empty() && self.roll <= self.listed
    }
}

/// Names the people in a bundle's register. That the bundle holds together is the audit's question, not asked here.
///
/// # Errors
/// What reading the bundle meets; `InvalidData` for lines that are none of a register or a log.
pub fn name(bundle: &dyn Source, roll_key: &RollKey, list: &[String]) -> io::Result<NamedRegister> {
    let people: HashMap<[u8; 32], &String> = list.iter().map(|number| (roll_key.pseudonym(number), number)).collect();
    let listed = people.len() as u64;
    let mut named = NamedRegister { issued: Vec::new(), listed, roll: roll(bundle)?, strangers: Vec::new() };
    for line in bundle.open(REGISTER)?.lines() {
        let line = line?;
        let pseudonym: Option<Hash> = line.split_once(' ').and_then(|(_, pseudonym)| pseudonym.parse().ok());
        let pseudonym = pseudonym.ok_or(io::ErrorKind::InvalidData)?;
        match people.get(pseudonym.as_bytes()) {
            Some(number) => named.issued.push((*number).clone()),
            None => named.strangers.push(pseudonym),
        }
    }
    Ok(named)
}

/// People on the roll, as the log's last import says.
fn roll(bundle: &dyn Source) -> io::Result<u64> {
    let mut roll = 0;
    for line in bundle.open(LOG)?.split(b'\n') {
        let line = line?;
        if !line.starts_with(ROLL_EXTENDED) {
            continue;
        }
        let Ok(Line { event: Event::RollExtended(event), .. }) = Line::parse(&line) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        roll = event.total;
    }
    Ok(roll)
}
