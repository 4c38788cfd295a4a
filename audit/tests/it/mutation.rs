//! One small change to a text, such as a forger or a careless copyist makes.

use proptest::prelude::*;

/// What is changed, and where.
#[derive(Debug, Clone)]
pub enum Mutation {
    /// A letter becomes another.
    Replace(prop::sample::Index, char),
    /// A letter is put in.
    Insert(prop::sample::Index, char),
    /// A letter is left out.
    Delete(prop::sample::Index),
    /// A line stands there twice.
    Repeat(prop::sample::Index),
    /// The end is cut off.
    Cut(prop::sample::Index),
}

/// Any change; letters are those that parsers care about, and some others.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    let letter = || {
        let telling: Vec<_> = "\n\r\t \0+=/\"\\,:{}[]0aA9\u{2014}\u{2028}\u{feff}".chars().collect();
        prop_oneof![prop::sample::select(telling), any::<char>(), prop::char::range(' ', '~')]
    };
    let place = any::<prop::sample::Index>;
    prop_oneof![
        4 => (place(), letter()).prop_map(|(at, letter)| Mutation::Replace(at, letter)),
        4 => (place(), letter()).prop_map(|(at, letter)| Mutation::Insert(at, letter)),
        4 => place().prop_map(Mutation::Delete),
        1 => place().prop_map(Mutation::Repeat),
        1 => place().prop_map(Mutation::Cut),
    ]
}

impl Mutation {
    /// The changed text, which may be equal to the text.
    pub fn apply(&self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let len = letters.len();
        match self {
            Self::Replace(at, letter) => letters[at.index(len)] = *letter,
            Self::Insert(at, letter) => letters.insert(at.index(len + 1), *letter),
            Self::Delete(at) => {
                letters.remove(at.index(len));
            }
            Self::Repeat(at) => {
                let lines: Vec<_> = text.split_inclusive('\n').collect();
                let at = at.index(lines.len());
                return [&lines[..=at], &lines[at..]].concat().concat();
            }
            Self::Cut(at) => letters.truncate(at.index(len)),
        }
        letters.into_iter().collect()
    }
}
