//! The alphabet of letter codes and their check letters over the field of 23 elements.
//!
//! Number the letters of a code from 1 to n and let c be each one's place in the alphabet. In a valid code Σ c and
//! Σ i·c are both 0 modulo 23: a Reed-Solomon code of distance 3 (n < 23 keeps all i apart). So any one or two wrong
//! letters, and any two letters changed about, are noticed before the code counts as a failed try.

use std::fmt;

use rand::{CryptoRng, RngExt};
use zeroize::Zeroizing;

/// Latin letters without I, O and Q, which are read as digits or as each other. 23 of them, a prime number.
pub const ALPHABET: &str = "ABCDEFGHJKLMNPRSTUVWXYZ";
/// Length of the alphabet, and the modulus of the check.
const BASE: usize = ALPHABET.len();
/// Letters in each group that a code is written in.
const GROUP: usize = 4;

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
    // With a and b on places n − 1 and n: a + b = −sum and (n − 1)·a + n·b = −weighted.
    let (sum, weighted) = sums(values.iter().copied());
    values[len - 1] = ((len - 1) * sum + BASE - weighted) % BASE;
    values[len - 2] = (2 * BASE - sum - values[len - 1]) % BASE;
    let mut letters = Zeroizing::new(String::with_capacity(len));
    letters.extend(values.iter().map(|value| char::from(ALPHABET.as_bytes()[*value])));
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
    let places = letters.chars().map(|letter| ALPHABET.find(letter).unwrap_or_default());
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

/// Σ c and Σ i·c modulo 23.
fn sums(values: impl Iterator<Item = usize>) -> (usize, usize) {
    values
        .zip(1..)
        .fold((0, 0), |(sum, weighted), (value, place)| ((sum + value) % BASE, (weighted + place * value) % BASE))
}

/// Spaces, dashes of every length, the middle dot, and marks that copying from a document leaves behind unseen.
fn is_separator(typed: char) -> bool {
    typed.is_whitespace()
        || matches!(typed, '-' | '·' | '−' | '\u{2010}'..='\u{2015}' | '\u{ad}' | '\u{200b}' | '\u{feff}')
}

/// The capital Latin letter that was meant: a Russian keyboard gives Cyrillic ones of the same shape.
fn latin(typed: char) -> char {
    match typed {
        'А' | 'а' => 'A',
        'В' | 'в' => 'B',
        'Е' | 'е' => 'E',
        'К' | 'к' => 'K',
        'М' | 'м' => 'M',
        'Н' | 'н' => 'H',
        'Р' | 'р' => 'P',
        'С' | 'с' => 'C',
        'Т' | 'т' => 'T',
        'У' | 'у' => 'Y',
        'Х' | 'х' => 'X',
        other => other.to_ascii_uppercase(),
    }
}
