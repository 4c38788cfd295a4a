//! Letters for codes on paper: an alphabet without look-alikes, how people type it, and two check letters.
//!
//! Number the letters of a code from 1 to n and let c be each one's place in the alphabet. In a valid code Σ c and
//! Σ i·c are both 0 modulo 23: a Reed-Solomon code of distance 3 (n < 23 keeps all i apart). So any one or two wrong
//! letters, and any two letters changed about, are noticed.

/// Latin letters without I, O and Q, which are read as digits or as each other. 23 of them, a prime number.
pub const ALPHABET: &str = "ABCDEFGHJKLMNPRSTUVWXYZ";
/// Length of the alphabet, and the modulus of the check.
pub const BASE: usize = ALPHABET.len();
/// Letters in each group that a code is written in.
pub const GROUP: usize = 4;

/// Spaces, dashes of every length, the middle dot, and marks that copying from a document leaves behind unseen.
#[must_use]
pub fn is_separator(typed: char) -> bool {
    typed.is_whitespace()
        || matches!(typed, '-' | '·' | '−' | '\u{2010}'..='\u{2015}' | '\u{ad}' | '\u{200b}' | '\u{feff}')
}

/// The capital Latin letter that was meant: a Russian keyboard gives Cyrillic ones of the same shape.
#[must_use]
pub fn latin(typed: char) -> char {
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

/// Place of a capital letter in the alphabet, from 0.
#[must_use]
pub fn value(letter: char) -> Option<usize> {
    ALPHABET.find(letter)
}

/// The letter at this place of the alphabet, modulo its length.
#[must_use]
pub fn letter(value: usize) -> char {
    char::from(ALPHABET.as_bytes()[value % BASE])
}

/// Σ c and Σ i·c modulo 23, i from 1.
#[must_use]
pub fn sums(values: impl Iterator<Item = usize>) -> (usize, usize) {
    values
        .zip(1..)
        .fold((0, 0), |(sum, weighted), (value, place)| ((sum + value) % BASE, (weighted + place * value) % BASE))
}

/// The values at the places `len` − 1 and `len` that make both sums 0, where those of the letters before are given.
#[must_use]
pub fn check_values((sum, weighted): (usize, usize), len: usize) -> [usize; 2] {
    // With a and b at these places: a + b = −sum and (len − 1)·a + len·b = −weighted.
    let last = ((len - 1) * sum + BASE - weighted) % BASE;
    [(2 * BASE - sum - last) % BASE, last]
}
