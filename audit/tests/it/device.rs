//! Golden vectors of what a resident's device makes on its own, `tests/vectors/device.json`: the order of territories on a
//! ballot, the receipt's file and the receipt's code. Written from docs/protocol.md §13 and §14, apart from the browser's client.
//!
//! `VECHE_BLESS=1` writes the file anew; a change there is a change of format.

use std::path::PathBuf;

use audit::{
    log::{
        checkpoint::Checkpoint,
        hash::{Hash, leaf},
        line::Line,
        note::{Signer, VerifierKey},
        proof::inclusion,
        receipt::TlogProof,
        tile::{Growth, Tiles},
        tree::Frontier,
    },
    round::{Bytes, Event, RoundRules, event::BallotLine},
    verify::bundle::file_hash,
};
use ballots::envelope::{Acceptance, AcceptanceKey};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::sample;

/// Secret key of the sample's log.
const LOG_KEY: [u8; 32] = [100; 32];
const ROUND: &str = "https://vote.example/rounds/spring";

fn vectors(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(vectors(name)).expect("the vectors are there")).expect("JSON")
}

/// Section 13: Fisher-Yates over the words of a counter stream.
fn order(fingerprint: &[u8; 32], credential: &[u8; 32], n: usize) -> Vec<usize> {
    let seed = Sha256::digest([b"veche/order/v1\0".as_slice(), fingerprint, credential].concat());
    let block = |number: u32| Sha256::digest([seed.as_slice(), &number.to_be_bytes()].concat()).to_vec();
    let mut bytes = (0..).flat_map(block);
    let mut words =
        std::iter::repeat_with(|| (0..4).fold(0, |word, _| word << 8 | u64::from(bytes.next().expect("no end"))));
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        let bound = last as u64 + 1;
        let word = words.find(|word| *word < (1 << 32) / bound * bound).expect("enough words");
        order.swap(last, (word % bound) as usize);
    }
    order
}

/// The round and the ballot of `protocol.json`, the ballot as the third of five lines.
struct Voted {
    rules: RoundRules,
    ballot: Vec<u8>,
    acceptance: Acceptance,
    signature: [u8; 64],
    line: Vec<u8>,
    proof: TlogProof,
}

fn voted() -> Voted {
    let file = read("protocol.json");
    let bytes = |part: &str| hex::decode(file["ballot"][part].as_str().expect("text")).expect("hex");
    let rules = RoundRules { issuer_key: Bytes(bytes("issuer_key")), ..sample::rules() };
    let ballot = bytes("ballot");
    let acceptance = Acceptance {
        fingerprint: *rules.fingerprint().as_bytes(),
        ballot: *file_hash(&ballot).as_bytes(),
        in_log_by: file["acceptance"]["in_log_by"].as_i64().expect("a time"),
    };
    let cast = Event::Ballot(BallotLine { envelope: Bytes(ballot.clone()) });
    let events = [
        sample::published(rules.clone()),
        sample::roll(1, 9, 9),
        cast,
        sample::register(0, 2),
        sample::register(3600, 4),
    ];
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for (index, event) in (0..).zip(events) {
        let previous = lines.last().map_or(Hash::ZERO, |line| leaf(line));
        lines.push(Line { event, index, previous }.to_bytes());
    }
    let leaves: Vec<_> = lines.iter().map(|line| leaf(line)).collect();
    let (mut tree, mut tiles) = (Frontier::new(), Tiles::default());
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    for (id, bytes) in Growth::new(0).append(&leaves) {
        tiles.insert(id, &bytes).expect("the tile is whole");
    }
    let signer = Signer::new(rules.origin.clone(), SigningKey::from_bytes(&LOG_KEY));
    let checkpoint = Checkpoint::new(&rules.origin, 5, tree.root()).sign(&signer);
    let proof = TlogProof { checkpoint, extra: None, index: 2, proof: inclusion(&tiles, 2, 5).expect("in the tree") };
    let signature = acceptance.sign(&AcceptanceKey::from_secret(&[101; 32]).expect("any 32 bytes are a secret"));
    Voted { rules, ballot, acceptance, signature, line: lines.swap_remove(2), proof }
}

