//! Signed notes and verifier keys: one spelling only, signatures that hold only as made. Oracle: signed_note.

use audit::log::note::{Note, NoteFault, NoteSignature, Signer, VerifierKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{SigningKey, VerifyingKey};
use proptest::prelude::*;
use signed_note::{Signer as _, StandardSigner, StandardVerifier, Verifier as _, VerifierList};

use crate::mutation::{Mutation, mutation};

const NAME: &str = "vote.example/rounds/spring";
/// RFC 8032 §7.1, TEST 1.
const SECRET: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5,
    0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];
/// Order of the group, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(name.to_owned(), SigningKey::from_bytes(&[seed; 32]))
}

fn key(signer: &Signer) -> VerifierKey {
    signer.vkey().parse().expect("the signer's name is a name")
}

fn tagged(key: &VerifyingKey) -> Vec<u8> {
    [&[1], key.as_bytes().as_slice()].concat()
}

#[test]
fn the_rfc_8032_key_signs_a_known_note() {
    let signer = Signer::new("example.org/log".to_owned(), SigningKey::from_bytes(&SECRET));
    let vkey = "example.org/log+1c66b9ea+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
    assert_eq!(signer.vkey(), vkey);
    let note = signer.sign("a known text\n").to_string();
    // The signature that OpenSSL makes with this key.
    let expected = "HGa56otA3jTisH548G+NU5BzV7jwyHTGd4upy8PNdwpo7grujxzJZ5dogltgKAaHR/+nryjOYJc0JgvEnsnd4MmWJw4=";
    assert_eq!(note, format!("a known text\n\n— example.org/log {expected}\n"));
    let signature = STANDARD.decode(note.trim_end().rsplit_once(' ').unwrap().1).unwrap();
    assert_eq!(signature[..4], [0x1c, 0x66, 0xb9, 0xea]);
    let theirs = StandardVerifier::new(vkey).unwrap();
    assert!(theirs.verify(b"a known text\n", &signature[4..]));
    assert_eq!(note.parse::<Note>().unwrap().verify(&vkey.parse().unwrap()), Ok(()));
}

