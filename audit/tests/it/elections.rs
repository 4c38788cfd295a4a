//! Rounds with an issuer whose secret is known, so that ballots carry signatures that hold.

use std::sync::OnceLock;

use audit::round::{Bytes, Event, RoundRules, event::BallotLine};
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PSS_SHA384},
};
use ballots::{
    codec,
    envelope::{Draft, credential},
};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};

use super::sample;

fn issuer() -> &'static KeyPair {
    static ISSUER: OnceLock<KeyPair> = OnceLock::new();
    ISSUER.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

/// The sample's rules, with this issuer.
pub fn rules() -> RoundRules {
    let issuer_key = AsDer::<PublicKeyX509Der<'_>>::as_der(issuer().public_key()).expect("DER").as_ref().to_vec();
    RoundRules { issuer_key: Bytes(issuer_key), ..sample::rules() }
}

/// A ballot that nobody can open, by the credential of this number.
pub fn ballot(rules: &RoundRules, number: u16) -> Vec<u8> {
    let holder = SigningKey::from_bytes(&Sha256::digest(number.to_be_bytes()).into());
    let fingerprint = rules.fingerprint();
    let message = credential::message(fingerprint.as_bytes(), holder.verifying_key().as_bytes());
    let mut issuer_signature = vec![0; issuer().public_modulus_len()];
    issuer().sign(&RSA_PSS_SHA384, &SystemRandom::new(), &message, &mut issuer_signature).expect("a signature");
    let sealed = vec![4; 65 + codec::len(&rules.voting) + 16];
    let draft =
        Draft { fingerprint: fingerprint.as_bytes(), issuer_signature: &issuer_signature, version: 1, sealed: &sealed };
    draft.sign(&holder)
}

/// A batch of these ballots, in its order.
pub fn batch(hour: i64, ballots: Vec<Vec<u8>>) -> Vec<Event> {
    let mut ballots = ballots;
    ballots.sort_by_key(|ballot| <[u8; 32]>::from(Sha256::digest(ballot)));
    let mut events = vec![sample::batch(hour, ballots.len() as u32, audit::round::event::BatchReason::Full)];
    events.extend(ballots.into_iter().map(|envelope| Event::Ballot(BallotLine { envelope: Bytes(envelope) })));
    events
}
