//! Codes of heads: what they tell apart, how they are read, and the golden vectors, `tests/vectors/heads.json`.
//!
//! `VECHE_BLESS=1` writes the file anew; a change there is a change of format.

use std::{collections::BTreeSet, path::PathBuf};

use audit::{
    letters::{ALPHABET, BASE},
    log::{
        checkpoint::Checkpoint,
        hash::Hash,
        short::{HeadCode, HeadCodeFault, ROW},
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

const ORIGIN: &str = "vote.example/rounds/spring";

fn head(size: u64, root: [u8; 32]) -> Checkpoint {
    Checkpoint::new(ORIGIN, size, Hash::from(root))
}

/// The letters of the code, the size aside, each row's after the other.
fn letters(code: &HeadCode) -> Vec<u8> {
    code.rows().concat().replace('-', "").into_bytes()
}

fn read(size: u64, letters: &[u8]) -> Result<HeadCode, HeadCodeFault> {
    format!("{size} {}", String::from_utf8_lossy(letters)).parse()
}

fn shifted(letter: u8, by: usize) -> u8 {
    let value = ALPHABET.find(char::from(letter)).expect("a letter of the alphabet");
    ALPHABET.as_bytes()[(value + by) % BASE]
}

fn size() -> impl Strategy<Value = u64> {
    prop_oneof![0..1000_u64, any::<u64>()]
}

proptest! {
    #[test]
    fn a_code_reads_back_however_it_is_typed(size in size(), root: [u8; 32]) {
        let code = HeadCode::of(&head(size, root));
        let text = code.to_string();
        prop_assert_eq!(text.parse::<HeadCode>(), Ok(code.clone()));
        let cyrillic = |typed: char| "abekmhpctyx".find(typed).and_then(|at| "авекмнрстух".chars().nth(at)).unwrap_or(typed);
        let typed: String = text.to_lowercase().replace('-', " \u{2013} ").chars().map(cyrillic).collect();
        prop_assert_eq!(format!("\t{typed}\n").parse::<HeadCode>(), Ok(code.clone()));
        prop_assert_eq!(text.replace(['-', ' '], "").parse::<HeadCode>(), Ok(code));
    }

    #[test]
    fn any_change_of_the_head_is_another_code(size in size(), root: [u8; 32], bit in 0..256_usize) {
        let code = HeadCode::of(&head(size, root));
        let mut other = root;
        other[bit / 8] ^= 1 << (bit % 8);
        for other in [head(size, other), head(size ^ 1, root), Checkpoint::new("vote.example/rounds/sprinh", size, Hash::from(root))] {
            prop_assert_ne!(letters(&HeadCode::of(&other)), letters(&code));
        }
    }

    #[test]
    fn one_or_two_wrong_letters_of_a_row_are_noticed(
        size in size(), root: [u8; 32], row in 0..2_usize, first in 0..ROW, second in 0..ROW, by in 1..BASE, more in 0..BASE,
    ) {
        prop_assume!(first != second);
        let mut wrong = letters(&HeadCode::of(&head(size, root)));
        wrong[row * ROW + first] = shifted(wrong[row * ROW + first], by);
        wrong[row * ROW + second] = shifted(wrong[row * ROW + second], more);
        prop_assert_eq!(read(size, &wrong), Err(HeadCodeFault::Check(row + 1)));
    }

    #[test]
    fn two_letters_of_a_row_changed_about_are_noticed(root: [u8; 32], row in 0..2_usize, first in 0..ROW, second in 0..ROW) {
        let mut wrong = letters(&HeadCode::of(&head(25, root)));
        prop_assume!(wrong[row * ROW + first] != wrong[row * ROW + second]);
        wrong.swap(row * ROW + first, row * ROW + second);
        prop_assert_eq!(read(25, &wrong), Err(HeadCodeFault::Check(row + 1)));
    }

    #[test]
    fn a_wrong_digit_and_neighbours_changed_about_are_noticed(
        size in 10..u64::MAX / 10, root: [u8; 32], at in any::<prop::sample::Index>(), by in 1..10_u8, wrong_letter in 0..BASE,
    ) {
        let code = HeadCode::of(&head(size, root));
        let mut digits = size.to_string().into_bytes();
        let at = at.index(digits.len());
        digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
        prop_assume!(digits[0] != b'0');
        let text = |digits: &[u8], letters: &[u8]| format!("{} {}", String::from_utf8_lossy(digits), String::from_utf8_lossy(letters));
        let mut letters = letters(&code);
        letters[3] = shifted(letters[3], wrong_letter);
        prop_assert_eq!(text(&digits, &letters).parse::<HeadCode>(), Err(HeadCodeFault::Check(1)));
        let mut digits = size.to_string().into_bytes();
        let at = at.min(digits.len() - 2);
        prop_assume!(digits[at] != digits[at + 1] && digits[at + 1] != b'0');
        digits.swap(at, at + 1);
        letters[3] = shifted(letters[3], BASE - wrong_letter);
        prop_assert_eq!(text(&digits, &letters).parse::<HeadCode>(), Err(HeadCodeFault::Check(1)));
    }

    #[test]
    fn what_strangers_type_is_refused_without_a_panic(text in "\\PC{0,300}") {
        if let Ok(code) = text.parse::<HeadCode>() {
            prop_assert_eq!(code.to_string().parse::<HeadCode>(), Ok(code));
        }
    }
}

#[test]
fn what_is_wrong_is_said() {
    let code = HeadCode::of(&head(25, [7; 32])).to_string();
    let fault = |text: &str| text.parse::<HeadCode>().unwrap_err();
    assert_eq!(fault(""), HeadCodeFault::Size);
    assert_eq!(fault(&code[3..]), HeadCodeFault::Size);
    assert_eq!(fault(&format!("0{code}")), HeadCodeFault::Size);
    assert_eq!(fault(&format!("99999999999999999999{code}")), HeadCodeFault::Size);
    assert_eq!(fault(&code[..code.len() - 1]), HeadCodeFault::Length(39));
    assert_eq!(fault(&format!("{code}A")), HeadCodeFault::Length(41));
    assert_eq!(fault(&format!("{code}7")), HeadCodeFault::Letter('7', 41));
    assert_eq!(fault("25 ABO"), HeadCodeFault::Letter('O', 3));
}

/// Letters are drawn from the whole hash: over many heads each letter stands at each place.
#[test]
fn every_letter_stands_at_every_place() {
    let codes: Vec<_> = (0..1000).map(|size| letters(&HeadCode::of(&head(size, [1; 32])))).collect();
    for place in 0..2 * ROW {
        let found: BTreeSet<_> = codes.iter().map(|code| code[place]).collect();
        assert_eq!(found.len(), BASE, "place {place}");
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/heads.json")
}

fn computed() -> Value {
    let heads = [head(0, [0; 32]), head(8, [0x5d; 32]), head(1_000_000, [0xff; 32]), head(u64::MAX, [9; 32])];
    let one = |head: Checkpoint| {
        let code = HeadCode::of(&head);
        json!({ "checkpoint": head.to_string(), "code": code.to_string(), "rows": code.rows(), "size": head.size.to_string() })
    };
    json!({ "heads": heads.map(one) })
}

#[test]
fn the_vectors_are_what_is_computed() {
    let computed = computed();
    if std::env::var_os("VECHE_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path(), serde_json::to_string_pretty(&computed).unwrap() + "\n").unwrap();
    }
    let stored: Value = serde_json::from_str(&std::fs::read_to_string(path()).unwrap()).unwrap();
    assert_eq!(stored, computed);
}
