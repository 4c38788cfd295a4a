//! The envelope: what is signed, what is refused, and that a sealed choice opens only where it belongs.

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PSS_SHA384},
};
use ballots::envelope::{
    Acceptance, AcceptanceKey, Draft, EnvelopeCheck, EnvelopeFault, IssuerPublicKey, OpeningKey, credential,
    public_key,
    seal::{aad, info, is_sealing_key},
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use hpke::{Deserializable, Kem, OpModeS, Serializable, aead::AesGcm128, kdf::HkdfSha256, kem::DhP256HkdfSha256};
use sha2::{Digest, Sha256};

const FINGERPRINT: [u8; 32] = [7; 32];
const CHOICE_LEN: usize = 9;

/// A round's issuer, who here signs openly: the finished signature is the same kind as an unblinded one.
struct Issuer {
    key: KeyPair,
    der: Vec<u8>,
}

impl Issuer {
    fn new() -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der =
            AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(key.public_key()).unwrap().as_ref().to_vec();
        Self { key, der }
    }

    fn sign(&self, fingerprint: &[u8; 32], holder: &SigningKey) -> Vec<u8> {
        let message = credential::message(fingerprint, holder.verifying_key().as_bytes());
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PSS_SHA384, &SystemRandom::new(), &message, &mut signature).unwrap();
        signature
    }

    fn check(&self) -> EnvelopeCheck {
        EnvelopeCheck::new(FINGERPRINT, IssuerPublicKey::from_der(&self.der).unwrap(), CHOICE_LEN)
    }
}

fn cast(issuer: &Issuer, holder: &SigningKey, version: u32) -> Vec<u8> {
    let issuer_signature = issuer.sign(&FINGERPRINT, holder);
    let sealed = [4; 65 + CHOICE_LEN + 16];
    Draft { fingerprint: &FINGERPRINT, issuer_signature: &issuer_signature, version, sealed: &sealed }.sign(holder)
}

#[test]
fn a_good_ballot_is_read_and_every_flipped_bit_is_refused() {
    let (issuer, holder) = (Issuer::new(), SigningKey::from_bytes(&[3; 32]));
    let check = issuer.check();
    let good = cast(&issuer, &holder, 5);
    assert_eq!(good.len(), check.ballot_len());
    assert_eq!(good.len(), 1 + 32 + 32 + 256 + 4 + 65 + CHOICE_LEN + 16 + 64);
    let envelope = check.check(&good).unwrap();
    assert_eq!((envelope.credential, envelope.version), (holder.verifying_key().to_bytes(), 5));
    assert_eq!(envelope.hash, <[u8; 32]>::from(Sha256::digest(&good)));
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        assert!(check.check(&bytes).is_err(), "byte {at}");
    }
}

#[test]
fn each_fault_is_named() {
    let (issuer, holder) = (Issuer::new(), SigningKey::from_bytes(&[3; 32]));
    let check = issuer.check();
    let good = cast(&issuer, &holder, 1);
    let with = |at: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[at] = value;
        check.check(&bytes).unwrap_err()
    };
    let expected = check.ballot_len();
    assert_eq!(check.check(&good[1..]), Err(EnvelopeFault::Length { given: expected - 1, expected }));
    assert_eq!(with(0, 9), EnvelopeFault::Format(9));
    assert_eq!(with(1, 8), EnvelopeFault::OtherRound);
    assert_eq!(with(1 + 64 + 256 + 3, 0), EnvelopeFault::Version);
    assert_eq!(with(1 + 64, good[65] ^ 1), EnvelopeFault::IssuerSignature);
    assert_eq!(with(expected - 1, good[expected - 1] ^ 1), EnvelopeFault::Signature);
    assert_eq!(with(1 + 64 + 256 + 4, 5), EnvelopeFault::Signature, "the sealed text is signed");
    // About half of all strings of 32 bytes are no point of the curve; such a key is refused before its signatures.
    let none = (0..=u8::MAX).find(|byte| VerifyingKey::from_bytes(&[*byte; 32]).is_err()).unwrap();
    let mut bytes = good.clone();
    bytes[33..65].fill(none);
    assert_eq!(check.check(&bytes), Err(EnvelopeFault::Credential));
    assert_eq!(check.check(&cast(&Issuer::new(), &holder, 1)), Err(EnvelopeFault::IssuerSignature));
}

/// Whoever checked the signatures before may read again without them, but never another shape or round.
#[test]
fn reading_again_checks_all_but_signatures() {
    let (issuer, holder) = (Issuer::new(), SigningKey::from_bytes(&[3; 32]));
    let check = issuer.check();
    let good = cast(&issuer, &holder, 1);
    assert_eq!(check.read(&good), check.check(&good));
    let with = |at: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[at] = value;
        check.read(&bytes)
    };
    let envelope = with(good.len() - 1, good[good.len() - 1] ^ 1).unwrap();
    assert_ne!(envelope.hash, check.read(&good).unwrap().hash, "the name is of all the bytes");
    assert_eq!(envelope.sealed, [4; 65 + CHOICE_LEN + 16]);
    let expected = check.ballot_len();
    assert_eq!(check.read(&good[1..]), Err(EnvelopeFault::Length { given: expected - 1, expected }));
    assert_eq!(with(0, 2), Err(EnvelopeFault::Format(2)));
    assert_eq!(with(1, 8), Err(EnvelopeFault::OtherRound));
    assert_eq!(with(1 + 64 + 256 + 3, 0), Err(EnvelopeFault::Version));
}

