//! The opening against the vector of RFC 9180, appendix A.3.1, and in each spelling of a point that is not the RFC's.

use std::convert::Infallible;

use hpke::{
    Kem as _, OpModeS, Serializable,
    rand_core::{TryCryptoRng, TryRng},
    single_shot_seal_with_rng,
};

use super::*;

const KEYING: &str = "668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550";
const DRAWN: &str = "4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e";
const SECRET: &str = "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2";
const PUBLIC: &str = "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82\
                      6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0";
const ENCAPSULATED: &str = "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9\
                            8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4";
const SEALED: &str = "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f\
                      9076ac232e3ab2523f39513434";
const INFO: &[u8] = b"Ode on a Grecian Urn";
const AAD: &[u8] = b"Count-0";

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).expect("hexadecimal digits")
}

#[test]
fn the_vector_of_the_rfc_opens() {
    let key = OpeningKey::from_bytes(&bytes(SECRET)).expect("a scalar");
    assert_eq!(key.sealing_key().as_slice(), bytes(PUBLIC));
    let open = |aad: &[u8], point: &[u8]| key.open_in(INFO, aad, point, &bytes(SEALED));
    assert_eq!(open(AAD, &bytes(ENCAPSULATED)).expect("opens"), b"Beauty is truth, truth beauty");
    assert_eq!(open(b"Count-1", &bytes(ENCAPSULATED)), Err(SealFault));
}

/// Draws the bytes that the vector was made with.
struct Drawn(Vec<u8>);

impl TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("keys are drawn as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("keys are drawn as bytes")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.copy_from_slice(&self.0);
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}

#[test]
fn the_vector_of_the_rfc_is_sealed() {
    let (key, public) = P256::derive_keypair(&bytes(KEYING));
    assert_eq!((key.to_bytes().as_slice(), public.0.as_slice()), (&bytes(SECRET)[..], &bytes(PUBLIC)[..]));
    let (mode, text) = (OpModeS::Base, b"Beauty is truth, truth beauty");
    let mut drawn = Drawn(bytes(DRAWN));
    let sealed = single_shot_seal_with_rng::<AesGcm128, HkdfSha256, P256>(&mode, &public, INFO, text, AAD, &mut drawn);
    let (encapsulated, sealed) = sealed.expect("seals");
    assert_eq!((encapsulated.0.as_slice(), sealed), (&bytes(ENCAPSULATED)[..], bytes(SEALED)));
}

/// SEC 1 has more spellings of the same point: compressed, and the hybrid one, which is as long as the RFC's. AWS-LC takes
/// them, so whoever seals to such a key would have a ballot that one auditor counts and another does not.
#[test]
fn points_have_one_spelling() {
    let point = bytes(ENCAPSULATED);
    assert!(Point::from_bytes(&point).is_ok());
    let hybrid = [&[6 + (point[64] & 1)], &point[1..]].concat();
    let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
    for spelling in [hybrid, compressed] {
        assert!(ParsedPublicKey::try_from(&UnparsedPublicKey::new(&ECDH_P256, &spelling)).is_ok(), "AWS-LC's own");
        assert!(Point::from_bytes(&spelling).is_err(), "{spelling:?}");
    }
}