/// Section 14: the bytes of a code, with the head of the log if the ballot is in it.
fn code(voted: &Voted, with_head: bool) -> String {
    let Acceptance { fingerprint, ballot, in_log_by } = voted.acceptance;
    let mut bytes = [&[1], fingerprint.as_slice(), &ballot, &in_log_by.to_be_bytes(), &voted.signature].concat();
    if with_head {
        let lines: Vec<_> = voted.proof.checkpoint.lines().collect();
        let [_, size, root, "", signature] = lines.as_slice() else { panic!("a checkpoint with one signature") };
        let signature = STANDARD.decode(signature.rsplit(' ').next().expect("a word")).expect("base64");
        bytes.extend_from_slice(&size.parse::<u64>().expect("a number").to_be_bytes());
        bytes.extend_from_slice(&STANDARD.decode(root).expect("base64"));
        bytes.extend_from_slice(&signature[4..]);
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

fn file(voted: &Voted, logged: bool) -> Value {
    let mut file = json!({
        "format": 1,
        "round": ROUND,
        "fingerprint": voted.rules.fingerprint(),
        "log_key": voted.rules.log_key,
        "ballot": STANDARD.encode(&voted.ballot),
        "acceptance": { "in_log_by": voted.acceptance.in_log_by, "signature": STANDARD.encode(voted.signature) },
    });
    if logged {
        let line = String::from_utf8(voted.line.clone()).expect("JSON is UTF-8");
        file["receipt"] = json!({ "index": 2, "line": line, "proof": voted.proof.to_string() });
    }
    file
}

fn computed() -> Value {
    let orders = [(1, 2, 0), (1, 2, 1), (1, 2, 2), (1, 2, 8), (1, 3, 8), (2, 2, 8), (7, 9, 30), (0, 255, 300)];
    let orders = orders.map(|(fingerprint, credential, n)| {
        json!({
            "fingerprint": hex::encode([fingerprint; 32]),
            "credential": hex::encode([credential; 32]),
            "order": order(&[fingerprint; 32], &[credential; 32], n),
        })
    });
    let voted = voted();
    let tracker = voted.acceptance.ballot[..8].chunks(2).map(hex::encode).collect::<Vec<_>>().join("-");
    json!({
        "orders": orders,
        "receipt": {
            "code_accepted": code(&voted, false),
            "code_logged": code(&voted, true),
            "file_accepted": file(&voted, false),
            "file_logged": file(&voted, true),
            "tracker": tracker,
        },
    })
}

#[test]
fn what_a_device_makes_is_what_is_published() {
    if std::env::var_os("VECHE_BLESS").is_some_and(|value| value == "1") {
        let text = serde_json::to_string_pretty(&computed()).expect("JSON");
        std::fs::write(vectors("device.json"), format!("{text}\n")).expect("the file can be written");
    }
    assert_eq!(computed(), read("device.json"));
}

/// What stands in the file proves itself with nothing but the round's rules.
#[test]
fn the_stored_receipts_hold() {
    let stored = read("device.json");
    let rules = voted().rules;
    let file = &stored["receipt"]["file_logged"];
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let ballot = STANDARD.decode(text(&file["ballot"])).expect("base64");
    let key: VerifierKey = text(&file["log_key"]).parse().expect("a key");
    let proof: TlogProof = text(&file["receipt"]["proof"]).parse().expect("a proof");
    let head = proof.verify(text(&file["receipt"]["line"]).as_bytes(), &key).expect("the proof holds");
    let line: Line<Event> = Line::parse(text(&file["receipt"]["line"]).as_bytes()).expect("a line");
    assert_eq!(line.event, Event::Ballot(BallotLine { envelope: Bytes(ballot.clone()) }));

    let code = URL_SAFE_NO_PAD.decode(text(&stored["receipt"]["code_logged"])).expect("base64url");
    let ([1, accepted @ ..], head_part) = code.split_at(137) else { panic!("version 1") };
    let part = |from: usize| accepted[from..from + 32].try_into().expect("32 bytes");
    let in_log_by = i64::from_be_bytes(accepted[64..72].try_into().expect("8 bytes"));
    let acceptance = Acceptance { fingerprint: part(0), ballot: part(32), in_log_by };
    assert_eq!(acceptance.fingerprint, *rules.fingerprint().as_bytes());
    assert_eq!(acceptance.ballot, *file_hash(&ballot).as_bytes());
    let acceptance_key = VerifyingKey::from_bytes(&rules.acceptance_key.array().expect("32 bytes")).expect("a point");
    assert!(acceptance.is_signed_by(&acceptance_key, &accepted[72..].try_into().expect("64 bytes")));

    assert_eq!(head_part[..8], head.size.to_be_bytes());
    assert_eq!(head_part[8..40], *head.root.as_bytes());
    let log_key = SigningKey::from_bytes(&LOG_KEY).verifying_key();
    let signature = Signature::from_slice(&head_part[40..]).expect("64 bytes");
    assert!(log_key.verify_strict(head.to_string().as_bytes(), &signature).is_ok());
}

/// Every place is as likely for every territory: over 4000 voters each of 5 comes first between 700 and 900 times.
#[test]
fn the_order_favours_no_territory() {
    let mut first = [0; 5];
    for voter in 0..4000_u32 {
        let credential = Sha256::digest(voter.to_be_bytes()).into();
        first[order(&[3; 32], &credential, 5)[0]] += 1;
    }
    assert!(first.iter().all(|times| (700..900).contains(times)), "{first:?}");
}
