//! Receipts: a tlog-proof is read as it was printed, and every part of it is needed and bound.

use audit::log::{
    checkpoint::{Checkpoint, CheckpointFault},
    hash::{Hash, leaf},
    note::{NoteFault, Signer, VerifierKey},
    proof::ProofFault,
    receipt::{ReceiptFault, TlogProof},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use crate::{
    mutation::{Mutation, mutation},
    naive,
};

const ORIGIN: &str = "vote.example/rounds/spring";

fn signer(seed: u8) -> Signer {
    Signer::new(ORIGIN.to_owned(), SigningKey::from_bytes(&[seed; 32]))
}

fn key(seed: u8) -> VerifierKey {
    signer(seed).vkey().parse().expect("the origin is a name")
}

/// The receipt of line `index` of a log of so many lines, whose lines are their numbers.
fn receipt(index: u64, size: u64) -> TlogProof {
    let leaves = naive::leaves(size);
    let checkpoint = Checkpoint::new(ORIGIN, size, naive::root(&leaves)).sign(&signer(1));
    TlogProof { checkpoint, extra: None, index, proof: naive::path(index as usize, &leaves) }
}

#[test]
fn a_receipt_has_the_form_of_the_specification() {
    let mut receipt = receipt(2, 3);
    let path = naive::root(&naive::leaves(2)).to_base64();
    let expected = format!("c2sp.org/tlog-proof@v1\nindex 2\n{path}\n\n{}", receipt.checkpoint);
    assert_eq!(receipt.to_string(), expected);
    receipt.extra = Some(b"veche".to_vec());
    let expected = expected.replace("\nindex", "\nextra dmVjaGU=\nindex");
    assert_eq!(receipt.to_string(), expected);
    assert_eq!(expected.parse(), Ok(receipt));
}

#[test]
fn every_line_of_small_logs_has_its_receipt() {
    for size in 1..20 {
        for index in 0..size {
            let receipt: TlogProof = receipt(index, size).to_string().parse().unwrap();
            let head = receipt.verify(index.to_string().as_bytes(), &key(1)).unwrap();
            assert_eq!(head, Checkpoint::new(ORIGIN, size, naive::root(&naive::leaves(size))));
        }
    }
}

#[test]
fn each_part_is_bound() {
    let good = receipt(5, 11);
    let line = b"5";
    let changed = |change: &dyn Fn(&mut TlogProof)| {
        let mut receipt = good.clone();
        change(&mut receipt);
        receipt.verify(line, &key(1)).map(|head| head.size)
    };
    assert_eq!(changed(&|_| ()), Ok(11));
    let (root, length) = (Err(ReceiptFault::Proof(ProofFault::Root)), Err(ReceiptFault::Proof(ProofFault::Length(3))));
    assert_eq!(good.verify(b"6", &key(1)), Err(ReceiptFault::Proof(ProofFault::Root)), "another line");
    assert_eq!(changed(&|receipt| receipt.index = 4), root);
    assert_eq!(changed(&|receipt| receipt.index = 11), Err(ReceiptFault::Proof(ProofFault::Range(11, 11))));
    assert_eq!(changed(&|receipt| receipt.proof.swap(0, 1)), root);
    assert_eq!(changed(&|receipt| receipt.proof[3] = Hash::ZERO), root);
    assert_eq!(changed(&|receipt| receipt.proof.truncate(3)), length);
    let unsigned = |fault| Err(ReceiptFault::Checkpoint(CheckpointFault::Note(fault)));
    let size = |from: &str, to: &str| good.checkpoint.replacen(from, to, 1);
    assert_eq!(changed(&|receipt| receipt.checkpoint = size("\n11\n", "\n12\n")), unsigned(NoteFault::Signature));
    assert_eq!(changed(&|receipt| receipt.checkpoint = String::new()), unsigned(NoteFault::Form));
    assert_eq!(good.verify(line, &key(2)), Err(ReceiptFault::Checkpoint(NoteFault::Unsigned.into())), "another key");
    let of_another_size = receipt(5, 12).checkpoint;
    assert_eq!(changed(&|receipt| receipt.checkpoint.clone_from(&of_another_size)), root);
    // What the application adds is not bound by anything, as the specification says.
    assert_eq!(changed(&|receipt| receipt.extra = Some(vec![1])), Ok(11));
}

/// The key signs a head that names another log: the signature holds, the receipt must not.
#[test]
fn a_head_of_another_log_is_refused() {
    let mut receipt = receipt(0, 1);
    receipt.checkpoint = Checkpoint::new("vote.example/rounds/autumn", 1, leaf(b"0")).sign(&signer(1));
    assert_eq!(receipt.verify(b"0", &key(1)), Err(ReceiptFault::Checkpoint(CheckpointFault::Origin)));
}

#[test]
fn receipts_have_one_spelling() {
    let good = TlogProof { extra: Some(vec![0xfb, 0xff]), ..receipt(1, 4) }.to_string();
    assert!(good.parse::<TlogProof>().is_ok());
    let extra = "extra +/8=\n";
    assert!(good.contains(extra));
    for wrong in [
        String::new(),
        format!("\n{good}"),
        good.replace("@v1", "@v2"),
        good.replace("c2sp.org/tlog-proof@v1\n", ""),
        good.replace('\n', "\r\n"),
        good.replace(extra, "extra -_8=\n"),
        good.replace(extra, "extra +/8\n"),
        good.replace(extra, "extra +/9=\n"),
        good.replace(extra, "extra \n"),
        good.replace(extra, "extra\n"),
        good.replace(extra, &extra.repeat(2)),
        good.replace(extra, "more dmVjaGU=\n"),
        good.replace("index 1\n", ""),
        good.replace("index 1\n", "index 01\n"),
        good.replace("index 1\n", "index +1\n"),
        good.replace("index 1\n", "index -1\n"),
        good.replace("index 1\n", "index 1 \n"),
        good.replace("index 1\n", "index 18446744073709551616\n"),
        good.replace("index 1\n", &format!("index 1\n{}\n", STANDARD.encode([0; 31]))),
        good.replace("index 1\n", &format!("index 1\n{}\n", STANDARD.encode([0; 33]))),
        good.replacen("\n\n", "\n", 1),
    ] {
        assert_eq!(wrong.parse::<TlogProof>(), Err(ReceiptFault::Form), "{wrong:?}");
    }
}

#[test]
fn a_path_of_more_than_64_hashes_is_refused() {
    let long = |len| TlogProof { proof: vec![Hash::ZERO; len], ..receipt(0, 1) }.to_string().parse::<TlogProof>();
    assert!(long(64).is_ok());
    assert_eq!(long(65), Err(ReceiptFault::Form));
}

proptest! {
    #[test]
    fn a_changed_receipt_is_refused(size in 1u64..40, at in any::<prop::sample::Index>(), mutation in mutation()) {
        let index = at.index(size as usize) as u64;
        let good = receipt(index, size);
        let text = good.to_string();
        let changed = Mutation::apply(&mutation, &text);
        prop_assume!(changed != text);
        if let Ok(parsed) = changed.parse::<TlogProof>() {
            prop_assert_eq!(parsed.to_string(), changed);
            // A signature line that stands there twice is the one change that says nothing else.
            let line = good.checkpoint.split_once("\n\n").unwrap().1;
            let repeated = parsed == TlogProof { checkpoint: format!("{}{line}", good.checkpoint), ..good };
            prop_assert!(repeated || parsed.verify(index.to_string().as_bytes(), &key(1)).is_err());
        }
    }
}
