//! The master key: it seals the rounds' secret keys at rest, and other keys of the service are derived from it.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::sealed;

/// Separates the vault's own key from keys that [`MasterKey::derive`] gives out.
const VAULT: &[u8] = b"veche/vault/v1";
/// Separates derived keys from the vault's own.
const DERIVED: &[u8] = b"veche/derived/v1\0";

/// The sealed bytes do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed key does not open: it was sealed under another master key or name, or its bytes were changed")]
pub struct VaultFault;

/// The service's one secret of 256 bits that is not in the database.
pub struct MasterKey {
    bytes: Zeroizing<[u8; 32]>,
    vault: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// A new key.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self::from_bytes(*bytes)
    }

    /// The key that these bytes are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let vault = Zeroizing::new(sealed::derive(&[], &bytes, VAULT));
        Self { bytes: Zeroizing::new(bytes), vault }
    }

    /// The bytes, to be kept in a file that the database's backups do not hold.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Seals a secret with AES-256-GCM under a name, which is not stored and must be given again to open it.
    ///
    /// Result: nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes).
    pub fn seal(&self, rng: &mut (impl CryptoRng + ?Sized), label: &str, plain: &[u8]) -> Vec<u8> {
        sealed::seal(rng, &self.vault, label.as_bytes(), plain)
    }

    /// Opens what [`Self::seal`] gave, under the same name.
    ///
    /// # Errors
    /// [`VaultFault`].
    pub fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
        sealed::open(&self.vault, label.as_bytes(), sealed).ok_or(VaultFault)
    }

    /// A key for one purpose (HKDF-SHA256, RFC 5869): the same label always gives the same key.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 32] {
        sealed::derive(&[], self.bytes.as_slice(), &[DERIVED, label.as_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_key() -> MasterKey {
        MasterKey::generate(&mut rand::rng())
    }

    #[test]
    fn what_is_sealed_opens_under_its_name_only() {
        let key = new_key();
        let sealed = key.seal(&mut rand::rng(), "round/ozersk/issuer", b"secret");
        assert_eq!(sealed.len(), 6 + sealed::OVERHEAD);
        assert_eq!(key.open("round/ozersk/issuer", &sealed).expect("opens").as_slice(), b"secret");
        assert_eq!(key.open("round/ozersk/log", &sealed), Err(VaultFault));
        assert_eq!(new_key().open("round/ozersk/issuer", &sealed), Err(VaultFault));
    }

    #[test]
    fn no_byte_can_be_changed_or_cut() {
        let key = new_key();
        let sealed = key.seal(&mut rand::rng(), "a", b"secret");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open("a", &changed), Err(VaultFault), "byte {at}");
            assert_eq!(key.open("a", &sealed[..at]), Err(VaultFault), "cut at {at}");
        }
    }

    #[test]
    fn sealing_twice_looks_different() {
        let key = new_key();
        assert_ne!(key.seal(&mut rand::rng(), "a", b"secret"), key.seal(&mut rand::rng(), "a", b"secret"));
    }

    #[test]
    fn keys_are_derived_by_label() {
        let key = new_key();
        assert_eq!(key.derive("pepper"), MasterKey::from_bytes(*key.as_bytes()).derive("pepper"));
        assert_ne!(key.derive("pepper"), key.derive("session"));
        assert_ne!(key.derive("veche/vault/v1"), *key.vault);
    }
}
