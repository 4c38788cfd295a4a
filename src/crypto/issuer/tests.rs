//! Tests of blind signing: the vectors of RFC 9474, and every message that must be refused.

use std::thread;

use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA384, UnparsedPublicKey};
use blind_rsa_signatures::{Deterministic, PSS, SecretKey, Sha384};
use rsa::{BoxedUint, RsaPrivateKey};
use serde::Deserialize;

use super::*;

/// One vector of RFC 9474, appendix A; all values in hexadecimal.
#[derive(Deserialize)]
struct Vector {
    blind_sig: String,
    blinded_msg: String,
    d: String,
    e: String,
    input_msg: String,
    n: String,
    name: String,
    p: String,
    q: String,
    sig: String,
}

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hexadecimal")
}

fn number(text: &str) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(&bytes(text))
}

impl Vector {
    /// The key as PKCS#8, put together by another implementation of RSA.
    fn pkcs8(&self) -> Vec<u8> {
        let primes = vec![number(&self.p), number(&self.q)];
        let key = RsaPrivateKey::from_components(number(&self.n), number(&self.e), number(&self.d), primes);
        SecretKey::<Sha384, PSS, Deterministic>::new(key.expect("an RSA key")).to_der().expect("DER")
    }
}

#[test]
fn vectors_of_rfc_9474() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../../tests/vectors/rfc9474.json")).expect("the vectors");
    let names: Vec<_> = vectors.vectors.iter().map(|vector| vector.name.as_str()).collect();
    assert_eq!(names, ["RSABSSA-SHA384-PSS-Randomized", "RSABSSA-SHA384-PSS-Deterministic"]);
    for vector in &vectors.vectors {
        let key = IssuerKey::from_pkcs8(&vector.pkcs8()).expect("the vector's key");
        assert_eq!(key.modulus, bytes(&vector.n));
        let blind_sig = key.blind_sign(&bytes(&vector.blinded_msg)).expect("signs");
        assert_eq!(hex::encode(blind_sig), vector.blind_sig, "{}", vector.name);
        let verifier = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA384, key.public_der());
        assert!(verifier.verify(&bytes(&vector.input_msg), &bytes(&vector.sig)).is_ok(), "{}", vector.name);
    }
}

/// The modulus plus a small number.
fn beside(modulus: &[u8], by: i16) -> Vec<u8> {
    let mut number = modulus.to_vec();
    let mut carry = by;
    for byte in number.iter_mut().rev() {
        let sum = i16::from(*byte) + carry;
        *byte = sum.rem_euclid(256) as u8;
        carry = sum.div_euclid(256);
    }
    number
}

fn small(len: usize, value: u8) -> Vec<u8> {
    let mut number = vec![0; len];
    number[len - 1] = value;
    number
}

#[test]
fn numbers_out_of_range_are_refused() {
    let key = IssuerKey::generate(2048).expect("a key");
    assert_eq!(key.modulus_len(), 256);
    let beyond = [-1, 0, 1, 2, 300].map(|by| beside(&key.modulus, by));
    for blinded in [small(256, 0), small(256, 1), vec![0xff; 256]].iter().chain(&beyond) {
        assert_eq!(key.blind_sign(blinded), Err(IssuerFault::OutOfRange));
    }
    for blinded in [small(256, 2), small(256, 255), beside(&key.modulus, -2), beside(&key.modulus, -300)] {
        assert!(key.blind_sign(&blinded).is_ok());
    }
    for given in [0, 1, 255, 257, 1 << 20] {
        assert_eq!(key.blind_sign(&vec![1; given]), Err(IssuerFault::Length { given, expected: 256 }));
    }
}

#[test]
fn a_key_survives_the_vault() {
    for bits in [2048, 3072] {
        let key = IssuerKey::generate(bits).expect("a key");
        let read = IssuerKey::from_pkcs8(&key.to_pkcs8()).expect("its own bytes");
        assert_eq!((read.public_der(), read.modulus_len()), (key.public_der(), bits / 8));
        let message = small(bits / 8, 7);
        assert_eq!(read.blind_sign(&message), key.blind_sign(&message));
    }
}

#[test]
fn other_keys_are_refused() {
    assert_eq!(IssuerKey::generate(1024).expect_err("too small"), IssuerFault::Size(1024));
    let key = IssuerKey::generate(2048).expect("a key").to_pkcs8();
    let mut longer = key.to_vec();
    longer.push(0);
    for bytes in [&b""[..], b"not a key", &key[..key.len() - 1], &longer] {
        assert_eq!(IssuerKey::from_pkcs8(bytes).expect_err("no key"), IssuerFault::Key);
    }
}

#[test]
fn other_exponents_are_refused() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../../tests/vectors/rfc9474.json")).expect("the vectors");
    let Some(Vector { p, q, .. }) = vectors.vectors.first() else { panic!("no vector") };
    for (exponent, accepted) in [(17_u64, false), (65_537, true)] {
        let key = RsaPrivateKey::from_p_q(number(p), number(q), BoxedUint::from(exponent));
        let key = SecretKey::<Sha384, PSS, Deterministic>::new(key.expect("an RSA key")).to_der().expect("DER");
        assert!(KeyPair::from_pkcs8(&key).is_ok(), "the exponent alone decides");
        assert_eq!(IssuerKey::from_pkcs8(&key).is_ok(), accepted);
    }
}

#[test]
fn the_public_half_says_rsa_encryption() {
    let der = IssuerKey::generate(2048).expect("a key").public_der();
    let rsa_encryption = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    assert!(der.windows(rsa_encryption.len()).any(|part| part == rsa_encryption));
    assert_eq!(der.len(), 294);
}

#[test]
fn many_threads_sign_with_one_key() {
    let key = IssuerKey::generate(2048).expect("a key");
    let expected: Vec<_> = (2..10).map(|value| key.blind_sign(&small(256, value))).collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let signed: Vec<_> = (2..10).map(|value| key.blind_sign(&small(256, value))).collect();
                assert_eq!(signed, expected);
            });
        }
    });
}
