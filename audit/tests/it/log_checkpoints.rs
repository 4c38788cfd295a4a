//! Checkpoints: three lines in one spelling, signed by the log that they name. Oracle: tlog_tiles.

use audit::log::{
    checkpoint::{Checkpoint, CheckpointFault},
    hash::{Hash, empty},
    note::{Note, NoteFault, Signer, VerifierKey},
};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use crate::mutation::{Mutation, mutation};

fn signer(name: &str) -> Signer {
    Signer::new(name.to_owned(), SigningKey::from_bytes(&[3; 32]))
}

fn key(name: &str) -> VerifierKey {
    signer(name).vkey().parse().expect("a name")
}

#[test]
fn a_checkpoint_is_origin_size_and_root() {
    let checkpoint = Checkpoint::new("vote.example/office", 0, empty());
    let text = "vote.example/office\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    assert_eq!(checkpoint.to_string(), text);
    assert_eq!(text.parse(), Ok(checkpoint));
}

#[test]
fn checkpoints_have_one_spelling() {
    let good = Checkpoint::new("log", 12, empty()).to_string();
    let root = empty().to_base64();
    assert!(good.parse::<Checkpoint>().is_ok());
    for wrong in [
        String::new(),
        good.trim_end().to_owned(),
        format!("{good}extension\n"),
        format!("{good}\n"),
        good.replace("log", ""),
        good.replace("12", ""),
        good.replace("12", "012"),
        good.replace("12", "+12"),
        good.replace("12", "-12"),
        good.replace("12", "0x0c"),
        good.replace("12", " 12"),
        good.replace("12", "18446744073709551616"),
        good.replace(&root, root.trim_end_matches('=')),
        good.replace(&root, &root.replace("hSuFU=", "hSuFV=")),
        good.replace(&root, &root.replace('+', "-")),
        good.replace(&root, "AAAA"),
        good.replace(&root, &"A".repeat(44)),
        good.replace('\n', "\r\n"),
    ] {
        assert_eq!(wrong.parse::<Checkpoint>(), Err(CheckpointFault::Form), "{wrong:?}");
    }
    assert!(good.replace("12", "18446744073709551615").parse::<Checkpoint>().is_ok());
}

#[test]
fn a_checkpoint_speaks_for_the_log_whose_key_signed_it() {
    let checkpoint = Checkpoint::new("a", 1, Hash::ZERO);
    let note = checkpoint.sign(&signer("a"));
    assert_eq!(Checkpoint::open(&note, &key("a")), Ok(checkpoint.clone()));
    assert_eq!(Checkpoint::open(&note, &key("b")), Err(CheckpointFault::Note(NoteFault::Unsigned)));
    let foreign = checkpoint.sign(&signer("b"));
    assert_eq!(Checkpoint::open(&foreign, &key("b")), Err(CheckpointFault::Origin));
    let changed = note.replacen("\n1\n", "\n2\n", 1);
    assert_eq!(Checkpoint::open(&changed, &key("a")), Err(CheckpointFault::Note(NoteFault::Signature)));
    let extended = signer("a").sign(&format!("{checkpoint}more\n")).to_string();
    assert_eq!(Checkpoint::open(&extended, &key("a")), Err(CheckpointFault::Form));
}

/// Signatures of others, such as witnesses, stand beside the log's own.
#[test]
fn other_signatures_do_not_disturb() {
    let checkpoint = Checkpoint::new("a", 1, Hash::ZERO);
    let mut note: Note = checkpoint.sign(&signer("witness")).parse().unwrap();
    note.signatures.extend(signer("a").sign(&checkpoint.to_string()).signatures);
    assert_eq!(Checkpoint::open(&note.to_string(), &key("a")), Ok(checkpoint));
}

proptest! {
    #[test]
    fn tlog_tiles_reads_the_same(origin in "[a-z0-9./\u{430}-\u{44f}]{1,20}", size: u64, root: [u8; 32]) {
        let checkpoint = Checkpoint::new(&origin, size, root.into());
        let text = checkpoint.to_string();
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!((theirs.origin(), theirs.size(), theirs.hash().0), (origin.as_str(), size, root));
        prop_assert_eq!(theirs.to_bytes(), text.as_bytes());
        prop_assert_eq!(Checkpoint::open(&checkpoint.sign(&signer(&origin)), &key(&origin)), Ok(checkpoint));
    }

    #[test]
    fn what_is_read_is_what_would_be_printed(size: u64, root: [u8; 32], mutation in mutation()) {
        let text = Checkpoint::new("vote.example/office", size, root.into()).to_string();
        let changed = Mutation::apply(&mutation, &text);
        if let Ok(parsed) = changed.parse::<Checkpoint>() {
            prop_assert_eq!(parsed.to_string(), changed);
        }
    }
}
