//! The resident's half of the blind signature (RFC 9474, RSABSSA-SHA384-PSS-Deterministic): blind, then finalize.

use blind_rsa_signatures::{
    BlindMessage, BlindSignature, BlindingResult, Deterministic, PSS, PublicKey, Secret, Sha384,
};
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Why blinding or finalizing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlindFault {
    /// The bytes are not the key of an issuer.
    #[error("the issuer key is not a DER SubjectPublicKeyInfo of an RSA key that RFC 9474 allows")]
    Key,
    /// Does not happen with an honest key: the encoded message shares a factor with the modulus.
    #[error("the message cannot be blinded under this issuer key")]
    Blinding,
    /// The issuer answered with something else than a signature of the blinded message.
    #[error("the issuer's answer is not a signature of the blinded message; ask again with the same message")]
    Signature,
}

/// One round's issuer key, parsed once.
#[derive(Debug, Clone)]
pub struct IssuerPublic(PublicKey<Sha384, PSS, Deterministic>);

/// What turns the blind signature into the signature. Whoever has it can join the two, so it stays on the device.
pub struct Unblinder(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Unblinder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unblinder(…)")
    }
}

impl Unblinder {
    /// The inverse of the blinding factor, big-endian and as long as the modulus: to be kept until the answer is
    /// there, because the issuer signs one blinded message only.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The unblinder that was kept.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }
}

impl IssuerPublic {
    /// Takes a DER SubjectPublicKeyInfo with the rsaEncryption identifier, as the round's rules publish it.
    ///
    /// # Errors
    /// [`BlindFault::Key`].
    pub fn from_der(der: &[u8]) -> Result<Self, BlindFault> {
        PublicKey::from_der(der).map(Self).map_err(|_| BlindFault::Key)
    }

    /// Blind of RFC 9474 §4.2 after PrepareIdentity: the message for the issuer, and what is needed afterwards.
    ///
    /// The same generator state gives the same result, so that a client may draw it from a seed that it keeps.
    ///
    /// # Errors
    /// [`BlindFault::Blinding`].
    pub fn blind(
        &self,
        rng: &mut (impl CryptoRng + ?Sized),
        message: &[u8],
    ) -> Result<(Vec<u8>, Unblinder), BlindFault> {
        let result = self.0.blind(rng, message).map_err(|_| BlindFault::Blinding)?;
        Ok((result.blind_message.0, Unblinder(Zeroizing::new(result.secret.0))))
    }

    /// Finalize of RFC 9474 §4.4: the signature on the message, already checked.
    ///
    /// # Errors
    /// [`BlindFault::Signature`].
    pub fn finalize(
        &self,
        unblinder: Unblinder,
        blind_signature: &[u8],
        message: &[u8],
    ) -> Result<Vec<u8>, BlindFault> {
        // The crate's blind message plays no part in finalizing, so it is not carried along.
        let result = BlindingResult {
            secret: Secret(unblinder.0.to_vec()),
            blind_message: BlindMessage(Vec::new()),
            msg_randomizer: None,
        };
        let blind_signature = BlindSignature(blind_signature.to_vec());
        let signature = self.0.finalize(&blind_signature, &result, message).map_err(|_| BlindFault::Signature)?;
        Ok(signature.0)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA384, UnparsedPublicKey};
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::crypto::issuer::IssuerKey;

    const MESSAGE: &[u8] = b"veche/credential/v1 and so on";

    fn issuer() -> (IssuerKey, IssuerPublic) {
        let key = IssuerKey::generate(2048).expect("a key");
        let public = IssuerPublic::from_der(&key.public_der()).expect("its public half");
        (key, public)
    }

    #[test]
    fn a_blind_signature_becomes_a_signature() {
        let (key, public) = issuer();
        let (blinded, unblinder) = public.blind(&mut rand::rng(), MESSAGE).expect("blinds");
        assert_eq!(blinded.len(), key.modulus_len());
        let answer = key.blind_sign(&blinded).expect("signs");
        let kept = Unblinder::from_bytes(unblinder.as_bytes());
        let signature = public.finalize(kept, &answer, MESSAGE).expect("finalizes");
        let der = key.public_der();
        let verifier = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA384, &der);
        assert!(verifier.verify(MESSAGE, &signature).is_ok());
        assert!(verifier.verify(b"another message", &signature).is_err());
        assert_ne!(signature, answer);
    }

    #[test]
    fn a_wrong_answer_is_noticed() {
        let (key, public) = issuer();
        let (blinded, unblinder) = public.blind(&mut rand::rng(), MESSAGE).expect("blinds");
        let answer = key.blind_sign(&blinded).expect("signs");
        let mut wrong = answer.clone();
        wrong[100] ^= 1;
        let (other, other_unblinder) = public.blind(&mut rand::rng(), MESSAGE).expect("blinds");
        let other = key.blind_sign(&other).expect("signs");
        for (unblinder, answer) in [
            (&unblinder, wrong.as_slice()),
            (&unblinder, &other),
            (&unblinder, &blinded),
            (&unblinder, &[]),
            (&unblinder, &[0; 256]),
            (&unblinder, &[0xff; 256]),
            (&other_unblinder, &answer),
            (&Unblinder::from_bytes(&[]), &answer),
        ] {
            let unblinder = Unblinder::from_bytes(unblinder.as_bytes());
            assert_eq!(public.finalize(unblinder, answer, MESSAGE), Err(BlindFault::Signature));
        }
        assert_eq!(public.finalize(unblinder, &answer, b"another"), Err(BlindFault::Signature));
    }

    #[test]
    fn one_seed_gives_one_blinded_message() {
        let (_, public) = issuer();
        let blind = |seed| public.blind(&mut StdRng::seed_from_u64(seed), MESSAGE).expect("blinds").0;
        assert_eq!(blind(1), blind(1));
        assert_ne!(blind(1), blind(2));
    }

    #[test]
    fn other_bytes_are_not_a_key() {
        assert_eq!(IssuerPublic::from_der(b"not a key").expect_err("no key"), BlindFault::Key);
    }
}
