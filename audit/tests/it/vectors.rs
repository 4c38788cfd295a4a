//! Golden vectors of the protocol, `tests/vectors/protocol.json`: what docs/protocol.md says, as bytes.
//!
//! `VECHE_BLESS=1` writes the file anew, with a new issuer and a new seal, whose parts are made by chance; everything else is
//! computed from them again by each run.

use std::path::PathBuf;

use audit::{
    log::{hash::Hash, line::Line},
    round::{Bytes, Event, RoundRules, certificate, event::BallotLine, register, rules::canonical},
    verify::bundle::file_hash,
};
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PSS_SHA384},
};
use ballots::{
    Ballot, Ladder, Procedure, Rules, codec,
    envelope::{
        Acceptance, AcceptanceKey, Draft, EnvelopeCheck, IssuerPublicKey, OpeningKey, credential,
        seal::{aad, info},
    },
    ladder::{Rung, Seed},
    methods::{positional::Scale, score::Measure},
    rules::Kind,
};
use ed25519_dalek::{Signer as _, SigningKey};
use hpke::{Deserializable, Kem, OpModeS, Serializable, aead::AesGcm128, kdf::HkdfSha256, kem::DhP256HkdfSha256};
use serde_json::{Value, json};

use super::sample::{self, OPENING_KEY};

const VERSION: u32 = 3;
/// Secret key of the credential.
const CREDENTIAL: [u8; 32] = [42; 32];

/// What was made by chance, once.
struct Chance {
    issuer_key: Vec<u8>,
    issuer_signature: Vec<u8>,
    sealed: Vec<u8>,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/protocol.json")
}

fn holder() -> SigningKey {
    SigningKey::from_bytes(&CREDENTIAL)
}

fn rules(issuer_key: &[u8]) -> RoundRules {
    RoundRules { issuer_key: Bytes(issuer_key.to_vec()), ..sample::rules() }
}

fn ballot(rules: &Rules, marks: &[(&str, Option<u32>)]) -> Ballot {
    Ballot::parse(rules, marks.iter().copied()).expect("marks follow the rules")
}

fn choice(rules: &Rules) -> Vec<u8> {
    codec::encode(rules, &ballot(rules, &[("c", None), ("a", None)]))
}

fn by_chance() -> Chance {
    let issuer = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let issuer_key = AsDer::<PublicKeyX509Der<'_>>::as_der(issuer.public_key()).expect("DER").as_ref().to_vec();
    let rules = rules(&issuer_key);
    let (fingerprint, public) = (rules.fingerprint(), holder().verifying_key().to_bytes());
    let message = credential::message(fingerprint.as_bytes(), &public);
    let mut issuer_signature = vec![0; issuer.public_modulus_len()];
    issuer.sign(&RSA_PSS_SHA384, &SystemRandom::new(), &message, &mut issuer_signature).expect("a signature");
    let key = <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(&rules.sealing_key.0).expect("a point");
    let (encapsulated, text) = hpke::single_shot_seal::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &key,
        &info(fingerprint.as_bytes()),
        &choice(&rules.voting),
        &aad(&public, VERSION),
    )
    .expect("a seal");
    Chance { issuer_key, issuer_signature, sealed: [encapsulated.to_bytes().as_slice(), &text].concat() }
}

fn chance_of(file: &Value) -> Chance {
    let bytes = |part: &str| hex::decode(file["ballot"][part].as_str().expect("text")).expect("hex");
    Chance { issuer_key: bytes("issuer_key"), issuer_signature: bytes("issuer_signature"), sealed: bytes("sealed") }
}

fn choices() -> Value {
    let with = |kind, method| Rules { kind, method, ..sample::rules().voting };
    let one = |name: &str, rules: Rules, marks: &[(&str, Option<u32>)]| {
        json!({
            "name": name,
            "rules": String::from_utf8(canonical(&rules)).expect("JSON is UTF-8"),
            "marks": marks.iter().map(|(id, value)| json!([id, value])).collect::<Vec<_>>(),
            "choice": hex::encode(codec::encode(&rules, &ballot(&rules, marks))),
        })
    };
    let score = || with(Kind::Score { max: 10 }, Procedure::Score(Measure::Sum));
    json!([
        one("approval", with(Kind::Approval { max: 2 }, Procedure::Approval), &[("c", None), ("a", None)]),
        one("blank", with(Kind::Approval { max: 2 }, Procedure::Approval), &[]),
        one("ranked", with(Kind::Ranked { max: 3 }, Procedure::Borda(Scale::OwnLength)), &[("c", None), ("a", None)]),
        one("score", score(), &[("b", Some(0)), ("a", Some(10))]),
        one(
            "points",
            with(Kind::Points { each: Some(6), total: 10 }, Procedure::Points),
            &[("a", Some(6)), ("b", Some(4))]
        ),
    ])
}

