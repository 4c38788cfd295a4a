//! What the registrar and the ballot box must answer to residents.

use audit::round::Phase;

use super::{Accepted, Choice, Listed, Round, Verdict, hour};
use crate::town::HOUR;

/// Wrong tries that burn a code.
const BURNED: u32 = 10;
/// Seconds that a session lasts.
const SESSION: i64 = 1800;
/// Bytes of an RSA-2048 signature.
const ISSUER: usize = 256;

/// What a resident types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The code of the letter in force.
    Right,
    /// Its first letters, and then others.
    Wrong,
    /// The code of a letter that was replaced, or is another round's.
    Unknown,
    /// A slip that the check letters show.
    Slip,
}

/// A session as its owner knows it.
#[derive(Debug, Clone)]
pub struct Session {
    pub token: String,
    pub slug: String,
    pub expires: i64,
    /// How often the letter had been replaced when its code was typed.
    pub letter: usize,
}

impl Session {
    /// Whether it opens anything of this round.
    pub fn opens(&self, slug: &str, now: i64) -> Verdict {
        if now < self.expires && self.slug == slug { Ok(()) } else { Err("session") }
    }
}

impl Round {
    /// When the session ends, if one is granted.
    pub fn identifies(&mut self, now: i64, person: usize, typed: Typed) -> Verdict<i64> {
        if typed == Typed::Slip {
            return Err("code-mistyped");
        }
        let listed: &mut Listed = self.roll.get_mut(&person).ok_or("code")?;
        if typed == Typed::Unknown || listed.failures >= BURNED {
            return Err("code");
        }
        if typed == Typed::Wrong {
            listed.failures += 1;
            return Err("code");
        }
        if !listed.of_age {
            return Err("under-age");
        }
        match &self.terms.district {
            Some(district) if listed.district.as_ref() != Some(district) => Err("wrong-district"),
            _ => Ok(now + SESSION),
        }
    }

    /// Whether the letter that this person's session was opened with is the one in force.
    pub fn knows(&self, person: usize, session: &Session) -> Verdict {
        if self.roll[&person].letter == session.letter { Ok(()) } else { Err("letter-replaced") }
    }

    /// Whether this message would be signed now.
    pub fn would_issue(&self, now: i64, person: usize, session: &Session, blinded: &[u8]) -> Verdict {
        if !matches!(self.phase, Phase::Published | Phase::Open | Phase::Paused) || now >= self.closes_at {
            return Err("not-issuing");
        }
        self.knows(person, session)?;
        match self.issued.get(&person) {
            Some(known) if known != blinded => Err("already-issued"),
            _ => Ok(()),
        }
    }

    /// It was signed.
    pub fn issues(&mut self, person: usize, blinded: &[u8]) {
        if self.issued.insert(person, blinded.to_vec()).is_none() {
            self.unreported += 1;
        }
    }

    /// By when this ballot, whose bytes are whole, would be promised to be in the log; or the refusal, with the highest version.
    pub fn would_accept(&self, now: i64, ballot: &[u8]) -> Result<i64, (&'static str, Option<u32>)> {
        if let Some(known) = self.ballots.get(&hash(ballot)) {
            return Ok(known.in_log_by);
        }
        match self.phase {
            Phase::Published => return Err(("not-open-yet", None)),
            Phase::Open if now < self.closes_at => {}
            Phase::Paused if now < self.closes_at => return Err(("paused", None)),
            _ => return Err(("closed", None)),
        }
        match self.highest.get(&credential(ballot)) {
            Some(highest) if version(ballot) <= *highest => Err(("version-not-growing", Some(*highest))),
            _ => Ok(hour(now + self.terms.within + HOUR - 1)),
        }
    }

    /// It was accepted.
    pub fn accepts(&mut self, ballot: &[u8], in_log_by: i64, choice: Choice) {
        let (credential, version) = (credential(ballot), version(ballot));
        let accepted = Accepted { credential, version, in_log_by, choice, logged: false };
        if self.ballots.insert(hash(ballot), accepted.clone()).is_some_and(|known| known.logged) {
            self.ballots.get_mut(&hash(ballot)).unwrap().logged = true;
        }
        let highest = self.highest.entry(credential).or_default();
        *highest = version.max(*highest);
    }
}

/// SHA-256 of a ballot.
pub fn hash(ballot: &[u8]) -> [u8; 32] {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(ballot).into()
}

/// The credential in a ballot (docs/protocol.md, section 6).
pub fn credential(ballot: &[u8]) -> [u8; 32] {
    ballot[33..65].try_into().unwrap()
}

/// The version in a ballot.
pub fn version(ballot: &[u8]) -> u32 {
    u32::from_be_bytes(ballot[65 + ISSUER..69 + ISSUER].try_into().unwrap())
}

/// What must be said of a ballot in which the byte at this place was changed; the first of two where it depends on the change.
pub fn damaged_at(at: usize, ballot: &[u8]) -> &'static [&'static str] {
    match at {
        0 => &["ballot-format"],
        1..33 => &["ballot-other-round"],
        _ if version(ballot) == 0 => &["ballot-version"],
        33..65 => &["ballot-issuer-signature", "ballot-credential"],
        _ if at < 65 + ISSUER => &["ballot-issuer-signature"],
        _ => &["ballot-signature"],
    }
}