#[test]
fn key_ids_bind_name_and_key() {
    let mut ids = Vec::new();
    for name in [NAME, "vote.example/rounds/autumn"] {
        for seed in [1, 2] {
            let key = key(&signer(name, seed));
            let public = SigningKey::from_bytes(&[seed; 32]).verifying_key();
            assert_eq!(u32::from_be_bytes(key.id()), signed_note::key_id(name, &tagged(&public)));
            assert_eq!(key, VerifierKey::new(name.to_owned(), public));
            ids.push(key.id());
        }
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[test]
fn verifier_keys_have_one_spelling() {
    let vkey = signer(NAME, 1).vkey();
    let (front, base64) = vkey.rsplit_once('+').unwrap();
    let id = front.rsplit_once('+').unwrap().1;
    let bytes = STANDARD.decode(base64).unwrap();
    let with = |bytes: &[u8]| {
        let id = signed_note::key_id(NAME, bytes);
        format!("{NAME}+{id:08x}+{}", STANDARD.encode(bytes))
    };
    assert_eq!(with(&bytes), vkey);
    let named = |name: &str| format!("{name}+{:08x}+{base64}", signed_note::key_id(name, &bytes));
    assert!(named("x").parse::<VerifierKey>().is_ok());
    let other_type = [&[4], &bytes[1..]].concat();
    let short = &bytes[..32];
    let long = [bytes.as_slice(), &[0]].concat();
    let neutral = [&[1, 1], [0; 31].as_slice()].concat();
    for wrong in [
        String::new(),
        NAME.to_owned(),
        front.to_owned(),
        format!("{vkey}\n"),
        format!(" {vkey}"),
        vkey.replace(id, &id.to_uppercase()).replace(NAME, "Q"),
        vkey.replace(id, "00000000"),
        vkey.replace(id, &id[1..]),
        vkey.trim_end_matches('=').to_owned() + "=",
        named(""),
        named("two words"),
        named("no\u{a0}break"),
        with(&other_type),
        with(short),
        with(&long),
        with(&neutral),
    ] {
        assert_eq!(wrong.parse::<VerifierKey>(), Err(NoteFault::Key), "{wrong}");
    }
}

#[test]
fn notes_have_one_form() {
    let note = signer(NAME, 1).sign("one\n\ntwo — \u{43f}\n");
    let text = note.to_string();
    assert_eq!(text.parse::<Note>().as_ref(), Ok(&note));
    let line = text.rsplit_once("\n\n").unwrap().1;
    let (mark, base64) = line.trim_end().rsplit_once(' ').unwrap();
    for wrong in [
        String::new(),
        "one\n".to_owned(),
        "one\n\n".to_owned(),
        format!("one\n{line}"),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        text.replace("— vote", "- vote"),
        text.replace("— vote", "—vote"),
        text.replace("— vote", "—  vote"),
        text.replace("one", "one\r"),
        text.replace("one", "o\tne"),
        text.replace("one", "o\0ne"),
        text.replace(NAME, ""),
        text.replace(NAME, "a+b"),
        text.replace(NAME, "a\u{2003}b"),
        format!("one\n\n{mark} {}\n", base64.trim_end_matches('=')),
        format!("one\n\n{mark} {base64} \n"),
        format!("one\n\n{mark} {}\n", STANDARD.encode([0; 4])),
        format!("one\n\n{mark} {}\n", STANDARD.encode([0; 3])),
        format!("one\n\n{mark}\n"),
        format!("one\n\n{line}three\n"),
    ] {
        assert_eq!(wrong.parse::<Note>(), Err(NoteFault::Form), "{wrong:?}");
    }
}

#[test]
fn a_note_has_limits() {
    let one = signer(NAME, 1).sign("text\n");
    let many = |count| Note { text: one.text.clone(), signatures: vec![one.signatures[0].clone(); count] }.to_string();
    assert!(many(64).parse::<Note>().is_ok());
    assert_eq!(many(65).parse::<Note>(), Err(NoteFault::Form));
    let rest = one.to_string().len() - "text".len();
    let long = |len: usize| signer(NAME, 1).sign(&format!("{}\n", "x".repeat(len - rest))).to_string();
    let most = long(1 << 20);
    assert_eq!(most.len(), 1 << 20);
    assert!(most.parse::<Note>().is_ok());
    assert_eq!(long((1 << 20) + 1).parse::<Note>(), Err(NoteFault::Form));
}

#[test]
fn every_signature_of_a_known_key_must_hold() {
    let (first, second, third) = (signer("a", 1), signer("b", 2), signer("c", 3));
    let keys = [key(&first), key(&second), key(&third)];
    let mut note = first.sign("text\n");
    note.signatures.extend(second.sign("text\n").signatures);
    assert_eq!(note.verified_by(&keys), Ok(vec![&keys[0], &keys[1]]));
    assert_eq!(note.verified_by(&keys[2..]), Err(NoteFault::Unsigned));
    assert_eq!(note.verified_by(&[]), Err(NoteFault::Unsigned));
    assert_eq!(note.verify(&keys[1]), Ok(()));
    assert_eq!(note.verify(&keys[2]), Err(NoteFault::Unsigned));
    // The same key under another name is another signer.
    assert_eq!(note.verify(&key(&signer("z", 1))), Err(NoteFault::Unsigned));

    let mut wrong = note.clone();
    wrong.signatures.extend(second.sign("another text\n").signatures);
    assert_eq!(wrong.verify(&keys[1]), Err(NoteFault::Signature), "one that holds does not excuse one that does not");
    assert_eq!(wrong.verified_by(&keys), Err(NoteFault::Signature));
    assert_eq!(wrong.verify(&keys[0]), Ok(()), "signatures of other keys are not looked at");

    for bytes in [vec![1; 63], vec![1; 65], vec![0; 64]] {
        let claimed = NoteSignature { bytes, ..note.signatures[0].clone() };
        let note = Note { text: note.text.clone(), signatures: vec![claimed] };
        assert_eq!(note.verify(&keys[0]), Err(NoteFault::Signature));
    }
}

#[test]
fn a_malleable_signature_is_refused() {
    let signer = signer(NAME, 1);
    let mut note = signer.sign("text\n");
    let mut carry = 0;
    for (byte, order) in note.signatures[0].bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    assert_eq!(note.verify(&key(&signer)), Err(NoteFault::Signature));
}

/// The neutral element as key signs every text, with itself and zero as signature, unless it is refused.
#[test]
fn a_low_order_key_signs_nothing() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let weak = VerifyingKey::from_bytes(&neutral).unwrap();
    let key = VerifierKey::new(NAME.to_owned(), weak);
    let bytes = [neutral, [0; 32]].concat();
    let signed = ed25519_dalek::Verifier::verify(&weak, b"text\n", &bytes.as_slice().try_into().unwrap());
    assert!(signed.is_ok(), "RFC 8032 alone would let it pass");
    let signature = NoteSignature { name: NAME.to_owned(), key_id: key.id(), bytes };
    let note = Note { text: "text\n".to_owned(), signatures: vec![signature] };
    assert_eq!(note.verify(&key), Err(NoteFault::Signature));
    assert_eq!(key.to_string().parse::<VerifierKey>(), Err(NoteFault::Key));
}

#[test]
fn the_secret_key_is_not_printed() {
    assert_eq!(format!("{:?}", signer(NAME, 7)), format!("Signer({NAME}, …)"));
}

#[test]
fn signed_note_takes_our_notes_and_we_take_theirs() {
    let ours = signer(NAME, 9);
    let id = u32::from_be_bytes(key(&ours).id());
    let skey = format!("PRIVATE+KEY+{NAME}+{id:08x}+{}", STANDARD.encode([&[1], [9; 32].as_slice()].concat()));
    let theirs = StandardSigner::new(&skey).unwrap();
    assert_eq!(theirs.key_id(), id);
    for text in ["one\n", "one\n\ntwo\n", "\u{433}\u{43e}\u{43b}\u{43e}\u{441}\n— not a signature\n"] {
        let note = ours.sign(text);
        let parsed = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
        let verifier = StandardVerifier::new(&ours.vkey()).unwrap();
        let (verified, rest) = parsed.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        assert_eq!((verified.len(), rest.len()), (1, 0));
        let mut other = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        other.add_sigs(&[&theirs]).unwrap();
        let printed = String::from_utf8(other.to_bytes()).unwrap();
        assert_eq!(printed.parse::<Note>(), Ok(note));
    }
}

fn signed() -> impl Strategy<Value = (Note, Signer)> {
    ("[a-z0-9./]{1,12}", "([ -~\u{410}-\u{44f}]{0,12}\n){1,5}", any::<u8>()).prop_map(|(name, text, seed)| {
        let signer = signer(&name, seed);
        (signer.sign(&text), signer)
    })
}

proptest! {
    #[test]
    fn a_note_is_printed_and_read((note, signer) in signed()) {
        let parsed: Note = note.to_string().parse().unwrap();
        prop_assert_eq!(&parsed, &note);
        prop_assert_eq!(parsed.verify(&key(&signer)), Ok(()));
    }

    #[test]
    fn a_changed_note_is_refused((note, signer) in signed(), mutation in mutation()) {
        let text = note.to_string();
        let changed = Mutation::apply(&mutation, &text);
        prop_assume!(changed != text);
        if let Ok(parsed) = changed.parse::<Note>() {
            prop_assert_eq!(parsed.to_string(), changed);
            // A signature line that stands there twice is the one change that says nothing else.
            let repeated = parsed.text == note.text && parsed.signatures == [&note.signatures[..]; 2].concat();
            prop_assert!(repeated || parsed.verify(&key(&signer)).is_err());
        }
    }

    #[test]
    fn a_changed_key_is_refused((_, signer) in signed(), mutation in mutation()) {
        let text = signer.vkey();
        let changed = Mutation::apply(&mutation, &text);
        prop_assert!(changed == text || changed.parse::<VerifierKey>().is_err());
    }
}