fn computed(chance: &Chance) -> Value {
    let rules = rules(&chance.issuer_key);
    let fingerprint = rules.fingerprint();
    let draft = Draft {
        fingerprint: fingerprint.as_bytes(),
        issuer_signature: &chance.issuer_signature,
        version: VERSION,
        sealed: &chance.sealed,
    };
    let ballot = draft.sign(&holder());
    let hash = file_hash(&ballot);
    let promise =
        Acceptance { fingerprint: *fingerprint.as_bytes(), ballot: *hash.as_bytes(), in_log_by: 1_800_007_200 };
    let event = Event::Ballot(BallotLine { envelope: Bytes(ballot.clone()) });
    let line = Line { event, index: 7, previous: Hash::from([9; 32]) }.to_bytes();
    let tally_line = Hash::from([8; 32]);
    let certificate = certificate::message(&fingerprint, &tally_line);
    let seed = Seed::of_round(&[6; 32], &OPENING_KEY);
    let lots = Ladder { seed: Some(seed), ..Ladder::new(&[Rung::Lots]) };
    let drawn = ["a", "\u{441}"].map(|id| hex::encode(lots.lot(id)));
    let first = register::step_hash(&Hash::ZERO, 1, &[[1; 32], [2; 32]]);
    let second = register::step_hash(&first, 2, &[[0; 32]]);
    json!({
        "choices": choices(),
        "rules": {
            "canonical": String::from_utf8(rules.canonical()).expect("JSON is UTF-8"),
            "fingerprint": fingerprint,
        },
        "ballot": {
            "ballot": hex::encode(&ballot),
            "choice": hex::encode(choice(&rules.voting)),
            "credential_message": hex::encode(credential::message(fingerprint.as_bytes(), holder().verifying_key().as_bytes())),
            "credential_secret": hex::encode(CREDENTIAL),
            "hash": hash,
            "issuer_key": hex::encode(&chance.issuer_key),
            "issuer_signature": hex::encode(&chance.issuer_signature),
            "opening_key": hex::encode(OPENING_KEY),
            "sealed": hex::encode(&chance.sealed),
            "version": VERSION,
        },
        "acceptance": {
            "in_log_by": promise.in_log_by,
            "message": hex::encode(promise.message()),
            "secret": hex::encode([101; 32]),
            "signature": hex::encode(promise.sign(&AcceptanceKey::from_secret(&[101; 32]).expect("any 32 bytes are a secret"))),
        },
        "line": {
            "bytes": String::from_utf8(line.clone()).expect("JSON is UTF-8"),
            "leaf": audit::log::hash::leaf(&line),
        },
        "certificate": {
            "message": hex::encode(&certificate),
            "secret": hex::encode([1; 32]),
            "signature": hex::encode(sample::member(1).sign(&certificate).to_bytes()),
            "tally_line": tally_line,
        },
        "lots": {
            "closed": Hash::from([6; 32]),
            "lots": drawn,
            "of": ["a", "\u{441}"],
            "opening_key": hex::encode(OPENING_KEY),
            "seed": seed,
        },
        "register": {
            "lines": [register::line(1, &[1; 32]), register::line(1, &[2; 32]), register::line(2, &[0; 32])],
            "hashes": [first, second],
        },
    })
}

#[test]
fn the_protocol_s_bytes_are_the_published_ones() {
    if std::env::var_os("VECHE_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&computed(&by_chance())).expect("JSON");
        std::fs::write(path(), format!("{text}\n")).expect("the file can be written");
    }
    let file: Value = serde_json::from_slice(&std::fs::read(path()).expect("the vectors are there")).expect("JSON");
    let chance = chance_of(&file);
    assert_eq!(computed(&chance), file);
    let rules = rules(&chance.issuer_key);
    rules.check().expect("the rules hold together");
    let issuer = IssuerPublicKey::from_der(&chance.issuer_key).expect("an RSA key");
    let check = EnvelopeCheck::new(*rules.fingerprint().as_bytes(), issuer, codec::len(&rules.voting));
    let ballot = hex::decode(file["ballot"]["ballot"].as_str().expect("text")).expect("hex");
    let envelope = check.check(&ballot).expect("both signatures hold");
    let key = OpeningKey::from_bytes(&OPENING_KEY).expect("a scalar");
    let opened = key.open(rules.fingerprint().as_bytes(), &envelope.credential, envelope.version, &envelope.sealed);
    assert_eq!(opened.expect("it opens"), choice(&rules.voting));
}
