//! Cosignatures: the bytes of the specification, and none that was made for anything else. Oracle: aws-lc, over messages spelled here.

use audit::log::{
    checkpoint::Checkpoint,
    cosignature::{CosignatureFault, Cosigner, CosignerKey},
    hash::Hash,
    note::{Note, NoteSignature, Signer},
    policy::WitnessPolicy,
};
use aws_lc_rs::signature::{self, KeyPair as _, ML_DSA_44_SIGNING, PqdsaKeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use crate::mutation::{Mutation, mutation};

const ORIGIN: &str = "vote.example/rounds/spring";
const NAME: &str = "witness.example/w1";

fn witness(seed: u8) -> Cosigner {
    Cosigner::new(format!("witness.example/w{seed}"), SigningKey::from_bytes(&[seed; 32])).expect("a name")
}

fn text() -> String {
    Checkpoint::new(ORIGIN, 8, Hash::from([9; 32])).to_string()
}

fn note() -> Note {
    Signer::new(ORIGIN.to_owned(), SigningKey::from_bytes(&[100; 32])).sign(&text())
}

/// A vkey of any type, spelled by the rule of signed-note.
fn vkey(name: &str, kind: u8, key: &[u8]) -> String {
    let tagged = [&[kind], key].concat();
    format!("{name}+{:08x}+{}", signed_note::key_id(name, &tagged), STANDARD.encode(tagged))
}

fn id(name: &str, kind: u8, key: &[u8]) -> [u8; 4] {
    signed_note::key_id(name, &[&[kind], key].concat()).to_be_bytes()
}

#[test]
fn an_ed25519_cosignature_is_a_time_and_a_signature_of_two_lines_and_the_text() {
    let signature = witness(1).cosign(&text(), 1_679_315_147);
    let public = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
    assert_eq!(signature.name, NAME);
    assert_eq!(signature.key_id, id(NAME, 4, &public));
    assert_eq!(signature.bytes.len(), 72);
    assert_eq!(signature.bytes[..8], 1_679_315_147u64.to_be_bytes());
    let root = STANDARD.encode([9; 32]);
    let message = format!("cosignature/v1\ntime 1679315147\n{ORIGIN}\n8\n{root}\n");
    let theirs = UnparsedPublicKey::new(&signature::ED25519, public);
    theirs.verify(message.as_bytes(), &signature.bytes[8..]).unwrap();
    let key: CosignerKey = vkey(NAME, 4, &public).parse().unwrap();
    assert_eq!((key.to_string(), key.id(), key.public()), (vkey(NAME, 4, &public), signature.key_id, &public[..]));
    assert_eq!(key, witness(1).public());
    assert_eq!(key.verify(&text(), &signature), Ok(1_679_315_147));
}

/// What an ML-DSA-44 witness signs, spelled from the specification's structure.
fn cosigned_message(name: &str, time: u64, origin: &str, size: u64, root: [u8; 32]) -> Vec<u8> {
    let lengths = [name, origin].map(|text| u8::try_from(text.len()).expect("at most 255 bytes"));
    [
        b"subtree/v1\n\0".as_slice(),
        &lengths[..1],
        name.as_bytes(),
        &time.to_be_bytes(),
        &lengths[1..],
        origin.as_bytes(),
        &[0; 8],
        &size.to_be_bytes(),
        &root,
    ]
    .concat()
}

fn ml_dsa(pair: &PqdsaKeyPair, message: &[u8], time: u64) -> NoteSignature {
    let mut bytes = vec![0; ML_DSA_44_SIGNING.signature_len()];
    pair.sign(message, &mut bytes).expect("a signature");
    assert_eq!(bytes.len(), 2420);
    let key_id = id(NAME, 6, pair.public_key().as_ref());
    NoteSignature { name: NAME.to_owned(), key_id, bytes: [&time.to_be_bytes(), &*bytes].concat() }
}

#[test]
fn an_ml_dsa_44_cosignature_signs_the_whole_tree() {
    let pair = PqdsaKeyPair::from_seed(&ML_DSA_44_SIGNING, &[5; 32]).unwrap();
    let public = pair.public_key().as_ref().to_vec();
    let text_of_key = vkey(NAME, 6, &public);
    let key: CosignerKey = text_of_key.parse().unwrap();
    assert_eq!((key.to_string(), key.public().len()), (text_of_key, 1312));
    let message = |size, root| cosigned_message(NAME, 77, ORIGIN, size, root);
    let good = ml_dsa(&pair, &message(8, [9; 32]), 77);
    assert_eq!(key.verify(&text(), &good), Ok(77));
    let mut note = note();
    note.signatures.push(good.clone());
    assert_eq!(key.time(&note.to_string().parse().unwrap()), Ok(Some(77)), "a note carries 2432 bytes of it");
    let bad = Err(CosignatureFault::Signature);
    assert_eq!(key.verify(&text(), &ml_dsa(&pair, &message(9, [9; 32]), 77)), bad, "another size");
    assert_eq!(key.verify(&text(), &ml_dsa(&pair, &message(8, [8; 32]), 77)), bad, "another root");
    assert_eq!(key.verify(&text(), &ml_dsa(&pair, &message(8, [9; 32]), 78)), bad, "another time");
    let other = cosigned_message("witness.example/w2", 77, ORIGIN, 8, [9; 32]);
    assert_eq!(key.verify(&text(), &ml_dsa(&pair, &other, 77)), bad, "another witness's name");
    let elsewhere = cosigned_message(NAME, 77, "vote.example/rounds/autumn", 8, [9; 32]);
    assert_eq!(key.verify(&text(), &ml_dsa(&pair, &elsewhere, 77)), bad, "another log");
    let mut cut = good.clone();
    cut.bytes.pop();
    assert_eq!(key.verify(&text(), &cut), bad);
    let long = format!("{}\n8\n{}\n", "o".repeat(256), STANDARD.encode([9; 32]));
    assert_eq!(key.verify(&long, &good), bad, "an origin of 256 bytes has no place in the message");
}

#[test]
fn extension_lines_are_signed_by_ed25519_alone() {
    let extended = format!("{}more\n", text());
    let signature = witness(1).cosign(&extended, 5);
    let key = witness(1).public();
    assert_eq!(key.verify(&extended, &signature), Ok(5));
    assert_eq!(key.verify(&text(), &signature), Err(CosignatureFault::Signature));
    for wrong in [format!("{}\n", text()), format!("{}more", text()), "x\n".to_owned(), format!("{}a\n\nb\n", text())] {
        assert_eq!(key.verify(&wrong, &witness(1).cosign(&wrong, 5)), Err(CosignatureFault::Checkpoint), "{wrong:?}");
    }
}

#[test]
fn a_cosignature_holds_for_its_text_time_name_and_key() {
    let key = witness(1).public();
    let good = witness(1).cosign(&text(), 5);
    let bad = Err(CosignatureFault::Signature);
    let changed = |change: &dyn Fn(&mut NoteSignature)| {
        let mut signature = good.clone();
        change(&mut signature);
        key.verify(&text(), &signature)
    };
    assert_eq!(changed(&|_| {}), Ok(5));
    assert_eq!(changed(&|one| one.bytes[7] = 6), bad, "another time");
    assert_eq!(changed(&|one| one.bytes[0] = 0x80), bad, "a time above 2^63 - 1");
    assert_eq!(changed(&|one| one.bytes[71] ^= 1), bad);
    assert_eq!(changed(&|one| one.bytes.push(0)), bad);
    assert_eq!(changed(&|one| one.bytes.truncate(71)), bad);
    assert_eq!(changed(&|one| one.bytes.truncate(7)), bad);
    assert_eq!(changed(&|one| one.name.push('x')), bad);
    assert_eq!(changed(&|one| one.key_id[0] ^= 1), bad);
    assert_eq!(key.verify(&text().replace("\n8\n", "\n9\n"), &good), bad);
    let plain = Signer::new(NAME.to_owned(), SigningKey::from_bytes(&[1; 32])).sign(&text());
    assert_eq!(key.time(&plain), Ok(None), "a plain signature of the same key is of another key id");
    let last = witness(1).cosign(&text(), u64::MAX);
    assert_eq!(key.verify(&text(), &last), Ok(i64::MAX as u64));
}

#[test]
fn keys_have_one_spelling_and_two_types() {
    let public = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
    let good = vkey(NAME, 4, &public);
    assert!(good.parse::<CosignerKey>().is_ok());
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let long = "n".repeat(256);
    for wrong in [
        vkey(NAME, 1, &public),
        vkey(NAME, 2, &public),
        vkey(NAME, 6, &public),
        vkey(NAME, 4, &public[..31]),
        vkey(NAME, 4, &neutral),
        vkey(NAME, 4, &[0xff; 1312]),
        vkey(NAME, 6, &[7; 1311]),
        vkey(&long, 6, &[7; 1312]),
        vkey("", 4, &public),
        vkey("a b", 4, &public),
        vkey("a+b", 4, &public),
        vkey("a\u{2003}b", 4, &public),
        format!("{good}="),
        format!("{good} "),
        good.to_uppercase(),
        String::new(),
        "a+b".to_owned(),
    ] {
        assert_eq!(wrong.parse::<CosignerKey>(), Err(CosignatureFault::Key), "{wrong:?}");
    }
    for name in ["", "a b", "a+b"] {
        assert!(Cosigner::new(name.to_owned(), SigningKey::from_bytes(&[1; 32])).is_none());
    }
    assert_eq!(format!("{:?}", witness(1)), "Cosigner(witness.example/w1, …)", "no secret is shown");
}

/// The note with these witnesses' cosignatures.
fn cosigned(by: &[(u8, u64)]) -> Note {
    let mut note = note();
    note.signatures.extend(by.iter().map(|(seed, time)| witness(*seed).cosign(&note.text, *time)));
    note.to_string().parse().expect("it is printed as a note")
}

fn policy(quorum: u16) -> WitnessPolicy {
    let keys = [1, 2, 3].map(|seed| witness(seed).public().to_string()).into();
    WitnessPolicy { keys, quorum }
}

#[test]
fn a_quorum_counts_each_witness_of_the_policy_once() {
    assert_eq!(policy(2).check(None), Ok(()));
    for (by, expected) in [
        (&[][..], &[][..]),
        (&[(1, 5)], &[(1, 5)]),
        (&[(1, 5), (1, 6)], &[(1, 6)]),
        (&[(4, 5), (1, 5)], &[(1, 5)]),
        (&[(3, 5), (1, 7)], &[(1, 7), (3, 5)]),
        (&[(2, 0), (1, 7)], &[(1, 7)]),
        (&[(1, 1), (2, 2), (3, 3), (4, 4)], &[(1, 1), (2, 2), (3, 3)]),
    ] {
        let found = policy(2).witnessed(&cosigned(by));
        let signed: Vec<_> = expected.iter().map(|(seed, time)| (witness(*seed).public(), *time)).collect();
        assert_eq!((&found.signed, found.forged.len()), (&signed, 0), "{by:?}");
        assert_eq!(found.holds(), expected.len() >= 2);
    }
}

#[test]
fn a_false_cosignature_spoils_the_quorum() {
    let mut note = cosigned(&[(1, 5), (2, 5), (3, 5)]);
    note.signatures[2].bytes[8] ^= 1;
    let found = policy(2).witnessed(&note);
    assert_eq!((found.signed.len(), found.forged.as_slice()), (2, ["witness.example/w2".to_owned()].as_slice()));
    assert!(!found.holds());
}

proptest! {
    #[test]
    fn signature_lines_and_keys_are_read_only_as_printed(time: u64, mutation in mutation()) {
        let line = witness(1).cosign(&text(), time).to_string();
        prop_assert!(line.parse::<NoteSignature>().is_ok());
        let changed = Mutation::apply(&mutation, &line);
        if let Ok(signature) = changed.parse::<NoteSignature>() {
            prop_assert_eq!(signature.to_string(), changed.clone());
            prop_assert_eq!(witness(1).public().verify(&text(), &signature).is_ok(), changed == line);
        }
        let changed = Mutation::apply(&mutation, &witness(1).public().to_string());
        if let Ok(key) = changed.parse::<CosignerKey>() {
            prop_assert_eq!(key.to_string(), changed);
        }
    }
}
