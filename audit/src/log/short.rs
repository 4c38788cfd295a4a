//! A head on paper: a log's size and a code of 40 letters, which people can print, compare and type.
//!
//! ```text
//! 25 ABCD-EFGH-JKLM-NPRS-TUVW XYZA-BCDE-FGHJ-KLMN-PRST
//! └ size in decimal
//!    └ row: 18 letters of the hash, 2 check letters └ the next 18, 2 check letters
//! ```
//!
//! Both rows' check letters cover the size, as if its remainder modulo 23 were a letter at place 0. So any one or two wrong
//! letters of a row, any two changed about, a wrong digit, and two neighbouring digits changed about are told from another
//! head. 36 letters hold 162 bits: who writes the log may try to prepare two heads of one code, and that costs the square
//! root only.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::checkpoint::Checkpoint;
use crate::letters::{BASE, GROUP, check_values, is_separator, latin, letter, sums, value};

/// Separates codes of heads from every other hash.
const LABEL: &[u8] = b"veche/head/v1\0";
/// Letters of a row, check letters included.
pub const ROW: usize = 20;
/// Rows of a code.
pub const ROWS: usize = 2;
/// Check letters of a row.
const CHECK: usize = 2;

/// Size and code of a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadCode {
    size: u64,
    letters: String,
}

/// Why a text is not the code of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadCodeFault {
    /// No number at the beginning, or one that no log has.
    #[error("the code must begin with the number of lines, in decimal and without zeros before it")]
    Size,
    /// Letters are missing, or there are too many.
    #[error("the code has {0} letters after the number of lines; there should be 40, in two rows of 20")]
    Length(usize),
    /// A character that no code has, and its place among the letters, from 1.
    #[error(
        "character {1} of the letters, “{0}”, is not one that codes are made of; they have no I, O, Q and no digits"
    )]
    Letter(char, usize),
    /// The check letters of a row do not fit.
    #[error(
        "the number of lines or row {0} of the letters is mistyped: its check letters do not fit; compare it with the paper"
    )]
    Check(usize),
}

impl HeadCode {
    /// The code of a head, made from the three signed lines.
    #[must_use]
    pub fn of(head: &Checkpoint) -> Self {
        let text = head.to_string();
        let mut number: [u8; 32] = Sha256::new_with_prefix(LABEL).chain_update(text.as_bytes()).finalize().into();
        let mut letters = String::with_capacity(ROWS * ROW);
        for _ in 0..ROWS {
            let mut row: Vec<_> = (0..ROW - CHECK).map(|_| remainder(&mut number)).collect();
            row.extend(check_values(row_sums(head.size, &row), ROW));
            letters.extend(row.into_iter().map(letter));
        }
        Self { size: head.size, letters }
    }

    /// Lines of the log whose head it is.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The two rows, in groups of four letters with hyphens between.
    #[must_use]
    pub fn rows(&self) -> [String; ROWS] {
        let groups = |row: &str| {
            let groups: Vec<_> = (0..ROW / GROUP).map(|group| &row[group * GROUP..(group + 1) * GROUP]).collect();
            groups.join("-")
        };
        let (first, second) = self.letters.split_at(ROW);
        [groups(first), groups(second)]
    }
}

/// Divides a big-endian number by 23 in place and returns the remainder.
fn remainder(number: &mut [u8; 32]) -> usize {
    number.iter_mut().fold(0, |rest, byte| {
        let part = rest * 256 + usize::from(*byte);
        *byte = (part / BASE) as u8;
        part % BASE
    })
}

/// The sums of a row with the size at place 0, where it counts in the first alone.
fn row_sums(size: u64, row: &[usize]) -> (usize, usize) {
    let (sum, weighted) = sums(row.iter().copied());
    ((sum + (size % BASE as u64) as usize) % BASE, weighted)
}

impl fmt::Display for HeadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.size, self.rows().join(" "))
    }
}

impl FromStr for HeadCode {
    type Err = HeadCodeFault;

    /// Reads a code as people type it: any case, any spaces and dashes, Cyrillic letters that look like Latin ones.
    fn from_str(text: &str) -> Result<Self, HeadCodeFault> {
        let mut typed = text.chars().filter(|typed| !is_separator(*typed)).peekable();
        let mut digits = String::new();
        while let Some(digit) = typed.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        let size: u64 = digits.parse().map_err(|_| HeadCodeFault::Size)?;
        if size.to_string() != digits {
            return Err(HeadCodeFault::Size);
        }
        let (mut letters, mut values) = (String::with_capacity(ROWS * ROW), Vec::with_capacity(ROWS * ROW));
        for (typed, place) in typed.zip(1..) {
            values.push(value(latin(typed)).ok_or(HeadCodeFault::Letter(typed, place))?);
            letters.push(latin(typed));
        }
        if values.len() != ROWS * ROW {
            return Err(HeadCodeFault::Length(values.len()));
        }
        for (row, number) in values.chunks_exact(ROW).zip(1..) {
            if row_sums(size, row) != (0, 0) {
                return Err(HeadCodeFault::Check(number));
            }
        }
        Ok(Self { size, letters })
    }
}
