//! C2SP signed-note: a text with Ed25519 signatures under it, and the keys that make and check them.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Signature type of plain Ed25519.
const ED25519: u8 = 1;
/// Starts a signature line: an em dash and a space.
const DASH: &str = "\u{2014} ";
/// Longest note that is read, in bytes.
const MAX_NOTE: usize = 1 << 20;
/// Most signatures under one note.
const MAX_SIGNATURES: usize = 64;

/// What is wrong with a note or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// Not `NAME+8 hexadecimal digits+base64`, or not what we would print.
    #[error("a verifier key must be NAME+HASH+KEY with an Ed25519 key")]
    Key,
    /// Not a text, an empty line, and signature lines.
    #[error("a note must be text, an empty line, and lines `— NAME SIGNATURE`, of at most 1 MiB and 64 signatures")]
    Form,
    /// Nobody with the key signed the note.
    #[error("the note carries no signature of this key")]
    Unsigned,
    /// A signature of the key does not verify.
    #[error("the signature under the note does not verify")]
    Signature,
}

/// A public key with the name of its owner, printed as a C2SP vkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    /// Name of the log or signer.
    pub name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A key under a name.
    #[must_use]
    pub fn new(name: String, key: VerifyingKey) -> Self {
        Self { name, key }
    }

    /// First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key).
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        key_id(&self.name, &self.tagged())
    }

    /// The public key without type and name.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    fn tagged(&self) -> Vec<u8> {
        [&[ED25519], self.key.as_bytes().as_slice()].concat()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(self.tagged()))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteFault;

    fn from_str(text: &str) -> Result<Self, NoteFault> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteFault::Key);
        };
        let bytes = STANDARD.decode(key).map_err(|_| NoteFault::Key)?;
        let (&ED25519, key) = bytes.split_first().ok_or(NoteFault::Key)? else {
            return Err(NoteFault::Key);
        };
        let key = key.try_into().ok().and_then(ballots::envelope::public_key).ok_or(NoteFault::Key)?;
        let parsed = Self { name: name.to_owned(), key };
        if !is_name(name) || key.is_weak() || parsed.to_string() != text {
            return Err(NoteFault::Key);
        }
        Ok(parsed)
    }
}

/// A secret key with the name of its owner.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}, …)", self.name)
    }
}

impl Signer {
    /// A key under a name, which must not be empty nor have spaces or plus signs, else nobody can read the key's text.
    #[must_use]
    pub fn new(name: String, key: SigningKey) -> Self {
        Self { name, key }
    }

    /// Name of the signer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key, as text.
    #[must_use]
    pub fn vkey(&self) -> String {
        self.verifier().to_string()
    }

    /// The note of a text, with this signature. The text must end with a line feed and have no other control
    /// characters, else nobody can read the note.
    #[must_use]
    pub fn sign(&self, text: &str) -> Note {
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        let signature = NoteSignature { name: self.name.clone(), key_id: self.verifier().id(), bytes };
        Note { text: text.to_owned(), signatures: vec![signature] }
    }

    fn verifier(&self) -> VerifierKey {
        VerifierKey::new(self.name.clone(), self.key.verifying_key())
    }
}

/// One line under a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the signer.
    pub name: String,
    /// Which of the signer's keys.
    pub key_id: [u8; 4],
    /// The signature; its form depends on the key's type.
    pub bytes: Vec<u8>,
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.as_slice(), &self.bytes].concat();
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(bytes))
    }
}

impl FromStr for NoteSignature {
    type Err = NoteFault;

    /// Reads a signature line without its line feed.
    fn from_str(line: &str) -> Result<Self, NoteFault> {
        let parsed = signature(line).ok_or(NoteFault::Form)?;
        if parsed.to_string() == line { Ok(parsed) } else { Err(NoteFault::Form) }
    }
}

/// A text with signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its last line feed.
    pub text: String,
    /// The signatures, of known and unknown keys.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Checks that the owner of the key signed the text. Every signature that claims to be of this key must hold.
    ///
    /// # Errors
    /// [`NoteFault::Unsigned`], [`NoteFault::Signature`].
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteFault> {
        if self.check(key)? { Ok(()) } else { Err(NoteFault::Unsigned) }
    }

    /// Which of these keys signed the text, in the order of the keys; signatures of other keys are ignored.
    ///
    /// # Errors
    /// [`NoteFault::Signature`] when a signature of one of the keys does not hold, [`NoteFault::Unsigned`] when no key signed.
    pub fn verified_by<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteFault> {
        let mut found = Vec::new();
        for key in keys {
            if self.check(key)? {
                found.push(key);
            }
        }
        if found.is_empty() { Err(NoteFault::Unsigned) } else { Ok(found) }
    }

    /// Whether the key signed, if all that it signed holds.
    fn check(&self, key: &VerifierKey) -> Result<bool, NoteFault> {
        let id = key.id();
        let mut signed = false;
        for one in self.signatures.iter().filter(|one| one.name == key.name && one.key_id == id) {
            let signature = Signature::from_slice(&one.bytes).map_err(|_| NoteFault::Signature)?;
            key.key.verify_strict(self.text.as_bytes(), &signature).map_err(|_| NoteFault::Signature)?;
            signed = true;
        }
        Ok(signed)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            writeln!(f, "{signature}")?;
        }
        Ok(())
    }
}

impl FromStr for Note {
    type Err = NoteFault;

    fn from_str(text: &str) -> Result<Self, NoteFault> {
        if text.len() > MAX_NOTE || text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteFault::Form);
        }
        let end = text.rfind("\n\n").ok_or(NoteFault::Form)?;
        let (signed, rest) = (&text[..=end], &text[end + 2..]);
        let signatures: Option<Vec<_>> = rest.lines().map(signature).collect();
        let note = Self { text: signed.to_owned(), signatures: signatures.ok_or(NoteFault::Form)? };
        let count = note.signatures.len();
        if count == 0 || count > MAX_SIGNATURES || note.to_string() != text {
            return Err(NoteFault::Form);
        }
        Ok(note)
    }
}

fn signature(line: &str) -> Option<NoteSignature> {
    let (name, text) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(text).ok()?;
    let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
    let fits = is_name(name) && !bytes.is_empty();
    fits.then(|| NoteSignature { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
}

/// First four bytes of SHA-256(name ‖ 0x0A ‖ type and key).
pub(super) fn key_id(name: &str, tagged: &[u8]) -> [u8; 4] {
    let hash = Sha256::new_with_prefix(name.as_bytes()).chain_update(b"\n").chain_update(tagged).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Not empty, without spaces and plus signs.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+')
}
