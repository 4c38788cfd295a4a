//! The book that the service's answers are held against: rounds, people, credentials and ballots as the documents say they are.
//!
//! It knows nothing of the service's code: what may happen is written down here a second time, as plainly as that can be done.

mod acts;
mod due;
pub mod people;

use std::collections::{BTreeMap, BTreeSet};

use audit::{
    office::Role,
    round::{Act, Phase},
};

use crate::town::HOUR;

/// What an answer must be: a value, or the slug of the refusal.
pub type Verdict<T = ()> = Result<T, &'static str>;

/// Everything that the service may know, and what follows from it.
#[derive(Debug, Default)]
pub struct Model {
    /// By slug; a draft is not a round yet.
    pub rounds: BTreeMap<String, Round>,
    /// Drafts that were saved, with the close that they name.
    pub drafts: BTreeMap<String, i64>,
    /// By handle.
    pub staff: BTreeMap<String, Staff>,
    /// Lines in the office's log.
    pub office_size: u64,
}

/// Somebody who has, or had, a token.
#[derive(Debug, Clone, Copy)]
pub struct Staff {
    pub role: Role,
    pub revoked: bool,
}

/// What is frozen of a round when it is published.
#[derive(Debug, Clone)]
pub struct Terms {
    pub opens_at: i64,
    pub closes_at: i64,
    /// Seconds that a ballot may wait.
    pub within: i64,
    /// Ballots that make a batch full.
    pub batch: u64,
    /// Credentials that make a register step.
    pub step: u64,
    pub members: Vec<String>,
    pub quorum: usize,
    pub district: Option<String>,
    pub seats: usize,
}

/// A published round.
#[derive(Debug)]
pub struct Round {
    pub terms: Terms,
    pub phase: Phase,
    /// The close in force.
    pub closes_at: i64,
    pub ended_at: Option<i64>,
    pub last_at: i64,
    pub last_hour: i64,
    /// Hour of the last batch that went because a ballot was due, with fewer than make it full.
    pub last_due: Option<i64>,
    /// Lines in the log.
    pub size: u64,
    /// By the person's place in the town's list.
    pub roll: BTreeMap<usize, Listed>,
    /// The blinded message of everybody who was issued a credential.
    pub issued: BTreeMap<usize, Vec<u8>>,
    pub unreported: u64,
    /// Credentials in the register, and the hour of its last step.
    pub register: (u64, i64),
    pub proposal: Option<(Act, String)>,
    /// By the number of the image.
    pub pictures: BTreeMap<u32, Picture>,
    /// By the ballot's hash.
    pub ballots: BTreeMap<[u8; 32], Accepted>,
    /// Highest version of each credential.
    pub highest: BTreeMap<[u8; 32], u32>,
    pub signed: BTreeSet<String>,
    pub counted: bool,
}

/// Somebody on the roll.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Wrong tries on the code in force.
    pub failures: u32,
    /// Which letter sealed the backup that lies with the registrar.
    pub backup: Option<usize>,
    /// How often the letter was replaced.
    pub letter: usize,
    pub of_age: bool,
    pub district: Option<String>,
}

/// A ballot whose acceptance was answered, or could have been.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub credential: [u8; 32],
    pub version: u32,
    pub in_log_by: i64,
    pub choice: Choice,
    pub logged: bool,
}

/// What a ballot says once it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// These territories, by position; none: blank.
    Marks(Vec<u16>),
    /// Not valid, for this reason.
    Invalid(&'static str),
}

/// A picture of a territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub territory: u32,
    pub plan: bool,
    pub words: String,
}

/// The full hour of a second.
pub fn hour(at: i64) -> i64 {
    at - at.rem_euclid(HOUR)
}

impl Model {
    /// Whether this token does what asks for the role.
    pub fn may(&self, who: &str, role: Role) -> Verdict {
        match self.staff.get(who) {
            Some(staff) if !staff.revoked && staff.role == role => Ok(()),
            Some(staff) if !staff.revoked => Err("not-allowed"),
            _ => Err("token"),
        }
    }

    /// The round of this name.
    pub fn round(&mut self, slug: &str) -> Verdict<&mut Round> {
        self.rounds.get_mut(slug).ok_or("unknown-round")
    }

    /// Somebody new on the staff.
    pub fn joins(&mut self, who: &str, role: Role) -> Verdict {
        if self.staff.contains_key(who) {
            return Err("rules");
        }
        self.staff.insert(who.to_owned(), Staff { role, revoked: false });
        self.office_size += 1;
        Ok(())
    }

    /// Somebody leaves.
    pub fn leaves(&mut self, who: &str) -> Verdict {
        let staff = self.staff.get_mut(who).filter(|staff| !staff.revoked).ok_or("rules")?;
        staff.revoked = true;
        self.office_size += 1;
        Ok(())
    }

    /// A draft is saved.
    pub fn drafts(&mut self, who: &str, slug: &str, closes_at: i64) -> Verdict {
        self.may(who, Role::Official)?;
        if self.rounds.contains_key(slug) {
            return Err("not-now");
        }
        self.drafts.insert(slug.to_owned(), closes_at);
        self.office_size += 1;
        Ok(())
    }

    /// A draft is frozen.
    pub fn publishes(&mut self, who: &str, slug: &str, now: i64, terms: &Terms) -> Verdict {
        self.may(who, Role::Official)?;
        if self.rounds.contains_key(slug) {
            return Err("not-now");
        }
        let closes_at = *self.drafts.get(slug).ok_or("unknown-round")?;
        if closes_at <= now {
            return Err("malformed");
        }
        self.rounds.insert(slug.to_owned(), Round::new(terms.clone(), now));
        Ok(())
    }
}

impl Round {
    fn new(terms: Terms, now: i64) -> Self {
        Self {
            phase: Phase::Published,
            closes_at: terms.closes_at,
            terms,
            ended_at: None,
            last_at: now,
            last_hour: 0,
            last_due: None,
            size: 1,
            roll: BTreeMap::new(),
            issued: BTreeMap::new(),
            unreported: 0,
            register: (0, 0),
            proposal: None,
            pictures: BTreeMap::new(),
            ballots: BTreeMap::new(),
            highest: BTreeMap::new(),
            signed: BTreeSet::new(),
            counted: false,
        }
    }

    /// Whether the voting goes on or is interrupted.
    pub fn is_on(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Paused)
    }

    /// Ballots in the log.
    pub fn logged(&self) -> usize {
        self.ballots.values().filter(|ballot| ballot.logged).count()
    }

    /// The time of the next line: none goes backwards, whatever the clock does.
    fn time(&self, now: i64) -> i64 {
        now.max(self.last_at).max(self.last_hour)
    }

    /// A line with a second in it.
    fn line(&mut self, now: i64) -> i64 {
        self.last_at = self.time(now);
        self.size += 1;
        self.last_at
    }
}
