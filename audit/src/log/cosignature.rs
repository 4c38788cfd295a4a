//! C2SP tlog-cosignature: what a witness signs about a log's head, with Ed25519 (type 0x04); ML-DSA-44 (0x06) is verified too.
//!
//! ML-DSA-44 is that of aws-lc-rs, FIPS 204 with an empty context, as the specification asks.

use std::{fmt, str::FromStr};

use aws_lc_rs::signature::{ML_DSA_44, ParsedPublicKey, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::{
    checkpoint::Checkpoint,
    note::{Note, NoteSignature, is_name, key_id},
};

/// Type of a timestamped Ed25519 cosignature.
const ED25519: u8 = 0x04;
/// Type of a timestamped ML-DSA-44 cosignature.
const ML_DSA: u8 = 0x06;
/// Bytes of an ML-DSA-44 public key.
const ML_DSA_KEY: usize = 1312;
/// Largest timestamp, a Unix second.
const MAX_TIME: u64 = i64::MAX.cast_unsigned();
/// Longest name and origin that an ML-DSA-44 cosignature can speak of: its message gives their lengths in one byte.
const MAX_NAME: usize = 255;

/// What is wrong with a witness's key or cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureFault {
    /// Not `NAME+8 hexadecimal digits+base64`, of another type, or not what we would print.
    #[error("a witness's key must be NAME+HASH+KEY of type 0x04 (Ed25519) or 0x06 (ML-DSA-44)")]
    Key,
    /// A cosignature under this key's name does not hold.
    #[error("a cosignature of the witness does not verify")]
    Signature,
    /// The text under it is no checkpoint.
    #[error("what is cosigned is not a checkpoint")]
    Checkpoint,
}

/// A witness's public key with its name, printed as a C2SP vkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignerKey {
    /// Name of the witness.
    pub name: String,
    key: Key,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Ed25519(VerifyingKey),
    MlDsa44(Vec<u8>),
}

impl CosignerKey {
    /// An Ed25519 key under a name.
    #[must_use]
    pub fn new(name: String, key: VerifyingKey) -> Self {
        Self { name, key: Key::Ed25519(key) }
    }

    /// First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key).
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        key_id(&self.name, &self.tagged())
    }

    /// The public key without type and name: two witnesses with the same one are one witness.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        match &self.key {
            Key::Ed25519(key) => key.as_bytes(),
            Key::MlDsa44(key) => key,
        }
    }

    /// The latest time, a Unix second, at which the witness cosigned the note; none when it did not. Every cosignature that
    /// claims to be of this key must hold.
    ///
    /// # Errors
    /// [`CosignatureFault::Signature`], [`CosignatureFault::Checkpoint`].
    pub fn time(&self, note: &Note) -> Result<Option<u64>, CosignatureFault> {
        let id = self.id();
        let ours = note.signatures.iter().filter(|one| one.name == self.name && one.key_id == id);
        let mut latest = None;
        for one in ours {
            latest = latest.max(Some(self.verify(&note.text, one)?));
        }
        Ok(latest)
    }

    /// Checks one cosignature of a checkpoint's text and returns its time, a Unix second.
    ///
    /// # Errors
    /// [`CosignatureFault`].
    pub fn verify(&self, text: &str, signature: &NoteSignature) -> Result<u64, CosignatureFault> {
        let (time, bytes) = signature.bytes.split_first_chunk::<8>().ok_or(CosignatureFault::Signature)?;
        let time = u64::from_be_bytes(*time);
        if time > MAX_TIME || signature.name != self.name || signature.key_id != self.id() {
            return Err(CosignatureFault::Signature);
        }
        let (head, _) = Checkpoint::extended(text).map_err(|_| CosignatureFault::Checkpoint)?;
        let holds = match &self.key {
            Key::Ed25519(key) => {
                let signature = Signature::from_slice(bytes).map_err(|_| CosignatureFault::Signature)?;
                key.verify_strict(message(text, time).as_bytes(), &signature).is_ok()
            }
            Key::MlDsa44(key) => {
                let message = subtree_message(&self.name, &head, time).ok_or(CosignatureFault::Signature)?;
                UnparsedPublicKey::new(&ML_DSA_44, key).verify(&message, bytes).is_ok()
            }
        };
        if holds { Ok(time) } else { Err(CosignatureFault::Signature) }
    }

    fn tagged(&self) -> Vec<u8> {
        let kind = match &self.key {
            Key::Ed25519(_) => ED25519,
            Key::MlDsa44(_) => ML_DSA,
        };
        [&[kind], self.public()].concat()
    }
}

impl fmt::Display for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(self.tagged()))
    }
}

impl FromStr for CosignerKey {
    type Err = CosignatureFault;

    fn from_str(text: &str) -> Result<Self, CosignatureFault> {
        let parsed = parse(text).ok_or(CosignatureFault::Key)?;
        if parsed.to_string() == text { Ok(parsed) } else { Err(CosignatureFault::Key) }
    }
}

fn parse(text: &str) -> Option<CosignerKey> {
    let mut parts = text.splitn(3, '+');
    let (name, _, key) = (parts.next()?, parts.next()?, parts.next()?);
    let key = match STANDARD.decode(key).ok()?.split_first()? {
        (&ED25519, key) => {
            Key::Ed25519(key.try_into().ok().and_then(ballots::envelope::public_key).filter(|key| !key.is_weak())?)
        }
        (&ML_DSA, key) if key.len() == ML_DSA_KEY && name.len() <= MAX_NAME => {
            ParsedPublicKey::new(&ML_DSA_44, key).ok()?;
            Key::MlDsa44(key.to_vec())
        }
        _ => return None,
    };
    is_name(name).then(|| CosignerKey { name: name.to_owned(), key })
}

/// A witness's secret Ed25519 key with its name.
pub struct Cosigner {
    name: String,
    key: SigningKey,
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({}, …)", self.name)
    }
}

impl Cosigner {
    /// A key under a name; none when the name is empty or has spaces or plus signs, so that nobody could read the key's text.
    #[must_use]
    pub fn new(name: String, key: SigningKey) -> Option<Self> {
        is_name(&name).then_some(Self { name, key })
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> CosignerKey {
        CosignerKey::new(self.name.clone(), self.key.verifying_key())
    }

    /// Cosigns a checkpoint's text (with its last line feed) as of a Unix second.
    #[must_use]
    pub fn cosign(&self, text: &str, time: u64) -> NoteSignature {
        let time = time.min(MAX_TIME);
        let signature = self.key.sign(message(text, time).as_bytes()).to_bytes();
        let bytes = [time.to_be_bytes().as_slice(), &signature].concat();
        NoteSignature { name: self.name.clone(), key_id: self.public().id(), bytes }
    }
}

/// What an Ed25519 cosignature signs: two lines, and the note's text with its extension lines.
fn message(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// What an ML-DSA-44 cosignature signs: the structure `cosigned_message` of the whole tree.
fn subtree_message(name: &str, head: &Checkpoint, time: u64) -> Option<Vec<u8>> {
    let mut message = b"subtree/v1\n\0".to_vec();
    message.push(u8::try_from(name.len()).ok()?);
    message.extend_from_slice(name.as_bytes());
    message.extend_from_slice(&time.to_be_bytes());
    message.push(u8::try_from(head.origin.len()).ok()?);
    message.extend_from_slice(head.origin.as_bytes());
    message.extend_from_slice(&0u64.to_be_bytes());
    message.extend_from_slice(&head.size.to_be_bytes());
    message.extend_from_slice(head.root.as_bytes());
    Some(message)
}
