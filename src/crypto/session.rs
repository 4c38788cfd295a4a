//! The registrar's sessions: tokens that carry who was identified, and by which letter, so that the service keeps no table of them.
//!
//! `base64url(payload) "." base64url(HMAC-SHA256(key, "veche/session/v2\0" ‖ payload))`, where the payload is the
//! canonical JSON `{"expires":UNIX,"letter":HEX,"pseudonym":HEX,"round":SLUG}`.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Separates a session's code from every other use of HMAC.
const LABEL: &[u8] = b"veche/session/v2\0";

/// Separates what a session keeps of a letter from every other use of SHA-256.
const LETTER: &[u8] = b"veche/session-letter/v1\0";

/// Why a token opens no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionFault {
    /// Not a token at all.
    #[error("the session token is not of the form that this service gives out; identify yourself again")]
    Malformed,
    /// Made by somebody else, or under a key of another service.
    #[error("the session token was not given out by this service; identify yourself again")]
    Forged,
    /// Its time is over.
    #[error("the session is over; identify yourself again")]
    Expired,
}

/// A person identified for one round, for a while.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Unix second from which the session is over.
    pub expires: i64,
    /// The letter whose code was typed, see [`letter`]: once another letter is in force, the session opens nothing any more.
    pub letter: [u8; 32],
    /// The person's pseudonym in the round.
    pub pseudonym: [u8; 32],
    /// Slug of the round.
    pub round: String,
}

/// The payload; the fields stand in the order that canonical JSON asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    expires: i64,
    letter: String,
    pseudonym: String,
    round: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(…)")
    }
}

impl Session {
    /// The token of this session under the service's key.
    #[must_use]
    pub fn issue(&self, key: &[u8; 32]) -> String {
        let (letter, pseudonym) = (hex::encode(self.letter), hex::encode(self.pseudonym));
        let payload = Payload { expires: self.expires, letter, pseudonym, round: self.round.clone() };
        let payload = serde_json::to_vec(&payload).expect("numbers and strings always have a JSON form");
        let tag = hmac::sign(&hmac::Key::new(HMAC_SHA256, key), &labelled(&payload));
        format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(payload), BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// Opens a token at the Unix second `now`. Nothing in the payload is read before its code has been checked.
    ///
    /// # Errors
    /// [`SessionFault`].
    pub fn open(key: &[u8; 32], token: &str, now: i64) -> Result<Self, SessionFault> {
        let (payload, tag) = token.split_once('.').ok_or(SessionFault::Malformed)?;
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(|_| SessionFault::Malformed)?;
        let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).map_err(|_| SessionFault::Malformed)?;
        hmac::verify(&hmac::Key::new(HMAC_SHA256, key), &labelled(&payload), &tag).map_err(|_| SessionFault::Forged)?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| SessionFault::Malformed)?;
        let (letter, pseudonym) = (read(&payload.letter)?, read(&payload.pseudonym)?);
        if now >= payload.expires {
            return Err(SessionFault::Expired);
        }
        Ok(Self { expires: payload.expires, letter, pseudonym, round: payload.round })
    }
}

/// What a session keeps of the letter with this stored hash: a hash of that hash, so that no token shows what stands in the database.
#[must_use]
pub fn letter(code_hash: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(LETTER).chain_update(code_hash).finalize().into()
}

fn read(text: &str) -> Result<[u8; 32], SessionFault> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| SessionFault::Malformed)?;
    Ok(bytes)
}

fn labelled(payload: &[u8]) -> Vec<u8> {
    [LABEL, payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn session() -> Session {
        Session { expires: 1_000, letter: [0xcd; 32], pseudonym: [0xab; 32], round: "ozersk-2026".into() }
    }

    #[test]
    fn a_session_opens_until_it_expires() {
        let token = session().issue(&KEY);
        assert_eq!(Session::open(&KEY, &token, 999), Ok(session()));
        assert_eq!(Session::open(&KEY, &token, 1_000), Err(SessionFault::Expired));
        assert_eq!(Session::open(&[8; 32], &token, 999), Err(SessionFault::Forged));
    }

    #[test]
    fn the_payload_is_canonical_json() {
        let token = session().issue(&KEY);
        let (payload, _) = token.split_once('.').expect("a dot");
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url");
        let (letter, person) = ("cd".repeat(32), "ab".repeat(32));
        let expected =
            format!(r#"{{"expires":1000,"letter":"{letter}","pseudonym":"{person}","round":"ozersk-2026"}}"#);
        assert_eq!(String::from_utf8_lossy(&payload), expected);
    }

    #[test]
    fn no_character_of_a_token_can_be_changed() {
        let token = session().issue(&KEY);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(Session::open(&KEY, &changed, 0).is_err(), "character {at}");
        }
    }

    #[test]
    fn a_letter_is_known_by_a_hash_of_its_hash() {
        let expected = Sha256::digest([b"veche/session-letter/v1\0".as_slice(), &[1; 32]].concat());
        assert_eq!(letter(&[1; 32]), expected.as_slice());
        assert_ne!(letter(&[1; 32]), letter(&[2; 32]));
    }

    #[test]
    fn nonsense_is_malformed() {
        for token in ["", ".", "a", "a.b", "!!.!!", "привет.мир", "e30=.e30="] {
            let fault = Session::open(&KEY, token, 0).expect_err("nonsense");
            let expected = if token == "." { SessionFault::Forged } else { SessionFault::Malformed };
            assert_eq!(fault, expected, "{token}");
        }
    }
}
