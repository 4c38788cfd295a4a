//! The registrar's key that signs credentials blindly (RFC 9474, RSABSSA-SHA384-PSS-Deterministic).

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use zeroize::Zeroizing;

use super::raw_rsa::RawRsa;

/// Why a key or a blinded message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerFault {
    /// Only the two sizes that residents' phones handle at once.
    #[error("an issuer key of {0} bits is not made here; choose 2048 or 3072")]
    Size(usize),
    /// The library could not make a key.
    #[error("the RSA key could not be made; the system's source of randomness may be failing")]
    Generate,
    /// The bytes are not a private key that this program uses.
    #[error("the issuer key is not a DER PKCS#8 private key of RSA with 2048 to 8192 bits and exponent 65537")]
    Key,
    /// A blinded message is as long as the modulus.
    #[error("the blinded message has {given} bytes; this issuer key takes {expected}")]
    Length {
        /// Bytes received.
        given: usize,
        /// Bytes of the modulus.
        expected: usize,
    },
    /// RFC 9474 §4.3 takes numbers below the modulus. 0, 1 and n − 1 are their own signatures and no honest blinding.
    #[error("the blinded message is not a number between 1 and the issuer key's modulus less 1, both excluded")]
    OutOfRange,
    /// The result did not pass its check and was thrown away: giving it out could reveal the key.
    #[error(
        "the blind signature came out wrong and was not given out; the machine's memory or processor may be faulty"
    )]
    Signing,
}

/// One round's private RSA key. Signing takes `&self` from any number of threads.
pub struct IssuerKey {
    raw: RawRsa,
    modulus: Vec<u8>,
    pkcs8: Zeroizing<Vec<u8>>,
    public_der: Vec<u8>,
}

impl std::fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuerKey").field("modulus_len", &self.modulus.len()).finish_non_exhaustive()
    }
}

impl IssuerKey {
    /// Makes a key of 2048 or 3072 bits. Takes a good part of a second, and its randomness from aws-lc's own generator.
    ///
    /// # Errors
    /// [`IssuerFault::Size`], [`IssuerFault::Generate`].
    pub fn generate(bits: usize) -> Result<Self, IssuerFault> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            _ => return Err(IssuerFault::Size(bits)),
        };
        let pair = KeyPair::generate(size).map_err(|_| IssuerFault::Generate)?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| IssuerFault::Generate)?;
        Self::from_pkcs8(pkcs8.as_ref())
    }

    /// Takes a key from DER PKCS#8, as [`Self::to_pkcs8`] gives it, and checks that its parts belong together.
    ///
    /// # Errors
    /// [`IssuerFault::Key`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, IssuerFault> {
        let pair = KeyPair::from_pkcs8(der).map_err(|_| IssuerFault::Key)?;
        let public_der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| IssuerFault::Key)?;
        let public_der = public_der.as_ref().to_vec();
        if !public_der.ends_with(&EXPONENT_DER) {
            return Err(IssuerFault::Key);
        }
        let raw = RawRsa::from_pkcs8(der).ok_or(IssuerFault::Key)?;
        let modulus = raw.modulus().ok_or(IssuerFault::Key)?;
        Ok(Self { raw, modulus, pkcs8: Zeroizing::new(der.to_vec()), public_der })
    }

    /// The private key as DER PKCS#8, for the vault.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.pkcs8.clone()
    }

    /// The public key as a DER SubjectPublicKeyInfo with the rsaEncryption identifier, which WebCrypto imports.
    #[must_use]
    pub fn public_der(&self) -> Vec<u8> {
        self.public_der.clone()
    }

    /// Bytes of the modulus, of a blinded message and of a signature.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.modulus.len()
    }

    /// Signs a blinded message: BlindSign of RFC 9474 §4.3. The same message always gets the same signature.
    ///
    /// # Errors
    /// [`IssuerFault::Length`], [`IssuerFault::OutOfRange`]; [`IssuerFault::Signing`] when `s ^ e` is not the message.
    pub fn blind_sign(&self, blinded: &[u8]) -> Result<Vec<u8>, IssuerFault> {
        if blinded.len() != self.modulus.len() {
            return Err(IssuerFault::Length { given: blinded.len(), expected: self.modulus.len() });
        }
        if self.is_out_of_range(blinded) {
            return Err(IssuerFault::OutOfRange);
        }
        let signature = self.raw.private(blinded).ok_or(IssuerFault::Signing)?;
        let checked = self.raw.public(&signature).ok_or(IssuerFault::Signing)?;
        if checked == blinded { Ok(signature) } else { Err(IssuerFault::Signing) }
    }

    /// Whether a number of the modulus's length is 0, 1, n − 1 or more.
    fn is_out_of_range(&self, number: &[u8]) -> bool {
        let Some((last, head)) = number.split_last() else {
            return true;
        };
        let Some((modulus_last, modulus_head)) = self.modulus.split_last() else {
            return true;
        };
        let tiny = *last <= 1 && head.iter().all(|byte| *byte == 0);
        // Big-endian numbers of one length are ordered as their bytes, and the modulus is odd, so that n − 1 ends
        // one lower without a borrow.
        tiny || (head, *last) >= (modulus_head, modulus_last - 1)
    }
}

/// How a SubjectPublicKeyInfo with the exponent 65537 ends.
const EXPONENT_DER: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];

#[cfg(test)]
mod tests;
