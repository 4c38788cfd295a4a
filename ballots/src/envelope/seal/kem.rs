//! DHKEM(P-256, HKDF-SHA256) of RFC 9180 for [`hpke`], on the P-256 of AWS-LC, with a receiver's key that is parsed once.

use std::sync::Arc;

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    encoding::{AsBigEndian, EcPrivateKeyBin},
};
use hpke::{
    Deserializable, HpkeError, Kem, Serializable,
    hybrid_array::typenum::{U32, U65},
    kdf::{HkdfSha256, Kdf},
    kem::SharedSecret,
    rand_core::CryptoRng,
};
use subtle::{Choice, ConstantTimeEq};

/// Bytes of an uncompressed point (SEC 1 §2.3.3), the one encoding of points in RFC 9180 §7.1.1.
pub(super) const POINT_LEN: usize = 65;
/// The first byte of such a point.
const UNCOMPRESSED: u8 = 4;
/// The suite that names and keys of this KEM are bound to (RFC 9180 §4.1): "KEM" and its number.
const SUITE: [u8; 5] = *b"KEM\x00\x10";

/// The KEM.
#[derive(Debug)]
pub(super) struct P256;

/// A public key or an encapsulated key. Whether it lies on the curve is found out when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point(pub(super) [u8; POINT_LEN]);

/// A secret key with its public half, which costs as much to find as half an opening.
#[derive(Clone)]
pub(super) struct Receiver {
    key: Arc<PrivateKey>,
    pub(super) public: Point,
}

impl Serializable for Point {
    type OutputSize = U65;

    fn write_exact(&self, buf: &mut [u8]) {
        buf.copy_from_slice(&self.0);
    }
}

/// AWS-LC takes compressed and hybrid points too, and then two programs would not open the same texts.
impl Deserializable for Point {
    fn from_bytes(encoded: &[u8]) -> Result<Self, HpkeError> {
        let wrong = HpkeError::IncorrectInputLength(POINT_LEN, encoded.len());
        let point: [u8; POINT_LEN] = encoded.try_into().map_err(|_| wrong)?;
        if point[0] == UNCOMPRESSED { Ok(Self(point)) } else { Err(HpkeError::ValidationError) }
    }
}

impl Receiver {
    /// The big-endian scalar.
    fn scalar(&self) -> Option<EcPrivateKeyBin<'static>> {
        self.key.as_be_bytes().ok()
    }
}

impl Serializable for Receiver {
    type OutputSize = U32;

    fn write_exact(&self, buf: &mut [u8]) {
        if let Some(scalar) = self.scalar() {
            buf.copy_from_slice(scalar.as_ref());
        }
    }
}

/// A scalar that is zero or not below the group's order is no key.
impl Deserializable for Receiver {
    fn from_bytes(scalar: &[u8]) -> Result<Self, HpkeError> {
        let key = PrivateKey::from_private_key(&ECDH_P256, scalar).map_err(|_| HpkeError::ValidationError)?;
        let public = key.compute_public_key().map_err(|_| HpkeError::ValidationError)?;
        let receiver = Self { key: Arc::new(key), public: Point::from_bytes(public.as_ref())? };
        let is_canonical = receiver.scalar().is_some_and(|canonical| canonical.as_ref() == scalar);
        if is_canonical { Ok(receiver) } else { Err(HpkeError::ValidationError) }
    }
}

impl ConstantTimeEq for Receiver {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.to_bytes().as_slice().ct_eq(other.to_bytes().as_slice())
    }
}

impl Kem for P256 {
    type PublicKey = Point;
    type PrivateKey = Receiver;
    type EncappedKey = Point;
    type NSecret = U32;

    const KEM_ID: u16 = 0x0010;

    fn sk_to_pk(sk: &Receiver) -> Point {
        sk.public
    }

    /// DeriveKeyPair (RFC 9180 §7.1.3). One candidate of 2³² is no key, and then the next one is taken.
    fn derive_keypair(ikm: &[u8]) -> (Receiver, Point) {
        let candidates = (0..=u8::MAX).cycle().map(|n| HkdfSha256::derive_nistp_sk_eph_bytes::<U32>(&SUITE, ikm, n));
        let mut keys = candidates.filter_map(|scalar| Receiver::from_bytes(&scalar).ok());
        let key = keys.next().expect("candidates do not end");
        let public = key.public;
        (key, public)
    }

    fn decap(own: &Receiver, sender: Option<&Point>, encapsulated: &Point) -> Result<SharedSecret<Self>, HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::DecapError);
        }
        secret(own, encapsulated, encapsulated, &own.public, HpkeError::DecapError)
    }

    fn encap_with_rng(
        to: &Point,
        sender: Option<(&Receiver, &Point)>,
        rng: &mut impl CryptoRng,
    ) -> Result<(SharedSecret<Self>, Point), HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::EncapError);
        }
        let (own, public) = Self::gen_keypair_with_rng(rng);
        Ok((secret(&own, to, &public, to, HpkeError::EncapError)?, public))
    }
}

/// ExtractAndExpand of RFC 9180 §4.1 over the key that is agreed on, with encapsulated and receiver's key as its context.
fn secret(
    own: &Receiver,
    other: &Point,
    encapsulated: &Point,
    receiver: &Point,
    fault: HpkeError,
) -> Result<SharedSecret<P256>, HpkeError> {
    let context = [encapsulated.0, receiver.0].concat();
    let mut secret = SharedSecret::<P256>::default();
    agree(&own.key, UnparsedPublicKey::new(&ECDH_P256, &other.0), fault, |agreed| {
        HkdfSha256::extract_and_expand(agreed, &SUITE, &context, &mut secret.0)
    })?;
    Ok(secret)
}
