//! The log's golden vectors, `tests/vectors/log.json`, which other readers of the formats are held against too.
//!
//! `VECHE_BLESS=1` writes the file anew; a change there is a change of format.

use std::path::PathBuf;

use audit::log::{
    checkpoint::Checkpoint,
    cosignature::{Cosigner, CosignerKey},
    hash::{Hash, leaf},
    line::{self, Line},
    note::{Note, Signer, VerifierKey},
    proof::{consistency, inclusion, verify_consistency},
    receipt::TlogProof,
    tile::{Growth, Tiles},
    tree::Frontier,
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

/// Entries of the reference data of Certificate Transparency.
const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
/// Roots of the reference data, of sizes 0 to 8.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const ORIGIN: &str = "vote.example/rounds/spring";
/// Secret key of RFC 8032 §7.1, TEST 1.
const SECRET: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/log.json")
}

fn entries() -> Vec<Vec<u8>> {
    ENTRIES.iter().map(|entry| hex::decode(entry).expect("hex")).collect()
}

fn computed() -> Value {
    let leaves: Vec<_> = entries().iter().map(|entry| leaf(entry)).collect();
    let mut frontier = Frontier::new();
    let mut roots = vec![frontier.root()];
    for leaf in &leaves {
        frontier.push(*leaf);
        roots.push(frontier.root());
    }
    let mut tiles = Tiles::default();
    for (id, bytes) in Growth::new(0).append(&leaves) {
        tiles.insert(id, &bytes).expect("the tile is whole");
    }
    let secret = hex::decode(SECRET).expect("hex").try_into().expect("32 bytes");
    let signer = Signer::new(ORIGIN.to_owned(), SigningKey::from_bytes(&secret));
    let checkpoint = Checkpoint::new(ORIGIN, 8, roots[8]).sign(&signer);
    let proof = inclusion(&tiles, 5, 8).expect("in the tree");
    let receipt = TlogProof { checkpoint: checkpoint.clone(), extra: None, index: 5, proof };
    let proofs = [(1, 8), (3, 7), (4, 7), (6, 8), (8, 8)].map(|(old, new)| {
        let proof = consistency(&tiles, old, new).expect("in the tree");
        json!({ "new": new, "old": old, "proof": proof })
    });
    let witness = Cosigner::new("witness.example/w1".to_owned(), SigningKey::from_bytes(&[1; 32])).expect("a name");
    let mut cosigned: Note = checkpoint.parse().expect("a note");
    cosigned.signatures.push(witness.cosign(&cosigned.text, 1_800_000_000));
    // The longest line that is its own leaf, and one that is a byte longer.
    let lines = [65_535, 65_536].map(|len| {
        let line = |text: usize| Line { event: json!({ "said": "x".repeat(text) }), index: 7, previous: Hash::ZERO };
        let text = len - line(0).to_bytes().len();
        let bytes = line(text).to_bytes();
        let short = line::shortened(&line::leaf(&bytes)).map(|_| line::leaf(&bytes).into_owned());
        let short = short.map(|short| String::from_utf8(short).expect("JSON is UTF-8"));
        json!({ "bytes": bytes.len(), "leaf_hash": leaf(&line::leaf(&bytes)), "letters": text, "short": short })
    });
    json!({
        "checkpoint": checkpoint,
        "consistency": proofs,
        "cosigned": { "note": cosigned.to_string(), "time": 1_800_000_000, "vkey": witness.public().to_string() },
        "entries": ENTRIES,
        "leaves": leaves,
        "lines": lines,
        "roots": roots,
        "secret_key": SECRET,
        "tlog_proof": receipt.to_string(),
        "vkey": signer.vkey(),
    })
}

fn stored() -> Value {
    let text = std::fs::read_to_string(path()).expect("tests/vectors/log.json is there");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn the_vectors_are_what_is_computed() {
    let computed = computed();
    if std::env::var_os("VECHE_BLESS").is_some_and(|value| value == "1") {
        let text = serde_json::to_string_pretty(&computed).unwrap() + "\n";
        std::fs::write(path(), text).unwrap();
    }
    assert_eq!(stored(), computed);
}

/// Blessing cannot make the roots other than those that everybody else computes.
#[test]
fn the_roots_are_those_of_certificate_transparency() {
    assert_eq!(stored()["roots"], json!(ROOTS));
}

#[test]
fn the_stored_notes_verify() {
    let stored = stored();
    let text = |name: &str| stored[name].as_str().unwrap();
    let key: VerifierKey = text("vkey").parse().unwrap();
    let head = Checkpoint::open(text("checkpoint"), &key).unwrap();
    assert_eq!((head.size, head.root.to_string()), (8, ROOTS[8].to_owned()));
    let cosigned = |name: &str| stored["cosigned"][name].as_str().unwrap();
    let witness: CosignerKey = cosigned("vkey").parse().unwrap();
    assert_eq!(witness.time(&cosigned("note").parse().unwrap()), Ok(stored["cosigned"]["time"].as_u64()));
    let receipt: TlogProof = text("tlog_proof").parse().unwrap();
    for (index, entry) in entries().iter().enumerate() {
        assert_eq!(receipt.verify(entry, &key).is_ok(), index == 5, "entry {index}");
    }
    for one in stored["consistency"].as_array().unwrap() {
        let size = |name: &str| one[name].as_u64().unwrap();
        let root = |size: u64| ROOTS[size as usize].parse().unwrap();
        let proof: Vec<_> = serde_json::from_value(one["proof"].clone()).unwrap();
        let (old, new) = (size("old"), size("new"));
        assert_eq!(verify_consistency(old, root(old), new, root(new), &proof), Ok(()), "{old} to {new}");
    }
}
