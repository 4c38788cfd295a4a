//! That no secret shows itself through `Debug`, which logs and panics print.

use super::{
    codes::{LetterCode, Pepper},
    issuer::IssuerKey,
    opening::OpeningKeyPair,
    pseudonym::RollKey,
    vault::MasterKey,
};

#[test]
fn debug_of_secrets_is_redacted() {
    let mut rng = rand::rng();
    let code = LetterCode::generate(&mut rng);
    let issuer = IssuerKey::generate(2048).expect("a key");
    for (printed, expected) in [
        (format!("{code:?}"), "LetterCode { identifying: IdentifyingCode(…), secret: SecretCode(…) }"),
        (format!("{issuer:?}"), "IssuerKey { modulus_len: 256, .. }"),
        (format!("{:?}", MasterKey::generate(&mut rng)), "MasterKey(…)"),
        (format!("{:?}", OpeningKeyPair::generate(&mut rng)), "OpeningKeyPair(…)"),
        (format!("{:?}", Pepper::from_bytes([1; 32])), "Pepper(…)"),
        (format!("{:?}", RollKey::generate(&mut rng)), "RollKey(…)"),
    ] {
        assert_eq!(printed, expected);
    }
}
