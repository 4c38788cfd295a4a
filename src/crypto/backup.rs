//! The credential's backup: encrypted on the device under the secret half of the letter code, kept by the registrar.
//!
//! key = HKDF-SHA256(secret = the 20 letters, salt = fingerprint of the round's rules,
//! info = `veche/credential-backup/v1`); blob = nonce (12) ‖ AES-256-GCM(length (2, big-endian) ‖ content ‖ zeros) ‖
//! tag (16), without associated data. All blobs have one length. Browsers do the same with WebCrypto alone.
//! The letters carry 81 bits of chance, so that no slow hash is needed.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{codes::SecretCode, sealed};

/// Bytes of every blob.
pub const BACKUP_LEN: usize = PADDED_LEN + sealed::OVERHEAD;
/// Most bytes that a backup can hold: a key, and a signature with its blinding of RSA-3072, with room to spare.
pub const CONTENT_MAX: usize = PADDED_LEN - LENGTH_LEN;

/// Bytes that are encrypted.
const PADDED_LEN: usize = 1024;
/// Bytes of the length in front.
const LENGTH_LEN: usize = 2;
/// Separates this key from every other that could be derived from a code.
const INFO: &[u8] = b"veche/credential-backup/v1";

/// Why there is no backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BackupFault {
    /// Too much to keep.
    #[error("the backup would hold {given} bytes; at most {CONTENT_MAX} fit")]
    TooLong {
        /// Bytes of the content.
        given: usize,
    },
    /// Another code or round, or changed bytes.
    #[error("the backup does not open: it was made with another letter code or for another round, or it was changed")]
    DoesNotOpen,
}

/// Encrypts a content for one round. The result has [`BACKUP_LEN`] bytes.
///
/// # Errors
/// [`BackupFault::TooLong`].
pub fn seal(
    rng: &mut (impl CryptoRng + ?Sized),
    code: &SecretCode,
    fingerprint: &[u8; 32],
    content: &[u8],
) -> Result<Vec<u8>, BackupFault> {
    let fault = BackupFault::TooLong { given: content.len() };
    let length = u16::try_from(content.len()).map_err(|_| fault)?;
    let mut padded = Zeroizing::new([0; PADDED_LEN]);
    let (front, rest) = padded.split_at_mut(LENGTH_LEN);
    front.copy_from_slice(&length.to_be_bytes());
    rest.get_mut(..content.len()).ok_or(fault)?.copy_from_slice(content);
    Ok(sealed::seal(rng, &key(code, fingerprint), &[], padded.as_slice()))
}

/// Decrypts a backup.
///
/// # Errors
/// [`BackupFault::DoesNotOpen`].
pub fn open(code: &SecretCode, fingerprint: &[u8; 32], blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, BackupFault> {
    let padded = sealed::open(&key(code, fingerprint), &[], blob).ok_or(BackupFault::DoesNotOpen)?;
    unpad(&padded).map(|content| Zeroizing::new(content.to_vec())).ok_or(BackupFault::DoesNotOpen)
}

fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<LENGTH_LEN>()?;
    let (content, zeros) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    (padded.len() == PADDED_LEN && zeros.iter().all(|byte| *byte == 0)).then_some(content)
}

fn key(code: &SecretCode, fingerprint: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(sealed::derive(fingerprint, code.letters().as_bytes(), INFO))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn new_code() -> SecretCode {
        SecretCode::generate(&mut rand::rng())
    }

    #[test]
    fn a_backup_opens_with_its_code_in_its_round_only() {
        let code = new_code();
        for content in [&b""[..], b"credential", &[7; CONTENT_MAX]] {
            let blob = seal(&mut rand::rng(), &code, &[1; 32], content).expect("fits");
            assert_eq!(blob.len(), BACKUP_LEN);
            assert_eq!(open(&code, &[1; 32], &blob).expect("opens").as_slice(), content);
            assert_eq!(open(&code, &[2; 32], &blob), Err(BackupFault::DoesNotOpen));
            assert_eq!(open(&new_code(), &[1; 32], &blob), Err(BackupFault::DoesNotOpen));
            assert_eq!(open(&code, &[1; 32], &blob[1..]), Err(BackupFault::DoesNotOpen));
        }
    }

    #[test]
    fn too_much_is_refused() {
        for given in [CONTENT_MAX + 1, 1 << 17] {
            let fault = seal(&mut rand::rng(), &new_code(), &[1; 32], &vec![0; given]).expect_err("too long");
            assert_eq!(fault, BackupFault::TooLong { given });
        }
    }

    #[test]
    fn padding_is_zeros_only() {
        let code = new_code();
        let sealed_as_is = |padded: &[u8]| sealed::seal(&mut rand::rng(), &key(&code, &[1; 32]), &[], padded);
        let mut padded = [0; PADDED_LEN];
        assert!(open(&code, &[1; 32], &sealed_as_is(&padded)).is_ok());
        assert!(open(&code, &[1; 32], &sealed_as_is(&padded[1..])).is_err());
        padded[PADDED_LEN - 1] = 1;
        assert!(open(&code, &[1; 32], &sealed_as_is(&padded)).is_err());
    }

    #[derive(Deserialize)]
    struct Vector {
        blob: String,
        content: String,
        fingerprint: String,
        key: String,
        secret: String,
    }

    #[derive(Deserialize)]
    struct Vectors {
        backups: Vec<Vector>,
    }

    /// The vectors were computed with WebCrypto, so that this shows that browsers agree.
    #[test]
    fn golden_vectors() {
        let vectors: Vectors =
            serde_json::from_str(include_str!("../../tests/vectors/codes.json")).expect("the vectors");
        for vector in &vectors.backups {
            let code: SecretCode = vector.secret.parse().expect("a code");
            let mut fingerprint = [0; 32];
            hex::decode_to_slice(&vector.fingerprint, &mut fingerprint).expect("hexadecimal");
            assert_eq!(hex::encode(key(&code, &fingerprint).as_slice()), vector.key);
            let content = open(&code, &fingerprint, &hex::decode(&vector.blob).expect("hexadecimal"));
            assert_eq!(hex::encode(content.expect("opens").as_slice()), vector.content);
        }
        assert_eq!(vectors.backups.len(), 2);
    }
}
