//! Ballots kept for a method that counts them all at the end, as few of them as it needs.
//!
//! Where the method reads nothing but how often each territory got each mark, that is what is kept. Else alike ballots are
//! joined into one paper with their number: two bytes for a mark (six where marks have values) and sixteen for a paper. They
//! are joined whenever there are twice as many papers as after the last time, so memory grows with the different ballots.

use super::OtherRules;
use crate::{
    choice::Choice,
    profile::{MarkCounts, Profile, ProfileFault},
    rules::Rules,
};

/// Papers that are gathered before they are joined, or their marks counted.
const GATHERED: usize = 4096;

/// The ballots so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Papers {
    profile: Profile,
    marks: Option<MarkCounts>,
    // Papers with which the next joining is due.
    due: usize,
    fault: Option<ProfileFault>,
}

impl Papers {
    pub(crate) fn new(rules: &Rules) -> Self {
        let profile = Profile::of_round(rules);
        let counts = || MarkCounts::new(&rules.kind, profile.candidates());
        let marks = if rules.method.reads_marks_alone(&rules.kind) { counts() } else { None };
        Self { profile, marks, due: GATHERED, fault: None }
    }

    pub(crate) fn add(&mut self, choice: &Choice) {
        let added = self.profile.add(choice, 1);
        self.note(added);
        self.join();
    }

    pub(crate) fn merge(&mut self, other: Self) -> Result<(), OtherRules> {
        if (self.profile.kind(), self.profile.candidates()) != (other.profile.kind(), other.profile.candidates()) {
            return Err(OtherRules);
        }
        let counted = match (&mut self.marks, other.marks) {
            (Some(mine), Some(theirs)) => mine.merge(theirs),
            (None, None) => Ok(()),
            _ => return Err(OtherRules),
        };
        let merged = self.profile.merge(&other.profile);
        self.note(counted.and(merged));
        self.fault = self.fault.take().or(other.fault);
        self.join();
        Ok(())
    }

    /// The ballots as the method reads them.
    pub(crate) fn into_profile(mut self) -> Result<Profile, ProfileFault> {
        self.due = 0;
        self.join();
        match (self.fault, self.marks) {
            (Some(fault), _) => Err(fault),
            (None, Some(marks)) => Ok(marks.into_profile()),
            (None, None) => Ok(self.profile),
        }
    }

    /// Keeps the first fault: the count says it at the end, when it is asked for its outcome.
    fn note(&mut self, result: Result<(), ProfileFault>) {
        self.fault = self.fault.take().or(result.err());
    }

    fn join(&mut self) {
        if self.profile.papers_kept() < self.due {
            return;
        }
        if let Some(marks) = &mut self.marks {
            let counted = marks.add(&self.profile);
            self.profile = Profile::new(self.profile.kind().clone(), self.profile.candidates());
            self.note(counted);
        } else {
            self.profile = self.profile.distinct();
            self.due = GATHERED.max(2 * self.profile.papers_kept());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Kind, Territory, TieRule, Winners};

    fn rules(kind: Kind, method: &str) -> Rules {
        let territory = |number: u32| Territory { id: number.to_string(), number, ..Territory::default() };
        Rules {
            kind,
            limits: Vec::new(),
            method: method.parse().expect("a method"),
            territories: (1..=6).map(territory).collect(),
            ties: vec![TieRule::Registration],
            turnout: None,
            winners: Winners::Top { minimum: None, seats: 1 },
        }
    }

    /// However many ballots there are: no more papers than twice the different ones, and those that were just gathered.
    #[test]
    fn memory_grows_with_the_different_ballots_alone() {
        let ranked = rules(Kind::Ranked { max: 3 }, "schulze");
        let scored = rules(Kind::Score { max: 5 }, "score-mean");
        let (mut whole, mut part) = (Papers::new(&ranked), Papers::new(&ranked));
        let mut marks = Papers::new(&scored);
        for number in 0..50_000_u32 {
            let first = (number % 5) as u16;
            let papers = if number % 3 == 0 { &mut part } else { &mut whole };
            papers.add(&Choice::Ranked(vec![first, 5]));
            marks.add(&Choice::Score(vec![(first, number % 6)]));
            assert!(papers.profile.papers_kept() <= GATHERED && marks.profile.papers_kept() <= GATHERED);
        }
        whole.merge(part).expect("parts of one count");
        assert!(whole.profile.papers_kept() <= GATHERED);
        let profile = whole.into_profile().expect("few ballots");
        assert_eq!((profile.ballots(), profile.papers_kept()), (50_000, 5));
        let counts = marks.into_profile().expect("few ballots");
        assert_eq!((counts.ballots(), counts.papers_kept()), (50_000, 30));
    }
}
