//! Tests of letter codes: what mistakes they notice, how they are read, and the golden vectors.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde::Deserialize;

use super::*;

fn code(seed: u64) -> LetterCode {
    LetterCode::generate(&mut StdRng::seed_from_u64(seed))
}

/// The text with the letter at one place set to another of the alphabet.
fn with_letter(letters: &str, at: usize, shift: usize) -> String {
    let mut changed = letters.as_bytes().to_vec();
    let value = ALPHABET.find(char::from(changed[at])).expect("a letter of the alphabet");
    changed[at] = ALPHABET.as_bytes()[(value + shift) % ALPHABET.len()];
    String::from_utf8(changed).expect("ASCII")
}

proptest! {
    #[test]
    fn a_code_reads_back_however_it_is_typed(seed: u64) {
        let code = code(seed);
        let text = code.to_string();
        prop_assert_eq!(text.len(), 36 + 7 + 1);
        prop_assert_eq!(text.parse::<LetterCode>().expect("its own text"), code.clone());
        let typed = text.to_lowercase().replace('-', " – ");
        prop_assert_eq!(typed.parse::<LetterCode>().expect("as typed"), code.clone());
        let cyrillic: String = code.identifying.letters().chars().map(|letter| {
            "ABEKMHPCTYX".find(letter).and_then(|at| "авекмнрстух".chars().nth(at)).unwrap_or(letter)
        }).collect();
        prop_assert_eq!(cyrillic.parse::<IdentifyingCode>().expect("Cyrillic"), code.identifying);
    }

    #[test]
    fn one_or_two_wrong_letters_are_noticed(
        seed: u64, first in 0..16_usize, second in 0..16_usize, shift in 1..23_usize, other in 0..23_usize,
    ) {
        let right = code(seed).identifying;
        let wrong = with_letter(right.letters(), first, shift);
        prop_assert_eq!(wrong.parse::<IdentifyingCode>(), Err(CodeFault::Check));
        prop_assume!(first != second);
        let wrong = with_letter(&wrong, second, other);
        prop_assert_eq!(wrong.parse::<IdentifyingCode>(), Err(CodeFault::Check));
    }

    #[test]
    fn one_wrong_letter_of_the_secret_half_is_noticed(seed: u64, at in 0..20_usize, shift in 1..23_usize) {
        let wrong = with_letter(code(seed).secret.letters(), at, shift);
        prop_assert_eq!(wrong.parse::<SecretCode>(), Err(CodeFault::Check));
    }

    #[test]
    fn any_two_letters_changed_about_are_noticed(seed: u64, first in 0..20_usize, second in 0..20_usize) {
        let right = code(seed).secret;
        let mut letters = right.letters().as_bytes().to_vec();
        prop_assume!(letters[first] != letters[second]);
        letters.swap(first, second);
        let wrong = String::from_utf8(letters).expect("ASCII");
        prop_assert_eq!(wrong.parse::<SecretCode>(), Err(CodeFault::Check));
    }

    #[test]
    fn what_is_read_is_what_was_meant(text in "[A-Za-zАВЕКМНРСТУХ0-9 –-]{0,24}") {
        if let Ok(code) = text.parse::<IdentifyingCode>() {
            prop_assert_eq!(code.to_string().parse::<IdentifyingCode>(), Ok(code));
        }
    }
}

#[test]
fn faults_name_what_is_wrong() {
    let parse = |text: &str| text.parse::<IdentifyingCode>().expect_err("no code");
    assert_eq!(parse(""), CodeFault::Length { given: 0, expected: 16 });
    assert_eq!(parse("ABCD-EFGH"), CodeFault::Length { given: 8, expected: 16 });
    assert_eq!(parse(&"A".repeat(1_000)), CodeFault::Length { given: 1_000, expected: 16 });
    assert_eq!(parse("ABCD-OFGH"), CodeFault::Letter('O', 5));
    assert_eq!(parse("ABCD ЖFGH"), CodeFault::Letter('Ж', 5));
    assert_eq!(parse("ß"), CodeFault::Letter('ß', 1));
    assert_eq!(parse("ABCD-EFGH-JKLM-NPRS"), CodeFault::Check);
    assert_eq!(CodeFault::Letter('0', 3).to_string().lines().count(), 1);
}

#[test]
fn every_letter_comes_up() {
    let mut rng = StdRng::seed_from_u64(1);
    let letters: String = (0..100).map(|_| SecretCode::generate(&mut rng).letters().to_owned()).collect();
    assert!(ALPHABET.chars().all(|letter| letters.contains(letter)));
}

#[test]
fn codes_of_one_roll_have_their_own_locators() {
    let mut rng = StdRng::seed_from_u64(2);
    let next = code(2).identifying;
    let mut taken = HashSet::from([next.locator().to_owned()]);
    let code = LetterCode::generate_distinct(&mut rng, &mut taken);
    assert_ne!(code.identifying.locator(), next.locator());
    assert_eq!(taken.len(), 2);
}

#[test]
fn a_pepper_recognises_its_own_hash() {
    let pepper = Pepper::from_bytes(rand::rng().random());
    let (code, other) = (code(3).identifying, code(4).identifying);
    assert!(pepper.matches(&code, &pepper.hash(&code)));
    assert!(!pepper.matches(&other, &pepper.hash(&code)));
    assert!(!Pepper::from_bytes([0; 32]).matches(&code, &pepper.hash(&code)));
    assert!(!pepper.matches(&code, &[]));
}

/// What `tests/vectors/codes.json` says of one code.
#[derive(Deserialize)]
struct Vector {
    code: String,
    identifying: String,
    locator: String,
    pepper: String,
    pepper_hash: String,
    secret: String,
}

#[derive(Deserialize)]
struct Mistyped {
    code: String,
    fault: String,
}

#[derive(Deserialize)]
struct Vectors {
    codes: Vec<Vector>,
    mistyped: Vec<Mistyped>,
}

#[test]
fn golden_vectors() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../../tests/vectors/codes.json")).expect("the vectors");
    assert_eq!(vectors.codes.len(), 4);
    for vector in vectors.codes {
        let code: LetterCode = vector.code.parse().expect("a code");
        assert_eq!(code.identifying.letters(), vector.identifying);
        assert_eq!(code.identifying.locator(), vector.locator);
        assert_eq!(code.secret.letters(), vector.secret);
        let mut pepper = [0; 32];
        hex::decode_to_slice(vector.pepper, &mut pepper).expect("hexadecimal");
        assert_eq!(hex::encode(Pepper::from_bytes(pepper).hash(&code.identifying)), vector.pepper_hash);
    }
    for mistyped in vectors.mistyped {
        let fault = mistyped.code.parse::<LetterCode>().expect_err("mistyped");
        let name = match fault {
            CodeFault::Length { .. } => "length",
            CodeFault::Letter(..) => "letter",
            CodeFault::Check => "check",
        };
        assert_eq!(name, mistyped.fault, "{}", mistyped.code);
    }
}