/// The identity point signs anything under the lax rule of RFC 8032; the strict one refuses it.
#[test]
fn a_key_of_small_order_casts_nothing() {
    let issuer = Issuer::new();
    let weak = {
        let mut point = [0; 32];
        point[0] = 1;
        point
    };
    assert!(VerifyingKey::from_bytes(&weak).unwrap().is_weak());
    let message = credential::message(&FINGERPRINT, &weak);
    let mut issuer_signature = vec![0; 256];
    issuer.key.sign(&RSA_PSS_SHA384, &SystemRandom::new(), &message, &mut issuer_signature).unwrap();
    let sealed = [4; 65 + CHOICE_LEN + 16];
    // R is the identity and S is zero: 0·B = R + k·A holds for every message when A is the identity.
    let mut signature = [0; 64];
    signature[0] = 1;
    let ballot = [&[1][..], &FINGERPRINT, &weak, &issuer_signature, &1_u32.to_be_bytes(), &sealed, &signature].concat();
    assert_eq!(issuer.check().check(&ballot), Err(EnvelopeFault::Signature));
}

#[test]
fn issuer_keys_are_rsa_and_nothing_else() {
    let issuer = Issuer::new();
    assert_eq!(IssuerPublicKey::from_der(&issuer.der).unwrap().signature_len(), 256);
    for der in [&[][..], &[1, 2, 3], &issuer.der[1..], &issuer.der[..100], SigningKey::from_bytes(&[1; 32]).as_bytes()]
    {
        assert!(IssuerPublicKey::from_der(der).is_err());
    }
    let exponent_3 = [&issuer.der[..issuer.der.len() - 1], &[3]].concat();
    let longer = [issuer.der.as_slice(), &[0]].concat();
    assert!(IssuerPublicKey::from_der(&exponent_3).is_err() && IssuerPublicKey::from_der(&longer).is_err());
}

#[test]
fn a_point_has_one_encoding() {
    let mut seen = 0;
    for y in 2..19_u8 {
        let (mut plain, mut odd) = ([0; 32], [0xff; 32]);
        (plain[0], odd[0], odd[31]) = (y, 0xed + y, 0x7f);
        let is_point = VerifyingKey::from_bytes(&plain).is_ok();
        assert_eq!(public_key(&plain).is_some(), is_point);
        assert_eq!(VerifyingKey::from_bytes(&odd).is_ok(), is_point, "the library takes y + p for y");
        assert!(public_key(&odd).is_none());
        seen += u8::from(is_point);
    }
    assert!(seen > 3);
}

fn sealed(point: &[u8], fingerprint: &[u8; 32], credential: &[u8; 32], version: u32, choice: &[u8]) -> Vec<u8> {
    let key = <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(point).unwrap();
    let (encapsulated, text) = hpke::single_shot_seal::<AesGcm128, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &key,
        &info(fingerprint),
        choice,
        &aad(credential, version),
    )
    .unwrap();
    [encapsulated.to_bytes().as_slice(), &text].concat()
}

/// What one library (hpke) seals, another (aws-lc) opens, and only with the same round, credential and version.
#[test]
fn a_sealed_choice_opens_only_where_it_belongs() {
    let key = OpeningKey::from_bytes(&[5; 32]).unwrap();
    let (credential, choice) = ([2; 32], [1, 0, 1, 0, 3, 0, 0, 0, 0]);
    let text = sealed(key.sealing_key(), &FINGERPRINT, &credential, 4, &choice);
    assert_eq!(text.len(), 65 + choice.len() + 16);
    assert_eq!(key.open(&FINGERPRINT, &credential, 4, &text).unwrap(), choice);
    assert!(key.open(&[8; 32], &credential, 4, &text).is_err(), "another round");
    assert!(key.open(&FINGERPRINT, &[3; 32], 4, &text).is_err(), "another credential");
    assert!(key.open(&FINGERPRINT, &credential, 5, &text).is_err(), "another version");
    assert!(OpeningKey::from_bytes(&[6; 32]).unwrap().open(&FINGERPRINT, &credential, 4, &text).is_err());
    for at in [0, 1, 40, 64, 65, 70, text.len() - 1] {
        let mut changed = text.clone();
        changed[at] ^= 1;
        assert!(key.open(&FINGERPRINT, &credential, 4, &changed).is_err(), "byte {at}");
    }
    assert!(key.open(&FINGERPRINT, &credential, 4, &text[..50]).is_err());
}

#[test]
fn sealing_keys_lie_on_the_curve() {
    let point = *OpeningKey::from_bytes(&[5; 32]).unwrap().sealing_key();
    assert!(is_sealing_key(&point));
    let mut off = point;
    off[20] ^= 1;
    assert!(!is_sealing_key(&off));
    assert!(!is_sealing_key(&point[..33]) && !is_sealing_key(&[0; 65]) && !is_sealing_key(&[]));
    for scalar in [&[0; 32][..], &[0xff; 32], &[1; 31], &[]] {
        assert!(OpeningKey::from_bytes(scalar).is_err());
    }
}

#[test]
fn acceptances_bind_round_ballot_and_time() {
    let (box_key, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
    let promise = Acceptance { fingerprint: FINGERPRINT, ballot: [9; 32], in_log_by: 3600 };
    let signature = promise.sign(&AcceptanceKey::from_secret(&[1; 32]).unwrap());
    assert!(promise.is_signed_by(&box_key.verifying_key(), &signature));
    assert!(!promise.is_signed_by(&other.verifying_key(), &signature));
    for changed in [
        Acceptance { fingerprint: [8; 32], ..promise },
        Acceptance { ballot: [8; 32], ..promise },
        Acceptance { in_log_by: 7200, ..promise },
    ] {
        assert!(!changed.is_signed_by(&box_key.verifying_key(), &signature));
    }
}
