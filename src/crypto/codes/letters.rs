//! Codes of letters by chance, and how they are read. The alphabet and its check letters are [`audit::letters`]: a wrong
//! letter is noticed before the code counts as a failed try.

use std::fmt;

pub use audit::letters::ALPHABET;
use audit::letters::{BASE, GROUP, check_values, is_separator, latin, letter, sums, value};
use rand::{CryptoRng, RngExt};
use zeroize::Zeroizing;

/// Why a text is not a letter code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// Letters are missing, or there are too many.
    #[error("the code has {given} letters; there should be {expected}")]
    Length {
        /// Letters found, spaces and dashes left out.
        given: usize,
        /// Letters of such a code.
        expected: usize,
    },
    /// A character that no code has, and its place among the letters, from 1.
    #[error("character {1} of the code, “{0}”, is not one that codes are made of; they have the letters {ALPHABET}")]
    Letter(char, usize),
    /// The check letters do not fit the others.
    #[error("the code is mistyped somewhere: its check letters do not fit; compare it with the letter")]
    Check,
}

/// Letters by chance, the last two of them check letters.
pub(super) fn generate(rng: &mut (impl CryptoRng + ?Sized), len: usize) -> Zeroizing<String> {
    let mut values = Zeroizing::new(vec![0; len]);
    for value in &mut values[..len - 2] {
        *value = rng.random_range(0..BASE);
    }
    // The last two are 0 yet, and add nothing.
    let check = check_values(sums(values.iter().copied()), len);
    values[len - 2..].copy_from_slice(&check);
    let mut letters = Zeroizing::new(String::with_capacity(len));
    letters.extend(values.iter().copied().map(letter));
    letters
}

/// The letters of a text as people type it, in capital Latin. Check letters are not looked at.
pub(super) fn parse(text: &str, expected: usize) -> Result<Zeroizing<String>, CodeFault> {
    let mut letters = Zeroizing::new(String::with_capacity(expected));
    let mut given = 0;
    for typed in text.chars().filter(|typed| !is_separator(*typed)) {
        given += 1;
        let letter = latin(typed);
        if !ALPHABET.contains(letter) {
            return Err(CodeFault::Letter(typed, given));
        }
        if given <= expected {
            letters.push(letter);
        }
    }
    if given == expected { Ok(letters) } else { Err(CodeFault::Length { given, expected }) }
}

/// Checks letters that [`parse`] gave.
pub(super) fn check(letters: &str) -> Result<(), CodeFault> {
    let places = letters.chars().map(|letter| value(letter).unwrap_or_default());
    if sums(places) == (0, 0) { Ok(()) } else { Err(CodeFault::Check) }
}

/// Writes letters in groups of four with dashes between.
pub(super) fn in_groups(letters: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, letter) in letters.chars().enumerate() {
        if at > 0 && at % GROUP == 0 {
            f.write_str("-")?;
        }
        write!(f, "{letter}")?;
    }
    Ok(())
}
