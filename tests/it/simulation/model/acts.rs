//! Which acts of officials and of the commission may happen, and what is so afterwards.

use audit::round::{Act, Phase};

use super::{Listed, Picture, Round, Verdict};

/// Most pictures of one territory.
const MOST_PICTURES: usize = 8;
/// Territories of every round here, numbered from 1.
const TERRITORIES: u32 = 8;

impl Round {
    fn in_phase(&self, phases: &[Phase]) -> Verdict {
        if phases.contains(&self.phase) { Ok(()) } else { Err("not-now") }
    }

    fn before_close(&self) -> Verdict {
        self.in_phase(&[Phase::Published, Phase::Open, Phase::Paused])
    }

    /// People are put on the roll, those who are there already left as they are; how many were added.
    pub fn extends_roll(&mut self, now: i64, people: Vec<(usize, Listed)>) -> Verdict<u64> {
        self.before_close()?;
        self.line(now);
        let before = self.roll.len();
        for (person, listed) in people {
            self.roll.entry(person).or_insert(listed);
        }
        Ok((self.roll.len() - before) as u64)
    }

    /// People get other letters.
    pub fn replaces_letters(&mut self, now: i64, people: &[usize], reason: &str) -> Verdict<u64> {
        self.before_close()?;
        if says_nothing(reason) || people.is_empty() || people.len() > self.roll.len() {
            return Err("not-now");
        }
        if !people.iter().all(|person| self.roll.contains_key(person)) {
            return Err("rules");
        }
        self.line(now);
        for person in people.iter().filter(|person| !self.issued.contains_key(person)) {
            let listed = self.roll.get_mut(person).unwrap();
            (listed.failures, listed.backup) = (0, None);
            listed.letter += 1;
        }
        Ok(people.len() as u64)
    }

    pub fn proposes(&mut self, now: i64, by: &str, act: Act, reason: &str) -> Verdict {
        match act {
            Act::Open => self.in_phase(&[Phase::Published])?,
            Act::Close => self.in_phase(&[Phase::Open, Phase::Paused])?,
            Act::Annul if self.phase < Phase::Certified => {}
            Act::Annul => return Err("not-now"),
        }
        if says_nothing(reason) {
            return Err("not-now");
        }
        self.line(now);
        self.proposal = Some((act, by.to_owned()));
        Ok(())
    }

    pub fn confirms(&mut self, now: i64, by: &str) -> Verdict {
        let (act, proposed) = self.proposal.clone().ok_or("not-now")?;
        if !self.terms.members.iter().any(|member| member == by) || proposed == by {
            return Err("not-now");
        }
        match act {
            Act::Open => self.in_phase(&[Phase::Published])?,
            Act::Close => self.in_phase(&[Phase::Open, Phase::Paused])?,
            Act::Annul if self.phase < Phase::Certified => {}
            Act::Annul => return Err("not-now"),
        }
        self.proposal = None;
        match act {
            Act::Open => {
                self.line(now);
                self.phase = Phase::Open;
            }
            Act::Close => self.closes(now),
            Act::Annul => {
                if self.is_on() {
                    self.finishes(now);
                }
                let at = self.line(now);
                self.phase = Phase::Annulled;
                self.ended_at.get_or_insert(at);
            }
        }
        Ok(())
    }

    pub fn pauses(&mut self, now: i64, reason: &str) -> Verdict {
        self.in_phase(&[Phase::Open])?;
        self.moves(now, Phase::Paused, reason)
    }

    pub fn resumes(&mut self, now: i64, reason: &str) -> Verdict {
        self.in_phase(&[Phase::Paused])?;
        self.moves(now, Phase::Open, reason)
    }

    fn moves(&mut self, now: i64, to: Phase, reason: &str) -> Verdict {
        if says_nothing(reason) {
            return Err("not-now");
        }
        self.line(now);
        self.phase = to;
        Ok(())
    }

    pub fn extends(&mut self, now: i64, closes_at: i64, reason: &str) -> Verdict {
        self.before_close()?;
        let too_late = self.time(now) >= self.closes_at;
        if says_nothing(reason) || too_late || closes_at <= self.closes_at {
            return Err("not-now");
        }
        self.line(now);
        self.closes_at = closes_at;
        Ok(())
    }

    /// A picture is added; `None` says that the upload is no picture.
    pub fn adds_picture(&mut self, now: i64, image: Option<u32>, picture: Picture) -> Verdict {
        if says_nothing(&picture.words) {
            return Err("rules");
        }
        let image = image.ok_or("picture")?;
        if self.pictures.get(&image) == Some(&picture) {
            return Ok(());
        }
        self.in_phase(&[Phase::Published])?;
        if !(1..=TERRITORIES).contains(&picture.territory) {
            return Err("rules");
        }
        let of_territory = self.pictures.values().filter(|known| known.territory == picture.territory).count();
        if self.pictures.contains_key(&image) || of_territory >= MOST_PICTURES {
            return Err("not-now");
        }
        self.line(now);
        self.pictures.insert(image, picture);
        Ok(())
    }

    pub fn removes_picture(&mut self, now: i64, image: u32, reason: &str) -> Verdict {
        if !self.pictures.contains_key(&image) {
            return Err("unknown-picture");
        }
        self.before_close()?;
        if says_nothing(reason) {
            return Err("not-now");
        }
        self.line(now);
        self.pictures.remove(&image);
        Ok(())
    }

    pub fn reveals(&mut self, now: i64, by: &str, right: bool) -> Verdict {
        self.in_phase(&[Phase::Closed])?;
        if !right || !self.terms.members.iter().any(|member| member == by) {
            return Err("not-now");
        }
        self.line(now);
        self.phase = Phase::Opened;
        Ok(())
    }

    /// A member signs with their own key or with another.
    pub fn signs(&mut self, now: i64, by: &str, right: bool) -> Verdict {
        if !self.counted {
            return Err("no-result-yet");
        }
        self.in_phase(&[Phase::Tallied, Phase::Certified])?;
        if !right || self.signed.contains(by) || !self.terms.members.iter().any(|member| member == by) {
            return Err("not-now");
        }
        self.line(now);
        self.signed.insert(by.to_owned());
        if self.signed.len() >= self.terms.quorum {
            self.phase = Phase::Certified;
        }
        Ok(())
    }
}

fn says_nothing(reason: &str) -> bool {
    reason.trim().is_empty()
}
