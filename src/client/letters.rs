//! Letter codes for a roll: made where the letters are printed, so that the secret halves never reach the server.

use std::collections::HashSet;

use crate::{
    crypto::{codes::LetterCode, pseudonym::RollKey},
    http::RollEntry,
};

/// A person as the town's list has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPerson {
    /// Number in the town's list; it stays with the town.
    pub number: String,
    /// Date of birth, YYYY-MM-DD.
    pub born: String,
    /// District of residence.
    pub district: Option<String>,
}

/// Makes a letter code for each person, and the entry that goes to the server instead of the person.
#[must_use]
pub fn write(roll_key: &RollKey, people: &[ListedPerson]) -> Vec<(LetterCode, RollEntry)> {
    let mut taken = HashSet::new();
    let mut rng = rand::rng();
    let letter = |person: &ListedPerson| {
        let code = LetterCode::generate_distinct(&mut rng, &mut taken);
        let entry = RollEntry {
            pseudonym: audit::log::hash::Hash::from(roll_key.pseudonym(&person.number)).to_string(),
            born: person.born.clone(),
            district: person.district.clone(),
            code: code.identifying.to_string(),
        };
        (code, entry)
    };
    people.iter().map(letter).collect()
}
